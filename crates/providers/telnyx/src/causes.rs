//! Why calls ended: every `hangup_cause` that the documents list, and what it means.
//!
//! Telnyx' own refusals at the carrier's edge come after the call was accepted, as `call_rejected`
//! with SIP status 403 and a code of Telnyx (`D1` to `D24`). Where an event has that code is not
//! documented, so nothing here proves that a call was never dialled: such a call failed.

use switchboard_core::Outcome;

/// Causes (`telnyx` 4.189.0, `call_hangup_webhook_event`): what each means before anybody answered,
/// and after.
pub const CAUSES: [(&str, Outcome, Outcome); 9] = [
    ("normal_clearing", Outcome::Failed, Outcome::Completed),
    ("user_busy", Outcome::Busy, Outcome::Completed),
    ("no_answer", Outcome::NoAnswer, Outcome::Completed),
    ("timeout", Outcome::NoAnswer, Outcome::Completed),
    ("call_rejected", Outcome::Declined, Outcome::Completed),
    ("originator_cancel", Outcome::Cancelled, Outcome::Completed),
    // The number that was called does not exist.
    ("not_found", Outcome::InvalidNumber, Outcome::Completed),
    ("time_limit", Outcome::Failed, Outcome::Completed),
    ("unspecified", Outcome::Failed, Outcome::Completed),
];

/// The SIP status with which a network, and not the callee, rejects a call.
const FORBIDDEN: &str = "403";

/// The outcome of a call that ended with this cause and SIP status. A cause that no document lists
/// means that it failed, unless somebody had answered.
pub fn outcome(cause: &str, sip_status: Option<&str>, answered: bool) -> Outcome {
    let row = CAUSES.iter().find(|row| row.0 == cause);
    match (row, answered) {
        (Some(("call_rejected", ..)), false) if sip_status == Some(FORBIDDEN) => Outcome::Failed,
        (Some((_, before, _)), false) => *before,
        (Some((_, _, after)), true) => *after,
        (None, false) => Outcome::Failed,
        (None, true) => Outcome::Completed,
    }
}

/// True if this result of answering machine detection is not a person.
pub fn is_machine(result: &str) -> bool {
    matches!(result, "machine" | "silence" | "fax_detected")
}
