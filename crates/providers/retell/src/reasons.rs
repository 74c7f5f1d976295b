//! Why calls ended: every `disconnection_reason` that the documents list, and what it means.
//!
//! Some reasons say that the call was accepted and never dialled. Such a reason proves that no
//! phone rang only if the configuration trusts it ([`TrustedReasons`](switchboard_core::TrustedReasons)) and the record shows no trace
//! of a dialled call: see [`state`](crate::state()).

use switchboard_core::{Outcome, Refusal};

/// What a reason means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Meaning {
    /// The call ended with this outcome.
    Ended(Outcome),
    /// The call was accepted and never dialled, and this is whom the refusal binds.
    NeverDialled(Refusal),
    /// The same if nothing shows that the call began. It may also come in the middle of a call,
    /// which then had a conversation.
    NeverDialledUnlessBegun(Refusal),
}

use Meaning::{Ended, NeverDialled, NeverDialledUnlessBegun};

/// Reasons (`retell-sdk` 6.2.13) and what they mean (docs.retellai.com,
/// reliability/debug-call-disconnect). A reason that ends with `*` stands for all that begin so.
pub const REASONS: [(&str, Meaning); 36] = [
    ("user_hangup", Ended(Outcome::Completed)),
    ("agent_hangup", Ended(Outcome::Completed)),
    ("call_transfer", Ended(Outcome::Completed)),
    ("transfer_bridged", Ended(Outcome::Completed)),
    ("inactivity", Ended(Outcome::Completed)),
    ("max_duration_reached", Ended(Outcome::Completed)),
    ("call_take_over", Ended(Outcome::Completed)),
    // The callee asked not to be called again.
    (OPTED_OUT, Ended(Outcome::Completed)),
    // The callee asked to be called back.
    (WANTS_CALLBACK, Ended(Outcome::Completed)),
    ("voicemail_reached", Ended(Outcome::Voicemail)),
    ("ivr_reached", Ended(Outcome::Menu)),
    ("manual_stopped", Ended(Outcome::Cancelled)),
    ("transfer_cancelled", Ended(Outcome::Cancelled)),
    ("dial_busy", Ended(Outcome::Busy)),
    ("dial_no_answer", Ended(Outcome::NoAnswer)),
    ("user_declined", Ended(Outcome::Declined)),
    ("dial_failed", Ended(Outcome::Failed)),
    ("sip_routing_error", Ended(Outcome::Failed)),
    // About the number that the call was made from. No page explains `network_blocked`.
    ("marked_as_spam", Ended(Outcome::Blocked)),
    ("network_blocked", Ended(Outcome::Blocked)),
    // The number that was called does not exist.
    ("invalid_destination", Ended(Outcome::InvalidNumber)),
    // The carrier may not call this country.
    ("telephony_provider_permission_denied", NeverDialled(Refusal::ThisProvider)),
    // That it was never dialled is likely and not said.
    ("telephony_provider_unavailable", Ended(Outcome::Failed)),
    ("concurrency_limit_reached", NeverDialled(Refusal::RateLimited)),
    ("no_concurrency_fallback", NeverDialled(Refusal::RateLimited)),
    ("no_valid_payment", NeverDialledUnlessBegun(Refusal::Quota)),
    ("credit_exhausted", NeverDialledUnlessBegun(Refusal::Quota)),
    ("budget_reached", NeverDialledUnlessBegun(Refusal::Quota)),
    ("scam_detected", NeverDialledUnlessBegun(Refusal::Everyone)),
    // Web calls and custom telephony.
    ("registered_call_timeout", Ended(Outcome::Failed)),
    ("error_user_not_joined", Ended(Outcome::Failed)),
    // Errors: the phone may have rung.
    ("error_llm_websocket_*", Ended(Outcome::Failed)),
    ("error_no_audio_received", Ended(Outcome::Failed)),
    ("error_asr", Ended(Outcome::Failed)),
    ("error_retell", Ended(Outcome::Failed)),
    ("error_unknown", Ended(Outcome::Failed)),
];

/// The callee asked not to be called again.
pub(crate) const OPTED_OUT: &str = "user_requested_dnc";
/// The callee asked to be called back.
pub(crate) const WANTS_CALLBACK: &str = "user_requested_callback";

/// What a reason means; `None` for one that no document lists.
pub fn meaning(reason: &str) -> Option<Meaning> {
    let is = |known: &str| match known.strip_suffix('*') {
        Some(start) => reason.starts_with(start),
        None => reason == known,
    };
    REASONS.iter().find(|(known, _)| is(known)).map(|(_, meaning)| *meaning)
}

impl Meaning {
    /// Whom the refusal binds, for a reason of calls that were never dialled.
    pub const fn refusal(self) -> Option<Refusal> {
        match self {
            Ended(_) => None,
            NeverDialled(refusal) | NeverDialledUnlessBegun(refusal) => Some(refusal),
        }
    }
}

/// The reasons that the documents file under calls that were never dialled.
pub fn never_dialled() -> impl Iterator<Item = &'static str> {
    REASONS.iter().filter(|(_, meaning)| meaning.refusal().is_some()).map(|row| row.0)
}
