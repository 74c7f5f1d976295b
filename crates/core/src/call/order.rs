//! The request that a backend is given to place.

use std::{sync::Arc, time::Duration};

use url::Url;
use uuid::Uuid;

use crate::{AgentId, AttemptId, ValidCall, redact::redacted_debug};

/// One attempt, ready to be sent. A backend sends it at most once each time that it is given one.
/// `Debug` omits the webhook address, because anyone who knows it could send webhooks to it.
#[derive(Clone)]
pub struct CallOrder {
    /// The id of the attempt.
    pub attempt: AttemptId,
    /// The idempotency key, stored before it is sent. Sent as `Idempotency-Key` to providers that
    /// accept one.
    pub idempotency_key: Uuid,
    /// The validated call.
    pub call: Arc<ValidCall>,
    /// The agent of the profile at this provider, or the default agent of the account.
    pub agent: Option<AgentId>,
    /// The webhook URL of this attempt, for providers that accept one per call.
    pub webhook_url: Option<Url>,
    /// The maximum length of the call.
    pub max_duration: Duration,
}

redacted_debug!(CallOrder { attempt, idempotency_key, call, agent, max_duration });
