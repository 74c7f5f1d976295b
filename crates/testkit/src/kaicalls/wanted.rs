//! A valid request to place a call.

/// A valid request to place a call.
pub(crate) struct Wanted {
    pub(crate) to: String,
    pub(crate) agent_id: String,
    pub(crate) agent_name: String,
    pub(crate) name: Option<String>,
    pub(crate) context: Option<String>,
    pub(crate) first_message: Option<String>,
    pub(crate) lead_id: Option<String>,
    pub(crate) webhook_url: Option<String>,
    pub(crate) max_duration: u64,
}
