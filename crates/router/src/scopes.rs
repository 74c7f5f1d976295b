//! What a policy limits for a caller and an agent profile, by scope, and what a call has to reserve
//! of it.

use jiff::Timestamp;
use switchboard_core::ProviderId;

use crate::{
    parties::Parties,
    policy::{Allowance, Policy, ProviderLimits},
    reservation::{ConcurrencySlot, RateSlot, Reservation, Scope},
};

/// What a call has to pass, by scope.
fn scopes<'a>(
    policy: &'a Policy,
    parties: Parties<'_>,
) -> impl Iterator<Item = (Scope, &'a Allowance)> {
    let profile = parties.profile.or(policy.default_profile.as_ref());
    let agent =
        profile.and_then(|name| Some((Scope::Profile(name.clone()), policy.agents.get(name)?)));
    let caller = policy
        .allowance(parties.tenant)
        .map(|allowance| (Scope::Tenant(parties.tenant.clone()), allowance));
    caller.into_iter().chain(agent)
}

/// The names of what a call has to pass.
pub fn scopes_of(policy: &Policy, parties: Parties<'_>) -> Vec<Scope> {
    scopes(policy, parties).map(|(scope, _)| scope).collect()
}

/// What is allowed in a scope; `None`: anything.
pub fn allowance<'a>(policy: &'a Policy, scope: &Scope) -> Option<&'a Allowance> {
    match scope {
        Scope::Tenant(tenant) => policy.allowance(tenant),
        Scope::Profile(profile) => policy.agents.get(profile),
        Scope::Placing(_) | Scope::PlacingIn(..) | Scope::Number(..) | Scope::Calls(_) => None,
    }
}

/// What an attempt at a provider with these limits takes of them, and of its caller's and its
/// agent's. `until`: when its concurrency slots are free again at the latest.
pub fn slots(
    policy: &Policy,
    (provider, limits): (&ProviderId, &ProviderLimits),
    parties: Parties<'_>,
    until: Timestamp,
) -> Reservation {
    let mut taken = Reservation {
        rate_slots: limits.rate_slots(provider),
        concurrency_slots: limits.concurrency_slot(provider, until).into_iter().collect(),
        ..Reservation::default()
    };
    for (scope, allowance) in scopes(policy, parties) {
        if let Some(limit) = allowance.requests {
            taken.rate_slots.push(RateSlot::new(scope.clone(), limit));
        }
        if let Some(limit) = allowance.concurrent {
            taken.concurrency_slots.push(ConcurrencySlot { scope, limit, until });
        }
    }
    taken
}
