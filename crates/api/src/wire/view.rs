//! What a caller may see of a call.

use std::fmt::Display;

use serde::Serialize;
use utoipa::ToSchema;

use crate::wire::Time;

/// What a caller may see of a call, and what is known beside its record.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// True with the scope `calls:content`: the whole number, and what was said.
    pub content: bool,
    /// The pseudonym of the person.
    pub tag: Option<String>,
    /// Why it does not move.
    pub waits_for: Option<WaitsFor>,
}

/// Why an admitted call does not move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WaitsFor {
    /// `window`, `redial`, `provider_limit`, `caller_limit`, `agent_limit`, `busy_callee`, `pause`
    /// or `no_room`. More may be added.
    #[schema(examples("window"))]
    pub reason: String,
    /// Until when, if that is known.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub until: Option<Time>,
}

/// A provider's id, which may be made of a phone number: whole with the scope `calls:content`.
pub(super) fn provider_text(whole: &str, masked: &impl Display, view: &View) -> String {
    if view.content { whole.to_owned() } else { masked.to_string() }
}
