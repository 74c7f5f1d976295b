//! What planning sees of the moment.

use std::{collections::BTreeSet, time::Duration};

use jiff::Timestamp;
use switchboard_core::AgentId;

use crate::{
    experiment::Lives, headroom::Headroom, health::BreakerState, plan::Rejection, policy::Policy,
    quality::Measurements,
};

/// How soon evidence may have come for an agent in doubt, or a call may have ended.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// One provider at this moment.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Its breaker.
    pub breaker: BreakerState,
    /// The breaker of what it rides on together with others.
    pub domain: BreakerState,
    /// It fails far more often than the others, and is left out until then.
    pub ejected_until: Option<Timestamp>,
    /// What is left of its rate limit; `None`: it has none.
    pub headroom: Option<Headroom>,
    /// What is left of the calls that may be under way at once; `None`: it has no such limit.
    pub rooms: Option<Headroom>,
    /// It asked for a pause until then.
    pub paused_until: Option<Timestamp>,
    /// Its account is out of credit, as far as is known, until then.
    pub out_of_credit_until: Option<Timestamp>,
    /// Agents with a call of which nobody knows whether it rang; `None`: the account's default
    /// agent.
    pub agents_in_doubt: BTreeSet<Option<AgentId>>,
    /// How long it lately took to accept a call.
    pub time_to_accept: Option<Duration>,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            breaker: BreakerState::Closed,
            domain: BreakerState::Closed,
            ejected_until: None,
            headroom: None,
            rooms: None,
            paused_until: None,
            out_of_credit_until: None,
            agents_in_doubt: BTreeSet::new(),
            time_to_accept: None,
        }
    }
}

impl Reading {
    /// The first thing that keeps the provider from taking a call with this agent now; it passes by
    /// itself.
    pub fn obstacle(&self, agent: Option<&AgentId>, now: Timestamp) -> Option<Rejection> {
        if self.agents_in_doubt.iter().any(|doubted| may_be_one(doubted.as_ref(), agent)) {
            return Some(Rejection::AgentInDoubt(now.checked_add(LOOK_AGAIN).unwrap_or(now)));
        }
        match self.breaker {
            BreakerState::Open { probe_at } => return Some(Rejection::Unhealthy(probe_at)),
            BreakerState::Closed => {}
        }
        match self.domain {
            BreakerState::Open { probe_at } => return Some(Rejection::DomainUnhealthy(probe_at)),
            BreakerState::Closed => {}
        }
        if let Some(until) = self.paused_until.filter(|until| *until > now) {
            return Some(Rejection::Paused(until));
        }
        if let Some(until) = self.out_of_credit(now) {
            return Some(Rejection::OutOfCredit(until));
        }
        if self.rooms.is_some_and(|left| left.free == 0) {
            return Some(Rejection::Full(now.checked_add(LOOK_AGAIN).unwrap_or(now)));
        }
        if let Some(left) = self.headroom.filter(|left| left.free == 0) {
            return Some(Rejection::RateLimited(left.frees_at.unwrap_or(now)));
        }
        // Last, so that whoever is rejected for this alone can take the call where nobody else can.
        self.ejected(now).map(Rejection::Outlier)
    }

    /// Until when its account counts as out of credit.
    pub fn out_of_credit(&self, now: Timestamp) -> Option<Timestamp> {
        self.out_of_credit_until.filter(|until| *until > now)
    }

    /// Until when it is left out for doing worse than the others.
    pub fn ejected(&self, now: Timestamp) -> Option<Timestamp> {
        self.ejected_until.filter(|until| *until > now)
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
    /// What was measured of the calls so far; `None`: nobody measures.
    pub quality: Option<&'a dyn Measurements>,
    /// What became of the experiments; `None`: they are as configured.
    pub lives: Option<&'a Lives>,
}

/// True where two attempts may use one agent: the account's default agent may be any of them.
pub fn may_be_one(one: Option<&AgentId>, other: Option<&AgentId>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one == other,
        (None, _) | (_, None) => true,
    }
}
