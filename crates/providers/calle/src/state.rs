//! The state of a call, from its record.

use switchboard_core::{Outcome, ProviderState};

/// The state of a call with this status and outcome (`calle-ai` 1.0.1, `AgenticCall`). A status that
/// no document lists is not final.
///
/// Nobody answering, a busy line and a declined call are `completed` with an outcome of their own; a
/// completed call without one, or with one that no document lists, was completed. No reason of a
/// failure is documented as never dialled, so a call that failed may have rung. Whether a cancelled
/// call was dialled does not matter: it was somebody's wish that it should not be.
pub fn state(status: &str, outcome: Option<&str>) -> ProviderState {
    match (status, outcome) {
        ("queued", _) => ProviderState::Queued,
        ("in_progress", _) => ProviderState::InProgress,
        ("completed", Some("no_answer")) => ProviderState::Ended(Outcome::NoAnswer),
        ("completed", Some("busy")) => ProviderState::Ended(Outcome::Busy),
        ("completed", Some("declined")) => ProviderState::Ended(Outcome::Declined),
        ("completed", _) => ProviderState::Ended(Outcome::Completed),
        ("failed", _) => ProviderState::Ended(Outcome::Failed),
        ("canceled", _) => ProviderState::Ended(Outcome::Cancelled),
        _ => ProviderState::Unrecognised,
    }
}
