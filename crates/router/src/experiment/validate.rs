//! Rejects invalid experiments: those that name something unknown, enroll nobody, or could never
//! have an effect.

use std::collections::{BTreeMap, BTreeSet};

use switchboard_core::{AgentProfile, Error, ErrorKind, ProfileName, ProviderId, Result};

use crate::experiment::{Arm, Experiment, Group, HOLDOUT, Treatment};

/// A larger sum of weights could not be divided exactly when a holdout is subtracted.
const MAX_WEIGHT: u64 = 1_000_000;

type Providers<'a> = BTreeSet<&'a ProviderId>;
type Profiles = BTreeMap<ProfileName, AgentProfile>;

/// Refuses experiments of which one makes no sense. `providers` and `profiles` are those that are
/// configured.
///
/// # Errors
/// `Configuration` that names the key and the fix.
pub(crate) fn validate(
    experiments: &[Experiment],
    providers: &Providers<'_>,
    profiles: &Profiles,
) -> Result<()> {
    for (index, experiment) in experiments.iter().enumerate() {
        let earlier = experiments.get(..index).unwrap_or_default();
        one((providers, profiles), experiment, earlier).map_err(|(key, message)| {
            Error::new(ErrorKind::Configuration, message)
                .with_field(format!("experiments[{index}].{key}"))
        })?;
    }
    Ok(())
}

type Wrong = (String, String);

fn one(
    configured: (&Providers<'_>, &Profiles),
    experiment: &Experiment,
    earlier: &[Experiment],
) -> std::result::Result<(), Wrong> {
    let wrong = |key: &str, message: &str| Err((key.to_owned(), message.to_owned()));
    if earlier.iter().any(|other| other.name == experiment.name) {
        return wrong("name", "is the name of an earlier experiment too: give each its own");
    }
    if experiment.version == 0 {
        return wrong("version", "is 0: the first is 1");
    }
    if experiment.ramp_percent > 100 {
        return wrong("ramp_percent", "is more than 100: everybody is 100");
    }
    if experiment.holdout_percent >= 100 {
        return wrong("holdout_percent", "leaves nobody for the arms: make it less than 100");
    }
    let weights: u64 = experiment.arms.iter().map(|arm| u64::from(arm.weight)).sum();
    if weights == 0 {
        return wrong("arms", "have no weight: give at least one arm a weight above zero");
    }
    if weights > MAX_WEIGHT {
        return wrong(
            "arms",
            "have weights of more than 1000000 in sum: use smaller ones in the same proportion",
        );
    }
    for (order, arm) in experiment.arms.iter().enumerate() {
        let named_before = experiment.arms.iter().take(order).any(|other| other.name == arm.name);
        arms(configured, arm, named_before)
            .map_err(|message| (format!("arms.{}", arm.name), message))?;
    }
    if let Some(group) = &experiment.group {
        group_range(group, earlier).map_err(|message| ("group".to_owned(), message))?;
    }
    for (order, guardrail) in experiment.guardrails.iter().enumerate() {
        guardrail.check().map_err(|message| (format!("guardrails[{order}]"), message))?;
    }
    Ok(())
}

fn arms(
    (providers, profiles): (&Providers<'_>, &Profiles),
    arm: &Arm,
    named_before: bool,
) -> std::result::Result<(), String> {
    if named_before {
        return Err("is the name of an earlier arm too: give each its own".to_owned());
    }
    if arm.name == HOLDOUT || arm.name.trim().is_empty() {
        return Err(format!("{:?} is no name for an arm: give it another", arm.name));
    }
    match &arm.treatment {
        Treatment::Provider(provider) if !providers.contains(provider) => {
            Err(format!("names the provider {:?}, which is not configured", provider.as_str()))
        }
        Treatment::Agent(profile) if !profiles.contains_key(profile) => {
            Err(format!("names the agent profile {:?}, which is not configured", profile.as_str()))
        }
        Treatment::Provider(_) | Treatment::Agent(_) => Ok(()),
    }
}

fn group_range(group: &Group, earlier: &[Experiment]) -> std::result::Result<(), String> {
    if group.share_percent == 0
        || group.range_start_percent.saturating_add(group.share_percent) > 100
    {
        return Err(format!(
            "has {} percent from {} on, and there are a hundred: make its share fit",
            group.share_percent, group.range_start_percent
        ));
    }
    let clash = earlier
        .iter()
        .find(|other| other.group.as_ref().is_some_and(|other| other.overlaps(group)));
    clash.map_or(Ok(()), |other| {
        Err(format!(
            "shares people with {:?}, and a person may be in one experiment of the group {:?} only: move one of them",
            other.name, group.name
        ))
    })
}
