//! Why calls ended: the groups of `endedReason` that the documents describe, and what they mean.
//!
//! Vapi lists several hundred reasons, so they are matched by pattern, where `*` stands for any
//! text. The first pattern that fits counts; a reason that fits none [failed](Outcome::Failed).
//!
//! Some reasons say that the call was accepted and never dialled. Such a reason proves that no
//! phone rang only if the configuration trusts it ([`TrustedReasons`]) and the record shows no trace
//! of a dialled call: see [`state`](crate::state()).

use switchboard_core::{Outcome, Refusal, TrustedReasons};

/// What a reason means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Meaning {
    /// The call ended with this outcome.
    Ended(Outcome),
    /// The call was accepted and never dialled, and this is whom the refusal binds.
    NeverDialled(Refusal),
}

use Meaning::{Ended, NeverDialled};

/// Patterns of reasons (OpenAPI, `endedReason`) and what they mean (calls/call-ended-reason), in
/// the order in which they are tried.
pub const REASONS: [(&str, Meaning); 49] = [
    // Never dialled: the start of the call failed. What the account lacks:
    ("call.start.error-*credits*", NeverDialled(Refusal::Quota)),
    ("call.start.error-*frozen*", NeverDialled(Refusal::Quota)),
    ("call.start.error-*wallet*", NeverDialled(Refusal::Quota)),
    ("call.start.error-*upgrade-failed*", NeverDialled(Refusal::Quota)),
    ("call.start.error-*concurrency-limit*", NeverDialled(Refusal::RateLimited)),
    ("call.start.error-*daily-limit*", NeverDialled(Refusal::RateLimited)),
    ("call.start.error-*international*", NeverDialled(Refusal::ThisProvider)),
    ("call.start.error-*feature*", NeverDialled(Refusal::ThisProvider)),
    // It may be about the person.
    ("call.start.error-*fraud-check-failed*", NeverDialled(Refusal::Everyone)),
    // Faults of the platform and of the settings.
    ("call.start.error-*vapifault-get-*", NeverDialled(Refusal::ThisProvider)),
    ("call.start.error-*resources*", NeverDialled(Refusal::ThisProvider)),
    ("call.start.error-*transport*", NeverDialled(Refusal::ThisProvider)),
    ("call.start.error-*version-validation*", NeverDialled(Refusal::ThisProvider)),
    // A start that failed for a reason that no document names: it may be about the person.
    ("call.start.error-*", NeverDialled(Refusal::Everyone)),
    ("call-start-error-neither-assistant-nor-server-set", NeverDialled(Refusal::ThisProvider)),
    ("assistant-not-found", NeverDialled(Refusal::ThisProvider)),
    ("assistant-not-valid", NeverDialled(Refusal::ThisProvider)),
    ("assistant-request-*", NeverDialled(Refusal::ThisProvider)),
    // Filed there too, with a name that speaks of a call in progress: not believed.
    ("*vapifault-transport-never-connected", Ended(Outcome::Failed)),
    ("*vapifault-worker-not-available", Ended(Outcome::Failed)),
    // In the middle of a conversation.
    ("worker-shutdown", Ended(Outcome::Failed)),
    ("*-worker-died", Ended(Outcome::Failed)),
    // It was never dialled and should not be.
    ("scheduled-call-deleted", Ended(Outcome::Cancelled)),
    ("customer-did-not-answer", Ended(Outcome::NoAnswer)),
    ("customer-busy", Ended(Outcome::Busy)),
    ("voicemail", Ended(Outcome::Voicemail)),
    ("customer-ended-call*", Ended(Outcome::Completed)),
    ("assistant-ended-call*", Ended(Outcome::Completed)),
    ("assistant-said-end-call-phrase", Ended(Outcome::Completed)),
    ("assistant-forwarded-call", Ended(Outcome::Completed)),
    ("silence-timed-out", Ended(Outcome::Completed)),
    ("exceeded-max-duration", Ended(Outcome::Completed)),
    ("vonage-completed", Ended(Outcome::Completed)),
    ("call.in-progress.twilio-completed-call", Ended(Outcome::Completed)),
    ("*sip-completed-call", Ended(Outcome::Completed)),
    ("manually-canceled", Ended(Outcome::Cancelled)),
    // The far network was asked.
    ("twilio-failed-to-connect-call", Ended(Outcome::Failed)),
    ("vonage-failed-to-connect-call", Ended(Outcome::Failed)),
    ("*sip-outbound-call-failed-to-connect", Ended(Outcome::Failed)),
    ("*sip-403-*", Ended(Outcome::Failed)),
    ("*sip-407-*", Ended(Outcome::Failed)),
    ("*sip-408-*", Ended(Outcome::Failed)),
    ("*sip-480-*", Ended(Outcome::Failed)),
    ("*sip-503-*", Ended(Outcome::Failed)),
    // The number that was called does not exist.
    ("twilio-reported-customer-misdialed", Ended(Outcome::InvalidNumber)),
    // The number is invalid or was refused; which of them is not said.
    ("vonage-rejected", Ended(Outcome::Failed)),
    // The agent had the callee on the line.
    ("call.forwarding.*", Ended(Outcome::Completed)),
    // Somebody talked, or could have.
    ("pipeline-error-*", Ended(Outcome::Failed)),
    ("call.in-progress.error-*", Ended(Outcome::Failed)),
];

/// What a reason means; `None` for one that fits no pattern.
pub fn meaning(reason: &str) -> Option<Meaning> {
    REASONS.iter().find(|(pattern, _)| fits(pattern, reason)).map(|(_, meaning)| *meaning)
}

/// The patterns of reasons that the documents file under calls that were never dialled: what the
/// configuration may trust. `call.start.error-*` stands for all that begin so.
pub fn never_dialled() -> impl Iterator<Item = &'static str> {
    REASONS
        .iter()
        .filter(|(_, meaning)| matches!(meaning, NeverDialled(_)))
        .map(|(pattern, _)| *pattern)
}

/// True if the reason fits a pattern that is documented as never dialled and trusted.
pub(crate) fn is_trusted(reason: &str, trusted: &TrustedReasons) -> bool {
    never_dialled().any(|pattern| fits(pattern, reason) && trusted.contains(pattern))
}

/// True if the reason is the pattern's text, with any text for each `*`.
fn fits(pattern: &str, reason: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == reason;
    };
    let Some(reason) = reason.strip_prefix(start) else {
        return false;
    };
    rest.is_empty()
        || reason
            .char_indices()
            .map(|(at, _)| at)
            .chain([reason.len()])
            .any(|at| reason.get(at..).is_some_and(|reason| fits(rest, reason)))
}
