//! The query for calls.

use jiff::Timestamp;
use switchboard_http::Request;

/// A query for calls (OpenAPI, `GET /call`). Its filters are joined by AND. There is no cursor, and no
/// filter by name, metadata or callee.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListCalls {
    assistant_id: Option<String>,
    created_since: Option<Timestamp>,
    created_before: Option<Timestamp>,
    created_until: Option<Timestamp>,
    limit: Option<u32>,
}

impl ListCalls {
    /// The most rows of one answer.
    pub const LARGEST_PAGE: u32 = 1000;
    /// The rows of one answer if the query does not say.
    pub const USUAL_PAGE: u32 = 100;

    /// All calls.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only calls of this assistant.
    #[must_use]
    pub fn assistant_id(mut self, id: impl Into<String>) -> Self {
        self.assistant_id = Some(id.into());
        self
    }

    /// Only calls that were created at this time or later.
    #[must_use]
    pub fn created_since(mut self, at: Timestamp) -> Self {
        self.created_since = Some(at);
        self
    }

    /// Only calls that were created before this time.
    #[must_use]
    pub fn created_before(mut self, at: Timestamp) -> Self {
        self.created_before = Some(at);
        self
    }

    /// Only calls that were created at this time or before.
    #[must_use]
    pub fn created_until(mut self, at: Timestamp) -> Self {
        self.created_until = Some(at);
        self
    }

    /// The most rows: [`USUAL_PAGE`](Self::USUAL_PAGE) by default,
    /// [`LARGEST_PAGE`](Self::LARGEST_PAGE) at most.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    pub(crate) fn apply(&self, request: Request) -> Request {
        request
            .query_opt("assistantId", self.assistant_id.as_deref())
            .query_opt("createdAtGe", self.created_since)
            .query_opt("createdAtLt", self.created_before)
            .query_opt("createdAtLe", self.created_until)
            .query_opt("limit", self.limit)
    }
}
