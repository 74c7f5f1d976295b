//! `[callers]` and the limits of agent profiles: how often, and how many at once.

use std::{collections::BTreeMap, num::NonZeroU32};

use serde::Deserialize;

/// How often, and how many at once. What is left out is not limited. Every process that shares the
/// ledger counts in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AllowanceConfig {
    /// Calls placed in any window.
    pub place_requests: Option<NonZeroU32>,
    /// The length of that window: 60.
    pub place_window_seconds: Option<NonZeroU32>,
    /// Calls under way.
    pub concurrent_calls: Option<NonZeroU32>,
    /// Calls of a caller that may wait at a server before it refuses more: 1,000. Not for agents.
    pub waiting_calls: Option<NonZeroU32>,
}

/// `[callers]`: what callers may do. A call that comes above it waits its turn.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CallersConfig {
    /// Each caller that `tenants` does not name.
    pub each: AllowanceConfig,
    /// These callers.
    pub tenants: BTreeMap<String, AllowanceConfig>,
}
