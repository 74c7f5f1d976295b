//! What became of a webhook.

use std::fmt;

/// One attempt to deliver a webhook.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebhookAttempt {
    /// When it was sent, in RFC 3339, UTC.
    pub at: String,
    /// The target URL.
    pub url: String,
    /// The event, such as `call.completed`.
    pub event: String,
    /// The number of the attempt, counted from 1 for each copy of a delivery.
    pub attempt: u32,
    /// Whether it was signed.
    pub signed: bool,
    /// The status of the response; `None` if there was none in time, or the address is not
    /// loopback.
    pub status: Option<u16>,
    /// The provider's id of the event, if it has one.
    pub event_id: Option<String>,
    /// The subscription that it was sent to; `None` for the call's own URL.
    pub webhook_id: Option<String>,
}

impl fmt::Debug for WebhookAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookAttempt")
            .field("at", &self.at)
            .field("event", &self.event)
            .field("attempt", &self.attempt)
            .field("signed", &self.signed)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
