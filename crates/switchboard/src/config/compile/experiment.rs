//! `[[experiments]]` as the router's experiments.

use switchboard_core::{ProfileName, ProviderId};
use switchboard_router::{
    Arm, Experiment,
    experiment::{Bound, Group, GuardMetric, Guardrail, HOLDOUT, Start, Treatment},
};

use crate::config::{
    ArmConfig, ExperimentConfig, MetricName, StartName,
    conditions::{Conditions, named_twice},
    experiment::EVERYBODY,
    file::Config,
    problem::{KeyPath, Problems},
    suggest::did_you_mean,
};

/// The router's experiments.
pub(crate) fn compile(config: &Config, problems: &mut Problems) -> Vec<Experiment> {
    let names = config.experiments.iter().map(|one| one.name.as_str());
    named_twice("experiments", &names.collect::<Vec<_>>(), problems);
    let mut experiments: Vec<Experiment> = Vec::with_capacity(config.experiments.len());
    for (index, experiment) in config.experiments.iter().enumerate() {
        let at = KeyPath::of("experiments").index(index);
        numbers(experiment, &at, problems);
        let group = group(experiment, &experiments, &at, problems);
        let ready = Experiment {
            name: experiment.name.clone(),
            version: experiment.version,
            when: Conditions::from(experiment).compile(&at, &config.agents, problems),
            arms: arms(config, experiment, &at, problems),
            start: match experiment.start {
                StartName::AtOnce => Start::AtOnce,
                StartName::Manual => Start::Manual,
            },
            ramp_percent: experiment.ramp_percent,
            holdout_percent: experiment.holdout_percent,
            group,
            guardrails: guardrails(experiment, &at, problems),
        };
        shadowed(config, &experiments, index, &ready, &at, problems);
        experiments.push(ready);
    }
    experiments
}

fn numbers(experiment: &ExperimentConfig, at: &KeyPath, problems: &mut Problems) {
    if experiment.version == 0 {
        problems.push(&at.key("version"), "is 0: the first is 1");
    }
    if experiment.ramp_percent > EVERYBODY {
        problems.push(
            &at.key("ramp_percent"),
            format!("{} is more than 100: everybody is 100", experiment.ramp_percent),
        );
    }
    if experiment.holdout_percent >= EVERYBODY {
        problems.push(
            &at.key("holdout_percent"),
            "leaves no people for the arms: make it less than 100",
        );
    }
}

fn arms(
    config: &Config,
    experiment: &ExperimentConfig,
    at: &KeyPath,
    problems: &mut Problems,
) -> Vec<Arm> {
    let list = at.key("arms");
    if experiment.arms.len() < 2 && (experiment.arms.is_empty() || experiment.holdout_percent == 0)
    {
        problems.push(
            &list,
            "are fewer than two, and there is nothing to compare: add arms, or a holdout_percent",
        );
    } else if experiment.arms.iter().all(|arm| arm.weight == 0) {
        problems.push(&list, "have no weight: give at least one arm a weight above zero");
    }
    let mut arms = Vec::with_capacity(experiment.arms.len());
    for (order, arm) in experiment.arms.iter().enumerate() {
        let at = list.index(order);
        if arm.name == HOLDOUT || arm.name.trim().is_empty() {
            problems.push(
                &at.key("name"),
                format!(
                    "{:?} is no name for an arm, reports use it otherwise: give it another",
                    arm.name
                ),
            );
        }
        if experiment.arms.iter().take(order).any(|earlier| earlier.name == arm.name) {
            problems.push(
                &at.key("name"),
                format!("{:?} is the name of an earlier arm too: give each its own", arm.name),
            );
        }
        if let Some(treatment) = treatment(config, arm, &at, problems) {
            arms.push(Arm { name: arm.name.clone(), treatment, weight: arm.weight });
        }
    }
    arms
}

fn treatment(
    config: &Config,
    arm: &ArmConfig,
    at: &KeyPath,
    problems: &mut Problems,
) -> Option<Treatment> {
    match (&arm.provider, &arm.agent) {
        (Some(provider), None) => {
            if !config.providers.contains_key(provider) {
                let fix = did_you_mean(provider, config.providers.keys().map(String::as_str));
                problems.push(
                    &at.key("provider"),
                    format!("{provider:?} is no provider of this file: {fix}"),
                );
            }
            Some(Treatment::Provider(ProviderId::new(provider.clone())))
        }
        (None, Some(agent)) => {
            if !config.agents.contains_key(agent) {
                let fix = did_you_mean(agent, config.agents.keys().map(String::as_str));
                problems.push(
                    &at.key("agent"),
                    format!("{agent:?} is no agent profile of this file: {fix}"),
                );
            }
            Some(Treatment::Agent(ProfileName::new(agent.as_str())))
        }
        (Some(_), Some(_)) => {
            problems.push(
                &at.key("agent"),
                "stands beside provider, and the cause of a difference would be unknown: keep one",
            );
            None
        }
        (None, None) => {
            problems
                .push(&at.key("provider"), "is missing, and so is agent: say what this arm does");
            None
        }
    }
}

fn group(
    experiment: &ExperimentConfig,
    earlier: &[Experiment],
    at: &KeyPath,
    problems: &mut Problems,
) -> Option<Group> {
    let Some(name) = &experiment.group else {
        let alone = [
            ("share_percent", experiment.share_percent),
            ("share_from_percent", experiment.share_from_percent),
        ];
        for (key, _) in alone.into_iter().filter(|(_, value)| value.is_some()) {
            problems.push(
                &at.key(key),
                "has no effect without a group: add group = \"NAME\", or write ramp_percent",
            );
        }
        return None;
    };
    if name.trim().is_empty() {
        problems.push(&at.key("group"), "is empty: name the group, or take it out");
    }
    let Some(share_percent) = experiment.share_percent else {
        problems.push(
            &at.key("share_percent"),
            "is missing: say how many percent of the group's people are this experiment's",
        );
        return None;
    };
    let others = || {
        earlier.iter().filter_map(|other| {
            other.group.as_ref().filter(|group| group.name == *name).map(|group| (other, group))
        })
    };
    let end = |group: &Group| group.range_start_percent.saturating_add(group.share_percent);
    let behind = others().map(|(_, group)| end(group)).max().unwrap_or_default();
    let group = Group {
        name: name.clone(),
        range_start_percent: experiment.share_from_percent.unwrap_or(behind),
        share_percent,
    };
    if share_percent == 0 || end(&group) > EVERYBODY {
        problems.push(
            &at.key("share_percent"),
            format!(
                "{share_percent} does not fit behind {} percent that come before it in this group: there are 1 to 100",
                group.range_start_percent
            ),
        );
    } else if let Some((other, _)) = others().find(|(_, taken)| taken.overlaps(&group)) {
        problems.push(
            &at.key("share_from_percent"),
            format!(
                "{} is in the share of {:?}, and a person is in one experiment of a group only: move one of them",
                group.range_start_percent, other.name
            ),
        );
    }
    Some(group)
}

fn guardrails(
    experiment: &ExperimentConfig,
    at: &KeyPath,
    problems: &mut Problems,
) -> Vec<Guardrail> {
    let mut guardrails = Vec::with_capacity(experiment.guardrails.len());
    for (order, one) in experiment.guardrails.iter().enumerate() {
        let at = at.key("guardrails").index(order);
        let metric = match one.metric {
            MetricName::SuccessRate => GuardMetric::SuccessRate,
            MetricName::ErrorRate => GuardMetric::ErrorRate,
            MetricName::CostPerSuccess => GuardMetric::CostPerSuccess,
            MetricName::Duration => GuardMetric::Duration,
        };
        let bound = match (one.at_least, one.at_most) {
            (Some(least), None) => Bound::AtLeast(least.decimal()),
            (None, Some(most)) => Bound::AtMost(most.decimal()),
            (None, None) | (Some(_), Some(_)) => {
                problems.push(
                    &at,
                    "needs one of at_least and at_most: say what the metric has to keep",
                );
                continue;
            }
        };
        let guardrail = Guardrail { metric, bound, minimum_calls: one.minimum_calls };
        if let Err(message) = guardrail.check() {
            problems.push(&at, message);
        }
        guardrails.push(guardrail);
    }
    guardrails
}

/// Reports an experiment that can get no calls because an earlier one covers all of its calls and
/// enrolls all of its people.
fn shadowed(
    config: &Config,
    earlier: &[Experiment],
    index: usize,
    one: &Experiment,
    at: &KeyPath,
    problems: &mut Problems,
) {
    let Some(own) = config.experiments.get(index) else {
        return;
    };
    let taken = earlier.iter().zip(&config.experiments).find(|(before, written)| {
        let everybody = match (&before.group, &one.group) {
            (None, _) => true,
            (Some(before), Some(own)) => before == own,
            (Some(_), None) => false,
        };
        everybody && Conditions::from(*written).takes_all_of(Conditions::from(own))
    });
    if let Some((before, _)) = taken {
        problems.push(
            at,
            format!(
                "can never hold, because the experiment {:?} before it has every call that this one would: \
                 move this one before it, give both a group, or take it out",
                before.name
            ),
        );
    }
}
