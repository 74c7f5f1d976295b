//! What happened to a call, fact by fact.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::wire::Time;

/// One fact about a call.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HistoryEntry {
    /// Its position: later facts have greater ones. Send it as `after` to continue.
    pub position: i64,
    /// When it was written.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
    /// The last attempt of the call at that time.
    #[schema(required)]
    pub attempt: Option<Uuid>,
    /// What happened, in one word. More may be added.
    #[schema(examples("answered"))]
    pub event: String,
    /// Who says so: `router`, `provider`, `configuration`, `caller`, or an operator.
    pub by: String,
    /// What kind of proof it is, if it is any.
    #[schema(required)]
    pub proof: Option<String>,
    /// What happened, in a sentence. Null without the scope `calls:content`.
    #[schema(required)]
    pub detail: Option<String>,
}

/// Facts about a call, oldest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HistoryPage {
    /// The facts.
    pub data: Vec<HistoryEntry>,
    /// True if there are more.
    pub has_more: bool,
}
