//! Webhook endpoints: where a tenant wants its events to be sent.

use std::fmt::{self, Debug};

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_core::{CallId, Error, ErrorKind, Result, TenantId};
use uuid::Uuid;

use super::FeedEvent;

/// The id of an endpoint, of version 7. On the wire it is written as `we_` and the UUID.
pub type EndpointId = Uuid;

/// The form of the bodies that an endpoint receives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndpointFormat {
    /// The event as the feed has it.
    #[default]
    Standard,
    /// KaiCalls' flat `call.completed` and `call.failed`.
    Kaicalls,
}

/// Why an endpoint is disabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DisabledBecause {
    /// Its owner disabled it.
    Owner,
    /// It failed for days.
    Failing,
    /// It answered 410 Gone.
    Gone,
}

/// The signing secrets of an endpoint, sealed with the server's secret: the journal cannot read
/// them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointSecrets {
    /// The current secret.
    pub current: Vec<u8>,
    /// The secret before the last rotation, and until when it signs too.
    pub former: Option<(Vec<u8>, Timestamp)>,
}

impl fmt::Debug for EndpointSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndpointSecrets").finish_non_exhaustive()
    }
}

/// What a new endpoint is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEndpoint {
    /// Its id.
    pub id: EndpointId,
    /// Whose events it receives. `None`: everybody's, and those that only operators see.
    pub tenant: Option<TenantId>,
    /// Where the events go. Already checked.
    pub url: String,
    /// Only events of these types. Empty: all types.
    pub kinds: Vec<String>,
    /// Only events about this call.
    pub call: Option<CallId>,
    /// The form of the bodies.
    pub format: EndpointFormat,
    /// True if events carry the call's metadata.
    pub metadata: bool,
    /// Its owner's description.
    pub description: String,
    /// Its secrets, sealed.
    pub secrets: EndpointSecrets,
    /// When it was made.
    pub created_at: Timestamp,
    /// The idempotency key of the request that made it, hashed with its tenant.
    pub request_key: Option<[u8; 32]>,
    /// How many endpoints without a `call` the tenant may have.
    pub at_most: u32,
}

impl NewEndpoint {
    /// True if the endpoint asks for this event.
    pub fn wants(&self, event: &FeedEvent) -> bool {
        (self.tenant.is_none() || self.tenant == event.tenant)
            && (self.call.is_none() || self.call == event.call)
            && (self.kinds.is_empty() || self.kinds.contains(&event.kind))
    }

    /// The error for an endpoint whose id is taken.
    pub fn taken(&self) -> Error {
        Error::new(ErrorKind::Conflict, format!("a webhook endpoint {} was made before", self.id))
            .with_code("endpoint_exists")
    }

    /// The error for a tenant that has as many endpoints as it may.
    pub fn too_many(&self) -> Error {
        Error::new(
            ErrorKind::Conflict,
            format!(
                "there are {} webhook endpoints, the most there may be: remove one first",
                self.at_most
            ),
        )
        .with_code("too_many_endpoints")
    }
}

/// An endpoint as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebhookEndpoint {
    /// What it was made of, with later changes.
    pub settings: NewEndpoint,
    /// Why it receives nothing, if it is disabled.
    pub disabled: Option<DisabledBecause>,
    /// When its last delivery succeeded.
    pub last_success_at: Option<Timestamp>,
    /// When the first of the failures since the last success happened.
    pub failing_since: Option<Timestamp>,
    /// How many deliveries failed since the last success.
    pub failures: u32,
}

impl WebhookEndpoint {
    /// A new endpoint, enabled.
    pub fn new(settings: NewEndpoint) -> Self {
        Self { settings, disabled: None, last_success_at: None, failing_since: None, failures: 0 }
    }

    /// Changes it.
    pub fn change(&mut self, change: EndpointChange) {
        let EndpointChange { url, kinds, metadata, description, disabled, secrets } = change;
        let settings = &mut self.settings;
        settings.url = url.unwrap_or_else(|| std::mem::take(&mut settings.url));
        settings.kinds = kinds.unwrap_or_else(|| std::mem::take(&mut settings.kinds));
        settings.metadata = metadata.unwrap_or(settings.metadata);
        settings.description =
            description.unwrap_or_else(|| std::mem::take(&mut settings.description));
        if let Some(secrets) = secrets {
            settings.secrets = secrets;
        }
        if let Some(disabled) = disabled {
            self.disabled = disabled;
            if disabled.is_none() {
                (self.failing_since, self.failures) = (None, 0);
            }
        }
    }
}

/// What to change about an endpoint. `None` leaves a value as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EndpointChange {
    /// Another address. Already checked.
    pub url: Option<String>,
    /// Other types.
    pub kinds: Option<Vec<String>>,
    /// With or without metadata.
    pub metadata: Option<bool>,
    /// Another description.
    pub description: Option<String>,
    /// `Some(None)` enables it and forgets its failures; `Some(Some(_))` disables it.
    pub disabled: Option<Option<DisabledBecause>>,
    /// Other secrets.
    pub secrets: Option<EndpointSecrets>,
}

/// Stores webhook endpoints.
#[async_trait]
pub trait WebhookEndpoints: Debug + Send + Sync {
    /// Stores a new endpoint, which receives events from now on. If one with the same `request_key`
    /// was stored before, returns that one and stores nothing.
    ///
    /// # Errors
    /// `Conflict` with the code `too_many_endpoints` if the tenant has as many as it may, with the
    /// code `endpoint_exists` if the id is taken.
    async fn add_endpoint(&self, endpoint: NewEndpoint) -> Result<Option<WebhookEndpoint>>;

    /// The endpoint with this id.
    async fn endpoint(&self, id: EndpointId) -> Result<Option<WebhookEndpoint>>;

    /// All endpoints of a tenant, or of everybody, newest first.
    async fn endpoints(&self, tenant: Option<&TenantId>) -> Result<Vec<WebhookEndpoint>>;

    /// Changes an endpoint. Returns it as it is then, `None` if there is none.
    async fn change_endpoint(
        &self,
        id: EndpointId,
        change: EndpointChange,
    ) -> Result<Option<WebhookEndpoint>>;

    /// Removes an endpoint and its deliveries. Returns false if there is none.
    async fn remove_endpoint(&self, id: EndpointId) -> Result<bool>;
}
