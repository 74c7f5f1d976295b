//! KaiCalls' words for where a call stands.

use switchboard::{Call, CallStatus, ErrorKind, Outcome};

use crate::problem::{Problem, Result};

/// The word for a call of which it is not known whether or how it rang. KaiCalls has none for it:
/// its SDKs take a word that they do not know for an end, and `failed` would claim that no phone
/// rang.
pub(super) const UNKNOWN: &str = "unknown";

/// Where a call stands.
pub(super) fn word(call: &Call) -> &'static str {
    let withdrawn = call.fault.as_ref().is_some_and(|fault| fault.kind == ErrorKind::Withdrawn);
    match call.status {
        CallStatus::Received
        | CallStatus::Scheduled
        | CallStatus::Admitted
        | CallStatus::Attempting => "queued",
        CallStatus::InProgress => "in-progress",
        CallStatus::Closed => call.outcome.map_or(UNKNOWN, ending),
        CallStatus::Refused if withdrawn => "canceled",
        CallStatus::Refused | CallStatus::NeedsApproval => "failed",
        CallStatus::Indeterminate | CallStatus::Stalled => UNKNOWN,
    }
}

const fn ending(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Completed | Outcome::Menu => "completed",
        Outcome::NoAnswer | Outcome::Declined => "no_answer",
        Outcome::Busy => "busy",
        Outcome::Voicemail => "voicemail",
        Outcome::Failed | Outcome::InvalidNumber | Outcome::Blocked => "failed",
        Outcome::Cancelled => "canceled",
    }
}

/// A word to filter by: which calls may have it, and how it is written here.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) word: &'static str,
    pub(super) statuses: Vec<CallStatus>,
    pub(super) outcomes: Vec<Outcome>,
}

/// Reads a word to filter by. `None`: it is KaiCalls' and no call here has it.
pub(super) fn wanted(text: &str) -> Result<Option<Wanted>> {
    use CallStatus as At;
    let (word, statuses, outcomes) = match text {
        "queued" | "scheduled" => {
            ("queued", vec![At::Received, At::Scheduled, At::Admitted, At::Attempting], vec![])
        }
        "in-progress" | "in_progress" => ("in-progress", vec![At::InProgress], vec![]),
        "completed" | "ended" => {
            ("completed", vec![At::Closed], vec![Outcome::Completed, Outcome::Menu])
        }
        "no_answer" | "no-answer" => {
            ("no_answer", vec![At::Closed], vec![Outcome::NoAnswer, Outcome::Declined])
        }
        "busy" => ("busy", vec![At::Closed], vec![Outcome::Busy]),
        "voicemail" => ("voicemail", vec![At::Closed], vec![Outcome::Voicemail]),
        "failed" => ("failed", vec![At::Closed, At::Refused, At::NeedsApproval], vec![]),
        "canceled" | "cancelled" => ("canceled", vec![At::Closed, At::Refused], vec![]),
        UNKNOWN => (UNKNOWN, vec![At::Indeterminate, At::Stalled, At::Closed], vec![]),
        "ringing" | "started" | "forwarding" => return Ok(None),
        _ => {
            let fix = "write queued, in-progress, completed, no_answer, busy, voicemail, failed, \
                       canceled or unknown";
            return Err(Problem::invalid("status", "is not a status of calls", fix));
        }
    };
    Ok(Some(Wanted { word, statuses, outcomes }))
}
