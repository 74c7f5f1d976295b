//! Evidence for attempts of which nobody knows whether they rang.
//!
//! Only reads. Finding a call proves that it was placed; finding none proves nothing, so that a call without evidence
//! ends as `indeterminate` and is never sent again.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use switchboard_core::{CallFault, CallId, CallOrder, CallStatus, ErrorKind, Proof, ProviderCallId, Result};

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
        if let Err(error) = run(&inner, id, &lane, &order, sent_at).await {
            tracing::warn!(call = %id, %error, "looking for evidence stopped");
        }
        let settled = inner
            .journal
            .get(id)
            .await
            .ok()
            .flatten()
            .is_some_and(|call| call.status != CallStatus::Indeterminate);
        if settled {
            lane.settled(order.attempt);
        }
    });
}

async fn run(inner: &Arc<Inner>, id: CallId, lane: &Arc<Lane>, order: &CallOrder, sent_at: Timestamp) -> Result<()> {
    let give_up = inner.now().checked_add(inner.settings.reconcile_for).unwrap_or(Timestamp::MAX);
    let placed_without_id = inner
        .journal
        .get(id)
        .await?
        .is_some_and(|call| call.status == CallStatus::InProgress);
    if !placed_without_id {
        inner.record(id, Fact::Reconciling(order.attempt)).await?;
    }
    let mut pause = FIRST_PAUSE;
    loop {
        inner.clock.sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
        if inner
            .journal
            .get(id)
            .await?
            .is_none_or(|call| call.provider_call_id.is_some() || call.status.is_settled())
        {
            return Ok(());
        }
        lane.read_turn(&*inner.clock).await;
        match evidence(inner, lane, order, sent_at).await {
            Ok(Some((theirs, proof))) => return found(inner, id, lane, order, sent_at, theirs, proof).await,
            Ok(None) => {}
            Err(error) => tracing::debug!(call = %id, %error, "evidence could not be read"),
        }
        if inner.now() >= give_up {
            let fault = CallFault {
                kind: ErrorKind::Provider,
                message: format!(
                    "{} may have rung the callee, and nothing proved it within {} s",
                    lane.id,
                    inner.settings.reconcile_for.as_secs()
                ),
            };
            inner.tell(id, fault.message.clone());
            let fact = if placed_without_id { Fact::Overdue } else { Fact::GaveUp(fault) };
            return inner.record(id, fact).await.map(|_| ());
        }
    }
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

async fn found(
    inner: &Arc<Inner>,
    id: CallId,
    lane: &Arc<Lane>,
    order: &CallOrder,
    sent_at: Timestamp,
    theirs: ProviderCallId,
    proof: Proof,
) -> Result<()> {
    inner.record(id, Fact::Traced(order.attempt, theirs.clone(), proof)).await?;
    inner.tell(id, format!("{} has it after all", lane.id));
    follow::placed(inner, lane, id, theirs, sent_at, order.max_duration, false, false);
    Ok(())
}
