//! Filters of lists for which the SDK takes any name and shows none.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

/// Filters by name. The ones with a method of their own are likely, none is documented.
///
/// ```
/// use switchboard_kaicalls::api::Filters;
/// let filters = Filters::new().with("run_id", "run_1").limit(20);
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

    /// With this status.
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
