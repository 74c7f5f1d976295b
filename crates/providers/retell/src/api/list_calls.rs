//! The body of a query for calls.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A query for calls (OpenAPI, `/v3/list-calls`). Its filters are joined by AND. `Debug` shows no
/// values.
#[derive(Clone, Default, Serialize)]
pub struct ListCalls {
    #[serde(skip_serializing_if = "Map::is_empty")]
    filter_criteria: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pagination_key: Option<String>,
}

impl ListCalls {
    /// The largest page.
    pub const LARGEST_PAGE: u32 = 1000;

    /// All calls.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only calls whose metadata has this text in this field.
    #[must_use]
    pub fn metadata(self, key: &str, value: &str) -> Self {
        self.filter("metadata", json!([{"key": key, "type": "string", "op": "eq", "value": value}]))
    }

    /// Only calls of this agent, in any version.
    #[must_use]
    pub fn agent_id(self, agent: &str) -> Self {
        self.filter("agent", json!([{"agent_id": agent}]))
    }

    /// Only calls to this number, in E.164.
    #[must_use]
    pub fn to_number(self, number: &str) -> Self {
        self.filter("to_number", json!(number))
    }

    /// Only calls that began in this range, both ends included.
    #[must_use]
    pub fn began(self, since: Option<Timestamp>, until: Option<Timestamp>) -> Self {
        let ends = [("lower_threshold", since), ("upper_threshold", until)];
        let range: Map<String, Value> = ends
            .into_iter()
            .filter_map(|(name, at)| Some((name.to_owned(), at?.as_millisecond().into())))
            .collect();
        if range.is_empty() { self } else { self.filter("start_timestamp", range.into()) }
    }

    /// The size of the page: 50 by default, [`LARGEST_PAGE`](Self::LARGEST_PAGE) at most.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Continues behind an earlier page.
    #[must_use]
    pub fn pagination_key(mut self, key: impl Into<String>) -> Self {
        self.pagination_key = Some(key.into());
        self
    }

    fn filter(mut self, name: &str, value: Value) -> Self {
        self.filter_criteria.insert(name.to_owned(), value);
        self
    }
}

impl fmt::Debug for ListCalls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListCalls").field("limit", &self.limit).finish_non_exhaustive()
    }
}
