//! What one attempt says of its provider.

use jiff::Timestamp;
use switchboard_core::{
    Attempt, AttemptState, Call, CallStatus, Currency, Delivery, ErrorKind, Money, Outcome, Proof,
    Refusal,
};

/// A call that costs more than a million is a mistake, and sums of these never overflow.
const MOST: i64 = 1_000_000_000_000;

/// What counts of one attempt. A pure function of the call's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) accepted: bool,
    pub(super) tried: bool,
    pub(super) answered: bool,
    pub(super) succeeded: bool,
    pub(super) failed: bool,
    /// In milliseconds, as the next two.
    pub(super) duration: Option<u32>,
    pub(super) post_dial: Option<u32>,
    pub(super) to_accept: Option<u32>,
    /// In millionths.
    pub(super) billed: Option<i64>,
    pub(super) estimated: Option<i64>,
}

impl Told {
    /// `None` of an attempt that was never sent.
    pub(super) fn of(call: &Call, attempt: &Attempt, currency: Currency) -> Option<Self> {
        let sent_at = attempt.sent_at?;
        let is_last = call.attempts.last().is_some_and(|last| last.id == attempt.id);
        let ours =
            attempt.error.as_ref().and_then(|error| error.code.as_deref()) == Some("restart");
        let lost = is_last
            && attempt.outcome.is_none()
            && attempt.state.is_live()
            && is_lost(call.status)
            && !ours;
        let money = |money: Option<Money>| {
            money
                .filter(|money| money.currency() == currency && money.micros().abs() <= MOST)
                .map(Money::micros)
        };
        Some(Self {
            accepted: attempt.state == AttemptState::Placed,
            tried: attempt.outcome.map_or(lost, |outcome| outcome != Outcome::Cancelled),
            answered: matches!(attempt.outcome, Some(Outcome::Completed | Outcome::Voicemail)),
            succeeded: attempt.outcome == Some(Outcome::Completed),
            failed: !ours && (lost || is_fault(attempt)),
            // The record has one duration, of the ring that ended last.
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

/// True where nothing more is learnt of a call, and its end is not known.
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

/// True where the provider, not the call, was at fault.
fn is_fault(attempt: &Attempt) -> bool {
    let kind = attempt.error.as_ref().map(|error| error.kind);
    let by_outcome = attempt.outcome == Some(Outcome::Failed);
    by_outcome
        || match attempt.delivery {
            None | Some(Delivery::Placed) => false,
            Some(Delivery::Unknown) => true,
            // What never left for another reason is our own fault.
            Some(Delivery::NotSent) => {
                matches!(kind, Some(ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport))
            }
            Some(Delivery::Refused(Refusal::ThisProvider)) => kind == Some(ErrorKind::Unauthorized),
            Some(Delivery::Refused(
                Refusal::RateLimited | Refusal::Quota | Refusal::NeedsApproval | Refusal::Everyone,
            )) => false,
        }
}

/// When the provider first said that it has the call. An answer that comes with the end of the call
/// says nothing of that; a look at its list before then does.
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
