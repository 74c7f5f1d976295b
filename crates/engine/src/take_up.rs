//! Taking up what a process left that is gone: this one's former run, or another that shares the
//! journal.
//!
//! Nothing that may have left is ever sent again. What was not claimed never left, and goes on;
//! what was claimed or sent may have rung, is in doubt from then on, and evidence is looked for;
//! what was placed is followed.

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

/// Calls that are written to at the same time: the journal groups them.
pub(crate) const AT_ONCE: usize = 64;
/// A bill that has not come by then does not come.
const BILLS_COME_WITHIN: Duration = Duration::from_secs(24 * 60 * 60);

/// What was taken up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Recovered {
    /// Calls in all.
    pub calls: usize,
    /// Of these: nobody knows whether they rang; written down, and evidence is being looked for.
    pub uncertain: usize,
    /// Of these: a provider has them.
    pub followed: usize,
    /// Of these: nothing had left, and they go on.
    pub resumed: usize,
    /// Of these: nothing had left, and they are not begun by this process: see
    /// [`TakesUp`](crate::TakesUp).
    pub left: usize,
}

/// What became of one call.
enum Taken {
    Uncertain,
    Followed,
    Resumed,
    NotBegun,
    Left,
}

/// Bills that a process which is gone was still waiting for: without them their holds would stay at
/// the most that the calls could cost.
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
                let runtime = inner
                    .runtime(&attempt.provider)
                    .filter(|runtime| runtime.provider.usage().is_some());
                if let (Some(runtime), Some(theirs)) = (runtime, &attempt.provider_call_id) {
                    let since = attempt.sent_at.unwrap_or(attempt.created_at);
                    runtime.await_bill(theirs.clone(), Unbilled::new(call.id, attempt.id, since));
                }
            }
        }
    }
    Ok(())
}

/// Webhooks that somebody kept and did not get to.
pub(crate) async fn pending_webhooks(inner: &Arc<Shared>) -> Result<()> {
    for letter in inner.journal.pending_webhooks().await? {
        let strong = Arc::clone(inner);
        inner.spawn(async move { hooks::handle_again(&strong, letter).await });
    }
    Ok(())
}

pub(crate) async fn sweep(inner: &Arc<Shared>) -> Result<Recovered> {
    inner.journal.beat(inner.now()).await?;
    let calls = inner.journal.take_over(inner.now()).await?;
    let mut recovered = Recovered { calls: calls.len(), ..Recovered::default() };
    // What was taken over belongs to this process from now on: a failure half way leaves calls to
    // the next one, by ending this one.
    let mut taken = stream::iter(calls).map(|call| take(inner, call)).buffered(AT_ONCE);
    while let Some(taken) = taken.next().await {
        match taken.inspect_err(|_| inner.shutdown.halt())? {
            Taken::Uncertain => recovered.uncertain += 1,
            Taken::Followed => recovered.followed += 1,
            Taken::Resumed => recovered.resumed += 1,
            Taken::NotBegun => recovered.left += 1,
            Taken::Left => {}
        }
    }
    Ok(recovered)
}

async fn take(inner: &Arc<Shared>, call: Call) -> Result<Taken> {
    let Some(request) = inner.journal.request(call.id).await? else {
        tracing::warn!(call = %call.id, "what was asked for is not kept any more: the call is left");
        return Ok(Taken::Left);
    };
    match up(inner, &call, &request).await {
        Ok(taken) => Ok(taken),
        // Somebody moved the call in between: an operator, or evidence.
        Err(error) if error.kind() == ErrorKind::Conflict => {
            tracing::warn!(call = %call.id, %error, "the call could not be taken up");
            Ok(Taken::Left)
        }
        Err(error) => Err(error),
    }
}

/// Sees to it that somebody here is at work on a call of this process, as its state asks, where
/// nobody is. It is sent no further than it is.
pub(crate) async fn take_up(inner: &Arc<Shared>, call: &Call) -> Result<()> {
    match inner.journal.request(call.id).await? {
        Some(request) => up(inner, call, &request).await.map(|_| ()),
        None => Ok(()),
    }
}

async fn up(inner: &Arc<Shared>, call: &Call, request: &Arc<ValidCall>) -> Result<Taken> {
    let last = call.attempts.last();
    match (call.status, last) {
        (CallStatus::Received | CallStatus::Scheduled | CallStatus::Admitted, _) => {
            Ok(goes_on(inner, call, TakenUp::NothingSent))
        }
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
        // Its agent may have no other call in doubt, as long as this one may be any that the
        // provider lists.
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
            CallStatus::Closed
            | CallStatus::Refused
            | CallStatus::NeedsApproval
            | CallStatus::Stalled,
            _,
        ) => Ok(Taken::Left),
    }
}

/// Of what nothing has left.
fn goes_on(inner: &Arc<Shared>, call: &Call, reason: TakenUp) -> Taken {
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
            Ok(goes_on(inner, &recorded.call, TakenUp::NeverClaimed))
        }
        AttemptState::Claimed | AttemptState::Sent => {
            let restarted = AttemptError {
                kind: ErrorKind::Transport,
                message: "the process that sent it ended before the answer came".to_owned(),
                status: None,
                code: Some("restart".to_owned()),
            };
            let doubt =
                Fact::Failed { attempt: last.id, delivery: Delivery::Unknown, error: restarted };
            let recorded = inner.record(call.id, doubt).await?;
            inner.report(call.id, || CallEventKind::TakenUp { reason: TakenUp::MayHaveRung });
            // As it is known now: it is in doubt from this moment on.
            let last = recorded.call.attempts.last().unwrap_or(last);
            in_doubt(inner, call, request, last).await?;
            Ok(Taken::Uncertain)
        }
        AttemptState::Unknown | AttemptState::Reconciling => {
            in_doubt(inner, call, request, last).await?;
            Ok(Taken::Uncertain)
        }
        AttemptState::NotPlaced => Ok(goes_on(inner, call, TakenUp::NotPlaced)),
        AttemptState::Placed => Ok(Taken::Left),
    }
}

/// Looks for evidence at the provider, where it is still configured.
async fn in_doubt(
    inner: &Arc<Shared>,
    call: &Call,
    request: &Arc<ValidCall>,
    last: &Attempt,
) -> Result<()> {
    let Some(runtime) = inner.runtime(&last.provider) else {
        let message =
            format!("{} may have rung the callee, and is not configured any more", last.provider);
        let kind = ErrorKind::Configuration;
        inner.record(call.id, Fact::Reconciling(last.id)).await?;
        inner.record(call.id, Fact::GaveUp(CallFailure { kind, message })).await?;
        return Ok(());
    };
    runtime.doubt(last.id, last.agent.clone());
    reconcile::take_up(inner, call.id, &runtime, order_of(inner, last, request, &runtime), last);
    Ok(())
}
