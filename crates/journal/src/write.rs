//! What is written in one transaction, and what it reserves.
//!
//! Before a byte of a call is sent, one transaction records the attempt and its claim, reserves a
//! slot of the provider's rate limit and the amount in the budgets, and checks that the agent has
//! no call in doubt. If any of these is denied, nothing is written.

use jiff::Timestamp;
use switchboard_core::{Attempt, AttemptId, Delivery, Money, ProviderCallId, Refusal};
use switchboard_router::Reservation;

use crate::state::{Fact, Verdict};

/// The facts of one transaction, in order, and the reservation that they need.
#[derive(Debug, Clone, Default)]
pub struct Write {
    /// The facts, at least one.
    pub facts: Vec<Fact>,
    /// Reserved for the attempt that is the call's last one after these facts.
    pub reservation: Reservation,
}

/// True while an attempt holds its concurrency slots: it is not proven not placed, and its phone
/// call is not known to have ended.
pub fn holds_concurrency(attempt: &Attempt) -> bool {
    attempt.state.is_live() && attempt.outcome.is_none()
}

impl From<Fact> for Write {
    fn from(fact: Fact) -> Self {
        Self { facts: vec![fact], reservation: Reservation::default() }
    }
}

/// A webhook as it is stored before it is handled. Its body is only a hint: the calls that it names
/// are read at the provider.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredWebhook {
    /// The attempt whose webhook address received it.
    pub attempt: AttemptId,
    /// The body as received.
    pub body: Vec<u8>,
    /// The ids of the provider's calls that the body names.
    pub calls: Vec<ProviderCallId>,
    /// When it was received.
    pub at: Timestamp,
}

impl std::fmt::Debug for StoredWebhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredWebhook")
            .field("attempt", &self.attempt)
            .field("bytes", &self.body.len())
            .field("calls", &self.calls)
            .field("at", &self.at)
            .finish()
    }
}

/// What a fact does to an attempt's budget hold and rate slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// The attempt cost nothing: its hold is released, and its rate slots too if no byte was sent.
    Nothing {
        /// The attempt that is settled.
        attempt: AttemptId,
        /// True if the request provably was never sent.
        unsent: bool,
    },
    /// The provider billed the attempt.
    Bill {
        /// The attempt that is settled.
        attempt: AttemptId,
        /// The billed amount.
        amount: Money,
    },
}

/// What a journal does to holds and rate slots when it writes a fact. Only a proof or a bill
/// releases them, never the passing of time. [`Settlement::Nothing`] applies only if the attempt is
/// `NotPlaced` after the fact: a proof that comes too late proves nothing.
pub fn settlement(fact: &Fact) -> Option<Settlement> {
    match fact {
        Fact::Abandoned(attempt) => Some(Settlement::Nothing { attempt: *attempt, unsent: true }),
        Fact::AssumedNotPlaced(attempt) => {
            Some(Settlement::Nothing { attempt: *attempt, unsent: false })
        }
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
        Fact::NotDialled(attempt, _) => {
            Some(Settlement::Nothing { attempt: *attempt, unsent: false })
        }
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
        | Fact::Decided(_)
        | Fact::Refused(_)
        | Fact::Expired(_)
        | Fact::Withdrawn(_)
        | Fact::Intended(_)
        | Fact::Claimed(_)
        | Fact::Sent(_)
        | Fact::Repeated(_)
        | Fact::TentativeMatch(..)
        | Fact::Answered(..)
        | Fact::Reconciling(_)
        | Fact::Traced(..)
        | Fact::GaveUp(_)
        | Fact::Reported(_)
        | Fact::Overdue
        | Fact::Redialled(..)
        | Fact::Transcribed(_)
        | Fact::Recorded(_)
        | Fact::Flagged(_) => None,
    }
}
