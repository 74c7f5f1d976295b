//! The schema of problems.

use serde::Serialize;
use utoipa::ToSchema;

/// What went wrong, as RFC 9457 has it. Some codes have members of their own, which their pages
/// explain.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// The address of a page about this code.
    #[serde(rename = "type")]
    #[schema(examples("https://calls.example.com/problems/number_not_allowed"))]
    pub kind: String,
    /// What it is called.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What went wrong this time.
    pub detail: String,
    /// The code, to branch on. More may be added.
    #[schema(examples("number_not_allowed"))]
    pub code: String,
    /// The field, parameter or header that is wrong.
    pub field: Option<String>,
    /// How to fix it.
    pub fix: Option<String>,
    /// The request, to name when it is reported.
    pub request_id: Option<String>,
    /// Of a request that places calls: `not_sent` if nothing was written because of it, or
    /// `unknown`: then send the same request with the same key; it cannot ring twice.
    pub delivery: Option<String>,
    /// The call that stands against it.
    pub call: Option<String>,
    /// The scope that is missing.
    pub scope: Option<String>,
    /// The cursor behind which every event that is kept is read, if events are gone.
    pub oldest: Option<String>,
}
