//! What one attempt contributes to the statistics of its provider.

use jiff::Timestamp;
use switchboard_core::{
    Attempt, AttemptError, AttemptState, Call, CallStatus, Currency, Delivery, ErrorKind, Money,
    Outcome, Proof, Refusal,
};

/// Amounts above one million units are mistakes and are ignored, so that sums cannot overflow.
const MAX_MICROS: i64 = 1_000_000_000_000;

/// The contribution of one attempt: a pure function of the call's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sample {
    pub(super) accepted: bool,
    pub(super) tried: bool,
    pub(super) answered: bool,
    pub(super) succeeded: bool,
    pub(super) failed: bool,
    /// The duration of the call in milliseconds.
    pub(super) duration: Option<u32>,
    /// From sending to ringing, in milliseconds.
    pub(super) post_dial: Option<u32>,
    /// From sending to the provider's acceptance, in milliseconds.
    pub(super) to_accept: Option<u32>,
    /// The bill, in millionths of the currency unit.
    pub(super) billed: Option<i64>,
    /// The estimated cost, in millionths of the currency unit.
    pub(super) estimated: Option<i64>,
}

impl Sample {
    /// `None` for an attempt that was never sent.
    pub(super) fn of(call: &Call, attempt: &Attempt, currency: Currency) -> Option<Self> {
        let sent_at = attempt.sent_at?;
        let is_last = call.attempts.last().is_some_and(|last| last.id == attempt.id);
        let lost_by_us = attempt.error.as_ref().is_some_and(AttemptError::is_restart);
        let lost = is_last
            && attempt.outcome.is_none()
            && attempt.state.is_live()
            && is_lost(call.status)
            && !lost_by_us;
        let money = |money: Option<Money>| {
            money
                .filter(|money| money.currency() == currency && money.micros().abs() <= MAX_MICROS)
                .map(Money::micros)
        };
        Some(Self {
            accepted: attempt.state == AttemptState::Placed,
            tried: attempt.outcome.map_or(lost, |outcome| outcome != Outcome::Cancelled),
            answered: matches!(
                attempt.outcome,
                Some(Outcome::Completed | Outcome::Voicemail | Outcome::Menu)
            ),
            succeeded: attempt.outcome == Some(Outcome::Completed),
            failed: !lost_by_us && (lost || is_provider_fault(attempt)),
            // The record has a single duration, that of the last attempt.
            duration: call
                .duration
                .filter(|_| is_last && attempt.outcome.is_some())
                .and_then(|duration| u32::try_from(duration.as_millis()).ok()),
            post_dial: first(attempt, Proof::Record).and_then(|rang| milliseconds(sent_at, rang)),
            to_accept: accepted_at(attempt).and_then(|accepted| milliseconds(sent_at, accepted)),
            billed: money(attempt.billed),
            estimated: money(attempt.estimated_cost),
        })
    }
}

/// True if the end of the call is unknown and nothing more will be learned about it.
const fn is_lost(status: CallStatus) -> bool {
    match status {
        CallStatus::Indeterminate | CallStatus::Stalled => true,
        CallStatus::Received
        | CallStatus::Scheduled
        | CallStatus::Admitted
        | CallStatus::Attempting
        | CallStatus::InProgress
        | CallStatus::Closed
        | CallStatus::Refused
        | CallStatus::NeedsApproval => false,
    }
}

/// True if the attempt failed because of the provider, and not because of the call.
fn is_provider_fault(attempt: &Attempt) -> bool {
    let kind = attempt.error.as_ref().map(|error| error.kind);
    let by_outcome = attempt.outcome == Some(Outcome::Failed);
    by_outcome
        || match attempt.delivery {
            None | Some(Delivery::Placed) => false,
            Some(Delivery::Unknown) => true,
            // Anything else that was never sent is our own fault.
            Some(Delivery::NotSent) => {
                matches!(kind, Some(ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport))
            }
            Some(Delivery::Refused(Refusal::ThisProvider)) => kind == Some(ErrorKind::Unauthorized),
            Some(Delivery::Refused(
                Refusal::RateLimited | Refusal::Quota | Refusal::NeedsApproval | Refusal::Everyone,
            )) => false,
        }
}

/// When the provider first confirmed that it has the call. An answer that arrives only with the end
/// of the call does not count; an earlier entry in the provider's list does.
fn accepted_at(attempt: &Attempt) -> Option<Timestamp> {
    if attempt.state != AttemptState::Placed {
        return None;
    }
    let before_the_end = |at: &Timestamp| attempt.ended_at.is_none_or(|ended| *at < ended);
    let answered =
        first(attempt, Proof::Answer).filter(|_| attempt.delivery == Some(Delivery::Placed));
    let listed = first(attempt, Proof::NumberAndTask);
    [answered, listed].into_iter().flatten().filter(before_the_end).min()
}

fn first(attempt: &Attempt, proof: Proof) -> Option<Timestamp> {
    attempt.evidence.iter().find(|one| one.proof == proof).map(|one| one.at)
}

fn milliseconds(from: Timestamp, to: Timestamp) -> Option<u32> {
    u32::try_from(to.as_millisecond().checked_sub(from.as_millisecond())?).ok()
}
