//! Taking over the calls of a dead process: an earlier run of this one, or another that shares the
//! journal.
//!
//! Nothing that may have been sent is ever sent again. An attempt that was not claimed was never
//! sent, so its call continues. An attempt that was claimed or sent may have rung: it is in doubt,
//! and evidence is searched for. A call that was placed is followed.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, stream};
use jiff::Timestamp;
use serde::Serialize;
use switchboard_core::{
    Attempt, AttemptError, AttemptState, Call, CallFailure, CallStatus, Delivery, ErrorKind,
    Result, ValidCall,
};
use switchboard_journal::{Pages, Selection, state::Fact};

use crate::{
    events::{CallEventKind, TakenUp},
    follow::{self, PlacedCall},
    hooks,
    place_request::order_of,
    provider::Unbilled,
    reconcile,
    shared::Shared,
};

/// How many calls are handled concurrently: the journal can commit them in groups.
pub(crate) const AT_ONCE: usize = 64;
/// Bills are awaited for this long after the call.
const BILLS_COME_WITHIN: Duration = Duration::from_secs(24 * 60 * 60);

/// How many calls were taken over, by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Recovered {
    /// All calls that were taken over.
    pub calls: usize,
    /// Calls that may have rung: recorded as in doubt, and evidence is being searched for.
    pub uncertain: usize,
    /// Calls that a provider has: they are followed.
    pub followed: usize,
    /// Calls of which nothing had been sent, and which continue.
    pub resumed: usize,
    /// Calls of which nothing had been sent, and which this process does not continue: see
    /// [`TakesUp`](crate::TakesUp).
    pub not_resumed: usize,
}

/// What became of one call.
enum Taken {
    Uncertain,
    Followed,
    Resumed,
    NotBegun,
    Left,
}

/// Awaits the bills that a dead process was still waiting for. Without them, the budget holds would
/// stay at the calls' highest possible cost.
pub(crate) async fn bills(inner: &Shared) -> Result<()> {
    let since = inner.now().checked_sub(BILLS_COME_WITHIN).unwrap_or(Timestamp::MIN);
    let closed = Selection {
        statuses: vec![CallStatus::Closed],
        after: Some(Selection::from_moment(since)),
        ..Selection::default()
    };
    let mut pages = Pages::new(&*inner.journal, closed);
    while let Some(page) = pages.next().await? {
        for call in &page {
            for attempt in call.attempts.iter().filter(|attempt| attempt.cost.is_none()) {
                let runtime = inner.runtime(&attempt.provider).filter(|runtime| {
                    runtime.provider.usage().is_some() || runtime.provider.info().late_costs
                });
                if let (Some(runtime), Some(theirs)) = (runtime, &attempt.provider_call_id) {
                    let since = attempt.sent_at.unwrap_or(attempt.created_at);
                    runtime.await_bill(theirs.clone(), Unbilled::new(call.id, attempt.id, since));
                }
            }
        }
    }
    Ok(())
}

/// Handles webhooks that were stored but not handled.
pub(crate) async fn pending_webhooks(inner: &Arc<Shared>) -> Result<()> {
    for stored in inner.journal.pending_webhooks().await? {
        let strong = Arc::clone(inner);
        inner.spawn(async move { hooks::handle_again(&strong, stored).await });
    }
    Ok(())
}

/// Takes over the calls of dead processes. What may have rung comes first and is waited for. What
/// was never sent continues afterwards, on tasks of its own: there may be thousands of such calls,
/// and their work at the journal would hold up what has to be recorded before this process is ready.
pub(crate) async fn sweep(inner: &Arc<Shared>) -> Result<Recovered> {
    inner.journal.beat(inner.now()).await?;
    let calls = inner.journal.take_over(inner.now()).await?;
    let mut recovered = Recovered { calls: calls.len(), ..Recovered::default() };
    let (unsent, rest): (Vec<_>, Vec<_>) =
        calls.into_iter().partition(|call| unsent(call).is_some());
    // This process owns these calls from now on. If it fails half way, it has to end, so that
    // another process takes them over.
    let mut taken = stream::iter(rest).map(|call| take(inner, call)).buffered(AT_ONCE);
    while let Some(taken) = taken.next().await {
        recovered.count(&taken.inspect_err(|_| inner.shutdown.halt())?);
    }
    for call in &unsent {
        if let Some(reason) = self::unsent(call) {
            recovered.count(&continues(inner, call, reason));
        }
    }
    Ok(recovered)
}

impl Recovered {
    fn count(&mut self, taken: &Taken) {
        match taken {
            Taken::Uncertain => self.uncertain += 1,
            Taken::Followed => self.followed += 1,
            Taken::Resumed => self.resumed += 1,
            Taken::NotBegun => self.not_resumed += 1,
            Taken::Left => {}
        }
    }
}

/// Why the call simply continues, if the journal shows that nothing of it may have been sent and
/// that nothing has to be recorded first.
fn unsent(call: &Call) -> Option<TakenUp> {
    match (call.status, call.attempts.last()) {
        (CallStatus::Received | CallStatus::Scheduled | CallStatus::Admitted, _) => {
            Some(TakenUp::NothingSent)
        }
        (CallStatus::Attempting, Some(last)) if last.state == AttemptState::NotPlaced => {
            Some(TakenUp::NotPlaced)
        }
        (
            CallStatus::Attempting
            | CallStatus::InProgress
            | CallStatus::Closed
            | CallStatus::Refused
            | CallStatus::NeedsApproval
            | CallStatus::Indeterminate
            | CallStatus::Stalled,
            _,
        ) => None,
    }
}

async fn take(inner: &Arc<Shared>, call: Call) -> Result<Taken> {
    let Some(request) = inner.journal.request(call.id).await? else {
        tracing::warn!(call = %call.id, "the request is no longer stored: the call is left as it is");
        return Ok(Taken::Left);
    };
    match up(inner, &call, &request).await {
        Ok(taken) => Ok(taken),
        // The call changed meanwhile, through an operator or through evidence.
        Err(error) if error.kind() == ErrorKind::Conflict => {
            tracing::warn!(call = %call.id, %error, "the call could not be taken over");
            Ok(Taken::Left)
        }
        Err(error) => Err(error),
    }
}

/// Makes sure that this process works on a call that it owns, as the call's state requires. Does
/// not change the call's state if work is already under way.
pub(crate) async fn take_up(inner: &Arc<Shared>, call: &Call) -> Result<()> {
    match inner.journal.request(call.id).await? {
        Some(request) => up(inner, call, &request).await.map(|_| ()),
        None => Ok(()),
    }
}

async fn up(inner: &Arc<Shared>, call: &Call, request: &Arc<ValidCall>) -> Result<Taken> {
    if let Some(reason) = unsent(call) {
        return Ok(continues(inner, call, reason));
    }
    let last = call.attempts.last();
    match (call.status, last) {
        (CallStatus::Attempting, Some(last)) => in_attempt(inner, call, request, last).await,
        (CallStatus::InProgress, Some(last)) => {
            match &call.provider_call_id {
                Some(theirs) => {
                    if let Some(runtime) = inner.runtime(&last.provider) {
                        let longest = order_of(inner, last, request, &runtime).max_duration;
                        let since = last.sent_at.unwrap_or(call.created_at);
                        let placed = PlacedCall {
                            call: call.id,
                            attempt: last.id,
                            theirs: theirs.clone(),
                            since,
                            longest,
                        };
                        follow::watch(inner, &runtime, placed);
                    } else {
                        inner.report(call.id, || CallEventKind::NotConfigured {
                            provider: last.provider.clone(),
                        });
                        inner.record(call.id, Fact::Overdue).await?;
                        return Ok(Taken::Left);
                    }
                }
                None => in_doubt(inner, call, request, last).await?,
            }
            Ok(Taken::Followed)
        }
        // Keeps the agent in doubt: it must not get a second unidentified call while this one is
        // not identified.
        (CallStatus::Indeterminate, Some(last)) => {
            if let Some(runtime) = inner.runtime(&last.provider) {
                runtime.doubt(last.id, last.agent.clone());
            }
            Ok(Taken::Left)
        }
        (CallStatus::Attempting | CallStatus::InProgress | CallStatus::Indeterminate, None) => {
            Ok(Taken::Left)
        }
        (
            CallStatus::Received
            | CallStatus::Scheduled
            | CallStatus::Admitted
            | CallStatus::Closed
            | CallStatus::Refused
            | CallStatus::NeedsApproval
            | CallStatus::Stalled,
            _,
        ) => Ok(Taken::Left),
    }
}

/// Continues a call of which nothing may have been sent.
fn continues(inner: &Arc<Shared>, call: &Call, reason: TakenUp) -> Taken {
    if !inner.may_resume(call.id) {
        return Taken::NotBegun;
    }
    inner.report(call.id, || CallEventKind::TakenUp { reason });
    inner.resume(call);
    Taken::Resumed
}

async fn in_attempt(
    inner: &Arc<Shared>,
    call: &Call,
    request: &Arc<ValidCall>,
    last: &Attempt,
) -> Result<Taken> {
    match last.state {
        AttemptState::Intent => {
            let recorded = inner.record(call.id, Fact::Abandoned(last.id)).await?;
            Ok(continues(inner, &recorded.call, TakenUp::NeverClaimed))
        }
        AttemptState::Claimed | AttemptState::Sent => {
            let doubt = Fact::Failed {
                attempt: last.id,
                delivery: Delivery::Unknown,
                error: AttemptError::restarted(),
            };
            let recorded = inner.record(call.id, doubt).await?;
            inner.report(call.id, || CallEventKind::TakenUp { reason: TakenUp::MayHaveRung });
            // Use the new record: it says since when the attempt is in doubt.
            let last = recorded.call.attempts.last().unwrap_or(last);
            in_doubt(inner, call, request, last).await?;
            Ok(Taken::Uncertain)
        }
        AttemptState::Unknown | AttemptState::Reconciling => {
            in_doubt(inner, call, request, last).await?;
            Ok(Taken::Uncertain)
        }
        AttemptState::NotPlaced | AttemptState::Placed => Ok(Taken::Left),
    }
}

/// Searches for evidence at the provider, if it is still configured.
async fn in_doubt(
    inner: &Arc<Shared>,
    call: &Call,
    request: &Arc<ValidCall>,
    last: &Attempt,
) -> Result<()> {
    let Some(runtime) = inner.runtime(&last.provider) else {
        let message =
            format!("{} may have rung the callee, and is no longer configured", last.provider);
        let kind = ErrorKind::Configuration;
        inner.record(call.id, Fact::Reconciling(last.id)).await?;
        inner.record(call.id, Fact::GaveUp(CallFailure { kind, message })).await?;
        return Ok(());
    };
    runtime.doubt(last.id, last.agent.clone());
    reconcile::take_up(inner, call.id, &runtime, order_of(inner, last, request, &runtime), last);
    Ok(())
}
