//! What a provider's records show about an attempt. Only reads.

use std::collections::HashSet;

use jiff::Timestamp;
use switchboard_core::{PlaceRequest, Proof, ProviderCallId, Result};

use crate::{provider::ProviderRuntime, shared::Shared};

/// What the provider's records show about an attempt.
pub(crate) enum Evidence {
    /// No call may be this one.
    Nothing,
    /// A call may be this one, but may also belong to another attempt.
    Unclear,
    /// This call is proven to be the one, by this kind of proof.
    Proof(ProviderCallId, Proof),
}

/// Reads the provider once.
pub(crate) async fn evidence(
    inner: &Shared,
    runtime: &ProviderRuntime,
    order: &PlaceRequest,
    sent_at: Timestamp,
) -> Result<Evidence> {
    let Some((proof, found)) = candidates(inner, runtime, order, sent_at).await? else {
        return Ok(Evidence::Nothing);
    };
    let tells_apart = match proof {
        Proof::Answer
        | Proof::Webhook
        | Proof::Reference
        | Proof::LeadId
        | Proof::Record
        | Proof::Conversation
        | Proof::Operator => true,
        Proof::NumberAndTask => inner.journal.is_unambiguous_by_task(order.attempt).await?,
        // These show that some call was placed; it is ours only if no other attempt of this agent
        // could have made it.
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

/// The provider's calls that no call of ours owns yet, matched by the strongest kind of evidence
/// that matches any. `None` if nothing matches.
async fn candidates(
    inner: &Shared,
    runtime: &ProviderRuntime,
    order: &PlaceRequest,
    sent_at: Timestamp,
) -> Result<Option<(Proof, Vec<ProviderCallId>)>> {
    let mut best: Option<(Proof, Vec<ProviderCallId>)> = None;
    let mut seen = HashSet::new();
    for trace in runtime.provider.calls().trace(order, sent_at).await? {
        // Traces come strongest first; stop at the first weaker one.
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
