//! What a backend is handed to place.

use std::{sync::Arc, time::Duration};

use url::Url;
use uuid::Uuid;

use crate::{AgentId, AttemptId, ValidCall, quiet::quiet_debug};

/// One attempt, ready to be sent. `Debug` leaves out its webhook address: who knows it may write to
/// it. A backend sends it at most once for each time it is handed one.
#[derive(Clone)]
pub struct CallOrder {
    /// Our id of the attempt.
    pub attempt: AttemptId,
    /// Stored before it is sent; goes out as `Idempotency-Key` where the provider takes one.
    pub idempotency_key: Uuid,
    /// What shall be said to whom.
    pub call: Arc<ValidCall>,
    /// The agent that the profile names at this provider, or the account's default.
    pub agent: Option<AgentId>,
    /// This attempt's own webhook address, where the provider takes one for each call.
    pub webhook_url: Option<Url>,
    /// The longest the call may last.
    pub max_duration: Duration,
}

quiet_debug!(CallOrder { attempt, idempotency_key, call, agent, max_duration });
