//! How far one ring has come in the replay, and which providers it may still ask.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use switchboard_core::{ErrorKind, ProviderId, ValidCall};
use switchboard_router::{
    Plan, PlanRecord, Policy,
    failover::{Next, NotPlaced},
};

use crate::{
    agenda::RingId,
    past::{PastAttempt, PastRing},
};

/// The state of one ring in the replay.
#[derive(Debug)]
pub(super) struct RingProgress {
    pub(super) at: RingId,
    pub(super) began: Timestamp,
    /// Until when it waits for a provider.
    pub(super) give_up: Timestamp,
    /// True if its new plan has the same candidates as the recorded one.
    pub(super) same: bool,
    /// True if the recorded plan was made by this very policy.
    pub(super) certain: bool,
    /// True once the replay of this ring has departed from the past.
    pub(super) deviated: bool,
    /// The plan at its start.
    pub(super) plan: Plan,
    /// Which of the past attempts have been repeated.
    consumed: Vec<bool>,
    /// The number of attempts so far that reached no phone.
    pub(super) not_placed_count: u32,
    /// What those attempts were billed nevertheless, in millionths.
    pub(super) spent: i64,
    excluded: HashSet<ProviderId>,
    unreachable: HashSet<String>,
    blocked: HashMap<ProviderId, Timestamp>,
    /// No provider may be asked before this time, because a limit of the tenant or of the agent
    /// profile is reached.
    pub(super) gate: Option<Timestamp>,
    /// Providers that the other policy never asks for this call (permanently rejected).
    never: HashSet<ProviderId>,
    /// Why the last provider did not take the call.
    pub(super) why: Option<ErrorKind>,
}

/// What follows an attempt that reached no phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// Another provider, or the same one again, may be asked.
    Continue,
    /// No provider may be asked any more.
    Stop,
}

impl RingProgress {
    pub(super) fn new(
        at: RingId,
        ring: &PastRing,
        plan: Plan,
        began: Timestamp,
        give_up: Timestamp,
    ) -> Self {
        let never = plan.rejected.iter().filter(|one| one.rejection.clears_at().is_none());
        Self {
            at,
            began,
            give_up,
            same: ring.plan.as_ref().is_some_and(|record| same_candidates(&plan, record)),
            certain: false,
            deviated: false,
            consumed: vec![false; ring.attempts.len()],
            not_placed_count: 0,
            spent: 0,
            excluded: HashSet::new(),
            unreachable: HashSet::new(),
            blocked: HashMap::new(),
            gate: None,
            never: never.map(|one| one.provider.clone()).collect(),
            why: None,
            plan,
        }
    }

    /// True while the replay repeats the past.
    pub(super) fn follows(&self) -> bool {
        self.same && !self.deviated
    }

    /// The index of the past attempt that comes next.
    pub(super) fn next(&self) -> Option<usize> {
        self.consumed.iter().position(|excluded| !excluded)
    }

    /// The index of the first past attempt at this provider that has not been repeated yet.
    pub(super) fn recorded(&self, ring: &PastRing, provider: &ProviderId) -> Option<usize> {
        let mut open = ring.attempts.iter().zip(&self.consumed).enumerate();
        open.find(|(_, (attempt, excluded))| !**excluded && attempt.provider == *provider)
            .map(|(index, _)| index)
    }

    /// The past attempts that have not been repeated.
    pub(super) fn remaining<'a>(
        &self,
        ring: &'a PastRing,
    ) -> impl Iterator<Item = &'a PastAttempt> {
        let open: Vec<bool> = self.consumed.iter().map(|excluded| !excluded).collect();
        ring.attempts.iter().zip(open).filter(|(_, open)| *open).map(|(attempt, _)| attempt)
    }

    pub(super) fn allows(&self, policy: &Policy, provider: &ProviderId, now: Timestamp) -> bool {
        let domain = policy.index_of(provider).and_then(|index| policy.providers.get(index));
        let mut domains = domain.iter().flat_map(|one| one.info.failure_domains.iter());
        !self.excluded.contains(provider)
            && !domains.any(|domain| self.unreachable.contains(domain))
            && self.blocked.get(provider).is_none_or(|until| *until <= now)
            && self.gate.is_none_or(|until| until <= now)
    }

    pub(super) fn never_asks(&self, provider: &ProviderId) -> bool {
        self.never.contains(provider)
    }

    pub(super) fn exclude(&mut self, provider: &ProviderId, why: Option<ErrorKind>) {
        self.excluded.insert(provider.clone());
        self.why = why.or(self.why);
    }

    pub(super) fn block(&mut self, provider: &ProviderId, until: Timestamp) {
        self.blocked.insert(provider.clone(), until);
    }

    /// The earliest time at which something that prevents asking a provider ends.
    pub(super) fn clears_at(&self, plan: &Plan, now: Timestamp) -> Option<Timestamp> {
        let open = |provider: &ProviderId| !self.excluded.contains(provider);
        let blocked =
            self.blocked.iter().filter(|(provider, _)| open(provider)).map(|(_, until)| *until);
        let rejected = plan
            .rejected
            .iter()
            .filter(|one| open(&one.provider))
            .filter_map(|one| one.rejection.clears_at());
        let gate = self.gate.filter(|until| *until > now);
        match gate {
            Some(until) => Some(until),
            None => blocked.chain(rejected).filter(|at| *at > now).min(),
        }
    }

    /// Marks a past attempt as repeated. True if it was the one that came next.
    pub(super) fn consume(&mut self, index: usize) -> bool {
        let in_order = self.next() == Some(index);
        if let Some(excluded) = self.consumed.get_mut(index) {
            *excluded = true;
        }
        in_order
    }

    /// Records that a repeated attempt reached no phone, as in the past. What follows is decided by
    /// the same rule that the engine uses.
    pub(super) fn record_not_placed(
        &mut self,
        policy: &Policy,
        ring: &PastRing,
        attempt: &PastAttempt,
        not_placed: NotPlaced,
        request: &ValidCall,
    ) -> Then {
        self.not_placed_count += 1;
        let provider = &attempt.provider;
        let again = self.recorded(ring, provider).and_then(|index| ring.attempts.get(index));
        let why = Some(not_placed.error_kind());
        match not_placed.next(policy.fails_over_on_quota(request)) {
            Next::Retry => {
                if again.is_none() {
                    self.excluded.insert(provider.clone());
                    let index = policy.index_of(provider);
                    if let Some(one) = index.and_then(|index| policy.providers.get(index)) {
                        let domains = one.info.failure_domains.iter();
                        self.unreachable.extend(domains.map(str::to_owned));
                    }
                }
                self.why = why;
            }
            Next::OtherProvider => self.exclude(provider, why),
            Next::AfterPause | Next::AfterCredit => match again {
                Some(again) => self.block(provider, again.sent_at),
                // The length of the pause that it asked for is not known.
                None => self.exclude(provider, why),
            },
            Next::AnyProvider => {}
            Next::NoProvider | Next::Approval => return Then::Stop,
        }
        Then::Continue
    }
}

/// True if the same providers are asked in the same order.
fn same_candidates(plan: &Plan, record: &PlanRecord) -> bool {
    let now = plan.candidates.iter().map(|one| &one.provider);
    now.eq(record.candidates.iter().map(|one| &one.provider))
}
