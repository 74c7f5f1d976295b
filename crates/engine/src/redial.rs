//! Redialling, which happens only if the caller's own policy asks for it.
//!
//! A redial is recorded together with the end of the previous ring. It waits for the policy's gap,
//! and is given up if the call's window has closed or the callee's phone rang often enough that
//! day.

use std::{sync::Arc, time::Duration};

use switchboard_core::{
    Attempt, Call, CallId, CallStatus, Error, ErrorKind, Outcome, Proof, Result, ValidCall,
};
use switchboard_journal::{Denied, Recorded, Write, WriteError, state::Fact};

use crate::{events::CallEventKind, shared::Shared};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Records how a ring ended, together with a redial if the caller asked for it, and with the bill
/// if it came too, so that those who wait for the end see the cost.
pub(crate) async fn over(
    inner: &Arc<Shared>,
    id: CallId,
    end: Fact,
    bill: Option<Fact>,
    outcome: Outcome,
) -> Result<Recorded, WriteError> {
    let end: Vec<Fact> = std::iter::once(end).chain(bill).collect();
    let written = |facts| Write { facts, ..Write::default() };
    let Some(again) = wanted(inner, id, outcome).await? else {
        return inner.write(id, written(end)).await;
    };
    let both = written(end.iter().cloned().chain([again]).collect());
    match inner.write(id, both).await {
        Ok(recorded) => {
            if let Some(at) = recorded.call.redial_at {
                inner.report(id, || CallEventKind::RingsAgain { outcome, at });
            }
            inner.resume(&recorded.call);
            Ok(recorded)
        }
        // Another process owns the call and will see the same end, or this was the last ring after
        // all.
        Err(error) if may_still_end(&error) => inner.write(id, written(end)).await,
        Err(error) => Err(error),
    }
}

/// True if the end may still be recorded alone, after the journal denied it together with a redial.
fn may_still_end(error: &WriteError) -> bool {
    match error {
        WriteError::Denied(
            Denied::CalleeBusy { .. }
            | Denied::AttemptInFlight
            | Denied::NotOwner
            | Denied::AgentInDoubt
            | Denied::HoldExists,
        ) => true,
        WriteError::Denied(
            Denied::OwnedBy(_)
            | Denied::RateLimited { .. }
            | Denied::ConcurrencyFull { .. }
            | Denied::OverBudget { .. }
            | Denied::OptedOut
            | Denied::CapReached { .. },
        ) => false,
        WriteError::Rejected(error) => error.kind() == ErrorKind::Conflict,
        WriteError::Unavailable(_) => false,
    }
}

/// Another process recorded the end of a ring of this process's call. Only the owner may schedule a
/// redial, so this process does, if the caller asked for it.
pub(crate) async fn after(inner: &Arc<Shared>, call: &Call) -> Result<()> {
    let rang = call.attempts.last().and_then(|last| last.outcome);
    // What an operator says of an end is no end that anybody saw.
    let by_word =
        |last: &Attempt| last.evidence.iter().any(|evidence| evidence.proof == Proof::Operator);
    let (CallStatus::Closed, Some(outcome), None, false) =
        (call.status, rang, call.redial_at, call.attempts.last().is_some_and(by_word))
    else {
        return Ok(());
    };
    let Some(again) = wanted(inner, call.id, outcome).await? else {
        return Ok(());
    };
    let recorded = inner.record(call.id, again).await?;
    if let Some(at) = recorded.call.redial_at {
        inner.report(call.id, || CallEventKind::RingsAgain { outcome, at });
    }
    inner.resume(&recorded.call);
    Ok(())
}

/// The fact that it rings again, where the caller asked for it.
async fn wanted(inner: &Shared, id: CallId, outcome: Outcome) -> Result<Option<Fact>> {
    if matches!(outcome, Outcome::Completed | Outcome::Cancelled | Outcome::InvalidNumber) {
        return Ok(None);
    }
    let (Some(call), Some(request)) =
        (inner.journal.get(id).await?, inner.journal.request(id).await?)
    else {
        return Ok(None);
    };
    let (Some(policy), Some(last)) = (&request.redial, call.attempts.last()) else {
        return Ok(None);
    };
    let open = matches!(call.status, CallStatus::Attempting | CallStatus::InProgress)
        || call.outcome == Some(outcome);
    let then = inner.now().checked_add(Duration::from_secs(policy.gap_seconds.into())).ok();
    let then = then.filter(|then| request.window.closes.is_none_or(|closes| *then < closes));
    let asked = open && policy.on.contains(&outcome) && last.ring < policy.times;
    Ok(then.filter(|_| asked).map(|then| Fact::Redialled(last.id, then)))
}

/// The number of the ring that the next attempt belongs to.
pub(crate) fn ring(attempts: &[Attempt]) -> u32 {
    match attempts.last() {
        Some(last) if last.outcome.is_some() => last.ring + 1,
        Some(last) => last.ring,
        None => 0,
    }
}

/// Refuses a redial if the callee's phone rang often enough in 24 hours.
///
/// # Errors
/// `Conflict` if the daily limit of the caller's policy is reached; `Journal`.
pub(crate) async fn allowed(inner: &Shared, call: &Call, request: &ValidCall) -> Result<()> {
    let Some(policy) = request.redial.as_ref().filter(|_| ring(&call.attempts) > 0) else {
        return Ok(());
    };
    let since = inner.now().checked_sub(DAY).unwrap_or(jiff::Timestamp::MIN);
    let rang = inner.journal.rings(&call.tenant, &call.to, since).await?;
    if rang < policy.per_day {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Conflict,
        format!(
            "the phone rang {rang} times in 24 hours, and the redial policy allows {}",
            policy.per_day
        ),
    )
    .with_field("redial.per_day"))
}
