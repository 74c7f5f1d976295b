//! A communication run and its jobs.

use serde_json::{Map, Value};

use super::wanted::Wanted;

/// One run.
pub(crate) struct Run {
    pub(crate) id: String,
    pub(crate) key: String,
    /// The original body, to compare with repeated requests.
    pub(crate) body: Map<String, Value>,
    pub(crate) created_at: String,
    pub(crate) standing: Standing,
    pub(crate) jobs: Vec<Job>,
}

/// The state that the account requested for a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Going,
    Paused,
    Cancelled,
}

/// One recipient of a run.
pub(crate) struct Job {
    pub(crate) id: String,
    pub(super) to: String,
    pub(super) name: Option<String>,
    pub(super) state: JobState,
}

/// The state of a job.
pub(super) enum JobState {
    /// Boxed because it is much larger than the other variants.
    Pending(Box<Wanted>),
    Dialled {
        call_id: String,
        attempt_id: String,
        at: String,
    },
    Blocked(String),
    Cancelled,
    /// The ring ledger could not be written.
    Failed,
}
