//! From the numbers of an account to the router's policy.

use std::{collections::BTreeMap, time::Duration};

use switchboard_core::{CallerNumber, NumberId, RequestLimit};
use switchboard_router::NumberPolicy;

use crate::config::{
    Config, ProviderConfig,
    problem::{KeyPath, Problems},
    suggest::did_you_mean,
};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// The numbers of an account, checked.
pub(super) fn numbers(
    config: &Config,
    name: &str,
    provider: &ProviderConfig,
    problems: &mut Problems,
) -> Vec<NumberPolicy> {
    let at = KeyPath::of("providers").key(name).key("numbers");
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut policies = Vec::with_capacity(provider.numbers.len());
    for (index, number) in provider.numbers.iter().enumerate() {
        let at = at.index(index);
        let plain = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_'
        };
        let is_name = !number.name.is_empty()
            && number.name.len() <= 32
            && number.name.bytes().all(plain)
            && number.name.bytes().any(|byte| byte.is_ascii_lowercase());
        if !is_name {
            problems.push(
                &at.key("name"),
                "is no name of a number: write lower-case letters, digits, - and _, as \"west\"",
            );
        }
        if seen.insert(&number.name, index).is_some() {
            problems.push(&at.key("name"), "is the name of another number of this account");
        }
        for agent in
            number.agents.iter().filter(|agent| !config.agents.contains_key(agent.as_str()))
        {
            let fix = did_you_mean(agent.as_str(), config.agents.keys().map(String::as_str));
            problems.push(
                &at.key("agents"),
                format!("{:?} is no agent profile of this file: {fix}", agent.as_str()),
            );
        }
        let limits = [(number.calls_per_minute, MINUTE), (number.calls_per_day, DAY)];
        let limits = limits.into_iter().filter_map(|(requests, window)| {
            Some(RequestLimit { requests: requests?.get(), window })
        });
        let mut policy = NumberPolicy::new(CallerNumber {
            name: number.name.clone(),
            number: number.number,
            id: number.id.clone().map(NumberId::from),
        });
        policy.countries = number.countries.clone();
        policy.profiles = number.agents.clone();
        policy.limits = limits.collect();
        policies.push(policy);
    }
    policies
}
