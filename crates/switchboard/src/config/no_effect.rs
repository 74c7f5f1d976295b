//! Settings that are valid by themselves but can never take effect beside the others. Each of them
//! is an error, because its author expects something that will not happen.

use switchboard_core::{Country, Coverage};
use switchboard_router::{Policy, ProviderPolicy};

use crate::config::{
    Config, ProviderConfig, StrategyName,
    problem::{KeyPath, Problems},
    routing::RouteConfig,
};

/// Reports settings that can never take effect. Runs only if the rest of the file is valid.
pub(crate) fn check(config: &Config, policy: &Policy, problems: &mut Problems) {
    routing(config, problems);
    for (name, provider) in &config.providers {
        account(config, provider, &KeyPath::of("providers").key(name), problems);
    }
    for (index, route) in config.routes.iter().enumerate() {
        let at = KeyPath::of("routes").index(index);
        agents(config, route, &at, problems);
        languages(config, policy, route, &at, problems);
        prefixes(&route.prefixes, &at, problems);
    }
    for (index, experiment) in config.experiments.iter().enumerate() {
        let at = KeyPath::of("experiments").index(index);
        prefixes(&experiment.prefixes, &at, problems);
        for (order, arm) in experiment.arms.iter().enumerate() {
            let calls = |country: &Country| {
                let named = arm.provider.as_deref().and_then(|name| provider(policy, name));
                named.is_none_or(|one| one.info.countries.covers(country))
            };
            if !experiment.countries.is_empty() && !experiment.countries.iter().any(calls) {
                problems.push(
                    &at.key("arms").index(order).key("provider"),
                    "calls none of the experiment's countries, so that the arm would compare nothing: name another, or other countries",
                );
            }
        }
    }
    budgets(config, problems);
    rules(config, problems);
}

fn provider<'a>(policy: &'a Policy, name: &str) -> Option<&'a ProviderPolicy> {
    policy.providers.iter().find(|one| one.info.id.as_str() == name)
}

/// The providers that a route names, or every one.
fn of_route<'a>(
    policy: &'a Policy,
    route: &RouteConfig,
) -> impl Iterator<Item = &'a ProviderPolicy> {
    let named = route.providers.clone();
    let of = move |one: &&ProviderPolicy| {
        named.is_empty() || named.iter().any(|name| name == one.info.id.as_str())
    };
    policy.providers.iter().filter(of)
}

fn routing(config: &Config, problems: &mut Problems) {
    let chosen = config.routing.strategy;
    if config.providers.len() == 1 && chosen != StrategyName::Priority {
        problems.push(
            &KeyPath::of("routing").key("strategy"),
            format!(
                "is {} and has no effect on one provider: take it out, or add another provider",
                chosen.as_str()
            ),
        );
    }
}

fn account(config: &Config, provider: &ProviderConfig, at: &KeyPath, problems: &mut Problems) {
    if provider.settings.contains_key("webhook_secret_env") && config.webhooks.is_none() {
        problems.push(
            &at.key("webhook_secret_env"),
            "has no effect without [webhooks], because nothing is received: add it, or take this out",
        );
    }
}

/// Calls for a profile that no provider of the route serves fail, whatever the strategy.
fn agents(config: &Config, route: &RouteConfig, at: &KeyPath, problems: &mut Problems) {
    for (order, name) in route.agents.iter().enumerate() {
        let Some(profile) = config.agents.get(name).filter(|_| !route.providers.is_empty()) else {
            continue;
        };
        if !route.providers.iter().any(|provider| profile.at.contains_key(provider)) {
            problems.push(
                &at.key("agents").index(order),
                format!("no provider of this route serves the agent profile {name:?}: add one that agents.{name}.at names, or take it out"),
            );
        }
    }
}

fn languages(
    config: &Config,
    policy: &Policy,
    route: &RouteConfig,
    at: &KeyPath,
    problems: &mut Problems,
) {
    // A profile may know better than its provider what is spoken.
    if config.agents.values().any(|profile| !profile.languages.is_empty()) {
        return;
    }
    for (order, spoken) in route.languages.iter().enumerate() {
        let speaks = |one: &ProviderPolicy| match &one.info.languages {
            Coverage::All => true,
            // A provider's "en" covers a call in "en-GB", and a route's "en" takes such calls too.
            Coverage::Only(known) => known.iter().any(|known| known.primary() == spoken.primary()),
        };
        if !of_route(policy, route).any(speaks) {
            problems.push(
                &at.key("languages").index(order),
                format!("no provider of this route speaks {spoken}: take it out, or add it to a provider's languages"),
            );
        }
    }
}

fn prefixes(prefixes: &[String], at: &KeyPath, problems: &mut Problems) {
    for (index, prefix) in prefixes.iter().enumerate() {
        let wider = prefixes.iter().enumerate().find(|(other, wide)| {
            *other != index
                && prefix.starts_with(wide.as_str())
                && (prefix != *wide || *other < index)
        });
        if let Some((_, wide)) = wider {
            problems.push(
                &at.key("prefixes").index(index),
                format!(
                    "has no effect, because {wide:?} beside it takes the same numbers: take it out"
                ),
            );
        }
    }
}

/// Nothing is checked while the rules are off.
fn rules(config: &Config, problems: &mut Problems) {
    let Some(rules) = config.rules.as_ref().filter(|rules| rules.off.is_some()) else {
        return;
    };
    let (files, emergencies) = (&rules.files, &rules.emergencies);
    for (key, given) in [("files", !files.is_empty()), ("emergencies", !emergencies.is_empty())] {
        if given {
            problems.push(
                &KeyPath::of("rules").key(key),
                "has no effect, because rules.off turns the rules off: take one of the two out",
            );
        }
    }
}

/// Of two budgets for the same calls in the same period, the larger one is never reached.
fn budgets(config: &Config, problems: &mut Problems) {
    for (index, budget) in config.budgets.iter().enumerate() {
        let covers = |other: &&crate::config::BudgetConfig| {
            (other.per, &other.tenant, &other.provider, &other.experiment)
                == (budget.per, &budget.tenant, &budget.provider, &budget.experiment)
        };
        if let Some(other) = config.budgets.iter().take(index).find(covers) {
            problems.push(
                &KeyPath::of("budgets").index(index),
                format!(
                    "covers the same calls in the same time as {:?}: keep the smaller of the two",
                    other.name
                ),
            );
        }
    }
}
