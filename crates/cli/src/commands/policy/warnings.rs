//! Warnings: settings that work but are probably mistakes.

use std::collections::{BTreeMap, BTreeSet};

use switchboard::{
    Config, Country, Money, Policy, Route, Strategy,
    core::{Coverage, TariffRow},
    router::{Budget, ProviderPolicy, experiment::Treatment},
};

use super::warning::Warning;

/// All warnings: first those that every load reports, then the others in the order of the file.
pub(in crate::commands) fn of(config: &Config, policy: &Policy) -> Vec<Warning> {
    let at_load = config.warnings().into_iter();
    let mut warnings: Vec<Warning> =
        at_load.map(|one| Warning { key: one.key, message: one.message }).collect();
    let mut warn = |key: String, message: String| warnings.push(Warning { key, message });
    if let Some(reason) = config.rules.as_ref().and_then(|rules| rules.off.as_deref()) {
        warn(
            "rules.off".to_owned(),
            format!(
                "turns the calling rules off ({reason}): only opt-outs are checked before a call"
            ),
        );
    }
    for one in policy.providers.iter().filter(|one| one.enabled) {
        provider(policy, one, &mut warn);
    }
    profiles(policy, &mut warn);
    weights("routing", &policy.strategy, policy.providers.iter(), &mut warn);
    for (index, route) in policy.routes.iter().enumerate() {
        let at = format!("routes[{index}]");
        if serving(policy, route).next().is_none() {
            warn(
                format!("{at}.providers"),
                "are all disabled: calls of this route find no provider".to_owned(),
            );
        }
        if let Some(strategy) = &route.strategy {
            weights(&at, strategy, serving(policy, route), &mut warn);
        }
    }
    countries(policy, &mut warn);
    experiments(policy, &mut warn);
    for (index, budget) in policy.budgets.iter().enumerate() {
        let least = least(config, policy, budget);
        if let Some(least) = least.filter(|least| least.micros() > budget.limit.micros()) {
            warn(
                format!("budgets[{index}].limit"),
                format!(
                    "{} is too small: a call of {} s reserves at least {least}, so that no call that it covers is ever placed",
                    budget.limit,
                    policy.max_duration.as_secs()
                ),
            );
        }
    }
    warnings
}

fn provider(policy: &Policy, one: &ProviderPolicy, warn: &mut impl FnMut(String, String)) {
    let key = format!("providers.{}", one.info.id);
    if one.deck.is_empty() {
        warn(
            key.clone(),
            "has no price: its costs are unknown, it is never the cheapest, and it gets no calls with a max_cost".to_owned(),
        );
    }
    if policy.default_profile.is_some()
        && !policy.profiles.values().any(|profile| profile.agents.contains_key(&one.info.id))
    {
        warn(
            key,
            "has no agent profile, but every call has one because of routing.default_agent: it gets no calls".to_owned(),
        );
    }
}

fn profiles(policy: &Policy, warn: &mut impl FnMut(String, String)) {
    for (name, profile) in &policy.profiles {
        let mut serving = policy
            .providers
            .iter()
            .filter(|one| one.enabled && profile.agents.contains_key(&one.info.id));
        if serving.next().is_none() {
            warn(
                format!("agents.{name}.at"),
                "names only disabled providers: no provider has this profile".to_owned(),
            );
        }
    }
}

fn weights<'a>(
    at: &str,
    strategy: &Strategy,
    providers: impl Iterator<Item = &'a ProviderPolicy>,
    warn: &mut impl FnMut(String, String),
) {
    let Strategy::Weighted(weighted) = strategy else {
        return;
    };
    for one in providers.filter(|one| one.enabled) {
        let id = &one.info.id;
        if !weighted.weights.iter().any(|(named, weight)| named == id && *weight > 0) {
            warn(
                format!("{at}.weights"),
                format!("give {id} no share: it is asked only if no other provider can be"),
            );
        }
    }
}

/// The enabled providers of a route.
fn serving<'a>(policy: &'a Policy, route: &'a Route) -> impl Iterator<Item = &'a ProviderPolicy> {
    let of = |one: &&ProviderPolicy| {
        one.enabled && (route.providers.is_empty() || route.providers.contains(&one.info.id))
    };
    policy.providers.iter().filter(of)
}

/// Countries that an enabled provider covers, but that the route of an ordinary call does not
/// reach.
fn countries(policy: &Policy, warn: &mut impl FnMut(String, String)) {
    let mut covered = BTreeSet::new();
    for one in policy.providers.iter().filter(|one| one.enabled) {
        match &one.info.countries {
            Coverage::All => {}
            Coverage::Only(countries) => covered.extend(countries.iter().copied()),
        }
    }
    let mut missed: BTreeMap<usize, Vec<Country>> = BTreeMap::new();
    for country in covered {
        let plain = |route: &Route| {
            let when = &route.when;
            let special = !when.prefixes.is_empty()
                || !when.languages.is_empty()
                || !when.agents.is_empty()
                || !when.tags.is_empty();
            !special && (when.countries.is_empty() || when.countries.contains(&country))
        };
        if let Some((index, route)) =
            policy.routes.iter().enumerate().find(|(_, route)| plain(route))
            && !serving(policy, route).any(|one| one.info.countries.covers(&country))
        {
            missed.entry(index).or_default().push(country);
        }
    }
    for (index, countries) in missed {
        let names: Vec<String> = countries.iter().map(ToString::to_string).collect();
        warn(
            format!("routes[{index}]"),
            format!(
                "takes calls to {}, which none of its providers covers but another provider of this file does",
                names.join(", ")
            ),
        );
    }
}

fn experiments(policy: &Policy, warn: &mut impl FnMut(String, String)) {
    for (index, experiment) in policy.experiments.iter().enumerate() {
        let at = format!("experiments[{index}]");
        for (order, arm) in experiment.arms.iter().enumerate() {
            let is_on = match &arm.treatment {
                Treatment::Provider(id) => {
                    policy.providers.iter().any(|one| one.enabled && one.info.id == *id)
                }
                Treatment::Agent(name) => {
                    let profile = policy.profiles.get(name);
                    profile.is_some_and(|profile| {
                        let mut on = policy.providers.iter().filter(|one| one.enabled);
                        on.any(|one| profile.agents.contains_key(&one.info.id))
                    })
                }
            };
            if !is_on {
                warn(
                    format!("{at}.arms[{order}]"),
                    "goes to something that is disabled: its people are routed as usual, and the experiment compares nothing".to_owned(),
                );
            }
        }
        let countries = &experiment.when.countries;
        let mut on = policy.providers.iter().filter(|one| one.enabled);
        if !countries.is_empty()
            && !on.any(|one| countries.iter().any(|country| one.info.countries.covers(country)))
        {
            warn(
                format!("{at}.countries"),
                "can never match: no enabled provider covers any of them".to_owned(),
            );
        }
    }
}

/// The least that a call reserves from a budget; `None` if it would take reading deck files, or if
/// the budget covers no provider.
fn least(config: &Config, policy: &Policy, budget: &Budget) -> Option<Money> {
    let covered = policy.providers.iter().filter(|one| {
        one.enabled && budget.provider.as_ref().is_none_or(|only| *only == one.info.id)
    });
    let mut least: Option<i64> = None;
    for one in covered {
        let decks = config
            .providers
            .get(one.info.id.as_str())
            .is_some_and(|account| !account.decks.is_empty());
        let rows = one.info.tariff.as_ref().map(|tariff| &tariff.rows).filter(|_| !decks)?;
        let longest =
            one.info.max_duration.map_or(policy.max_duration, |most| policy.max_duration.min(most));
        let cheapest = rows.iter().filter_map(|row| price(row, longest.as_secs(), policy)).min()?;
        least = Some(least.map_or(cheapest, |least| least.min(cheapest)));
    }
    least.map(|micros| Money::from_micros(micros, policy.currency))
}

/// What a call of this many seconds costs by a row, in millionths.
fn price(row: &TariffRow, seconds: u64, policy: &Policy) -> Option<i64> {
    let own = |money: &Money| money.currency() == policy.currency;
    if !row.per_call.iter().chain(&row.per_minute).all(own) {
        return None;
    }
    let step = row.increment.map_or(1, |step| step.as_secs()).max(1);
    let billed = seconds.max(row.minimum.map_or(0, |least| least.as_secs())).div_ceil(step) * step;
    let minutes = i128::from(row.per_minute.map_or(0, Money::micros)) * i128::from(billed) / 60;
    i64::try_from(minutes + i128::from(row.per_call.map_or(0, Money::micros))).ok()
}
