//! What was used and what is left.

use std::fmt::Debug;

use async_trait::async_trait;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Cost, Credits, ProviderCallId, ProviderId, Raw, Result};

/// An account's standing. What a provider does not say is null, never zero.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Balance {
    /// Whose account it is.
    pub provider: ProviderId,
    /// The provider's name of the account or business.
    pub account: Option<String>,
    /// The plan.
    pub plan: Option<String>,
    /// As `active`.
    pub status: Option<String>,
    /// Credits left in this period.
    pub credits_remaining: Option<Credits>,
    /// Credits used in this period.
    pub credits_used: Option<Credits>,
    /// Minutes used in this period.
    pub minutes_used: Option<Decimal>,
    /// Numbers rented.
    pub phone_numbers: Option<u32>,
    /// When the period began.
    pub period_start: Option<Timestamp>,
    /// When the period ends.
    pub period_end: Option<Timestamp>,
    /// The provider's answer.
    pub raw: Raw,
}

/// One line of a provider's usage log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsageRecord {
    /// Whose log it is.
    pub provider: ProviderId,
    /// The provider's id of the line.
    pub id: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
    /// What was used, as `call` or `POST /v1/calls`.
    pub what: Option<String>,
    /// The call that it was for.
    pub call: Option<ProviderCallId>,
    /// What it cost.
    pub cost: Option<Cost>,
    /// The provider's answer.
    pub raw: Raw,
}

/// Which lines of the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsageFilter {
    /// At or after this moment.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// At most this many.
    pub limit: Option<u32>,
}

/// A provider's accounts.
#[cfg_attr(feature = "test-util", mockall::automock)]
#[async_trait]
pub trait Usage: Debug + Send + Sync {
    /// The standing of every account or business behind the credentials.
    async fn balances(&self) -> Result<Vec<Balance>>;

    /// The usage log, newest first.
    async fn records(&self, filter: &UsageFilter) -> Result<Vec<UsageRecord>>;
}
