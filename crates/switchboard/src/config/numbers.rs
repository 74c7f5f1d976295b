//! `[[providers.NAME.numbers]]`: the numbers that an account's calls are made from.

use std::{collections::BTreeSet, num::NonZeroU32};

use serde::Deserialize;
use switchboard_core::{Country, PhoneNumber, ProfileName};

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
