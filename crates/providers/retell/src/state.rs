//! The state of a call, from its record.

use switchboard_core::{Outcome, ProviderState, TrustedReasons};

use crate::{
    reasons::{Meaning, meaning},
    wire::Call,
};

/// What a record says about the state of its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallFacts<'a> {
    /// `call_status`.
    pub status: &'a str,
    /// `disconnection_reason`.
    pub reason: Option<&'a str>,
    /// True if the record has a start, a duration or a carrier's id, readable or not.
    pub has_begun: bool,
}

impl<'a> CallFacts<'a> {
    /// A status, a reason, and whether anything shows that the call began.
    pub const fn new(status: &'a str, reason: Option<&'a str>, has_begun: bool) -> Self {
        Self { status, reason, has_begun }
    }

    /// The facts of a record.
    pub(crate) fn of(call: &'a Call) -> Self {
        let raw = call.raw.value();
        let has = |name: &str| raw.get(name).is_some_and(|value| !value.is_null());
        let lasted = raw
            .get("duration_ms")
            .is_some_and(|lasted| !lasted.is_null() && lasted.as_f64() != Some(0.0));
        Self {
            status: call.call_status.as_deref().unwrap_or_default(),
            reason: call.disconnection_reason.as_deref().filter(|reason| !reason.is_empty()),
            has_begun: has("start_timestamp") || has("telephony_identifier") || lasted,
        }
    }
}

/// The state of a call. A status that no document lists is not final.
///
/// [`ProviderState::NotDialled`] needs all of this: the status is `not_connected` or `error`, the
/// reason is documented as never dialled and `trusted`, and nothing shows that the call began.
/// Without the trust or with such a sign, the call [failed](Outcome::Failed). No document states
/// that rule; it is a caution.
pub fn state(facts: CallFacts<'_>, trusted: &TrustedReasons) -> ProviderState {
    match facts.status {
        "registered" => ProviderState::Queued,
        "ongoing" => ProviderState::InProgress,
        "ended" => ProviderState::Ended(ended(facts.reason)),
        "not_connected" | "error" => not_connected(facts, trusted),
        _ => ProviderState::Unrecognised,
    }
}

/// The outcome of a call that was connected.
fn ended(reason: Option<&str>) -> Outcome {
    match reason.and_then(meaning) {
        Some(Meaning::Ended(outcome)) => outcome,
        Some(Meaning::NeverDialled(_)) => Outcome::Failed,
        Some(Meaning::NeverDialledUnlessBegun(_)) | None => Outcome::Completed,
    }
}

fn not_connected(facts: CallFacts<'_>, trusted: &TrustedReasons) -> ProviderState {
    let Some((reason, meaning)) = facts.reason.and_then(|word| Some((word, meaning(word)?))) else {
        return ProviderState::Ended(Outcome::Failed);
    };
    match meaning {
        Meaning::Ended(outcome) => ProviderState::Ended(outcome),
        Meaning::NeverDialled(refusal) | Meaning::NeverDialledUnlessBegun(refusal)
            if trusted.contains(reason) && !facts.has_begun =>
        {
            ProviderState::NotDialled(refusal)
        }
        Meaning::NeverDialled(_) | Meaning::NeverDialledUnlessBegun(_) => {
            ProviderState::Ended(Outcome::Failed)
        }
    }
}
