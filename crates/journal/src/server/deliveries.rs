//! Deliveries: which event still has to go to which endpoint.

use std::{fmt::Debug, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_core::{Result, TenantId};
use uuid::Uuid;

use super::{EndpointId, EventId, FeedEvent, WebhookEndpoint, derived_id};

/// The id of a delivery, of version 7. On the wire it is written as `dl_` and the UUID.
pub type DeliveryId = Uuid;

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is due, or will be.
    Pending,
    /// The endpoint answered with 2xx.
    Delivered,
    /// It failed as often as it may, or its endpoint was disabled.
    Dead,
}

/// An event on its way to an endpoint.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WebhookDelivery {
    /// Its id.
    pub id: DeliveryId,
    /// Where it goes.
    pub endpoint: EndpointId,
    /// Which event.
    pub event: EventId,
    /// The event's type.
    pub kind: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next, while it is pending.
    pub due_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was tried last.
    pub tried_at: Option<Timestamp>,
    /// The HTTP status of the last answer.
    pub status: Option<u16>,
    /// How long the last answer took.
    pub took: Option<Duration>,
    /// The kind of the last failure, for example `timeout`.
    pub failure: Option<String>,
}

impl DeliveryState {
    /// The word used in JSON, tables and journals.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }
}

impl WebhookDelivery {
    /// The delivery of an event to an endpoint, due at once. There is one for each pair, so its id
    /// follows from theirs.
    pub fn of(endpoint: EndpointId, event: &FeedEvent, at: Timestamp) -> Self {
        let id = derived_id(event.at, &[endpoint.as_bytes(), event.id.as_bytes()]);
        Self::new(id, endpoint, event.id, event.kind.as_str(), at)
    }

    /// Makes it due again, with all its tries before it.
    pub fn restart(&mut self, at: Timestamp) {
        (self.state, self.attempts, self.due_at) = (DeliveryState::Pending, 0, at);
    }

    /// A delivery that is due at once.
    pub fn new(
        id: DeliveryId,
        endpoint: EndpointId,
        event: EventId,
        kind: impl Into<String>,
        at: Timestamp,
    ) -> Self {
        Self {
            id,
            endpoint,
            event,
            kind: kind.into(),
            state: DeliveryState::Pending,
            attempts: 0,
            due_at: at,
            created_at: at,
            tried_at: None,
            status: None,
            took: None,
            failure: None,
        }
    }
}

/// A delivery that this process has claimed, with all that it needs to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct DueDelivery {
    /// The delivery.
    pub delivery: WebhookDelivery,
    /// The event.
    pub event: FeedEvent,
    /// The endpoint as it is now.
    pub endpoint: WebhookEndpoint,
}

/// What became of one try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryOutcome {
    /// When it was tried.
    pub at: Timestamp,
    /// The HTTP status of the answer, if there was one.
    pub status: Option<u16>,
    /// How long it took.
    pub took: Duration,
    /// `None` if it succeeded; otherwise the kind of the failure.
    pub failure: Option<String>,
    /// When to try again. `None` after a success, or if it is not tried again.
    pub next: Option<Timestamp>,
}

impl DeliveryOutcome {
    /// Records the try with its delivery. Returns false if nothing is recorded because the delivery
    /// is not pending any more: another process was faster after a lease had expired.
    pub fn settle(&self, delivery: &mut WebhookDelivery) -> bool {
        if delivery.state != DeliveryState::Pending {
            return false;
        }
        delivery.attempts = delivery.attempts.saturating_add(1);
        delivery.tried_at = Some(self.at);
        delivery.status = self.status;
        delivery.took = Some(self.took);
        delivery.failure.clone_from(&self.failure);
        match (&self.failure, self.next) {
            (None, _) => delivery.state = DeliveryState::Delivered,
            (Some(_), Some(next)) => delivery.due_at = next,
            (Some(_), None) => delivery.state = DeliveryState::Dead,
        }
        true
    }

    /// Counts the try for its endpoint.
    pub fn count(&self, endpoint: &mut WebhookEndpoint) {
        if self.failure.is_none() {
            endpoint.last_success_at = endpoint.last_success_at.max(Some(self.at));
            (endpoint.failing_since, endpoint.failures) = (None, 0);
        } else {
            endpoint.failing_since.get_or_insert(self.at);
            endpoint.failures = endpoint.failures.saturating_add(1);
        }
    }
}

/// Which deliveries to list, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Only those to this endpoint.
    pub endpoint: Option<EndpointId>,
    /// Only those to endpoints of this tenant.
    pub tenant: Option<TenantId>,
    /// Only those in this state.
    pub state: Option<DeliveryState>,
    /// Only those older than this one.
    pub before: Option<DeliveryId>,
    /// At most this many.
    pub limit: u32,
}

/// Stores deliveries. [`EventFeed::sequence`](super::EventFeed::sequence) makes them.
#[async_trait]
pub trait Deliveries: Debug + Send + Sync {
    /// Claims deliveries that are due, for this long: no other process gets them meanwhile. Those
    /// of disabled endpoints are not due. At most `per_endpoint` are claimed at the same time for
    /// one endpoint, those that other processes hold included.
    async fn claim_deliveries(
        &self,
        at: Timestamp,
        lease: Duration,
        limit: u32,
        per_endpoint: u32,
    ) -> Result<Vec<DueDelivery>>;

    /// Records what became of a claimed delivery, and counts it for its endpoint, unless the
    /// delivery is not pending any more. Returns the endpoint as it is then, `None` if it was
    /// removed meanwhile.
    async fn settle_delivery(
        &self,
        id: DeliveryId,
        outcome: DeliveryOutcome,
    ) -> Result<Option<WebhookEndpoint>>;

    /// Reads deliveries, newest first.
    async fn deliveries(&self, filter: &DeliveryFilter) -> Result<Vec<WebhookDelivery>>;

    /// The delivery with this id.
    async fn delivery(&self, id: DeliveryId) -> Result<Option<WebhookDelivery>>;

    /// Makes a delivery due at once, with all its tries before it. Returns false if there is none.
    async fn redeliver(&self, id: DeliveryId, at: Timestamp) -> Result<bool>;

    /// Makes all deliveries of an endpoint due at once that were not delivered, and makes those of
    /// events that it missed while it was disabled: of events that happened at this time or later,
    /// and not before the endpoint was made. Returns how many.
    async fn recover_endpoint(
        &self,
        id: EndpointId,
        since: Timestamp,
        at: Timestamp,
    ) -> Result<u64>;

    /// How many deliveries are due, and when the oldest of them was.
    async fn due_deliveries(&self, at: Timestamp) -> Result<(u64, Option<Timestamp>)>;

    /// When the next delivery is due, if one is pending.
    async fn next_due(&self) -> Result<Option<Timestamp>>;
}
