//! `[callers]` and the limits of agent profiles: how often, and how many at once.

use std::{collections::BTreeMap, num::NonZeroU32, time::Duration};

use serde::Deserialize;
use switchboard_core::{ProfileName, RequestLimit, TenantId};
use switchboard_router::{Allowance, Policy};

use crate::config::{
    Config,
    problem::{KeyPath, Problems},
};

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

impl AllowanceConfig {
    fn compile(&self, at: &KeyPath, problems: &mut Problems) -> Allowance {
        if self.place_window_seconds.is_some() && self.place_requests.is_none() {
            problems.push(
                &at.key("place_window_seconds"),
                "has no effect without place_requests: add it, or take this out",
            );
        }
        let window = self.place_window_seconds.map_or(60, NonZeroU32::get);
        Allowance {
            requests: self.place_requests.map(|requests| RequestLimit {
                requests: requests.get(),
                window: Duration::from_secs(window.into()),
            }),
            concurrent: self.concurrent_calls.map(NonZeroU32::get),
        }
    }
}

/// Puts the limits into the policy.
pub(crate) fn compile(config: &Config, policy: &mut Policy, problems: &mut Problems) {
    let at = KeyPath::of("callers");
    policy.each_tenant = config.callers.each.compile(&at.key("each"), problems);
    for (tenant, allowance) in &config.callers.tenants {
        let at = at.key("tenants").key(tenant);
        let limits = allowance.compile(&at, problems);
        if limits == policy.each_tenant {
            problems.push(
                &at,
                "says what callers.each says already: take it out, or give it other limits",
            );
        }
        policy.tenants.insert(TenantId::from(tenant.clone()), limits);
    }
    for (name, agent) in &config.agents {
        let limits = agent.limits.compile(&KeyPath::of("agents").key(name).key("limits"), problems);
        if limits != Allowance::default() {
            policy.agents.insert(ProfileName::new(name.as_str()), limits);
        }
    }
}
