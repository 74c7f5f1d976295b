//! The history of calls: commands that were sent and events that were delivered.

use std::fmt;

use jiff::Timestamp;
use switchboard_core::Result;
use switchboard_http::{HttpClient, Request};

use crate::wire::{HistoryRow, Listing};

/// The largest page.
pub(crate) const LARGEST_PAGE: u32 = 100;

/// A query for events (`telnyx` 4.189.0, `call_event_list_params`). `Debug` shows no values.
#[derive(Clone, Default)]
pub struct EventQuery {
    filters: Vec<(&'static str, String)>,
    page: Option<u32>,
    size: Option<u32>,
}

impl EventQuery {
    /// All events that were delivered as webhooks.
    pub fn new() -> Self {
        Self::default().with("filter[type]", "webhook".to_owned())
    }

    /// Only those of this leg of a call.
    #[must_use]
    pub fn leg(self, id: &str) -> Self {
        self.with("filter[leg_id]", id.to_owned())
    }

    /// Only those of calls to this number, in E.164.
    #[must_use]
    pub fn to(self, number: &str) -> Self {
        self.with("filter[to]", number.to_owned())
    }

    /// Only those of this name, for example `call.hangup`.
    #[must_use]
    pub fn name(self, name: &str) -> Self {
        self.with("filter[name]", name.to_owned())
    }

    /// Only those at or after this time.
    #[must_use]
    pub fn since(self, at: Timestamp) -> Self {
        self.with("filter[occurred_at][gte]", at.to_string())
    }

    /// Only those before this time.
    #[must_use]
    pub fn until(self, at: Timestamp) -> Self {
        self.with("filter[occurred_at][lt]", at.to_string())
    }

    /// Another page, from 1 on.
    #[must_use]
    pub fn page(mut self, number: u32) -> Self {
        self.page = Some(number);
        self
    }

    /// The size of the page, at most 100.
    #[must_use]
    pub fn size(mut self, rows: u32) -> Self {
        self.size = Some(rows.clamp(1, LARGEST_PAGE));
        self
    }

    fn with(mut self, name: &'static str, value: String) -> Self {
        self.filters.push((name, value));
        self
    }
}

impl fmt::Debug for EventQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventQuery").field("page", &self.page).finish_non_exhaustive()
    }
}

/// The history.
#[derive(Debug, Clone, Copy)]
pub struct Events<'a> {
    reads: &'a HttpClient,
}

impl<'a> Events<'a> {
    pub(crate) fn new(reads: &'a HttpClient) -> Self {
        Self { reads }
    }

    /// One page of events.
    ///
    /// `GET /v2/call_events`. Source: `telnyx` 4.189.0, that path.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/v2/call_events")]
    pub async fn list(&self, query: &EventQuery) -> Result<Listing<HistoryRow>> {
        let mut request = Request::get("events.list", "/v2/call_events");
        for (name, value) in &query.filters {
            request = request.query(*name, value);
        }
        let request =
            request.query_opt("page[number]", query.page).query_opt("page[size]", query.size);
        self.reads.read(request).await?.json()
    }
}
