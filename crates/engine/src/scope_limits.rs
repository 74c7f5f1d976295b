//! Limits of tenants and agent profiles: how many calls they may have in progress, and how many
//! they may place in a window.
//!
//! The journal enforces them across all processes. What this process knows is remembered here, so
//! that calls that would be denied wait without asking the journal.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use parking_lot::Mutex;
use switchboard_core::AttemptId;
use switchboard_router::{Policy, Reservation, Scope, scopes::allowance};

use crate::limit::SlidingLog;

#[derive(Debug, Default)]
struct ScopeLimit {
    inside: BTreeMap<AttemptId, Timestamp>,
    log: Option<SlidingLog>,
    /// Other processes have used up the limit until this time.
    full_until: Option<Timestamp>,
}

/// What this process knows of the limits.
#[derive(Debug, Default)]
pub(crate) struct ScopeLimits {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    gates: HashMap<Scope, ScopeLimit>,
    /// The scopes that count each attempt.
    behind: HashMap<AttemptId, Vec<Scope>>,
}

impl ScopeLimits {
    /// How many more calls the scope allows now, and, if none, when to look again at the latest.
    pub(crate) fn opening(
        &self,
        policy: &Policy,
        scope: &Scope,
        now: Timestamp,
    ) -> (u32, Timestamp) {
        let Some(allowance) = allowance(policy, scope) else {
            return (u32::MAX, now);
        };
        let mut known = self.known.lock();
        let Some(gate) = known.gates.get_mut(scope) else {
            // No attempt was counted yet.
            let slots = allowance.requests.map_or(u32::MAX, |limit| limit.requests);
            return (allowance.concurrent.unwrap_or(u32::MAX).min(slots), now);
        };
        gate.inside.retain(|_, until| *until > now);
        if let Some(until) = gate.full_until.filter(|until| *until > now) {
            return (0, until);
        }
        let inside = u32::try_from(gate.inside.len()).unwrap_or(u32::MAX);
        let concurrency =
            allowance.concurrent.map_or(u32::MAX, |limit| limit.saturating_sub(inside));
        let first_out = gate.inside.values().min().copied().unwrap_or(now);
        match allowance.requests.and(gate.log.as_ref()).map(|log| log.headroom(now)) {
            Some(slots) if slots.free == 0 => (0, slots.frees_at.unwrap_or(now)),
            Some(slots) => (concurrency.min(slots.free), first_out),
            None => (concurrency, first_out),
        }
    }

    /// Counts an attempt.
    pub(crate) fn enter(&self, attempt: AttemptId, reservation: &Reservation, now: Timestamp) {
        let concurrency_slots =
            || reservation.concurrency_slots.iter().filter(|need| need.scope.is_callers());
        let rate_slots = || reservation.rate_slots.iter().filter(|need| need.scope.is_callers());
        if concurrency_slots().next().is_none() && rate_slots().next().is_none() {
            return;
        }
        let mut known = self.known.lock();
        for need in concurrency_slots() {
            known.gates.entry(need.scope.clone()).or_default().inside.insert(attempt, need.until);
            known.behind.entry(attempt).or_default().push(need.scope.clone());
        }
        for need in rate_slots() {
            let log = &mut known.gates.entry(need.scope.clone()).or_default().log;
            let log = log.get_or_insert_with(|| SlidingLog::new(need.limit, need.window));
            log.set_limit(need.limit, need.window);
            // The journal allowed it; if this log has no free slot, its knowledge is outdated.
            let _ = log.take(now);
        }
    }

    /// Stops counting an attempt that is over. True if that released a slot.
    pub(crate) fn leave(&self, attempt: AttemptId) -> bool {
        let mut known = self.known.lock();
        let scopes = known.behind.remove(&attempt).unwrap_or_default();
        let mut left = false;
        for scope in scopes {
            if let Some(gate) = known.gates.get_mut(&scope) {
                left |= gate.inside.remove(&attempt).is_some();
                gate.full_until = None;
            }
        }
        left
    }

    /// The journal reported that the limit is used up.
    pub(crate) fn is_full(&self, scope: &Scope, until: Timestamp) {
        self.known.lock().gates.entry(scope.clone()).or_default().full_until = Some(until);
    }
}
