//! Filters of lists for which the official Python SDK takes any name. Those with a method of their
//! own are in the JavaScript SDK.

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
    /// None: everything.
    pub fn new() -> Self {
        Self::default()
    }

    /// This name, with this value. A name that is given again gets the later value.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl fmt::Display) -> Self {
        self.0.insert(name.into(), value.to_string());
        self
    }

    /// Of this business.
    #[must_use]
    pub fn business_id(self, id: impl fmt::Display) -> Self {
        self.with("business_id", id)
    }

    /// Of this run; for jobs.
    #[must_use]
    pub fn communication_run_id(self, id: impl fmt::Display) -> Self {
        self.with("communication_run_id", id)
    }

    /// By `call` or by `sms`; for jobs.
    #[must_use]
    pub fn channel(self, channel: impl fmt::Display) -> Self {
        self.with("channel", channel)
    }

    /// Of this sequence, which a job names; for attempts.
    #[must_use]
    pub fn sequence_id(self, id: impl fmt::Display) -> Self {
        self.with("sequence_id", id)
    }

    /// With this status. Of deliveries it is `succeeded` or `failed`.
    #[must_use]
    pub fn status(self, status: impl fmt::Display) -> Self {
        self.with("status", status)
    }

    /// At most this many.
    #[must_use]
    pub fn limit(self, limit: u32) -> Self {
        self.with("limit", limit)
    }
}

/// The names, without the values.
impl fmt::Debug for Filters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Filters").field(&self.0.keys().collect::<Vec<_>>()).finish()
    }
}
