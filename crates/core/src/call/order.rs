//! The request that a backend is given to place.

use std::{sync::Arc, time::Duration};

use url::Url;
use uuid::Uuid;

use crate::{AgentId, AttemptId, CallerNumber, ValidCall, redact::redacted_debug};

/// One attempt, ready to be sent. A backend sends it at most once each time that it is given one.
/// `Debug` omits the webhook address, because anyone who knows it could send webhooks to it.
#[derive(Clone)]
pub struct PlaceRequest {
    /// The id of the attempt.
    pub attempt: AttemptId,
    /// The idempotency key, stored before it is sent. Sent as `Idempotency-Key` to providers that
    /// accept one.
    pub idempotency_key: Uuid,
    /// The validated call.
    pub call: Arc<ValidCall>,
    /// The agent of the profile at this provider, or the default agent of the account.
    pub agent: Option<AgentId>,
    /// Which version of the agent, by the provider's name or number; `None` for the one that was
    /// published last.
    pub agent_version: Option<String>,
    /// The variable of the agent's prompt that the task is put into; `None` for the backend's default.
    pub task_variable: Option<String>,
    /// The number that the call is made from; `None` leaves it to the backend's account.
    pub from: Option<CallerNumber>,
    /// The webhook URL of this attempt, for providers that accept one per call.
    pub webhook_url: Option<Url>,
    /// The maximum length of the call.
    pub max_duration: Duration,
    /// The first words that the agent says, which a backend sends instead of the call's own. `None`
    /// leaves them to the agent. See [`ProviderInfo::takes_first_message`](crate::ProviderInfo).
    pub first_message: Option<String>,
    /// The instructions, which a backend sends instead of the call's own: those of the call, after
    /// what must be done first.
    pub instructions: Vec<String>,
}

impl PlaceRequest {
    /// A request of the default agent without a webhook, with the first words and the instructions
    /// of the call.
    pub fn new(
        attempt: AttemptId,
        idempotency_key: Uuid,
        call: Arc<ValidCall>,
        max_duration: Duration,
    ) -> Self {
        Self {
            attempt,
            idempotency_key,
            agent: None,
            agent_version: None,
            task_variable: None,
            from: None,
            webhook_url: None,
            max_duration,
            first_message: call.first_message.clone(),
            instructions: call.instructions.clone(),
            call,
        }
    }

    /// The same request with other fields set.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// The instruction that stands in for a first sentence at a provider that takes none.
    pub fn begin_with(first_message: &str) -> String {
        format!("Begin the call with exactly these words, before anything else: {first_message}")
    }
}

redacted_debug!(PlaceRequest { attempt, idempotency_key, call, agent, max_duration });
