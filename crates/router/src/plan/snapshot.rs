//! What planning sees of the moment.

use std::{collections::BTreeSet, time::Duration};

use jiff::Timestamp;
use switchboard_core::AgentId;

use crate::{health::BreakerState, limit::Headroom, policy::Policy};

/// One provider at this moment.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Its breaker.
    pub breaker: BreakerState,
    /// What is left of its rate limit; `None`: it has none.
    pub headroom: Option<Headroom>,
    /// It asked for a pause until then.
    pub paused_until: Option<Timestamp>,
    /// Agents with a call of which nobody knows whether it rang; `None`: the account's default agent.
    pub agents_in_doubt: BTreeSet<Option<AgentId>>,
    /// How long it lately took to accept a call.
    pub time_to_accept: Option<Duration>,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            breaker: BreakerState::Closed,
            headroom: None,
            paused_until: None,
            agents_in_doubt: BTreeSet::new(),
            time_to_accept: None,
        }
    }
}

/// The policy and the readings, one for each of its providers in the same order.
#[derive(Debug, Clone, Copy)]
pub struct Snapshot<'a> {
    /// What only a new configuration changes.
    pub policy: &'a Policy,
    /// What changes all the time. A provider without a reading counts as untouched.
    pub readings: &'a [Reading],
    /// The call's own chance, for strategies that draw.
    pub draw: u64,
}

/// True where two attempts may use one agent: the account's default agent may be any of them.
pub(crate) fn may_be_one(one: Option<&AgentId>, other: Option<&AgentId>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one == other,
        (None, _) | (_, None) => true,
    }
}
