//! Evidence for attempts of which nobody knows whether they rang.
//!
//! Only reads. Finding a call proves that it was placed; finding none proves nothing, so that a
//! call without evidence ends as `indeterminate` and is never sent again.

use std::{collections::HashSet, panic::AssertUnwindSafe, sync::Arc, time::Duration};

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
    events::CallEventKind,
    follow::{self, PlacedCall},
    guards::Searching,
    identified::is_identified,
    place_request,
    provider::{ProviderRuntime, until},
    running::OpenLook,
    shared::Shared,
};

const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Begins to look for evidence of an attempt that this process sent.
pub(crate) fn start(
    inner: &Arc<Shared>,
    id: CallId,
    runtime: &Arc<ProviderRuntime>,
    order: PlaceRequest,
    sent_at: Timestamp,
) {
    let age = Age::of_now(inner, sent_at, inner.now());
    search(inner, id, runtime, order, age, None);
}

/// Goes on to look for evidence of an attempt that another process left in doubt, or this one's
/// call has been in since. How long it has been in doubt is read from the record of it, and the
/// first look is made at once. A router that ends in order waits for that look.
pub(crate) fn take_up(
    inner: &Arc<Shared>,
    id: CallId,
    runtime: &Arc<ProviderRuntime>,
    order: PlaceRequest,
    attempt: &Attempt,
) {
    let sent_at = attempt.sent_at.unwrap_or(attempt.created_at);
    let age = Age::of_now(inner, sent_at, doubted_at(attempt));
    search(inner, id, runtime, order, age, Some(OpenLook::new(inner)));
}

/// When it became unsure whether the attempt rang, or which of the provider's calls it is.
fn doubted_at(attempt: &Attempt) -> Timestamp {
    let failed = attempt.evidence.iter().find(|evidence| evidence.proof == Proof::Answer);
    failed.map_or(attempt.sent_at.unwrap_or(attempt.created_at), |evidence| evidence.at)
}

/// For how long an attempt is out, and in doubt: until the search began by the clocks of those who
/// wrote that down, and from then on by the one that is never set back. A clock that is wrong
/// shortens the search of the next process at the most to its first look, and never prolongs it.
#[derive(Debug, Clone, Copy)]
struct Age {
    sent_at: Timestamp,
    out: Duration,
    in_doubt: Duration,
    began: Duration,
}

impl Age {
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

/// How long to wait for the next look at what has been in doubt for so long: as long again, and a
/// little.
fn pause_after(in_doubt: Duration) -> Duration {
    in_doubt.saturating_add(FIRST_PAUSE).min(LONGEST_PAUSE)
}

fn search(
    inner: &Arc<Shared>,
    id: CallId,
    runtime: &Arc<ProviderRuntime>,
    order: PlaceRequest,
    age: Age,
    at_once: Option<OpenLook>,
) {
    let Some(searching) = Searching::begin(inner, id, order.attempt) else {
        return;
    };
    let (strong, runtime) = (Arc::clone(inner), Arc::clone(runtime));
    inner.spawn(async move {
        let of = Search { inner: &strong, id, runtime: &runtime, order: &order, age };
        of.run(&searching.woken, at_once).await;
        drop(searching);
        // An agent stays in doubt as long as one of its calls may be any that the provider lists.
        if current(&strong, id).await.is_some_and(|call| is_identified(&call, order.attempt)) {
            runtime.settled(order.attempt);
        }
    });
}

/// True where evidence has to be looked for.
pub(crate) fn is_open(call: &Call) -> bool {
    call.attempts.last().is_some_and(|last| matches!(standing(call, last.id), Standing::Open))
}

/// What an operator or another process settled keeps no agent in doubt here.
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
}

impl Search<'_> {
    /// Looks until something is proven, by whomever, or the time is over. No single failure ends
    /// it.
    async fn run(&self, woken: &Notify, mut at_once: Option<OpenLook>) {
        let Self { inner, id, runtime, order, age } = *self;
        let (fence, patience) = match inner.timings().on_unknown {
            OnUnknown::Park => (None, inner.timings().reconcile_for),
            OnUnknown::AssumeNotPlaced { after } => {
                (Some(after), inner.timings().reconcile_for.max(after))
            }
        };
        if let Err(error) = inner.record(id, Fact::Reconciling(order.attempt)).await {
            tracing::debug!(call = %id, %error, "the search for evidence is not written down");
        }
        let mut was_read = false;
        loop {
            let call = match at_once {
                Some(_) => current(inner, id).await,
                None => self.pause(woken).await,
            };
            match call.as_ref().map(|call| standing(call, order.attempt)) {
                Some(Standing::Over) => {
                    if let Some(call) = &call {
                        follow_known(inner, call).await;
                    }
                    return;
                }
                Some(Standing::Silent) => return silent(inner, id, runtime, order.attempt).await,
                Some(Standing::Open) | None => {}
            }
            runtime.read_turn(&*inner.clock).await;
            let out = age.out + age.searched(inner);
            let seen = match AssertUnwindSafe(look(inner, id, runtime, order, age.sent_at))
                .catch_unwind()
                .await
            {
                Ok(Ok(seen)) => seen,
                Ok(Err(error)) => {
                    // Also where another call claimed the traced one in the meantime: this one's
                    // evidence is still to come.
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
                Seen::Nothing => fence.is_some_and(|fence| out >= fence),
                Seen::Unclear | Seen::Unread => false,
            };
            was_read |= !matches!(seen, Seen::Unread);
            let placed = call.is_some_and(|call| call.status == CallStatus::InProgress);
            if absent && !placed {
                match inner.record(id, Fact::AssumedNotPlaced(order.attempt)).await {
                    Ok(_) => {
                        inner.report(id, || CallEventKind::AssumedNotPlaced);
                        return silent(inner, id, runtime, order.attempt).await;
                    }
                    Err(error) => {
                        tracing::warn!(call = %id, %error, "the fence was not written down")
                    }
                }
            }
            // A doubt that was old when it was taken up gets one look that could be made, within
            // the patience that a new one has.
            let searched = age.searched(inner);
            if searched >= patience || (was_read && age.in_doubt + searched >= patience) {
                abandon(inner, id, runtime, placed).await;
                // Evidence may have come between the last look and now, from somebody who does not
                // act on it.
                if let Some(call) = current(inner, id).await {
                    if matches!(standing(&call, order.attempt), Standing::Silent) {
                        return silent(inner, id, runtime, order.attempt).await;
                    }
                    follow_known(inner, &call).await;
                }
                return;
            }
        }
    }

    /// Until the next look is due, or somebody else found out what became of the attempt. Answers
    /// with the call as it stands then.
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
                .is_none_or(|call| matches!(standing(call, self.order.attempt), Standing::Open));
            if is_due || !is_open {
                return call;
            }
        }
    }
}

/// A call that turned out to be under way is watched to its end, whoever found it out.
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

/// The call at the provider that is provably this one, where a look shows one.
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

/// What has become of an attempt in doubt in the meantime.
enum Standing {
    /// It is known, or settled by somebody else.
    Over,
    /// It provably reached no phone: the answer came after all, or an operator found out.
    Silent,
    /// Nobody knows yet.
    Open,
}

fn standing(call: &Call, attempt: AttemptId) -> Standing {
    let Some(last) = call.attempts.last().filter(|last| last.id == attempt) else {
        return Standing::Over;
    };
    if call.provider_call_id.is_some() || call.status.is_settled() {
        return Standing::Over;
    }
    match last.state {
        AttemptState::NotPlaced => Standing::Silent,
        AttemptState::Intent
        | AttemptState::Claimed
        | AttemptState::Sent
        | AttemptState::Placed
        | AttemptState::Unknown
        | AttemptState::Reconciling => Standing::Open,
    }
}

/// The call goes on with whoever may be asked next.
async fn silent(inner: &Arc<Shared>, id: CallId, runtime: &ProviderRuntime, attempt: AttemptId) {
    runtime.settled(attempt);
    if let Some(call) = current(inner, id).await {
        inner.resume(&call);
    }
}

/// Nothing proved it in time. A call that was placed, with an id that nobody could read, is merely
/// lost from sight.
async fn abandon(inner: &Shared, id: CallId, runtime: &ProviderRuntime, placed: bool) {
    let within = inner.timings().reconcile_for.as_secs();
    let message =
        format!("{} may have rung the callee, and nothing proved it within {within} s", runtime.id);
    let fact = if placed {
        Fact::Overdue
    } else {
        Fact::GaveUp(CallFailure { kind: ErrorKind::Provider, message: message.clone() })
    };
    match inner.record(id, fact).await {
        Ok(_) => inner.report(id, || CallEventKind::GaveUp { reason: message }),
        Err(error) => {
            tracing::warn!(call = %id, %error, "the end of the search was not written down")
        }
    }
}

/// What one look showed.
enum Seen {
    /// The call, which is written down.
    Found,
    /// The provider was read, and has nothing that may be it.
    Nothing,
    /// It has something that may be it and is not proven to be.
    Unclear,
    /// It could not be read.
    Unread,
}

/// Looks once.
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

/// What the provider's records say of an attempt.
enum Evidence {
    /// Nothing may be it.
    Nothing,
    /// Something may be it, and may be another's.
    Unclear,
    /// This is it.
    Proof(ProviderCallId, Proof),
}

async fn evidence(
    inner: &Shared,
    runtime: &ProviderRuntime,
    order: &PlaceRequest,
    sent_at: Timestamp,
) -> Result<Evidence> {
    let Some((proof, found)) = candidates(inner, runtime, order, sent_at).await? else {
        return Ok(Evidence::Nothing);
    };
    let tells_apart = match proof {
        Proof::Answer | Proof::Webhook | Proof::LeadId | Proof::Record | Proof::Operator => true,
        Proof::NumberAndTask => inner.journal.is_unambiguous_by_task(order.attempt).await?,
        // These show that some call was placed; it is ours only where no other attempt of this
        // agent could have made it.
        Proof::UsageRow | Proof::AgentAndTime => {
            inner.journal.is_unambiguous_by_agent(order.attempt).await?
        }
        Proof::NotSent | Proof::NeverClaimed | Proof::AssumedNotPlaced => false,
    };
    Ok(match found.as_slice() {
        [only] if tells_apart => Evidence::Proof(only.clone(), proof),
        _ => Evidence::Unclear,
    })
}

/// The calls that nobody owns and that the strongest kind of evidence shows; `None`: there are none
/// of any kind.
async fn candidates(
    inner: &Shared,
    runtime: &ProviderRuntime,
    order: &PlaceRequest,
    sent_at: Timestamp,
) -> Result<Option<(Proof, Vec<ProviderCallId>)>> {
    let mut best: Option<(Proof, Vec<ProviderCallId>)> = None;
    let mut seen = HashSet::new();
    for trace in runtime.provider.calls().trace(order, sent_at).await? {
        // The strongest come first, and once.
        if best.as_ref().is_some_and(|(proof, _)| *proof != trace.proof) {
            break;
        }
        if !seen.insert(trace.call.clone())
            || inner.journal.owner(&runtime.id, &trace.call).await?.is_some()
        {
            continue;
        }
        best.get_or_insert_with(|| (trace.proof, Vec::new())).1.push(trace.call);
    }
    Ok(best)
}
