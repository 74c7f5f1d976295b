//! Events, webhook endpoints and deliveries as rows.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use switchboard_core::{CallId, Result, TenantId};
use switchboard_journal::server::{
    DeliveryState, DisabledBecause, EndpointFormat, EndpointSecrets, FeedEvent, NewEndpoint,
    Positioned, WebhookDelivery, WebhookEndpoint,
};
use uuid::Uuid;

use crate::{
    refusal::unreadable,
    row::{json, micros, moment, number, read, word},
};

/// The most events that one turn looks at.
pub(crate) const TURN: i64 = 500;

/// How often a store is asked for events of other processes.
pub(crate) const POLL: Duration = Duration::from_secs(1);

/// The longest wait for an event.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(3_600);

/// How many rows are deleted in one transaction.
pub(crate) const FORGET: i64 = 5_000;

/// A row of `feed` without its position, or of PostgreSQL's `outbox`.
#[derive(Debug)]
pub(crate) struct EventRow {
    pub(crate) id: Uuid,
    pub(crate) kind: String,
    pub(crate) at: i64,
    pub(crate) tenant: Option<String>,
    pub(crate) call: Option<Uuid>,
    pub(crate) data: String,
}

impl EventRow {
    pub(crate) fn new(event: &FeedEvent) -> Result<Self> {
        Ok(Self {
            id: event.id,
            kind: event.kind.clone(),
            at: micros(event.at),
            tenant: event.tenant.as_ref().map(|tenant| tenant.as_str().to_owned()),
            call: event.call.map(CallId::as_uuid),
            data: json(&event.data)?,
        })
    }

    pub(crate) fn all(events: &[FeedEvent]) -> Result<Vec<Self>> {
        events.iter().map(Self::new).collect()
    }

    pub(crate) fn read(self) -> Result<FeedEvent> {
        let what = format_args!("the event {}", self.id).to_string();
        let at = moment(self.at, &what)?;
        let mut event = FeedEvent::new(self.id, self.kind, at, read(&self.data, &what)?);
        event.tenant = self.tenant.map(TenantId::from);
        event.call = self.call.map(CallId::new);
        Ok(event)
    }

    pub(crate) fn positioned(self, position: i64) -> Result<Positioned> {
        Ok(Positioned { position: number(position), event: self.read()? })
    }
}

/// `webhook_endpoints.settings`.
#[derive(Serialize, Deserialize)]
struct Settings {
    url: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    kinds: Vec<String>,
    format: EndpointFormat,
    metadata: bool,
    description: String,
    secrets: EndpointSecrets,
    at_most: u32,
}

/// A row of `webhook_endpoints`.
#[derive(Debug)]
pub(crate) struct EndpointRow {
    pub(crate) id: Uuid,
    pub(crate) tenant: Option<String>,
    pub(crate) call: Option<Uuid>,
    pub(crate) request_key: Option<Vec<u8>>,
    pub(crate) settings: String,
    pub(crate) disabled: Option<String>,
    pub(crate) last_success_at: Option<i64>,
    pub(crate) failing_since: Option<i64>,
    pub(crate) failures: i64,
    pub(crate) created_at: i64,
}

impl EndpointRow {
    pub(crate) fn new(endpoint: &WebhookEndpoint) -> Result<Self> {
        let settings = &endpoint.settings;
        let disabled = endpoint.disabled.map(|because| {
            match because {
                DisabledBecause::Owner => "owner",
                DisabledBecause::Failing => "failing",
                DisabledBecause::Gone => "gone",
                // Added to the journal, and not here yet: it is disabled in any case.
                _ => "owner",
            }
            .to_owned()
        });
        Ok(Self {
            id: settings.id,
            tenant: settings.tenant.as_ref().map(|tenant| tenant.as_str().to_owned()),
            call: settings.call.map(CallId::as_uuid),
            request_key: settings.request_key.map(|key| key.to_vec()),
            settings: json(&Settings {
                url: settings.url.clone(),
                kinds: settings.kinds.clone(),
                format: settings.format,
                metadata: settings.metadata,
                description: settings.description.clone(),
                secrets: settings.secrets.clone(),
                at_most: settings.at_most,
            })?,
            disabled,
            last_success_at: endpoint.last_success_at.map(micros),
            failing_since: endpoint.failing_since.map(micros),
            failures: endpoint.failures.into(),
            created_at: micros(settings.created_at),
        })
    }

    pub(crate) fn read(self) -> Result<WebhookEndpoint> {
        let what = format_args!("the webhook endpoint {}", self.id).to_string();
        let settings: Settings = read(&self.settings, &what)?;
        let request_key = self.request_key.map(<[u8; 32]>::try_from).transpose();
        let request_key = request_key.map_err(|_| unreadable(&what, std::fmt::Error))?;
        let mut endpoint = WebhookEndpoint::new(NewEndpoint {
            id: self.id,
            tenant: self.tenant.map(TenantId::from),
            url: settings.url,
            kinds: settings.kinds,
            call: self.call.map(CallId::new),
            format: settings.format,
            metadata: settings.metadata,
            description: settings.description,
            secrets: settings.secrets,
            created_at: moment(self.created_at, &what)?,
            request_key,
            at_most: settings.at_most,
        });
        endpoint.disabled = self.disabled.map(|because| word(&because, &what)).transpose()?;
        endpoint.last_success_at = self.last_success_at.map(|at| moment(at, &what)).transpose()?;
        endpoint.failing_since = self.failing_since.map(|at| moment(at, &what)).transpose()?;
        endpoint.failures = u32::try_from(self.failures).unwrap_or(u32::MAX);
        Ok(endpoint)
    }
}

/// A row of `deliveries`, without its claim.
#[derive(Debug)]
pub(crate) struct DeliveryRow {
    pub(crate) id: Uuid,
    pub(crate) endpoint: Uuid,
    pub(crate) event: Uuid,
    pub(crate) kind: String,
    pub(crate) state: String,
    pub(crate) attempts: i64,
    pub(crate) due_at: i64,
    pub(crate) created_at: i64,
    pub(crate) tried_at: Option<i64>,
    pub(crate) status: Option<i64>,
    /// In microseconds.
    pub(crate) took: Option<i64>,
    pub(crate) failure: Option<String>,
}

impl DeliveryRow {
    pub(crate) fn new(delivery: &WebhookDelivery) -> Self {
        let took = |took: Duration| i64::try_from(took.as_micros()).unwrap_or(i64::MAX);
        Self {
            id: delivery.id,
            endpoint: delivery.endpoint,
            event: delivery.event,
            kind: delivery.kind.clone(),
            state: delivery.state.as_str().to_owned(),
            attempts: delivery.attempts.into(),
            due_at: micros(delivery.due_at),
            created_at: micros(delivery.created_at),
            tried_at: delivery.tried_at.map(micros),
            status: delivery.status.map(i64::from),
            took: delivery.took.map(took),
            failure: delivery.failure.clone(),
        }
    }

    pub(crate) fn read(self) -> Result<WebhookDelivery> {
        let what = format_args!("the delivery {}", self.id).to_string();
        let created_at = moment(self.created_at, &what)?;
        let mut delivery =
            WebhookDelivery::new(self.id, self.endpoint, self.event, self.kind, created_at);
        let state: DeliveryState = word(&self.state, &what)?;
        delivery.state = state;
        delivery.attempts = u32::try_from(self.attempts).unwrap_or(u32::MAX);
        delivery.due_at = moment(self.due_at, &what)?;
        delivery.tried_at = self.tried_at.map(|at| moment(at, &what)).transpose()?;
        delivery.status = self.status.and_then(|status| u16::try_from(status).ok());
        delivery.took =
            self.took.map(|took| Duration::from_micros(u64::try_from(took).unwrap_or(0)));
        delivery.failure = self.failure;
        Ok(delivery)
    }
}

/// The deliveries of an event to those of these endpoints that are enabled and ask for it.
pub(crate) fn deliveries(
    event: &FeedEvent,
    endpoints: &[WebhookEndpoint],
    at: jiff::Timestamp,
) -> Vec<DeliveryRow> {
    let wanting =
        endpoints.iter().filter(|one| one.disabled.is_none() && one.settings.wants(event));
    wanting.map(|one| DeliveryRow::new(&WebhookDelivery::of(one.settings.id, event, at))).collect()
}
