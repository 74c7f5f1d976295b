//! One ring on its way through the other policy.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use switchboard_core::{ErrorKind, ProviderId, ValidCall};
use switchboard_router::{
    Plan, PlanRecord, Policy,
    failover::{Next, NotPlaced},
};

use crate::{
    moment::At,
    past::{PastAttempt, PastRing},
};

/// What has become of it so far.
#[derive(Debug)]
pub(super) struct Going {
    pub(super) at: At,
    pub(super) began: Timestamp,
    /// Until when it waits.
    pub(super) give_up: Timestamp,
    /// Its plan came out as it was.
    pub(super) same: bool,
    /// It was made under this very policy.
    pub(super) certain: bool,
    /// It went another way than then.
    pub(super) deviated: bool,
    /// By which it began.
    pub(super) plan: Plan,
    consumed: Vec<bool>,
    /// Attempts that reached no phone, so far.
    pub(super) silent: u32,
    /// What they were billed all the same, in millionths.
    pub(super) spent: i64,
    done: HashSet<ProviderId>,
    unreachable: HashSet<String>,
    blocked: HashMap<ProviderId, Timestamp>,
    /// Nobody may be asked before: its caller or its agent has no room.
    pub(super) gate: Option<Timestamp>,
    /// Providers that the other policy never asks for this call.
    never: HashSet<ProviderId>,
    /// Why the last provider did not take it.
    pub(super) why: Option<ErrorKind>,
}

/// What comes after an attempt that reached no phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// Somebody may be asked.
    Again,
    /// Nobody may be asked any more.
    Nobody,
}

impl Going {
    pub(super) fn new(
        at: At,
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
            same: ring.plan.as_ref().is_some_and(|record| says_the_same(&plan, record)),
            certain: false,
            deviated: false,
            consumed: vec![false; ring.attempts.len()],
            silent: 0,
            spent: 0,
            done: HashSet::new(),
            unreachable: HashSet::new(),
            blocked: HashMap::new(),
            gate: None,
            never: never.map(|one| one.provider.clone()).collect(),
            why: None,
            plan,
        }
    }

    /// True while it goes as it went.
    pub(super) fn follows(&self) -> bool {
        self.same && !self.deviated
    }

    /// The attempt that came next then.
    pub(super) fn next(&self) -> Option<usize> {
        self.consumed.iter().position(|done| !done)
    }

    /// The first attempt at this provider that was not made again yet.
    pub(super) fn recorded(&self, ring: &PastRing, provider: &ProviderId) -> Option<usize> {
        let mut open = ring.attempts.iter().zip(&self.consumed).enumerate();
        open.find(|(_, (attempt, done))| !**done && attempt.provider == *provider)
            .map(|(index, _)| index)
    }

    /// Attempts of then that were not made again.
    pub(super) fn left_over<'a>(
        &self,
        ring: &'a PastRing,
    ) -> impl Iterator<Item = &'a PastAttempt> {
        let open: Vec<bool> = self.consumed.iter().map(|done| !done).collect();
        ring.attempts.iter().zip(open).filter(|(_, open)| *open).map(|(attempt, _)| attempt)
    }

    pub(super) fn allows(&self, policy: &Policy, provider: &ProviderId, now: Timestamp) -> bool {
        let domain = policy.index_of(provider).and_then(|index| policy.providers.get(index));
        let domain = domain.map(|one| one.info.failure_domain.as_str());
        !self.done.contains(provider)
            && domain.is_none_or(|domain| !self.unreachable.contains(domain))
            && self.blocked.get(provider).is_none_or(|until| *until <= now)
            && self.gate.is_none_or(|until| until <= now)
    }

    pub(super) fn never_asks(&self, provider: &ProviderId) -> bool {
        self.never.contains(provider)
    }

    pub(super) fn is_done_with(&mut self, provider: &ProviderId, why: Option<ErrorKind>) {
        self.done.insert(provider.clone());
        self.why = why.or(self.why);
    }

    pub(super) fn is_blocked(&mut self, provider: &ProviderId, until: Timestamp) {
        self.blocked.insert(provider.clone(), until);
    }

    /// When the earliest of what keeps providers from it is over.
    pub(super) fn clears_at(&self, plan: &Plan, now: Timestamp) -> Option<Timestamp> {
        let open = |provider: &ProviderId| !self.done.contains(provider);
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

    /// An attempt of then is made again. True where it was the one that came next.
    pub(super) fn consumes(&mut self, index: usize) -> bool {
        let in_order = self.next() == Some(index);
        if let Some(done) = self.consumed.get_mut(index) {
            *done = true;
        }
        in_order
    }

    /// It reached no phone then, and so it does again; what follows is the engine's own rule.
    pub(super) fn is_silent(
        &mut self,
        policy: &Policy,
        ring: &PastRing,
        attempt: &PastAttempt,
        silence: NotPlaced,
        request: &ValidCall,
    ) -> Then {
        self.silent += 1;
        let provider = &attempt.provider;
        let again = self.recorded(ring, provider).and_then(|index| ring.attempts.get(index));
        let why = Some(silence.error_kind());
        match silence.next(policy.fails_over_on_quota(request)) {
            Next::Retry => {
                if again.is_none() {
                    self.done.insert(provider.clone());
                    let index = policy.index_of(provider);
                    if let Some(one) = index.and_then(|index| policy.providers.get(index)) {
                        self.unreachable.insert(one.info.failure_domain.clone());
                    }
                }
                self.why = why;
            }
            Next::OtherProvider => self.is_done_with(provider, why),
            Next::AfterPause | Next::AfterCredit => match again {
                Some(again) => self.is_blocked(provider, again.sent_at),
                // For how long it asked for a pause is not known.
                None => self.is_done_with(provider, why),
            },
            Next::AnyProvider => {}
            Next::NoProvider | Next::Approval => return Then::Nobody,
        }
        Then::Again
    }
}

/// True where the same providers are asked in the same order.
fn says_the_same(plan: &Plan, record: &PlanRecord) -> bool {
    let now = plan.candidates.iter().map(|one| &one.provider);
    now.eq(record.candidates.iter().map(|one| &one.provider))
}
