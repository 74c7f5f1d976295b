//! Provider-neutral events, received by webhook, stream or poll.

use std::{fmt::Debug, time::Duration};

use async_trait::async_trait;
use futures::stream::BoxStream;
use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{ProviderCallId, ProviderId, ProviderState, Raw, Result, redact::redacted_debug};

/// The kind of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// An outbound call changed its state.
    Call(ProviderState),
    /// An inbound call changed its state.
    InboundCall(ProviderState),
    /// A person has to act on something: an approval, a question or a message.
    Notification,
    /// An event of another kind, with the provider's name for it.
    Other(String),
}

/// One event. It is a hint, not a proof: read the call before acting on it. `Debug` omits the
/// summary and the raw event.
///
/// Fields will be added: start from [`Event::new`].
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Event {
    /// The provider that sent the event.
    pub provider: ProviderId,
    /// The provider's id of the event, or an id derived from its content. The same event always has
    /// the same id.
    pub id: String,
    /// What kind of event it is.
    pub kind: EventKind,
    /// The call that the event is about.
    pub call: Option<ProviderCallId>,
    /// The reference that the call was placed with, if the event has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// When the event happened, by the provider's clock.
    pub at: Option<Timestamp>,
    /// How long the call lasted. Serialized as seconds.
    #[serde(with = "crate::seconds::option", default)]
    pub duration: Option<Duration>,
    /// A description for people.
    pub summary: Option<String>,
    /// The event as the provider sent it.
    pub raw: Raw,
}

impl Event {
    /// An event of this kind of which nothing else is known.
    pub fn new(provider: ProviderId, id: impl Into<String>, kind: EventKind, raw: Raw) -> Self {
        Self {
            provider,
            id: id.into(),
            kind,
            call: None,
            reference: None,
            at: None,
            duration: None,
            summary: None,
            raw,
        }
    }

    /// The same event with other fields set.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}

/// A webhook request as it was received, before it is verified.
#[derive(Clone)]
pub struct IncomingWebhook {
    /// The headers as pairs of lower-case name and value.
    pub headers: Vec<(String, String)>,
    /// The unmodified body, because signatures are computed over its bytes.
    pub body: Vec<u8>,
    /// When the request was received.
    pub received_at: Timestamp,
}

impl IncomingWebhook {
    /// Returns the value of the first header with this lower-case name.
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

/// A webhook subscription at a provider.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// The provider's id of the subscription.
    pub id: String,
    /// The URL that webhooks are sent to.
    pub url: Option<Url>,
    /// The subscribed events, by the provider's names. Empty means all events.
    pub events: Vec<String>,
    /// The signing secret. Providers return it only when the subscription is created.
    pub secret: Option<SecretString>,
    /// The provider's response without the secret.
    pub raw: Raw,
}

/// The ways in which a provider can report events. Each one is optional.
pub trait Webhooks: Debug + Send + Sync {
    /// Verifies and parses received webhooks.
    fn receiver(&self) -> Option<&dyn WebhookReceiver>;

    /// Manages webhook subscriptions of the whole account.
    fn subscriptions(&self) -> Option<&dyn WebhookSubscriptions>;

    /// Delivers events without webhooks, by stream or poll.
    fn feed(&self) -> Option<&dyn EventFeed>;
}

/// Verifies and parses webhooks.
pub trait WebhookReceiver: Debug + Send + Sync {
    /// Verifies the signature if a secret is configured, and returns the events.
    ///
    /// # Errors
    /// `Unauthorized` if the signature is missing, wrong or too old; `Decode` if the body is not an
    /// event.
    fn receive(&self, delivery: &IncomingWebhook) -> Result<Vec<Event>>;
}

/// Manages webhook subscriptions.
#[async_trait]
pub trait WebhookSubscriptions: Debug + Send + Sync {
    /// Returns all subscriptions.
    async fn list(&self) -> Result<Vec<Subscription>>;

    /// Creates a subscription. Its secret is returned only here.
    async fn create(&self, url: &Url, events: &[String]) -> Result<Subscription>;

    /// Deletes a subscription.
    async fn delete(&self, id: &str) -> Result<()>;
}

/// Reads events without webhooks.
#[async_trait]
pub trait EventFeed: Debug + Send + Sync {
    /// Returns the events since the last poll.
    async fn poll(&self) -> Result<Vec<Event>>;

    /// Streams events from now on, until the provider closes the stream.
    async fn stream(&self) -> Result<BoxStream<'static, Result<Event>>>;
}

redacted_debug!(Event { provider, id, kind, call, at, duration });
