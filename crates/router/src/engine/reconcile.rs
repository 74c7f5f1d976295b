//! Evidence for attempts of which nobody knows whether they rang.
//!
//! Only reads. Finding a call proves that it was placed; finding none proves nothing, so that a call without evidence
//! ends as `indeterminate` and is never sent again.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt;
use jiff::Timestamp;
use switchboard_core::{Call, CallFault, CallId, CallOrder, CallStatus, ErrorKind, Proof, ProviderCallId, Result};

use crate::{
    engine::{follow, lane::Lane, shared::Inner},
    state::Fact,
};

const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Begins to look for evidence.
pub(crate) fn start(inner: &Arc<Inner>, id: CallId, lane: &Arc<Lane>, order: CallOrder, sent_at: Timestamp) {
    let (inner, lane) = (Arc::clone(inner), Arc::clone(lane));
    tokio::spawn(async move {
        run(&inner, id, &lane, &order, sent_at).await;
        // An agent stays in doubt as long as one of its calls may be any that the provider lists.
        if current(&inner, id).await.is_some_and(|call| is_told_apart(&call)) {
            lane.settled(order.attempt);
        }
    });
}

/// True where the provider's id is known, or it is proven that there is none.
fn is_told_apart(call: &Call) -> bool {
    call.provider_call_id.is_some() || call.attempts.last().is_none_or(|last| !last.state.is_live())
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
    let give_up = inner.now().checked_add(inner.settings.reconcile_for).unwrap_or(Timestamp::MAX);
    if let Err(error) = inner.record(id, Fact::Reconciling(order.attempt)).await {
        tracing::debug!(call = %id, %error, "the search for evidence is not written down");
    }
    let mut pause = FIRST_PAUSE;
    loop {
        inner.clock.sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
        let call = current(inner, id).await;
        if call
            .as_ref()
            .is_some_and(|call| call.provider_call_id.is_some() || call.status.is_settled())
        {
            return;
        }
        lane.read_turn(&*inner.clock).await;
        match AssertUnwindSafe(look(inner, id, lane, order, sent_at)).catch_unwind().await {
            Ok(Ok(true)) => return,
            Ok(Ok(false)) => {}
            // Also where another call claimed the traced one in the meantime: this one's evidence is still to come.
            Ok(Err(error)) => tracing::debug!(call = %id, %error, "evidence could not be read"),
            Err(_) => tracing::error!(call = %id, provider = %lane.id, "the backend panicked while it looked for evidence"),
        }
        if inner.now() >= give_up {
            let placed = call.is_some_and(|call| call.status == CallStatus::InProgress);
            return abandon(inner, id, lane, placed).await;
        }
    }
}

/// Nothing proved it in time. A call that was placed, with an id that nobody could read, is merely lost from sight.
async fn abandon(inner: &Inner, id: CallId, lane: &Lane, placed: bool) {
    let within = inner.settings.reconcile_for.as_secs();
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

/// Looks once. True where the call was found and is written down.
async fn look(inner: &Arc<Inner>, id: CallId, lane: &Arc<Lane>, order: &CallOrder, sent_at: Timestamp) -> Result<bool> {
    let Some((theirs, proof)) = evidence(inner, lane, order, sent_at).await? else {
        return Ok(false);
    };
    inner.record(id, Fact::Traced(order.attempt, theirs.clone(), proof)).await?;
    inner.tell(id, format!("{} has it after all", lane.id));
    follow::placed(inner, lane, id, theirs, sent_at, order.max_duration, false, false);
    Ok(true)
}

/// Exactly one call that nobody owns, by the strongest kind of evidence that shows any.
async fn evidence(inner: &Inner, lane: &Lane, order: &CallOrder, sent_at: Timestamp) -> Result<Option<(ProviderCallId, Proof)>> {
    let mut best: Option<(Proof, Vec<ProviderCallId>)> = None;
    for trace in lane.provider.calls().trace(order, sent_at).await? {
        if inner.journal.owner(&lane.id, &trace.call).await?.is_some() {
            continue;
        }
        match &mut best {
            None => best = Some((trace.proof, vec![trace.call])),
            Some((proof, found)) if *proof == trace.proof => {
                if !found.contains(&trace.call) {
                    found.push(trace.call);
                }
            }
            Some(_) => break,
        }
    }
    let Some((proof, found)) = best else {
        return Ok(None);
    };
    let tells_apart = match proof {
        Proof::Answer | Proof::Webhook | Proof::LeadId | Proof::NumberAndTask | Proof::Record | Proof::Operator => true,
        // These show that some call was placed; it is ours only where no other attempt of this agent could have made it.
        Proof::UsageRow | Proof::AgentAndTime => lane.alone(order.attempt, order.agent.as_ref()),
        Proof::NotSent | Proof::NeverClaimed => false,
    };
    match found.as_slice() {
        [only] if tells_apart => Ok(Some((only.clone(), proof))),
        _ => Ok(None),
    }
}
