//! Evidence for attempts of which nobody knows whether they rang.
//!
//! Only reads. Finding a call proves that it was placed; finding none proves nothing, so that a call without evidence
//! ends as `indeterminate` and is never sent again.

use std::{collections::HashSet, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt;
use jiff::Timestamp;
use switchboard_core::{AttemptId, AttemptState, Call, CallFault, CallId, CallOrder, CallStatus, ErrorKind, Proof, ProviderCallId, Result};

use crate::{
    engine::{OnUnknown, follow, lane::Lane, order, shared::Inner, submit},
    journal::{Doubt, doubt},
    state::Fact,
};

const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Begins to look for evidence.
pub(crate) fn start(inner: &Arc<Inner>, id: CallId, lane: &Arc<Lane>, order: CallOrder, sent_at: Timestamp) {
    let (strong, lane) = (Arc::clone(inner), Arc::clone(lane));
    inner.spawn(async move {
        run(&strong, id, &lane, &order, sent_at).await;
        // An agent stays in doubt as long as one of its calls may be any that the provider lists.
        if current(&strong, id).await.is_some_and(|call| is_told_apart(&call, order.attempt)) {
            lane.settled(order.attempt);
        }
    });
}

/// True where the attempt's call at the provider is known, it is proven that there is none, or nobody asks any more.
fn is_told_apart(call: &Call, attempt: AttemptId) -> bool {
    call.attempts.last().is_none_or(|last| last.id != attempt) || doubt(call) == Doubt::None
}

/// What an operator or another process settled keeps no agent in doubt here.
pub(crate) async fn forget_what_is_told_apart(inner: &Arc<Inner>) {
    for lane in &inner.lanes() {
        for attempt in lane.in_doubt() {
            let Ok(Some(id)) = inner.journal.call_of(attempt).await else {
                continue;
            };
            if let Some(call) = current(inner, id).await.filter(|call| is_told_apart(call, attempt)) {
                lane.settled(attempt);
                // Whoever found it out may be gone before he follows it.
                follow_known(inner, &call).await;
            }
        }
    }
}

async fn current(inner: &Inner, id: CallId) -> Option<Call> {
    match inner.journal.get(id).await {
        Ok(call) => call,
        Err(error) => {
            tracing::warn!(call = %id, %error, "the journal could not be read");
            None
        }
    }
}

/// Looks until something is proven, by whomever, or the time is over. No single failure ends it.
async fn run(inner: &Arc<Inner>, id: CallId, lane: &Arc<Lane>, order: &CallOrder, sent_at: Timestamp) {
    let began = inner.clock.uptime();
    let (fence, patience) = match inner.settings().on_unknown {
        OnUnknown::Park => (None, inner.settings().reconcile_for),
        OnUnknown::Fence { after } => (sent_at.checked_add(after).ok(), inner.settings().reconcile_for.max(after)),
    };
    if let Err(error) = inner.record(id, Fact::Reconciling(order.attempt)).await {
        tracing::debug!(call = %id, %error, "the search for evidence is not written down");
    }
    let mut pause = FIRST_PAUSE;
    loop {
        inner.clock.sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
        let call = current(inner, id).await;
        match call.as_ref().map(|call| standing(call, order.attempt)) {
            Some(Standing::Over) => {
                if let Some(call) = &call {
                    follow_known(inner, call).await;
                }
                return;
            }
            Some(Standing::Silent) => return silent(inner, id, lane, order.attempt).await,
            Some(Standing::Open) | None => {}
        }
        lane.read_turn(&*inner.clock).await;
        let looked_at = inner.now();
        let seen = match AssertUnwindSafe(look(inner, id, lane, order, sent_at)).catch_unwind().await {
            Ok(Ok(seen)) => seen,
            Ok(Err(error)) => {
                // Also where another call claimed the traced one in the meantime: this one's evidence is still to come.
                tracing::debug!(call = %id, %error, "evidence could not be read");
                Seen::Unclear
            }
            Err(_) => {
                tracing::error!(call = %id, provider = %lane.id, "the backend panicked while it looked for evidence");
                Seen::Unclear
            }
        };
        let absent = match seen {
            Seen::Found => return,
            Seen::Nothing => fence.is_some_and(|fence| looked_at >= fence),
            Seen::Unclear => false,
        };
        let placed = call.is_some_and(|call| call.status == CallStatus::InProgress);
        if absent && !placed {
            match inner.record(id, Fact::Fenced(order.attempt)).await {
                Ok(_) => {
                    inner.tell(id, "nothing showed it within the fence: it counts as silent, as configured");
                    return silent(inner, id, lane, order.attempt).await;
                }
                Err(error) => tracing::warn!(call = %id, %error, "the fence was not written down"),
            }
        }
        if inner.clock.uptime().saturating_sub(began) >= patience {
            abandon(inner, id, lane, placed).await;
            // Evidence may have come between the last look and now, from somebody who does not follow it.
            if let Some(call) = current(inner, id).await {
                follow_known(inner, &call).await;
            }
            return;
        }
    }
}

/// A call that turned out to be under way is watched to its end, whoever found it out.
pub(crate) async fn follow_known(inner: &Arc<Inner>, call: &Call) {
    let (CallStatus::InProgress, Some(theirs), Some(last)) = (call.status, &call.provider_call_id, call.attempts.last()) else {
        return;
    };
    let Some(lane) = inner.lane(&last.provider) else { return };
    let longest = order::longest(inner, &lane, call.id).await;
    let since = last.sent_at.unwrap_or(call.created_at);
    follow::placed(inner, &lane, call.id, last.id, theirs.clone(), since, longest, false, false);
}

/// The call at the provider that is provably this one, where a look shows one.
pub(crate) async fn only_candidate(inner: &Arc<Inner>, call: &Call) -> Option<ProviderCallId> {
    let last = call.attempts.last()?;
    let lane = inner.lane(&last.provider)?;
    let request = inner.journal.request(call.id).await.ok()??;
    let order = order::order_of(inner, last, &request, &lane);
    let sent_at = last.sent_at.unwrap_or(last.created_at);
    lane.read_turn(&*inner.clock).await;
    let look = AssertUnwindSafe(evidence(inner, &lane, &order, sent_at)).catch_unwind().await;
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
async fn silent(inner: &Arc<Inner>, id: CallId, lane: &Lane, attempt: AttemptId) {
    lane.settled(attempt);
    if let Some(call) = current(inner, id).await {
        submit::go_on(inner, &call);
    }
}

/// Nothing proved it in time. A call that was placed, with an id that nobody could read, is merely lost from sight.
async fn abandon(inner: &Inner, id: CallId, lane: &Lane, placed: bool) {
    let within = inner.settings().reconcile_for.as_secs();
    let message = format!("{} may have rung the callee, and nothing proved it within {within} s", lane.id);
    let fact = if placed {
        Fact::Overdue
    } else {
        Fact::GaveUp(CallFault {
            kind: ErrorKind::Provider,
            message: message.clone(),
        })
    };
    match inner.record(id, fact).await {
        Ok(_) => inner.tell(id, message),
        Err(error) => tracing::warn!(call = %id, %error, "the end of the search was not written down"),
    }
}

/// What one look showed.
enum Seen {
    /// The call, which is written down.
    Found,
    /// The provider was read, and has nothing that may be it.
    Nothing,
    /// It could not be read, or has something that may be it and is not proven to be.
    Unclear,
}

/// Looks once.
async fn look(inner: &Arc<Inner>, id: CallId, lane: &Arc<Lane>, order: &CallOrder, sent_at: Timestamp) -> Result<Seen> {
    let (theirs, proof) = match evidence(inner, lane, order, sent_at).await? {
        Evidence::Nothing => return Ok(Seen::Nothing),
        Evidence::Unclear => return Ok(Seen::Unclear),
        Evidence::Proof(theirs, proof) => (theirs, proof),
    };
    inner.record(id, Fact::Traced(order.attempt, theirs.clone(), proof)).await?;
    inner.tell(id, format!("{} has it after all", lane.id));
    follow::placed(inner, lane, id, order.attempt, theirs, sent_at, order.max_duration, false, false);
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

async fn evidence(inner: &Inner, lane: &Lane, order: &CallOrder, sent_at: Timestamp) -> Result<Evidence> {
    let Some((proof, found)) = candidates(inner, lane, order, sent_at).await? else {
        return Ok(Evidence::Nothing);
    };
    let tells_apart = match proof {
        Proof::Answer | Proof::Webhook | Proof::LeadId | Proof::Record | Proof::Operator => true,
        Proof::NumberAndTask => inner.journal.is_alone_by_task(order.attempt).await?,
        // These show that some call was placed; it is ours only where no other attempt of this agent could have made it.
        Proof::UsageRow | Proof::AgentAndTime => inner.journal.is_alone(order.attempt).await?,
        Proof::NotSent | Proof::NeverClaimed | Proof::Fence => false,
    };
    Ok(match found.as_slice() {
        [only] if tells_apart => Evidence::Proof(only.clone(), proof),
        _ => Evidence::Unclear,
    })
}

/// The calls that nobody owns and that the strongest kind of evidence shows; `None`: there are none of any kind.
async fn candidates(inner: &Inner, lane: &Lane, order: &CallOrder, sent_at: Timestamp) -> Result<Option<(Proof, Vec<ProviderCallId>)>> {
    let mut best: Option<(Proof, Vec<ProviderCallId>)> = None;
    let mut seen = HashSet::new();
    for trace in lane.provider.calls().trace(order, sent_at).await? {
        // The strongest come first, and once.
        if best.as_ref().is_some_and(|(proof, _)| *proof != trace.proof) {
            break;
        }
        if !seen.insert(trace.call.clone()) || inner.journal.owner(&lane.id, &trace.call).await?.is_some() {
            continue;
        }
        best.get_or_insert_with(|| (trace.proof, Vec::new())).1.push(trace.call);
    }
    Ok(best)
}
