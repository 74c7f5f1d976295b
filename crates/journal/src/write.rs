//! What is written down together, and what has to be there before it may be.
//!
//! Before a byte of a call leaves, one transaction holds the attempt, its claim, its slot of the
//! provider's rate limit, its share of the budgets and the certainty that its agent has no call in
//! doubt. What is missing refuses the whole.

use jiff::Timestamp;
use switchboard_core::{
    Attempt, AttemptId, AttemptState, Call, CallStatus, Delivery, Money, ProviderCallId, Refusal,
};
use switchboard_router::Needs;

use crate::state::{Fact, Verdict};

/// Facts of one transaction, in order, and what they need.
#[derive(Debug, Clone, Default)]
pub struct Write {
    /// At least one.
    pub facts: Vec<Fact>,
    /// For the attempt that is the last one after these facts.
    pub needs: Needs,
}

/// True while an attempt keeps its rooms: it is not proven silent, and no end of its phone call is
/// known.
pub fn occupies(attempt: &Attempt) -> bool {
    attempt.state.is_live() && attempt.outcome.is_none()
}

impl From<Fact> for Write {
    fn from(fact: Fact) -> Self {
        Self { facts: vec![fact], needs: Needs::default() }
    }
}

/// A webhook, kept before it is handled. Its body is a hint; what it names is read at the provider.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// On whose address it came.
    pub attempt: AttemptId,
    /// As it came.
    pub body: Vec<u8>,
    /// The calls that it names.
    pub calls: Vec<ProviderCallId>,
    /// When it came.
    pub at: Timestamp,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter")
            .field("attempt", &self.attempt)
            .field("bytes", &self.body.len())
            .field("calls", &self.calls)
            .field("at", &self.at)
            .finish()
    }
}

/// How sure it is which of a provider's calls an attempt is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// It is known, or it reached no phone, or it is not sent.
    None,
    /// It is sent, and its answer is open; or it is over, by an operator's word, and the provider's
    /// id is unknown.
    Open,
    /// It may have rung, or did, and the provider's id is unknown.
    InDoubt,
}

/// The doubt about a call's last attempt.
pub fn doubt(call: &Call) -> Doubt {
    let Some(last) = call.attempts.last().filter(|_| call.provider_call_id.is_none()) else {
        return Doubt::None;
    };
    match (call.status, last.state) {
        (CallStatus::Attempting, AttemptState::Claimed | AttemptState::Sent) => Doubt::Open,
        (
            CallStatus::Attempting
            | CallStatus::InProgress
            | CallStatus::Indeterminate
            | CallStatus::Stalled,
            AttemptState::Unknown | AttemptState::Reconciling | AttemptState::Placed,
        ) => Doubt::InDoubt,
        // An operator knows how it ended, and nobody which of the provider's calls it is: another
        // one may still be mistaken for it.
        (CallStatus::Closed, AttemptState::Placed) => Doubt::Open,
        (
            CallStatus::Received
            | CallStatus::Scheduled
            | CallStatus::Admitted
            | CallStatus::Attempting
            | CallStatus::InProgress
            | CallStatus::Closed
            | CallStatus::Refused
            | CallStatus::NeedsApproval
            | CallStatus::Indeterminate
            | CallStatus::Stalled,
            _,
        ) => Doubt::None,
    }
}

/// What a fact does to an attempt's hold and slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// It cost nothing: the hold is released. Its slots are free again where no byte left.
    Nothing {
        /// Whose.
        attempt: AttemptId,
        /// True where the request provably never left.
        unsent: bool,
    },
    /// It cost this much.
    Bill {
        /// Whose.
        attempt: AttemptId,
        /// How much.
        amount: Money,
    },
}

/// What a journal does to holds and slots when it writes a fact: released by proof or bill alone,
/// never by time. [`Settlement::Nothing`] holds only where the attempt is `NotPlaced` after the
/// fact: a proof that comes too late proves nothing.
pub fn settlement(fact: &Fact) -> Option<Settlement> {
    match fact {
        Fact::Abandoned(attempt) => Some(Settlement::Nothing { attempt: *attempt, unsent: true }),
        Fact::Fenced(attempt) => Some(Settlement::Nothing { attempt: *attempt, unsent: false }),
        Fact::Failed { attempt, delivery, .. } => match delivery {
            Delivery::NotSent => Some(Settlement::Nothing { attempt: *attempt, unsent: true }),
            Delivery::Refused(
                Refusal::ThisProvider
                | Refusal::RateLimited
                | Refusal::Quota
                | Refusal::Everyone
                | Refusal::NeedsApproval,
            ) => Some(Settlement::Nothing { attempt: *attempt, unsent: false }),
            Delivery::Placed | Delivery::Unknown => None,
        },
        Fact::Resolved(attempt, resolution) => match resolution.verdict {
            Verdict::NotPlaced => Some(Settlement::Nothing { attempt: *attempt, unsent: false }),
            Verdict::Placed(_) | Verdict::Ended(_) => None,
        },
        Fact::Billed(attempt, _, Some(amount)) => {
            Some(Settlement::Bill { attempt: *attempt, amount: *amount })
        }
        Fact::Billed(_, _, None)
        | Fact::Disbelieved(..)
        | Fact::Scheduled
        | Fact::Admitted { .. }
        | Fact::Planned(_)
        | Fact::Refused(_)
        | Fact::Expired(_)
        | Fact::Withdrawn(_)
        | Fact::Intended(_)
        | Fact::Claimed(_)
        | Fact::Sent(_)
        | Fact::Glimpsed(..)
        | Fact::Answered(..)
        | Fact::Reconciling(_)
        | Fact::Traced(..)
        | Fact::GaveUp(_)
        | Fact::Reported(_)
        | Fact::Overdue
        | Fact::Redialled(..)
        | Fact::Transcribed(_)
        | Fact::Recorded(_) => None,
    }
}
