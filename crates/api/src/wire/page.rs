//! Pages of calls, and batches.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::wire::{BatchCall, Call, ProblemBody};

/// Calls, newest first. A page may be short or empty and not be the last one, because the rows that
/// are read for it are limited.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallPage {
    /// The calls.
    pub data: Vec<Call>,
    /// True if there are more.
    pub has_more: bool,
    /// The cursor of the next page.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

/// Calls to place at once.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BatchRequest)]
pub struct NewBatch {
    /// At most 500. Each is accepted or refused by itself.
    #[schema(value_type = Vec<BatchCall>, max_items = 500)]
    pub calls: Vec<Value>,
}

/// What became of one call of a batch.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BatchResult {
    /// The status that a request of its own would have been answered with.
    pub status: u16,
    /// True if the same request was accepted before.
    pub replayed: bool,
    /// The call, if it was accepted.
    #[schema(required)]
    pub call: Option<Call>,
    /// The problem, if it was not.
    #[schema(required, value_type = Option<ProblemBody>)]
    pub problem: Option<Value>,
}

/// What became of a batch.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BatchResults {
    /// One result for each call, in the order of the request.
    pub results: Vec<BatchResult>,
}
