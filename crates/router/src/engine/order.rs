//! What a backend is handed: made before the intent is written down, and the same for every retry of it.

use std::sync::Arc;

use switchboard_core::{AttemptId, CallId, CallOrder, ValidCall};
use uuid::Uuid;

use crate::engine::{lane::Lane, shared::Inner};

/// The order for one attempt at one provider.
pub(crate) fn order(inner: &Inner, id: CallId, request: &Arc<ValidCall>, lane: &Lane) -> CallOrder {
    let info = lane.provider.info();
    let attempt = AttemptId::new(Uuid::now_v7());
    let agent = inner.policy.agent_for(request.agent.as_ref(), &lane.id);
    let longest = request.max_duration.unwrap_or(inner.policy.max_duration);
    CallOrder {
        attempt,
        idempotency_key: key(id, request, lane),
        call: Arc::clone(request),
        agent,
        webhook_url: inner.hooks.as_ref().and_then(|hooks| hooks.address(&lane.id, attempt, inner.now())),
        max_duration: info.max_duration.map_or(longest, |most| longest.min(most)),
    }
}

/// The same for every retry at one provider. Made of the caller's key where there is one, so that the same key names the
/// same request even where the journal did not outlive the process.
fn key(id: CallId, request: &ValidCall, lane: &Lane) -> Uuid {
    let space = match &request.idempotency_key {
        Some(key) => Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{}\n{key}", request.tenant).as_bytes()),
        None => id.as_uuid(),
    };
    Uuid::new_v5(&space, lane.id.as_str().as_bytes())
}
