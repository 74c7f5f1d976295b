//! The journal: durable, with one writer at a time, and the only place where the call changes its
//! state, with the real [`step`].

use switchboard::{
    CallStatus,
    core::AttemptState,
    journal::state::{Effect, Event, State, Step, step},
};

use super::setup::Provider;

/// An attempt in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Tried {
    pub(super) provider: Provider,
    /// The ring that the attempt belongs to.
    pub(super) ring: u8,
    /// The idempotency key has expired. Stored here because the lifetime is counted from the send.
    pub(super) expired: bool,
    /// A second request of the attempt may be sent. From then on, proof about one request proves
    /// nothing about the attempt.
    pub(super) replayed: bool,
    /// The provider accepted it, and its record proves that it never dialled it.
    pub(super) undialled: bool,
}

/// The call in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Ledger {
    pub(super) state: State,
    /// The epoch that owns the call.
    pub(super) epoch: u8,
    pub(super) attempts: Vec<Tried>,
    /// How many redials the caller's policy has asked for.
    pub(super) ring: u8,
    /// The attempt whose refusal applies to every provider.
    pub(super) bound: Option<usize>,
    /// History: a state went back, or a final one changed.
    pub(super) regressed: bool,
    /// History: the state machine raised an alarm.
    pub(super) alarmed: bool,
}

impl Ledger {
    /// A new call, owned by the first epoch.
    pub(super) fn received() -> Self {
        Self {
            state: State::RECEIVED,
            epoch: 1,
            attempts: Vec::new(),
            ring: 0,
            bound: None,
            regressed: false,
            alarmed: false,
        }
    }

    /// Writes an event that advances the call, which only the owner may do. Returns false, without
    /// a change, if a rule forbids it.
    pub(super) fn commit(&mut self, epoch: u8, event: Event) -> bool {
        epoch == self.epoch && self.record(event)
    }

    /// Like [`Self::commit`] for an earlier attempt, which must still be the last one.
    pub(super) fn commit_to(&mut self, epoch: u8, attempt: usize, event: Event) -> bool {
        self.is_last(attempt) && self.commit(epoch, event)
    }

    /// Writes evidence about an attempt, which any process may do, because it stays true if the
    /// owner changes.
    pub(super) fn prove(&mut self, attempt: usize, event: Event) -> bool {
        let replayed = self.attempts.last().is_some_and(|last| last.replayed);
        let undialled = self.attempts.last().is_some_and(|last| last.undialled);
        let counts = match event {
            // That it was accepted is known.
            Event::Place | Event::Doubt | Event::Inherit => !undialled,
            Event::Progress | Event::End(_) => true,
            Event::NotPlace | Event::NotDial | Event::AwaitApproval => !replayed,
            Event::Schedule
            | Event::Admit
            | Event::Refuse
            | Event::Intend
            | Event::Claim
            | Event::Send => false,
            Event::Reconcile | Event::GiveUp | Event::Overdue | Event::Redial | Event::Retract => {
                false
            }
        };
        counts && self.is_last(attempt) && self.record(event)
    }

    /// Writes a new attempt.
    pub(super) fn intend(&mut self, epoch: u8, provider: Provider) -> bool {
        let written = self.commit(epoch, Event::Intend);
        if written {
            self.attempts.push(Tried {
                provider,
                ring: self.ring,
                expired: false,
                replayed: false,
                undialled: false,
            });
        }
        written
    }

    /// Writes that a second request of the last attempt is sent.
    pub(super) fn replay(&mut self, epoch: u8) -> bool {
        match self.attempts.last_mut() {
            Some(last) if epoch == self.epoch => {
                last.replayed = true;
                true
            }
            Some(_) | None => false,
        }
    }

    /// Intent, claim and send in one transaction.
    pub(super) fn bracket(&mut self, epoch: u8, provider: Provider) -> bool {
        let mut transaction = self.clone();
        let whole = transaction.intend(epoch, provider)
            && transaction.commit(epoch, Event::Claim)
            && transaction.commit(epoch, Event::Send);
        if whole {
            *self = transaction;
        }
        whole
    }

    /// Writes that the caller's policy asks for a redial.
    pub(super) fn redial(&mut self, epoch: u8) -> bool {
        let written = self.commit(epoch, Event::Redial);
        self.ring += u8::from(written);
        written
    }

    fn record(&mut self, event: Event) -> bool {
        let (after, effects) = match step(self.state, event) {
            Step::To(after, effects) => (after, effects),
            Step::Stays(effects) => (self.state, effects),
            Step::Illegal => return false,
        };
        let before = std::mem::replace(&mut self.state, after);
        let anew = match event {
            Event::Redial => before.status == CallStatus::Closed,
            Event::NotDial => before.status == CallStatus::InProgress,
            Event::Intend => {
                matches!(before.attempt, Some(AttemptState::NotPlaced | AttemptState::Placed))
            }
            Event::Schedule
            | Event::Admit
            | Event::Refuse
            | Event::Claim
            | Event::Send
            | Event::Place
            | Event::NotPlace => false,
            Event::AwaitApproval | Event::Doubt | Event::Inherit => false,
            Event::Reconcile | Event::GiveUp => false,
            Event::Progress | Event::End(_) | Event::Overdue | Event::Retract => false,
        };
        let back = rank(after) < rank(before) || (is_final(before.status) && before != after);
        self.regressed |= back && !anew;
        if event == Event::NotDial
            && before != after
            && let Some(last) = self.attempts.last_mut()
        {
            last.undialled = true;
        }
        self.alarmed |= effects.contains(&Effect::Alarm);
        true
    }

    fn is_last(&self, attempt: usize) -> bool {
        attempt + 1 == self.attempts.len()
    }

    /// True if the journal considers it proven that the attempt made no phone ring: another one of
    /// the same ring follows it, or its state says so.
    pub(super) fn is_silent(&self, attempt: usize) -> bool {
        let ring = |attempt: usize| self.attempts.get(attempt).map(|tried| tried.ring);
        match ring(attempt + 1) {
            Some(next) => Some(next) == ring(attempt),
            None => self.is_last(attempt) && self.state.attempt == Some(AttemptState::NotPlaced),
        }
    }

    /// True if bytes of the attempt may have been sent, according to the journal.
    pub(super) fn may_have_left(&self, attempt: usize) -> bool {
        attempt + 1 < self.attempts.len()
            || (self.is_last(attempt)
                && !matches!(
                    self.state.attempt,
                    None | Some(AttemptState::Intent | AttemptState::Claimed)
                ))
    }

    /// A rank that increases with each step of the call.
    pub(super) fn rank(&self) -> (u8, usize, u8, usize, u8) {
        let (status, attempt) = rank(self.state);
        let undialled = self.attempts.iter().filter(|tried| tried.undialled).count();
        (self.ring, undialled, status, self.attempts.len(), attempt)
    }
}

const fn is_final(status: CallStatus) -> bool {
    match status {
        CallStatus::Closed | CallStatus::Refused | CallStatus::NeedsApproval => true,
        CallStatus::Received
        | CallStatus::Scheduled
        | CallStatus::Admitted
        | CallStatus::Attempting
        | CallStatus::InProgress
        | CallStatus::Indeterminate
        | CallStatus::Stalled => false,
    }
}

const fn rank(state: State) -> (u8, u8) {
    let status = match state.status {
        CallStatus::Received => 0,
        CallStatus::Scheduled => 1,
        CallStatus::Admitted => 2,
        CallStatus::Attempting => 3,
        CallStatus::Indeterminate => 4,
        CallStatus::InProgress => 5,
        CallStatus::Stalled => 6,
        CallStatus::Closed | CallStatus::Refused | CallStatus::NeedsApproval => 7,
    };
    let attempt = match state.attempt {
        None => 0,
        Some(AttemptState::Intent) => 1,
        Some(AttemptState::Claimed) => 2,
        Some(AttemptState::Sent) => 3,
        Some(AttemptState::Unknown) => 4,
        Some(AttemptState::Reconciling) => 5,
        Some(AttemptState::NotPlaced | AttemptState::Placed) => 6,
    };
    (status, attempt)
}
