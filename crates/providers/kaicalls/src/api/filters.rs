//! Filters for lists, for which the official Python SDK accepts any name. The JavaScript SDK has
//! those with a method of their own.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

/// Filters by name.
///
/// ```
/// use switchboard_kaicalls::api::Filters;
/// let filters = Filters::new().communication_run_id("run_1").channel("call").limit(20);
/// ```
#[derive(Clone, Default, Serialize)]
#[serde(transparent)]
pub struct Filters(BTreeMap<String, String>);

impl Filters {
    /// No filter: everything.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a filter. A repeated name gets the later value.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl fmt::Display) -> Self {
        self.0.insert(name.into(), value.to_string());
        self
    }

    /// Only objects of this business.
    #[must_use]
    pub fn business_id(self, id: impl fmt::Display) -> Self {
        self.with("business_id", id)
    }

    /// Only jobs of this run.
    #[must_use]
    pub fn communication_run_id(self, id: impl fmt::Display) -> Self {
        self.with("communication_run_id", id)
    }

    /// Only jobs of this channel: `call` or `sms`.
    #[must_use]
    pub fn channel(self, channel: impl fmt::Display) -> Self {
        self.with("channel", channel)
    }

    /// Only attempts of this sequence, which a job names.
    #[must_use]
    pub fn sequence_id(self, id: impl fmt::Display) -> Self {
        self.with("sequence_id", id)
    }

    /// Only objects with this status; for deliveries `succeeded` or `failed`.
    #[must_use]
    pub fn status(self, status: impl fmt::Display) -> Self {
        self.with("status", status)
    }

    /// Sets the maximum number of objects.
    #[must_use]
    pub fn limit(self, limit: u32) -> Self {
        self.with("limit", limit)
    }
}

/// Shows the names without the values.
impl fmt::Debug for Filters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Filters").field(&self.0.keys().collect::<Vec<_>>()).finish()
    }
}
