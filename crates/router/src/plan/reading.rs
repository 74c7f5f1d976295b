//! The input of planning: the policy, and the state of each provider at this moment.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::Timestamp;
use switchboard_core::AgentId;

use crate::{
    experiment::ExperimentStates, headroom::Headroom, health::BreakerState, plan::Rejection,
    policy::Policy, quality::Measurements,
};

/// When to plan again if only new evidence about an agent, or the end of another call, can help.
const RECHECK_AFTER: Duration = Duration::from_secs(2);

/// The state of one provider at this moment.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The state of its circuit breaker.
    pub breaker: BreakerState,
    /// The state of the breakers of its failure domains, which it shares with other providers.
    pub domain: BreakerState,
    /// Ejected as an outlier until this time.
    pub ejected_until: Option<Timestamp>,
    /// What is left of its rate limit; `None` if it has none.
    pub headroom: Option<Headroom>,
    /// What is left of its limit on concurrent calls; `None` if it has none.
    pub concurrency: Option<Headroom>,
    /// The provider asked not to be called before this time ("too many requests").
    pub paused_until: Option<Timestamp>,
    /// Its account is considered out of credit until this time.
    pub out_of_credit_until: Option<Timestamp>,
    /// Agents with a call of which it is not known whether it rang. `None` stands for the account's
    /// default agent.
    pub agents_in_doubt: BTreeSet<Option<AgentId>>,
    /// The numbers of the account that have reached a limit of their own, and until when.
    pub numbers_full: BTreeMap<String, Timestamp>,
    /// How long it recently took to accept a call.
    pub time_to_accept: Option<Duration>,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            breaker: BreakerState::Closed,
            domain: BreakerState::Closed,
            ejected_until: None,
            headroom: None,
            concurrency: None,
            paused_until: None,
            out_of_credit_until: None,
            agents_in_doubt: BTreeSet::new(),
            numbers_full: BTreeMap::new(),
            time_to_accept: None,
        }
    }
}

impl Reading {
    /// The first reason why the provider cannot take a call now with this agent and from one of the
    /// numbers of these names. All of these reasons are temporary. Without any name, the backend
    /// chooses the number.
    pub fn rejection(
        &self,
        agent: Option<&AgentId>,
        numbers: &[String],
        now: Timestamp,
    ) -> Option<Rejection> {
        if self.agents_in_doubt.iter().any(|doubted| may_be_same_agent(doubted.as_ref(), agent)) {
            return Some(Rejection::AgentInDoubt(now.checked_add(RECHECK_AFTER).unwrap_or(now)));
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
        if self.concurrency.is_some_and(|left| left.free == 0) {
            return Some(Rejection::Full(now.checked_add(RECHECK_AFTER).unwrap_or(now)));
        }
        if let Some(left) = self.headroom.filter(|left| left.free == 0) {
            return Some(Rejection::RateLimited(left.frees_at.unwrap_or(now)));
        }
        if let Some(at) = self.numbers_free_at(numbers, now) {
            return Some(Rejection::NumbersFull(at));
        }
        // Comes last, so that a provider rejected for this reason alone can be used as a last
        // resort.
        self.ejected(now).map(Rejection::Outlier)
    }

    /// When the first of these numbers is free again; `None` if one is free now, or there is none.
    fn numbers_free_at(&self, numbers: &[String], now: Timestamp) -> Option<Timestamp> {
        let full = |name| self.numbers_full.get(name).copied().filter(|until| *until > now);
        let full: Option<Vec<Timestamp>> = numbers.iter().map(full).collect();
        full?.into_iter().min()
    }

    /// Until when its account is considered out of credit, if it is now.
    pub fn out_of_credit(&self, now: Timestamp) -> Option<Timestamp> {
        self.out_of_credit_until.filter(|until| *until > now)
    }

    /// Until when it is ejected as an outlier, if it is now.
    pub fn ejected(&self, now: Timestamp) -> Option<Timestamp> {
        self.ejected_until.filter(|until| *until > now)
    }
}

/// Everything that a plan depends on, besides the call and the time.
#[derive(Debug, Clone, Copy)]
pub struct Snapshot<'a> {
    /// The policy, which only a new configuration changes.
    pub policy: &'a Policy,
    /// The state of each provider of the policy, in the same order. A provider without a reading is
    /// taken to be available.
    pub readings: &'a [Reading],
    /// The random number of this call, for strategies that need one.
    pub draw: u64,
    /// The measured quality of providers; `None` if quality is not measured.
    pub quality: Option<&'a dyn Measurements>,
    /// The states of the experiments; `None` if they are as configured.
    pub experiments: Option<&'a ExperimentStates>,
}

/// True if two attempts may use the same agent. `None` stands for the account's default agent,
/// which may be any of them.
pub fn may_be_same_agent(one: Option<&AgentId>, other: Option<&AgentId>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one == other,
        (None, _) | (_, None) => true,
    }
}
