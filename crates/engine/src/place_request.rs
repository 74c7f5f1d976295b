//! The request that a backend gets: built before the intent is recorded.

use std::{sync::Arc, time::Duration};

use switchboard_core::{AgentRef, Attempt, AttemptId, CallId, CallKey, PlaceRequest, ValidCall};
use switchboard_router::{NumberPolicy, Policy};
use switchboard_rules::Opening;
use uuid::Uuid;

use crate::{opening, provider::ProviderRuntime, shared::Shared};

/// The request for a new attempt at one provider, with the first words of its ring.
#[expect(clippy::too_many_arguments, reason = "everything that an attempt is made of")]
pub(crate) fn order(
    inner: &Shared,
    id: CallId,
    ring: u32,
    refusals: u32,
    request: &Arc<ValidCall>,
    opening: &Opening,
    runtime: &ProviderRuntime,
    agent: Option<&AgentRef>,
    number: Option<&NumberPolicy>,
    policy: &Policy,
) -> PlaceRequest {
    let attempt = AttemptId::new(inner.ids.next());
    let info = runtime.provider.info();
    let words = opening::for_provider(request, opening, info);
    let longest = policy.longest(request.max_duration, info);
    let key = key(id, ring, refusals, request, runtime);
    PlaceRequest::new(attempt, key, Arc::clone(request), longest).with(|order| {
        order.agent = agent.map(|agent| agent.id.clone());
        order.agent_version = agent.and_then(|agent| agent.version.clone());
        order.task_variable = agent.and_then(|agent| agent.task_variable.clone());
        order.from = number.map(|number| number.number.clone());
        order.webhook_url =
            inner.hooks.as_ref().and_then(|hooks| hooks.address(&runtime.id, attempt, inner.now()));
        order.first_message = words.first_message;
        order.instructions = words.instructions;
    })
}

/// The request of a recorded attempt, used only to search for its evidence. It is never sent again.
pub(crate) fn order_of(
    inner: &Shared,
    attempt: &Attempt,
    request: &Arc<ValidCall>,
    runtime: &ProviderRuntime,
) -> PlaceRequest {
    let longest = inner.config().policy.longest(request.max_duration, runtime.provider.info());
    PlaceRequest::new(attempt.id, attempt.idempotency_key, Arc::clone(request), longest).with(
        |order| {
            order.agent = attempt.agent.clone();
            order.agent_version = attempt.agent_version.clone();
        },
    )
}

/// How long a recorded call may last at a provider.
pub(crate) async fn longest(inner: &Shared, runtime: &ProviderRuntime, id: CallId) -> Duration {
    let asked = match inner.journal.request(id).await {
        Ok(request) => request.and_then(|request| request.max_duration),
        Err(error) => {
            tracing::warn!(call = %id, %error, "the request could not be read");
            None
        }
    };
    inner.config().policy.longest(asked, runtime.provider.info())
}

/// The idempotency key: the same for every retry of an unsent request of one ring at one provider, and
/// a different one for the next ring, because a provider that honours keys would answer a reused one
/// with the previous ring. After the provider refused a request it may have bound its key to it, and the
/// next attempt is another request, so it has another key too. Derived from the call's own key if it has
/// one, so that it stays the same even if the journal was lost with the process.
fn key(
    id: CallId,
    ring: u32,
    refusals: u32,
    request: &ValidCall,
    runtime: &ProviderRuntime,
) -> Uuid {
    let space = match &request.key {
        Some(CallKey::Given(key)) => {
            Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{}\n{key}", request.tenant).as_bytes())
        }
        Some(CallKey::Derived(key)) => {
            Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{}\nrow\n{key}", request.tenant).as_bytes())
        }
        None => id.as_uuid(),
    };
    let first = Uuid::new_v5(&space, runtime.id.as_str().as_bytes());
    let of_ring = match ring {
        0 => first,
        later => Uuid::new_v5(&first, &later.to_be_bytes()),
    };
    match refusals {
        0 => of_ring,
        several => Uuid::new_v5(&of_ring, format!("refusal {several}").as_bytes()),
    }
}
