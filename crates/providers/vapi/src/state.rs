//! The state of a call, from its record.

use rust_decimal::Decimal;
use serde_json::Value;
use switchboard_core::{Outcome, ProviderState, TrustedReasons};

use crate::{
    reasons::{Meaning, is_trusted, meaning},
    wire::Call,
};

/// What a record says about the state of its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallFacts<'a> {
    /// `status`.
    pub status: &'a str,
    /// `endedReason`.
    pub reason: Option<&'a str>,
    /// True if the record has a start, a carrier's id or a cost, readable or not.
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
        Self {
            status: call.status.as_deref().unwrap_or_default(),
            reason: call.ended_reason.as_deref().filter(|reason| !reason.is_empty()),
            has_begun: has("startedAt")
                || has("phoneCallProviderId")
                || raw.get("cost").is_some_and(is_something),
        }
    }
}

/// Platform faults are documented as free of charge, so a cost is a sign of a call.
fn is_something(cost: &Value) -> bool {
    use switchboard_http::fields::Field as _;
    !cost.is_null() && Decimal::read(cost) != Some(Decimal::ZERO)
}

/// The state of a call. A status that speaks of the deletion of data, or that no document lists, is
/// not final.
///
/// [`ProviderState::NotDialled`] needs all of this: the call has ended, the reason is documented as
/// never dialled and `trusted`, and nothing shows that the call began. Without the trust or with
/// such a sign, the call [failed](Outcome::Failed). No document states that rule; it is a caution.
pub fn state(facts: CallFacts<'_>, trusted: &TrustedReasons) -> ProviderState {
    match facts.status {
        "scheduled" => ProviderState::Scheduled,
        "queued" => ProviderState::Queued,
        "ringing" => ProviderState::Ringing,
        "in-progress" | "forwarding" => ProviderState::InProgress,
        "ended" => ended(facts, trusted),
        _ => ProviderState::Unrecognised,
    }
}

fn ended(facts: CallFacts<'_>, trusted: &TrustedReasons) -> ProviderState {
    let Some((reason, meaning)) = facts.reason.and_then(|word| Some((word, meaning(word)?))) else {
        return ProviderState::Ended(Outcome::Failed);
    };
    match meaning {
        Meaning::Ended(outcome) => ProviderState::Ended(outcome),
        Meaning::NeverDialled(refusal) if is_trusted(reason, trusted) && !facts.has_begun => {
            ProviderState::NotDialled(refusal)
        }
        Meaning::NeverDialled(_) => ProviderState::Ended(Outcome::Failed),
    }
}
