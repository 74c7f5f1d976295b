//! The disconnection reasons, and how far a call gets that ends with each.

use crate::calls::{Outcome, Reached, Words};

/// The words of Retell.
pub(crate) const WORDS: Words = Words { reached, of };

/// Filed as never dialled. The reasons about money and scam count only if the call has no start;
/// they can also end a conversation.
const NEVER_DIALLED: [&str; 7] = [
    "telephony_provider_permission_denied",
    "concurrency_limit_reached",
    "no_concurrency_fallback",
    "no_valid_payment",
    "credit_exhausted",
    "budget_reached",
    "scam_detected",
];

/// Nobody talked, but the network was asked, so a phone may have rung. Here it did.
const NOT_ANSWERED: [&str; 13] = [
    "dial_busy",
    "dial_failed",
    "dial_no_answer",
    "error_retell",
    "error_unknown",
    "error_user_not_joined",
    "invalid_destination",
    "marked_as_spam",
    "network_blocked",
    "registered_call_timeout",
    "sip_routing_error",
    "telephony_provider_unavailable",
    "user_declined",
];

fn reached(reason: &str) -> Reached {
    if NEVER_DIALLED.contains(&reason) {
        Reached::Accepted
    } else if NOT_ANSWERED.contains(&reason) {
        Reached::Dialled
    } else {
        Reached::Answered
    }
}

fn of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Completed => "user_hangup",
        Outcome::NoAnswer => "dial_no_answer",
        Outcome::Busy => "dial_busy",
        Outcome::Voicemail => "voicemail_reached",
        Outcome::Failed => "error_unknown",
    }
}

/// The `call_status` of an ended call.
pub(crate) fn status_of(reason: &str, reached: Reached) -> &'static str {
    match reached {
        _ if reason.starts_with("error_") => "error",
        Reached::Accepted | Reached::Dialled => "not_connected",
        Reached::Answered => "ended",
    }
}
