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
    follow, hooks,
    lane::Unbilled,
    learn, news,
    order::order_of,
    reconcile,
    shared::{Engine, Inner},
    submit, trials,
};

/// Calls that are written to at the same time: the journal groups them.
pub(crate) const AT_ONCE: usize = 64;
/// A bill that has not come by then does not come.
const BILLS_COME_WITHIN: Duration = Duration::from_secs(24 * 60 * 60);
/// One look at what other processes learnt in this many sweeps.
const LEARN_EVERY: u32 = 20;

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

impl Engine {
    /// Takes up the calls of processes that are gone, and webhooks that nobody handled. To be
    /// called once, before this process says that it is ready: when it returns, every attempt in
    /// doubt is written down as such. A router over a shared journal goes on looking by itself.
    ///
    /// # Errors
    /// `Journal` where it cannot be read or written.
    pub async fn recover(&self) -> Result<Recovered> {
        let recovered = sweep(&self.inner).await?;
        letters(&self.inner).await?;
        learn::begin(&self.inner).await?;
        Ok(recovered)
    }
}

/// Bills that a process which is gone was still waiting for: without them their holds would stay at
/// the most that the calls could cost.
pub(crate) async fn bills(inner: &Inner) -> Result<()> {
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
                let lane =
                    inner.lane(&attempt.provider).filter(|lane| lane.provider.usage().is_some());
                if let (Some(lane), Some(theirs)) = (lane, &attempt.provider_call_id) {
                    let since = attempt.sent_at.unwrap_or(attempt.created_at);
                    lane.await_bill(theirs.clone(), Unbilled::new(call.id, attempt.id, since));
                }
            }
        }
    }
    Ok(())
}

/// Webhooks that somebody kept and did not get to.
async fn letters(inner: &Arc<Inner>) -> Result<()> {
    for letter in inner.journal.pending_webhooks().await? {
        let strong = Arc::clone(inner);
        inner.spawn(async move { hooks::handle_again(&strong, letter).await });
    }
    Ok(())
}

/// Says that this process lives, and looks for calls that nobody has, as long as the router lives.
pub(crate) fn start(inner: &Arc<Inner>) {
    let weak = Arc::downgrade(inner);
    inner.spawn(async move {
        let mut round = 0_u32;
        loop {
            let Some((clock, pause)) = weak
                .upgrade()
                .map(|strong| (Arc::clone(&strong.clock), strong.timings().sweep_every))
            else {
                return;
            };
            clock.sleep(pause).await;
            let Some(inner) = weak.upgrade() else { return };
            let swept = match sweep(&inner).await {
                Ok(recovered) if recovered.calls > 0 => letters(&inner).await,
                Ok(_) => Ok(()),
                Err(error) => Err(error),
            };
            if let Err(error) = swept {
                tracing::error!(%error, "the journal could not be swept");
            }
            if let Err(error) = news::sweep(&inner).await {
                tracing::error!(%error, "what other processes wrote could not be read");
            }
            reconcile::forget_what_is_told_apart(&inner).await;
            let trials = async {
                trials::catch_up(&inner).await?;
                trials::guard(&inner).await
            };
            if let Err(error) = trials.await {
                tracing::error!(%error, "what was decided on experiments could not be read");
            }
            round = round.wrapping_add(1);
            if round.is_multiple_of(LEARN_EVERY)
                && let Err(error) = learn::catch_up(&inner).await
            {
                tracing::error!(%error, "what other processes learnt could not be read");
            }
        }
    });
}

async fn sweep(inner: &Arc<Inner>) -> Result<Recovered> {
    inner.journal.beat(inner.now()).await?;
    let calls = inner.journal.take_over(inner.now()).await?;
    let mut recovered = Recovered { calls: calls.len(), ..Recovered::default() };
    // What was taken over belongs to this process from now on: a failure half way leaves calls to
    // the next one, by ending this one.
    let mut taken = stream::iter(calls).map(|call| take(inner, call)).buffered(AT_ONCE);
    while let Some(taken) = taken.next().await {
        match taken.inspect_err(|_| inner.ending.halt())? {
            Taken::Uncertain => recovered.uncertain += 1,
            Taken::Followed => recovered.followed += 1,
            Taken::Resumed => recovered.resumed += 1,
            Taken::NotBegun => recovered.left += 1,
            Taken::Left => {}
        }
    }
    Ok(recovered)
}

async fn take(inner: &Arc<Inner>, call: Call) -> Result<Taken> {
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
pub(crate) async fn take_up(inner: &Arc<Inner>, call: &Call) -> Result<()> {
    match inner.journal.request(call.id).await? {
        Some(request) => up(inner, call, &request).await.map(|_| ()),
        None => Ok(()),
    }
}

async fn up(inner: &Arc<Inner>, call: &Call, request: &Arc<ValidCall>) -> Result<Taken> {
    let last = call.attempts.last();
    match (call.status, last) {
        (CallStatus::Received | CallStatus::Scheduled | CallStatus::Admitted, _) => {
            Ok(goes_on(inner, call, "taken up: nothing had been sent"))
        }
        (CallStatus::Attempting, Some(last)) => in_attempt(inner, call, request, last).await,
        (CallStatus::InProgress, Some(last)) => {
            match &call.provider_call_id {
                Some(theirs) => {
                    if let Some(lane) = inner.lane(&last.provider) {
                        let longest = order_of(inner, last, request, &lane).max_duration;
                        let since = last.sent_at.unwrap_or(call.created_at);
                        follow::placed(
                            inner,
                            &lane,
                            call.id,
                            last.id,
                            theirs.clone(),
                            since,
                            longest,
                            false,
                            false,
                        );
                    } else {
                        inner.tell(
                            call.id,
                            format!("{} has it, and is not configured any more", last.provider),
                        );
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
            if let Some(lane) = inner.lane(&last.provider) {
                lane.doubt(last.id, last.agent.clone());
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
fn goes_on(inner: &Arc<Inner>, call: &Call, words: &str) -> Taken {
    if !inner.may_begin(call.id) {
        return Taken::NotBegun;
    }
    inner.tell(call.id, words);
    submit::go_on(inner, call);
    Taken::Resumed
}

async fn in_attempt(
    inner: &Arc<Inner>,
    call: &Call,
    request: &Arc<ValidCall>,
    last: &Attempt,
) -> Result<Taken> {
    match last.state {
        AttemptState::Intent => {
            let recorded = inner.record(call.id, Fact::Abandoned(last.id)).await?;
            Ok(goes_on(
                inner,
                &recorded.call,
                "taken up: the attempt was never claimed, so nothing left",
            ))
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
            inner.tell(call.id, "taken up: it may have rung, so nobody else is asked");
            // As it is known now: it is in doubt from this moment on.
            let last = recorded.call.attempts.last().unwrap_or(last);
            in_doubt(inner, call, request, last).await?;
            Ok(Taken::Uncertain)
        }
        AttemptState::Unknown | AttemptState::Reconciling => {
            in_doubt(inner, call, request, last).await?;
            Ok(Taken::Uncertain)
        }
        AttemptState::NotPlaced => {
            Ok(goes_on(inner, call, "taken up: the last attempt provably reached no phone"))
        }
        AttemptState::Placed => Ok(Taken::Left),
    }
}

/// Looks for evidence at the provider, where it is still configured.
async fn in_doubt(
    inner: &Arc<Inner>,
    call: &Call,
    request: &Arc<ValidCall>,
    last: &Attempt,
) -> Result<()> {
    let Some(lane) = inner.lane(&last.provider) else {
        let message =
            format!("{} may have rung the callee, and is not configured any more", last.provider);
        let kind = ErrorKind::Configuration;
        inner.record(call.id, Fact::Reconciling(last.id)).await?;
        return inner
            .record(call.id, Fact::GaveUp(CallFailure { kind, message }))
            .await
            .map(|_| ());
    };
    lane.doubt(last.id, last.agent.clone());
    reconcile::take_up(inner, call.id, &lane, order_of(inner, last, request, &lane), last);
    Ok(())
}
