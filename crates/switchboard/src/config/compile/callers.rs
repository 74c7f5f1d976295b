//! The limits of callers and agent profiles in the policy.

use std::{num::NonZeroU32, time::Duration};

use switchboard_core::{ProfileName, RequestLimit, TenantId};
use switchboard_router::{Allowance, Policy};

use crate::config::{
    AllowanceConfig,
    file::Config,
    problem::{KeyPath, Problems},
};

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
            waiting: self.waiting_calls.map(NonZeroU32::get),
        }
    }
}

/// Puts the limits into the policy.
pub(crate) fn compile(config: &Config, policy: &mut Policy, problems: &mut Problems) {
    let at = KeyPath::of("callers");
    if config.server.is_none() {
        let each = (at.key("each"), &config.callers.each);
        let named = config.callers.tenants.iter();
        let named = named.map(|(tenant, allowance)| (at.key("tenants").key(tenant), allowance));
        for (at, _) in
            std::iter::once(each).chain(named).filter(|(_, one)| one.waiting_calls.is_some())
        {
            problems.push(
                &at.key("waiting_calls"),
                "has no effect without [server], which refuses calls above it: add one, or take this out",
            );
        }
    }
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
        let at = KeyPath::of("agents").key(name).key("limits");
        if agent.limits.waiting_calls.is_some() {
            problems.push(
                &at.key("waiting_calls"),
                "has no effect on an agent: set it in [callers.each] or [callers.tenants]",
            );
        }
        let limits = agent.limits.compile(&at, problems);
        if limits != Allowance::default() {
            policy.agents.insert(ProfileName::new(name.as_str()), limits);
        }
    }
}
