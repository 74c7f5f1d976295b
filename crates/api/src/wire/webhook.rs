//! Webhook endpoints and deliveries.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard::journal::server::{
    DeliveryState as StoredState, DisabledBecause, EndpointFormat,
    WebhookDelivery as StoredDelivery, WebhookEndpoint as StoredEndpoint,
};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::wire::Time;

/// The form of the bodies that an endpoint receives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WebhookFormat {
    /// The event as every other channel has it.
    #[default]
    Standard,
    /// KaiCalls' flat `call.completed` and `call.failed`. Needs the scope `calls:content`, because
    /// they carry the summary and the recording.
    Kaicalls,
}

impl From<WebhookFormat> for EndpointFormat {
    fn from(format: WebhookFormat) -> Self {
        match format {
            WebhookFormat::Standard => Self::Standard,
            WebhookFormat::Kaicalls => Self::Kaicalls,
        }
    }
}

impl From<EndpointFormat> for WebhookFormat {
    fn from(format: EndpointFormat) -> Self {
        match format {
            EndpointFormat::Standard => Self::Standard,
            EndpointFormat::Kaicalls => Self::Kaicalls,
        }
    }
}

/// A request to make a webhook endpoint.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookEndpointRequest)]
pub struct NewWebhookEndpoint {
    /// Where events go: a public https address on port 443.
    #[schema(examples("https://example.com/hooks/switchboard"))]
    pub url: String,
    /// Only events of these types. Empty: all types.
    #[serde(default)]
    #[schema(examples("call.ended"))]
    pub types: Vec<String>,
    /// The form of the bodies. Left out: `standard`.
    #[serde(default)]
    pub format: WebhookFormat,
    /// True if events about calls carry the call's `metadata`.
    #[serde(default)]
    pub metadata: bool,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// False if it receives nothing yet. The default is true.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub enabled: bool,
    /// The tenant whose events it receives. A tenant's key can leave it out. An operator's key that
    /// leaves it out makes an endpoint for everybody's events.
    pub tenant: Option<String>,
}

const fn yes() -> bool {
    true
}

/// A change of a webhook endpoint. What is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ChangeWebhookEndpoint {
    /// Another address.
    pub url: Option<String>,
    /// Other types. Empty: all types.
    pub types: Option<Vec<String>>,
    /// With or without metadata.
    pub metadata: Option<bool>,
    /// Another description.
    pub description: Option<String>,
    /// True enables it and forgets its failures; false disables it.
    pub enabled: Option<bool>,
}

/// Where a tenant's events go.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookEndpoint {
    /// Its id.
    #[schema(examples("we_0199f2f04c1e7d2a9a556f0c1b7f2a10"))]
    pub id: String,
    /// Whose events it receives. Null: everybody's.
    #[schema(required)]
    pub tenant: Option<String>,
    /// Where they go.
    pub url: String,
    /// Only events of these types. Empty: all types.
    pub types: Vec<String>,
    /// Only events about this call.
    #[schema(required)]
    pub call: Option<Uuid>,
    /// The form of the bodies.
    pub format: WebhookFormat,
    /// True if events about calls carry the call's `metadata`.
    pub metadata: bool,
    /// What it is for.
    pub description: String,
    /// True if it receives events.
    pub enabled: bool,
    /// Why it receives none: `owner`, `failing` or `gone`. More may be added.
    #[schema(required)]
    pub disabled_because: Option<String>,
    /// When its last delivery succeeded.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub last_success_at: Option<Time>,
    /// Since when every delivery fails.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub failing_since: Option<Time>,
    /// How many deliveries failed since the last success.
    pub failures: u32,
    /// Until when the secret before the last rotation signs too.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub former_secret_until: Option<Time>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
}

impl WebhookEndpoint {
    /// An endpoint as it is stored, at this time.
    pub fn new(stored: &StoredEndpoint, now: Timestamp) -> Self {
        let settings = &stored.settings;
        let former = settings.secrets.former.as_ref().map(|(_, until)| *until);
        Self {
            id: format!("we_{}", settings.id.simple()),
            tenant: settings.tenant.as_ref().map(|tenant| tenant.as_str().to_owned()),
            url: settings.url.clone(),
            types: settings.kinds.clone(),
            call: settings.call.map(|call| call.as_uuid()),
            format: settings.format.into(),
            metadata: settings.metadata,
            description: settings.description.clone(),
            enabled: stored.disabled.is_none(),
            disabled_because: stored.disabled.map(|because| word(because).to_owned()),
            last_success_at: stored.last_success_at.map(Into::into),
            failing_since: stored.failing_since.map(Into::into),
            failures: stored.failures,
            former_secret_until: former.filter(|until| *until > now).map(Into::into),
            created_at: settings.created_at.into(),
        }
    }
}

const fn word(because: DisabledBecause) -> &'static str {
    match because {
        DisabledBecause::Owner => "owner",
        DisabledBecause::Failing => "failing",
        DisabledBecause::Gone => "gone",
        _ => "other",
    }
}

/// Webhook endpoints, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookEndpointList {
    /// The endpoints.
    pub data: Vec<WebhookEndpoint>,
}

/// An endpoint with its secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreatedWebhookEndpoint {
    /// The secret that signs what is sent, `whsec_…`. It is shown this once. Null if the same
    /// request made the endpoint before: rotate its secret to get one.
    #[schema(required)]
    pub secret: Option<String>,
    /// The endpoint.
    pub endpoint: WebhookEndpoint,
}

/// How to replace a secret.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RotateSecret {
    /// For how long the old secret signs too, up to 168 hours. The default is 0: it ends at once.
    #[schema(maximum = 168)]
    pub overlap_hours: u32,
}

/// What an endpoint answered to a test.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookTest {
    /// True if it answered with 2xx.
    pub delivered: bool,
    /// The HTTP status of its answer.
    #[schema(required)]
    pub status: Option<u16>,
    /// The kind of the failure, for example `timeout`. More may be added.
    #[schema(required)]
    pub failure: Option<String>,
}

/// From when on to send again.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoverEvents {
    /// Events that happened at this time or later, in RFC 3339.
    #[schema(format = DateTime)]
    pub since: String,
}

/// What is sent again.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct RecoveredEvents {
    /// How many events.
    pub events: u64,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WebhookDeliveryState {
    /// It is due, or will be.
    Pending,
    /// The endpoint answered with 2xx.
    Delivered,
    /// It failed as often as it may.
    Dead,
}

impl From<StoredState> for WebhookDeliveryState {
    fn from(state: StoredState) -> Self {
        match state {
            StoredState::Pending => Self::Pending,
            StoredState::Delivered => Self::Delivered,
            StoredState::Dead => Self::Dead,
        }
    }
}

impl From<WebhookDeliveryState> for StoredState {
    fn from(state: WebhookDeliveryState) -> Self {
        match state {
            WebhookDeliveryState::Pending => Self::Pending,
            WebhookDeliveryState::Delivered => Self::Delivered,
            WebhookDeliveryState::Dead => Self::Dead,
        }
    }
}

/// An event on its way to an endpoint.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookDelivery {
    /// Its id.
    #[schema(examples("dl_0199f2f04c1e7d2a9a556f0c1b7f2a10"))]
    pub id: String,
    /// Where it goes.
    pub endpoint: String,
    /// Which event.
    pub event: String,
    /// The event's type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it stands.
    pub state: WebhookDeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next. Null once it is not tried any more.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Time>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    /// When it was tried last.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub tried_at: Option<Time>,
    /// The HTTP status of the last answer. The answer itself is not kept.
    #[schema(required)]
    pub status: Option<u16>,
    /// How long the last try took.
    #[schema(required)]
    pub took_milliseconds: Option<u64>,
    /// The kind of the last failure, for example `timeout`. More may be added.
    #[schema(required)]
    pub failure: Option<String>,
}

impl From<&StoredDelivery> for WebhookDelivery {
    fn from(stored: &StoredDelivery) -> Self {
        let pending = stored.state == StoredState::Pending;
        Self {
            id: format!("dl_{}", stored.id.simple()),
            endpoint: format!("we_{}", stored.endpoint.simple()),
            event: format!("evt_{}", stored.event.simple()),
            kind: stored.kind.clone(),
            state: stored.state.into(),
            attempts: stored.attempts,
            due_at: pending.then(|| stored.due_at.into()),
            created_at: stored.created_at.into(),
            tried_at: stored.tried_at.map(Into::into),
            status: stored.status,
            took_milliseconds: stored
                .took
                .map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX)),
            failure: stored.failure.clone(),
        }
    }
}

/// Deliveries, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeliveryPage {
    /// The deliveries.
    pub data: Vec<WebhookDelivery>,
    /// True if there are more.
    pub has_more: bool,
    /// The cursor of the next page.
    #[schema(required)]
    pub next_cursor: Option<String>,
}
