//! `/api/v1/events` and `/api/v1/event-deliveries`.

use serde::Serialize;
use switchboard_core::{Error, Result};
use switchboard_http::{HttpClient, Request};

use super::{
    filters::Filters,
    parameters::{parameters, with_query},
};
use crate::wire::{EventDelivery, EventRecord, Listing, Redelivery};

parameters! {
    /// A query for events (official Python SDK 0.1.0, `events.list`). There is no cursor: request
    /// slices of time.
    EventQuery {
        required {}
        optional {
            /// Only events of this business.
            business_id: String = "business_id",
            /// Only this event.
            event_id: String = "event_id",
            /// Only events of this type, for example `call.completed`.
            event_type: String = "event_type",
            /// Only events about objects of this type, for example `call`.
            object_type: String = "object_type",
            /// Only events about this object.
            object_id: String = "object_id",
            /// Only events with this status of their own.
            status: String = "status",
            /// The earliest time, ISO 8601.
            from: String = "from",
            /// The latest time, ISO 8601.
            to: String = "to",
            /// The maximum number of events.
            limit: u32 = "limit",
        }
    }
}

parameters! {
    /// A period whose events are to be delivered again (official Python SDK 0.1.0,
    /// `events.backfill`).
    BackfillEvents {
        required {
            /// The earliest time, ISO 8601.
            from: String = "from",
            /// The latest time, ISO 8601.
            to: String = "to",
        }
        optional {
            /// Only events of this business.
            business_id: String = "business_id",
            /// Only events of this type, for example `call.completed`.
            event_type: String = "event_type",
            /// Only events with this status of their own.
            status: String = "status",
        }
    }
}

/// Events to deliver again (official Python SDK 0.1.0, `events.replay`): one, several or a filter.
/// A replay without any of them cannot be built.
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

    /// The events that match this filter.
    pub fn matching(filter: EventQuery) -> Self {
        Self::of(Which::Filter(filter))
    }

    /// Only events of this business.
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

    /// Delivers events again. Receivers see them a second time and recognize them by the event's
    /// id. No phone rings.
    ///
    /// `POST /api/v1/events/replay`; scope `events:replay`. Source: official Python SDK 0.1.0,
    /// `events.replay`.
    ///
    /// # Errors
    /// `InvalidRequest` for an empty id or list, with nothing sent; otherwise as for every
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

    /// Delivers the events of a period, including those that were delivered before. No phone rings.
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
