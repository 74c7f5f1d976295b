//! Balances and usage of an account.

use std::fmt::Debug;

use async_trait::async_trait;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Cost, Credits, ProviderCallId, ProviderId, Raw, Result};

/// The balance of an account. A value that the provider does not report is null, never zero.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Balance {
    /// The provider that the account is at.
    pub provider: ProviderId,
    /// The provider's name of the account or business.
    pub account: Option<String>,
    /// The name of the subscription plan.
    pub plan: Option<String>,
    /// The provider's status of the account, for example `active`.
    pub status: Option<String>,
    /// Credits left in this period.
    pub credits_remaining: Option<Credits>,
    /// Credits used in this period.
    pub credits_used: Option<Credits>,
    /// Minutes used in this period.
    pub minutes_used: Option<Decimal>,
    /// How many numbers the account rents.
    pub phone_numbers: Option<u32>,
    /// When the billing period began.
    pub period_start: Option<Timestamp>,
    /// When the billing period ends.
    pub period_end: Option<Timestamp>,
    /// The provider's response.
    pub raw: Raw,
}

/// One entry of a provider's usage log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsageRecord {
    /// The provider that the log is from.
    pub provider: ProviderId,
    /// The provider's id of the entry.
    pub id: Option<String>,
    /// When the usage happened.
    pub at: Option<Timestamp>,
    /// What was used, for example `call` or `POST /v1/calls`.
    pub what: Option<String>,
    /// The call that the entry is about.
    pub call: Option<ProviderCallId>,
    /// What the usage cost.
    pub cost: Option<Cost>,
    /// The provider's response.
    pub raw: Raw,
}

/// Filters for the usage log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsageFilter {
    /// Only entries at or after this time.
    pub since: Option<Timestamp>,
    /// Only entries before this time.
    pub until: Option<Timestamp>,
    /// The maximum number of entries.
    pub limit: Option<u32>,
}

/// Reads the balances and the usage log of an account.
#[cfg_attr(feature = "test-util", mockall::automock)]
#[async_trait]
pub trait Usage: Debug + Send + Sync {
    /// Returns the balance of every account or business that the credentials give access to.
    async fn balances(&self) -> Result<Vec<Balance>>;

    /// Returns the usage log, newest first.
    async fn records(&self, filter: &UsageFilter) -> Result<Vec<UsageRecord>>;
}
