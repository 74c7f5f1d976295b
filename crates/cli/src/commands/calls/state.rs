//! How a call is doing, in one word.

use switchboard::{Call, ErrorKind};

/// The outcome; without one, the status. A call that was cancelled before anything was sent has the
/// status `refused` and a reason that says who refused it: its own caller, so it is `cancelled` here.
pub(super) fn word(call: &Call) -> String {
    let cancelled = call.fault.as_ref().is_some_and(|fault| fault.kind == ErrorKind::Withdrawn);
    match call.outcome {
        Some(outcome) => outcome.to_string(),
        None if cancelled => "cancelled".to_owned(),
        None => call.status.to_string(),
    }
}
