//! `/api/v1/events` and `/api/v1/event-deliveries`: what happened, and who was told.

use serde::Serialize;
use switchboard_core::{Error, Result};
use switchboard_http::{HttpClient, Request};

use super::{
    filters::Filters,
    parameters::{parameters, with_query},
};
use crate::wire::{EventDelivery, EventRecord, Listing, Redelivery};

parameters! {
    /// Which events (official Python SDK 0.1.0, `events.list`). There is no cursor: ask for slices
    /// of time.
    EventQuery {
        required {}
        optional {
            /// Of this business.
            business_id: String = "business_id",
            /// This event alone.
            event_id: String = "event_id",
            /// Of this type, as `call.completed`.
            event_type: String = "event_type",
            /// About objects of this type, as `call`.
            object_type: String = "object_type",
            /// About this object.
            object_id: String = "object_id",
            /// With this status of the event itself.
            status: String = "status",
            /// From this moment, ISO 8601.
            from: String = "from",
            /// To this moment, ISO 8601.
            to: String = "to",
            /// At most this many.
            limit: u32 = "limit",
        }
    }
}

parameters! {
    /// A time whose events shall be delivered again (official Python SDK 0.1.0, `events.backfill`).
    BackfillEvents {
        required {
            /// From this moment, ISO 8601.
            from: String = "from",
            /// To this moment, ISO 8601.
            to: String = "to",
        }
        optional {
            /// Of this business.
            business_id: String = "business_id",
            /// Of this type, as `call.completed`.
            event_type: String = "event_type",
            /// With this status of the event itself.
            status: String = "status",
        }
    }
}

/// Events that shall be delivered again (official Python SDK 0.1.0, `events.replay`). It names one,
/// several or a filter: a replay without any is not to be had.
#[derive(Clone, Serialize)]
pub struct ReplayEvents {
    #[serde(flatten)]
    which: Which,
    #[serde(skip_serializing_if = "Option::is_none")]
    business_id: Option<String>,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "snake_case")]
enum Which {
    EventId(String),
    EventIds(Vec<String>),
    Filter(EventQuery),
}

impl ReplayEvents {
    /// This event.
    pub fn event(id: impl Into<String>) -> Self {
        Self::of(Which::EventId(id.into()))
    }

    /// These events.
    pub fn events<I: IntoIterator<Item: Into<String>>>(ids: I) -> Self {
        Self::of(Which::EventIds(ids.into_iter().map(Into::into).collect()))
    }

    /// The events that pass this filter.
    pub fn matching(filter: EventQuery) -> Self {
        Self::of(Which::Filter(filter))
    }

    /// Of this business.
    #[must_use]
    pub fn business_id(mut self, id: impl Into<String>) -> Self {
        self.business_id = Some(id.into());
        self
    }

    fn of(which: Which) -> Self {
        Self { which, business_id: None }
    }

    fn is_empty(&self) -> bool {
        match &self.which {
            Which::EventId(id) => id.is_empty(),
            Which::EventIds(ids) => ids.is_empty(),
            Which::Filter(_) => false,
        }
    }
}

impl std::fmt::Debug for ReplayEvents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReplayEvents").finish_non_exhaustive()
    }
}

/// Durable events (official Python SDK 0.1.0, `events`).
#[derive(Debug, Clone, Copy)]
pub struct Events<'a> {
    http: &'a HttpClient,
}

impl<'a> Events<'a> {
    pub(crate) fn new(http: &'a HttpClient) -> Self {
        Self { http }
    }

    /// One slice of the account's events.
    ///
    /// `GET /api/v1/events`; scope `events:read`. Source: official Python SDK 0.1.0, `events.list`.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/events")]
    pub async fn list(&self, query: &EventQuery) -> Result<Listing<EventRecord>> {
        self.http
            .read(with_query(Request::get("events.list", "/api/v1/events"), query))
            .await?
            .json()
    }

    /// Attempts to deliver events.
    ///
    /// `GET /api/v1/event-deliveries`; scope `events:read` or `webhooks:read`. Source: official
    /// Python SDK 0.1.0, `events.deliveries`, which takes any filter and names none.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/event-deliveries")]
    pub async fn deliveries(&self, filters: &Filters) -> Result<Listing<EventDelivery>> {
        self.http
            .read(with_query(
                Request::get("events.deliveries", "/api/v1/event-deliveries"),
                filters,
            ))
            .await?
            .json()
    }

    /// Has events delivered again. Receivers see them a second time, and tell so by the event's id.
    /// No phone rings.
    ///
    /// `POST /api/v1/events/replay`; scope `events:replay`. Source: official Python SDK 0.1.0,
    /// `events.replay`.
    ///
    /// # Errors
    /// `InvalidRequest` for an empty id or list, with nothing sent; else as for every
    /// [write](crate::api#errors).
    #[doc(alias = "/api/v1/events/replay")]
    pub async fn replay(&self, events: &ReplayEvents) -> Result<Redelivery> {
        if events.is_empty() {
            return Err(Error::invalid("event_id", "is empty: name the events to deliver again"));
        }
        self.http
            .write(Request::post("events.replay", "/api/v1/events/replay").json(events)?)
            .await?
            .json()
    }

    /// Has the events of a time delivered, those that were delivered before included. No phone
    /// rings.
    ///
    /// `POST /api/v1/events/backfill`; scope `events:replay`. Source: official Python SDK 0.1.0,
    /// `events.backfill`.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors).
    #[doc(alias = "/api/v1/events/backfill")]
    pub async fn backfill(&self, time: &BackfillEvents) -> Result<Redelivery> {
        self.http
            .write(Request::post("events.backfill", "/api/v1/events/backfill").json(time)?)
            .await?
            .json()
    }
}
