//! What happened, in neutral words: from a webhook, a stream or a poll.

use std::{fmt::Debug, time::Duration};

use async_trait::async_trait;
use futures::stream::BoxStream;
use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{ProviderCallId, ProviderId, ProviderState, Raw, Result, quiet::quiet_debug};

/// What kind of thing happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// An outbound call changed.
    Call(ProviderState),
    /// An inbound call changed.
    InboundCall(ProviderState),
    /// Something waits for a person: an approval, an answer, a message.
    Notification,
    /// The provider's own word.
    Other(String),
}

/// One event. It is a hint, not a proof: whoever acts on it reads the call first. `Debug` leaves
/// out its words.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Whose event it is.
    pub provider: ProviderId,
    /// The provider's id of the event, or one made of its content: the same event has the same id.
    pub id: String,
    /// What happened.
    pub kind: EventKind,
    /// Of which call.
    pub call: Option<ProviderCallId>,
    /// When, by the provider's clock.
    pub at: Option<Timestamp>,
    /// How long the call lasted.
    #[serde(with = "crate::seconds::option", default)]
    pub duration: Option<Duration>,
    /// In words.
    pub summary: Option<String>,
    /// The provider's text.
    pub raw: Raw,
}

/// A delivery as it came in, before anything was believed.
#[derive(Clone)]
pub struct IncomingWebhook {
    /// Header names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body, byte for byte: signatures cover it.
    pub body: Vec<u8>,
    /// When it came in.
    pub received_at: Timestamp,
}

impl IncomingWebhook {
    /// The first header of this lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl Debug for IncomingWebhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IncomingWebhook")
            .field("bytes", &self.body.len())
            .field("received_at", &self.received_at)
            .finish_non_exhaustive()
    }
}

/// A standing order for deliveries.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// The provider's id.
    pub id: String,
    /// Where deliveries go.
    pub url: Option<Url>,
    /// Which events; empty: all.
    pub events: Vec<String>,
    /// The signing secret, shown once when it is made.
    pub secret: Option<SecretString>,
    /// The provider's answer without the secret.
    pub raw: Raw,
}

/// How a provider says what happened: each way is its own ability.
pub trait Webhooks: Debug + Send + Sync {
    /// Reads and verifies deliveries that come in.
    fn receiver(&self) -> Option<&dyn WebhookReceiver>;

    /// Orders deliveries for the whole account.
    fn subscriptions(&self) -> Option<&dyn WebhookSubscriptions>;

    /// Events that stand in for webhooks: a stream or a poll.
    fn feed(&self) -> Option<&dyn EventFeed>;
}

/// Reading deliveries.
pub trait WebhookReceiver: Debug + Send + Sync {
    /// Verifies the signature where a secret is configured, and reads the events.
    ///
    /// # Errors
    /// `Unauthorized` for a signature that is missing, wrong or too old; `Decode` for a body that
    /// is no event.
    fn receive(&self, delivery: &IncomingWebhook) -> Result<Vec<Event>>;
}

/// Ordering deliveries.
#[async_trait]
pub trait WebhookSubscriptions: Debug + Send + Sync {
    /// The standing orders.
    async fn list(&self) -> Result<Vec<Subscription>>;

    /// A new one. Its secret is shown this once.
    async fn create(&self, url: &Url, events: &[String]) -> Result<Subscription>;

    /// Ends one.
    async fn delete(&self, id: &str) -> Result<()>;
}

/// Events without webhooks.
#[async_trait]
pub trait EventFeed: Debug + Send + Sync {
    /// What is new now, in one look.
    async fn poll(&self) -> Result<Vec<Event>>;

    /// What happens from now on, for as long as the provider keeps the stream open.
    async fn stream(&self) -> Result<BoxStream<'static, Result<Event>>>;
}

quiet_debug!(Event { provider, id, kind, call, at, duration });
