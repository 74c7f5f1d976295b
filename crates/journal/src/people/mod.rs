//! What a journal remembers about people: whether they asked not to be called again,
//! their consents, and how earlier calls to them went.
//!
//! It is about the person, whatever tenant, provider or purpose the calls were for. The exception
//! are consents: a person consents to calls of somebody, so a consent counts for the tenant that
//! recorded it only.
//!
//! | file | purpose |
//! |---|---|
//! | `opt_out.rs` | who asked not to be called again, and who took it back |
//! | `consent.rs` | consents and their evidence |
//! | `text.rs` | how texts about people are kept |

mod consent;
mod opt_out;
mod text;

use std::fmt::Debug;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_core::{
    Attempt, AttemptState, CallId, CalleeHistory, PhoneNumber, Result, TenantId,
};

pub use consent::{ConsentId, ConsentRecord, NewConsent, Withdrawal};
pub use opt_out::{
    OptOut, OptOutEvent, OptOutNews, OptOutSource, TakeBack, check_take_back, in_force,
    opt_out_news, opted_out,
};
pub use text::{LONGEST_NAME, LONGEST_WORDS};

/// When an attempt made a phone ring, or may have. `None` while it must not be sent yet, and once
/// it is proven that no phone rang.
pub fn rang_at(attempt: &Attempt) -> Option<Timestamp> {
    match attempt.state {
        AttemptState::Intent | AttemptState::NotPlaced => None,
        AttemptState::Claimed
        | AttemptState::Sent
        | AttemptState::Placed
        | AttemptState::Unknown
        | AttemptState::Reconciling => {
            let sent = attempt.sent_at.unwrap_or(attempt.created_at);
            Some(attempt.repeated_at.unwrap_or(sent))
        }
    }
}

/// How a call to a person went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonEventKind {
    /// They declined, without asking not to be called again.
    Refused,
    /// Somebody spoke with them.
    Conversation,
    /// They answered, and nobody spoke.
    Abandoned,
}

impl PersonEventKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Refused, Self::Conversation, Self::Abandoned];

    /// The word in JSON and journals.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Conversation => "conversation",
            Self::Abandoned => "abandoned",
        }
    }
}

/// How a call to a person went, and which call it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonEvent {
    /// How it went.
    pub kind: PersonEventKind,
    /// When.
    pub at: Timestamp,
    /// The call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
}

/// Everything that a journal remembers about a person, for an operator. Their number is not in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Person {
    /// Since when they do not want to be called, unless they took it back.
    pub opted_out: Option<Timestamp>,
    /// Every opt-out that was recorded, and every time that they were taken back, in order.
    pub opt_outs: Vec<OptOutEvent>,
    /// When their phone rang or may have rung, oldest first: the last [`Person::MOST_RINGS`] times.
    pub rings: Vec<Timestamp>,
    /// The last call of each kind.
    pub events: Vec<PersonEvent>,
    /// All consents on record, in the order in which they were recorded.
    pub consents: Vec<ConsentRecord>,
}

impl Person {
    /// The most rings that are listed.
    pub const MOST_RINGS: usize = 1_000;
}

/// What is remembered about people, by their phone number.
///
/// Each method is one transaction, and what it writes is durable when it returns. A journal keeps
/// what it remembers under a keyed hash of the number where it can, so that it survives the erasure
/// of the person's data.
#[async_trait]
pub trait People: Debug + Send + Sync {
    /// What is known about a callee: the rings after `since`, the opt-out, how earlier
    /// calls went, of all tenants; and the consents to calls of this tenant that were not withdrawn,
    /// in the order in which they were recorded.
    async fn history(
        &self,
        tenant: &TenantId,
        to: &PhoneNumber,
        since: Timestamp,
    ) -> Result<CalleeHistory>;

    /// Records that a person does not want to be called again, and withdraws all their consents.
    /// No attempt whose reservation has [`Reservation::callee`](switchboard_router::Reservation)
    /// may be sent any more once this has returned. Returns false if they were opted out before;
    /// it is recorded all the same unless it [repeats](OptOut::repeats) what is recorded.
    async fn opt_out(&self, to: &PhoneNumber, opt_out: &OptOut) -> Result<bool>;

    /// Records that a person wants to be called again after all. Their consents stay withdrawn.
    ///
    /// # Errors
    /// `NotFound` with the code `not_opted_out` if they are not opted out; `InvalidRequest` if the
    /// request is not later than each of their opt-outs, or is no evidence.
    async fn take_back_opt_out(&self, to: &PhoneNumber, request: &TakeBack) -> Result<()>;

    /// Records a consent. Returns false if there is a consent with this id.
    ///
    /// # Errors
    /// `InvalidRequest` if it is incomplete or too long.
    async fn add_consent(&self, to: &PhoneNumber, consent: &NewConsent) -> Result<bool>;

    /// Records that a consent was withdrawn. Returns false if there is no consent of this person
    /// with this id, or it was withdrawn before.
    async fn withdraw_consent(
        &self,
        to: &PhoneNumber,
        id: ConsentId,
        withdrawal: &Withdrawal,
    ) -> Result<bool>;

    /// Records how a call to a person went. The latest of each kind is kept.
    async fn note(&self, to: &PhoneNumber, event: &PersonEvent) -> Result<()>;

    /// Everything that is remembered about a person.
    async fn person(&self, to: &PhoneNumber) -> Result<Person>;
}
