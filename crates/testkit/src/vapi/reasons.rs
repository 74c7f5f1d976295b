//! The end reasons, and how far a call gets that ends with each.

use crate::calls::{Outcome, Reached, Words};

/// The words of Vapi.
pub(crate) const WORDS: Words = Words { reached, of };

/// The reason for a call that finds all slots in use.
pub(crate) const NO_SLOT: &str = "call.start.error-subscription-concurrency-limit-reached";

/// Filed as: the phone never rang.
const NEVER_DIALLED: [&str; 4] = [
    "assistant-not-found",
    "assistant-not-valid",
    "call-start-error-neither-assistant-nor-server-set",
    "scheduled-call-deleted",
];

/// Nobody talked, but the far network was asked, so a phone may have rung. Here it did.
const NOT_ANSWERED: [&str; 5] = [
    "customer-busy",
    "customer-did-not-answer",
    "manually-canceled",
    "twilio-reported-customer-misdialed",
    "vonage-rejected",
];

fn reached(reason: &str) -> Reached {
    let silent = reason.starts_with("call.start.error-")
        || reason.starts_with("assistant-request-")
        || reason.ends_with("vapifault-transport-never-connected");
    let asked = ["failed-to-connect", "sip-4", "sip-5", "worker-not-available"];
    if silent || NEVER_DIALLED.contains(&reason) {
        Reached::Accepted
    } else if NOT_ANSWERED.contains(&reason) || asked.iter().any(|part| reason.contains(part)) {
        Reached::Dialled
    } else {
        Reached::Answered
    }
}

fn of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Completed => "customer-ended-call",
        Outcome::NoAnswer => "customer-did-not-answer",
        Outcome::Busy => "customer-busy",
        Outcome::Voicemail => "voicemail",
        Outcome::Failed => "call.in-progress.error-vapifault-worker-not-available",
    }
}
