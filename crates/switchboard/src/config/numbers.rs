//! `[[providers.NAME.numbers]]`: the numbers that an account's calls are made from.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU32,
    time::Duration,
};

use serde::Deserialize;
use switchboard_core::{CallerNumber, Country, NumberId, PhoneNumber, ProfileName, RequestLimit};
use switchboard_router::NumberPolicy;

use crate::config::{
    Config, ProviderConfig,
    problem::{KeyPath, Problems},
    suggest::did_you_mean,
};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// One number of an account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberConfig {
    /// What logs, plans and the ledger call it.
    pub name: String,
    /// The number, in E.164.
    pub number: PhoneNumber,
    /// The provider's id of the number, for a provider that does not take the number itself.
    pub id: Option<String>,
    /// Only calls to these countries are made from it. Left out: to every country that no other number
    /// of the account names.
    #[serde(default)]
    pub countries: BTreeSet<Country>,
    /// Only calls of these agent profiles are made from it. Left out: of all.
    #[serde(default)]
    pub agents: BTreeSet<ProfileName>,
    /// Calls from it in any minute.
    pub calls_per_minute: Option<NonZeroU32>,
    /// Calls from it in any 24 hours.
    pub calls_per_day: Option<NonZeroU32>,
}

/// The numbers of an account, checked.
pub(crate) fn numbers(
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
