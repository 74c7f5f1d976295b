//! Records of calls, as a journal has them.

use std::{sync::LazyLock, time::Duration};

use jiff::Timestamp;
use switchboard_core::{
    Attempt, AttemptError, AttemptId, AttemptState, Call, CallId, CallStatus, Delivery, ErrorKind,
    Evidence, Money, Outcome, PhoneNumber, Proof, ProviderId, TenantId,
};
use uuid::Uuid;

/// Parsed once: some tests make a hundred thousand calls.
static TO: LazyLock<PhoneNumber> = LazyLock::new(|| "+12015550123".parse().unwrap());

pub(crate) fn epoch() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

pub(crate) fn after(seconds: i64) -> Timestamp {
    epoch() + jiff::SignedDuration::from_secs(seconds)
}

pub(crate) fn usd(amount: &str) -> Money {
    Money::parse(amount, "USD").unwrap()
}

pub(crate) fn provider(name: &str) -> ProviderId {
    ProviderId::new(name.to_owned())
}

/// An attempt that was sent and placed `seconds` after the epoch.
pub(crate) fn attempt(n: u128, name: &str, seconds: i64) -> Attempt {
    Attempt::new(
        AttemptId::new(Uuid::from_u128(n)),
        provider(name),
        Uuid::from_u128(n),
        after(seconds),
    )
    .with(|attempt| {
        attempt.state = AttemptState::Placed;
        attempt.delivery = Some(Delivery::Placed);
        attempt.sent_at = Some(after(seconds));
    })
}

/// An attempt that reached no phone.
pub(crate) fn failed(
    n: u128,
    name: &str,
    seconds: i64,
    delivery: Delivery,
    kind: ErrorKind,
) -> Attempt {
    attempt(n, name, seconds).with(|attempt| {
        attempt.state = if delivery == Delivery::Unknown {
            AttemptState::Unknown
        } else {
            AttemptState::NotPlaced
        };
        attempt.delivery = Some(delivery);
        attempt.error =
            Some(AttemptError { kind, message: "it failed".to_owned(), status: None, code: None });
    })
}

pub(crate) fn shown(attempt: &mut Attempt, proof: Proof, at: Timestamp) {
    attempt.evidence.push(Evidence { at, proof, detail: String::new() });
}

/// A call to the United States with these attempts.
pub(crate) fn call(n: u128, status: CallStatus, attempts: Vec<Attempt>) -> Call {
    let at = attempts.last().map_or(epoch(), |last| last.created_at);
    Call::new(CallId::new(Uuid::from_u128(n)), TenantId::default(), *TO, at).with(|call| {
        call.status = status;
        call.outcome = attempts.last().and_then(|last| last.outcome);
        call.attempts = attempts;
    })
}

/// A call of one attempt, which ended so `seconds` after the epoch.
pub(crate) fn ended(n: u128, name: &str, seconds: i64, outcome: Outcome) -> Call {
    let attempt = attempt(n, name, seconds).with(|attempt| {
        attempt.outcome = Some(outcome);
        attempt.ended_at = Some(after(seconds));
    });
    call(n, CallStatus::Closed, vec![attempt])
}

/// The same, and it lasted so long.
pub(crate) fn lasted(n: u128, name: &str, seconds: i64, duration: u64) -> Call {
    ended(n, name, seconds, Outcome::Completed)
        .with(|call| call.duration = Some(Duration::from_secs(duration)))
}
