//! How a call ends: an outcome of a completed call, or the code of its error.

use crate::calls::{Outcome, Reached, Words};

/// The words of CALL-E.
pub(crate) const WORDS: Words = Words { reached, of };

/// The outcomes that a completed call can have.
const OUTCOMES: [&str; 4] = ["completed", "no_answer", "busy", "declined"];

/// The codes that the error of a failed call can have.
const ERRORS: [&str; 4] = ["call_failed", "result_failed", "result_invalid", "timed_out"];

fn reached(word: &str) -> Reached {
    match word {
        "completed" | "no_outcome" | "result_failed" | "result_invalid" => Reached::Answered,
        "no_answer" | "busy" | "declined" | "call_failed" | "timed_out" => Reached::Dialled,
        // `canceled`, and refusals that come after the acceptance.
        _ => Reached::Accepted,
    }
}

/// Voicemail has no word of its own.
fn of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Completed | Outcome::Voicemail => "completed",
        Outcome::NoAnswer => "no_answer",
        Outcome::Busy => "busy",
        Outcome::Failed => "call_failed",
    }
}

/// The end of a call in the fields of its record.
pub(crate) struct End<'a> {
    pub(crate) status: &'static str,
    pub(crate) outcome: Option<&'a str>,
    /// The code of the error and its detail.
    pub(crate) error: Option<(&'a str, Option<&'a str>)>,
}

/// Reads a word. `no_outcome` is a completed call without one.
pub(crate) fn end(word: &str) -> End<'_> {
    match word {
        "canceled" => End { status: "canceled", outcome: None, error: None },
        "no_outcome" => End { status: "completed", outcome: None, error: None },
        _ if OUTCOMES.contains(&word) => {
            End { status: "completed", outcome: Some(word), error: None }
        }
        _ if ERRORS.contains(&word) => {
            End { status: "failed", outcome: None, error: Some((word, None)) }
        }
        _ => End { status: "failed", outcome: None, error: Some(("call_failed", Some(word))) },
    }
}
