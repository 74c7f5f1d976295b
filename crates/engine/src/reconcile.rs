//! Searches for evidence of attempts that may have rung.
//!
//! Only reads from providers. Finding a call proves that it was placed; finding none proves
//! nothing, so a call without evidence ends as `indeterminate` and is never sent again.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt;
use jiff::Timestamp;
use switchboard_core::{
    Attempt, AttemptId, AttemptState, Call, CallFailure, CallId, CallStatus, ErrorKind,
    PlaceRequest, Proof, ProviderCallId, Result,
};
use switchboard_journal::state::Fact;
use switchboard_router::OnUnknown;
use tokio::sync::Notify;

use crate::{
    departure::Departure,
    events::CallEventKind,
    follow::{self, PlacedCall},
    guards::Searching,
    identified::is_identified,
    place_request,
    provider::{ProviderRuntime, until},
    running::OpenLook,
    shared::Shared,
    traces::{Evidence, evidence},
};

const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Starts the search for evidence of an attempt that this process sent.
pub(crate) fn start(
    inner: &Arc<Shared>,
    id: CallId,
    runtime: &Arc<ProviderRuntime>,
    order: PlaceRequest,
    sent: Departure,
) {
    let age = Age::of_ours(inner, sent);
    search(inner, id, runtime, order, age, Some(sent), None);
}

/// Continues the search for evidence of an attempt that was already in doubt, for example because
/// another process left it so. Its age is taken from the record, and the provider is read at once.
/// A graceful shutdown waits for that first read.
pub(crate) fn take_up(
    inner: &Arc<Shared>,
    id: CallId,
    runtime: &Arc<ProviderRuntime>,
    order: PlaceRequest,
    attempt: &Attempt,
) {
    let sent_at = attempt.sent_at.unwrap_or(attempt.created_at);
    let age = Age::of_now(inner, sent_at, doubted_at(attempt));
    search(inner, id, runtime, order, age, None, Some(OpenLook::new(inner)));
}

/// Since when it has been unknown whether the attempt rang, or which of the provider's calls it is.
fn doubted_at(attempt: &Attempt) -> Timestamp {
    let failed = attempt.evidence.iter().find(|evidence| evidence.proof == Proof::Answer);
    failed.map_or(attempt.sent_at.unwrap_or(attempt.created_at), |evidence| evidence.at)
}

/// How long ago an attempt was sent, and how long it has been in doubt. What this process did not see
/// comes from recorded timestamps; everything else from the monotonic clock. So a wrong wall clock can
/// shorten the search of the next process, but never below one read, and can never prolong it.
#[derive(Debug, Clone, Copy)]
struct Age {
    sent_at: Timestamp,
    out: Duration,
    in_doubt: Duration,
    began: Duration,
}

impl Age {
    /// Of an attempt that this process sent, and that is in doubt from now on.
    fn of_ours(inner: &Shared, sent: Departure) -> Self {
        Self {
            sent_at: sent.at,
            out: sent.elapsed(&*inner.clock),
            in_doubt: Duration::ZERO,
            began: inner.clock.uptime(),
        }
    }

    fn of_now(inner: &Shared, sent_at: Timestamp, doubted_at: Timestamp) -> Self {
        let now = inner.now();
        Self {
            sent_at,
            out: until(sent_at, now),
            in_doubt: until(doubted_at, now),
            began: inner.clock.uptime(),
        }
    }

    fn searched(self, inner: &Shared) -> Duration {
        inner.clock.uptime().saturating_sub(self.began)
    }
}

/// How long to wait before the next read: about as long as the attempt has been in doubt already.
fn pause_after(in_doubt: Duration) -> Duration {
    in_doubt.saturating_add(FIRST_PAUSE).min(LONGEST_PAUSE)
}

fn search(
    inner: &Arc<Shared>,
    id: CallId,
    runtime: &Arc<ProviderRuntime>,
    order: PlaceRequest,
    age: Age,
    sent: Option<Departure>,
    at_once: Option<OpenLook>,
) {
    let Some(searching) = Searching::begin(inner, id, order.attempt) else {
        return;
    };
    let (strong, runtime) = (Arc::clone(inner), Arc::clone(runtime));
    inner.spawn(async move {
        let of = Search { inner: &strong, id, runtime: &runtime, order: &order, age, sent };
        of.run(&searching.woken, at_once).await;
        drop(searching);
        // The agent stays in doubt until it is known which of the provider's calls this attempt is.
        if current(&strong, id).await.is_some_and(|call| is_identified(&call, order.attempt)) {
            runtime.settled(order.attempt);
        }
    });
}

/// True if the call's last attempt needs a search for evidence.
pub(crate) fn is_open(call: &Call) -> bool {
    call.attempts.last().is_some_and(|last| matches!(doubt(call, last.id), Doubt::Open))
}

/// Clears doubts that an operator or another process resolved, so that their agents can be used
/// again.
pub(crate) async fn clear_resolved_doubts(inner: &Arc<Shared>) {
    for runtime in &inner.runtimes() {
        for attempt in runtime.in_doubt() {
            let Ok(Some(id)) = inner.journal.call_of(attempt).await else {
                continue;
            };
            if current(inner, id).await.is_some_and(|call| is_identified(&call, attempt)) {
                runtime.settled(attempt);
            }
        }
    }
}

async fn current(inner: &Shared, id: CallId) -> Option<Call> {
    match inner.journal.get(id).await {
        Ok(call) => call,
        Err(error) => {
            tracing::warn!(call = %id, %error, "the journal could not be read");
            None
        }
    }
}

/// One search for evidence.
struct Search<'a> {
    inner: &'a Arc<Shared>,
    id: CallId,
    runtime: &'a Arc<ProviderRuntime>,
    order: &'a PlaceRequest,
    age: Age,
    /// When its request left, if this process sent it.
    sent: Option<Departure>,
}

impl Search<'_> {
    /// Searches until something is proven, here or elsewhere, or until time runs out. A single
    /// failed read does not end the search.
    async fn run(&self, woken: &Notify, mut at_once: Option<OpenLook>) {
        let Self { inner, id, runtime, order, age, sent } = *self;
        let (assume_after, patience) = match inner.timings().on_unknown {
            OnUnknown::Park => (None, inner.timings().reconcile_for),
            OnUnknown::AssumeNotPlaced { after } => {
                (Some(after), inner.timings().reconcile_for.max(after))
            }
        };
        let turn = inner.taking_up_turn().await;
        let begun = inner.record(id, Fact::Reconciling(order.attempt)).await;
        drop(turn);
        if let Err(error) = begun {
            tracing::debug!(call = %id, %error, "the start of the search was not recorded");
        }
        let mut was_read = false;
        // Only the process that sent it has the same bytes, and knows how old the key is.
        let mut repeatable = sent;
        loop {
            let call = match at_once {
                Some(_) => current(inner, id).await,
                None => self.pause(woken).await,
            };
            match call.as_ref().map(|call| doubt(call, order.attempt)) {
                Some(Doubt::Resolved) => {
                    if let Some(call) = &call {
                        follow_known(inner, call).await;
                    }
                    return;
                }
                Some(Doubt::NotPlaced) => {
                    return resume_not_placed(inner, id, runtime, order.attempt).await;
                }
                Some(Doubt::Open) | None => {}
            }
            runtime.read_turn(&*inner.clock).await;
            let out = age.out + age.searched(inner);
            let seen = match AssertUnwindSafe(look(inner, id, runtime, order, age.sent_at))
                .catch_unwind()
                .await
            {
                Ok(Ok(seen)) => seen,
                Ok(Err(error)) => {
                    // This includes a conflict because another call claimed the traced one
                    // meanwhile: evidence for this one may still come.
                    tracing::debug!(call = %id, %error, "evidence could not be read");
                    Seen::Unread
                }
                Err(_) => {
                    tracing::error!(call = %id, provider = %runtime.id, "the backend panicked while it looked for evidence");
                    Seen::Unread
                }
            };
            at_once = None;
            let absent = match seen {
                Seen::Found => return,
                Seen::Nothing => assume_after.is_some_and(|after| out >= after),
                Seen::Unclear | Seen::Unread => false,
            };
            was_read |= !matches!(seen, Seen::Unread);
            if let Some(first) = repeatable.take() {
                match (inner.callbacks.repeat)(inner, id, runtime, order, first).await {
                    Ok(true) => continue,
                    Ok(false) => {}
                    Err(error) => {
                        tracing::warn!(call = %id, %error, "the request could not be repeated")
                    }
                }
            }
            let placed = call.as_ref().is_some_and(|call| call.status == CallStatus::InProgress);
            // Of two requests, one may be on its way.
            let repeated = call
                .as_ref()
                .and_then(|call| call.attempts.last())
                .is_some_and(|last| last.repeated_at.is_some());
            if absent && !placed && !repeated {
                match inner.record(id, Fact::AssumedNotPlaced(order.attempt)).await {
                    Ok(_) => {
                        inner.report(id, || CallEventKind::AssumedNotPlaced);
                        return resume_not_placed(inner, id, runtime, order.attempt).await;
                    }
                    Err(error) => {
                        tracing::warn!(call = %id, %error, "the assumption that the call was not placed was not recorded")
                    }
                }
            }
            // A doubt that was already old when the search began gets at least one successful read,
            // within the time that a new doubt has.
            let searched = age.searched(inner);
            if searched >= patience || (was_read && age.in_doubt + searched >= patience) {
                abandon(inner, id, runtime, placed).await;
                // Evidence may have been recorded since the last read by something that does not
                // act on it.
                if let Some(call) = current(inner, id).await {
                    if matches!(doubt(&call, order.attempt), Doubt::NotPlaced) {
                        return resume_not_placed(inner, id, runtime, order.attempt).await;
                    }
                    follow_known(inner, &call).await;
                }
                return;
            }
        }
    }

    /// Waits until the next read is due, or until the attempt was resolved elsewhere. Returns the
    /// call's current record.
    async fn pause(&self, woken: &Notify) -> Option<Call> {
        let Self { inner, id, age, .. } = *self;
        let due = inner.clock.sleep(pause_after(age.in_doubt + age.searched(inner)));
        tokio::pin!(due);
        loop {
            let is_due = tokio::select! {
                biased;
                () = &mut due => true,
                () = woken.notified() => false,
            };
            let call = current(inner, id).await;
            let is_open = call
                .as_ref()
                .is_none_or(|call| matches!(doubt(call, self.order.attempt), Doubt::Open));
            if is_due || !is_open {
                return call;
            }
        }
    }
}

/// If the call turned out to be in progress, watches it to its end.
pub(crate) async fn follow_known(inner: &Arc<Shared>, call: &Call) {
    let (CallStatus::InProgress, Some(theirs), Some(last)) =
        (call.status, &call.provider_call_id, call.attempts.last())
    else {
        return;
    };
    let Some(runtime) = inner.runtime(&last.provider) else {
        return;
    };
    let longest = place_request::longest(inner, &runtime, call.id).await;
    let since = last.sent_at.unwrap_or(call.created_at);
    let placed =
        PlacedCall { call: call.id, attempt: last.id, theirs: theirs.clone(), since, longest };
    follow::watch(inner, &runtime, placed);
}

/// Reads the provider once and returns the id of its call that is provably this one, if there is
/// one.
pub(crate) async fn only_candidate(inner: &Arc<Shared>, call: &Call) -> Option<ProviderCallId> {
    let last = call.attempts.last()?;
    let runtime = inner.runtime(&last.provider)?;
    let request = inner.journal.request(call.id).await.ok()??;
    let order = place_request::order_of(inner, last, &request, &runtime);
    let sent_at = last.sent_at.unwrap_or(last.created_at);
    runtime.read_turn(&*inner.clock).await;
    let look = AssertUnwindSafe(evidence(inner, &runtime, &order, sent_at)).catch_unwind().await;
    match look.ok()?.ok()? {
        Evidence::Proof(theirs, _) => Some(theirs),
        Evidence::Nothing | Evidence::Unclear => None,
    }
}

/// The current state of an attempt that was in doubt.
enum Doubt {
    /// The provider's call is known, or the call was settled elsewhere.
    Resolved,
    /// Proven not to have rung: the answer came after all, or an operator found out.
    NotPlaced,
    /// Still in doubt.
    Open,
}

fn doubt(call: &Call, attempt: AttemptId) -> Doubt {
    let Some(last) = call.attempts.last().filter(|last| last.id == attempt) else {
        return Doubt::Resolved;
    };
    if call.provider_call_id.is_some() || call.status.is_settled() {
        return Doubt::Resolved;
    }
    match last.state {
        AttemptState::NotPlaced => Doubt::NotPlaced,
        AttemptState::Intent
        | AttemptState::Claimed
        | AttemptState::Sent
        | AttemptState::Placed
        | AttemptState::Unknown
        | AttemptState::Reconciling => Doubt::Open,
    }
}

/// Continues a call whose attempt is proven not to have rung: the next provider may be asked.
async fn resume_not_placed(
    inner: &Arc<Shared>,
    id: CallId,
    runtime: &ProviderRuntime,
    attempt: AttemptId,
) {
    runtime.settled(attempt);
    if let Some(call) = current(inner, id).await {
        inner.resume(&call);
    }
}

/// Ends the search without evidence. If the call is known to be placed, but without a readable id,
/// it is recorded as overdue.
async fn abandon(inner: &Shared, id: CallId, runtime: &ProviderRuntime, placed: bool) {
    let within = inner.timings().reconcile_for.as_secs();
    let message = format!(
        "{} may have rung the callee, and no evidence was found within {within} s",
        runtime.id
    );
    let fact = if placed {
        Fact::Overdue
    } else {
        Fact::GaveUp(CallFailure { kind: ErrorKind::Provider, message: message.clone() })
    };
    match inner.record(id, fact).await {
        Ok(_) => inner.report(id, || CallEventKind::GaveUp { reason: message }),
        Err(error) => {
            tracing::warn!(call = %id, %error, "the end of the search was not recorded")
        }
    }
}

/// The result of one read.
enum Seen {
    /// The call was found and recorded.
    Found,
    /// The provider was read and has no call that may be this one.
    Nothing,
    /// The provider has a call that may be this one, but that is not proven.
    Unclear,
    /// The provider could not be read.
    Unread,
}

/// Reads the provider once and records the call if it is found.
async fn look(
    inner: &Arc<Shared>,
    id: CallId,
    runtime: &Arc<ProviderRuntime>,
    order: &PlaceRequest,
    sent_at: Timestamp,
) -> Result<Seen> {
    let (theirs, proof) = match evidence(inner, runtime, order, sent_at).await? {
        Evidence::Nothing => return Ok(Seen::Nothing),
        Evidence::Unclear => return Ok(Seen::Unclear),
        Evidence::Proof(theirs, proof) => (theirs, proof),
    };
    inner.record(id, Fact::Traced(order.attempt, theirs.clone(), proof)).await?;
    inner.report(id, || CallEventKind::Found { provider: runtime.id.clone() });
    let placed = PlacedCall {
        call: id,
        attempt: order.attempt,
        theirs,
        since: sent_at,
        longest: order.max_duration,
    };
    follow::watch(inner, runtime, placed);
    Ok(Seen::Found)
}
