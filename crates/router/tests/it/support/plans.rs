//! Small policies, and the plans that they make.

use switchboard_core::{
    AgentProfile, Currency, Destination, Language, ProfileName, Tariff, TariffRow, ValidCall,
};
use switchboard_router::{
    BusyCallee, FactDefaults, Match, Plan, Policy, RateDeck, Reading, Route, Snapshot, plan,
};

use super::{Fake, epoch, id, policy, usd};

/// A policy over three providers that may take every call.
pub(crate) fn three() -> Policy {
    policy(&[Fake::new("alpha"), Fake::new("beta"), Fake::new("gamma")])
}

pub(crate) fn one() -> Policy {
    policy(&[Fake::new("alpha")])
}

pub(crate) fn plan_with(call: &ValidCall, policy: &Policy, readings: &[Reading]) -> Plan {
    plan(call, &Snapshot { policy, readings, draw: 7, quality: None, experiments: None }, epoch())
}

pub(crate) fn order(plan: &Plan) -> Vec<&str> {
    plan.candidates.iter().map(|candidate| candidate.provider.as_str()).collect()
}

pub(crate) fn profile(name: &str, providers: &[&str], languages: &[&str]) -> AgentProfile {
    AgentProfile {
        name: ProfileName::new(name),
        agents: providers
            .iter()
            .map(|provider| (id(provider), format!("agent at {provider}").into()))
            .collect(),
        languages: languages.iter().map(|tag| language(tag)).collect(),
        expected_duration: None,
    }
}

pub(crate) fn language(tag: &str) -> Language {
    tag.parse().unwrap()
}

pub(crate) fn route(name: &str, when: Match, providers: &[&str]) -> Route {
    Route {
        name: name.to_owned(),
        when,
        providers: providers.iter().map(|name| id(name)).collect(),
        strategy: None,
        busy_callee: BusyCallee::Wait,
        failover_on_quota: false,
        facts: FactDefaults::default(),
    }
}

pub(crate) fn per_call(amount: &str) -> RateDeck {
    let rows = vec![TariffRow {
        destination: Destination::Everywhere,
        per_call: Some(usd(amount)),
        per_minute: None,
        increment: None,
        minimum: None,
    }];
    RateDeck::new(&Tariff { rows, credit_price: None }, Currency::USD).unwrap()
}
