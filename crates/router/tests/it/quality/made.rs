//! Records of calls, as a journal has them.

use std::{collections::BTreeMap, sync::LazyLock, time::Duration};

use jiff::Timestamp;
use switchboard_core::{
    Attempt, AttemptError, AttemptId, AttemptState, Call, CallId, CallStatus, Country, Delivery,
    ErrorKind, Evidence, Money, Outcome, PhoneNumber, Proof, ProviderId, TenantId,
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
    Attempt {
        id: AttemptId::new(Uuid::from_u128(n)),
        provider: provider(name),
        ring: 0,
        agent: None,
        idempotency_key: Uuid::from_u128(n),
        state: AttemptState::Placed,
        provider_call_id: None,
        delivery: Some(Delivery::Placed),
        error: None,
        outcome: None,
        estimated_cost: None,
        cost: None,
        billed: None,
        created_at: after(seconds),
        sent_at: Some(after(seconds)),
        ended_at: None,
        evidence: Vec::new(),
    }
}

/// An attempt that reached no phone.
pub(crate) fn failed(
    n: u128,
    name: &str,
    seconds: i64,
    delivery: Delivery,
    kind: ErrorKind,
) -> Attempt {
    Attempt {
        state: if delivery == Delivery::Unknown {
            AttemptState::Unknown
        } else {
            AttemptState::NotPlaced
        },
        delivery: Some(delivery),
        error: Some(AttemptError {
            kind,
            message: "it failed".to_owned(),
            status: None,
            code: None,
        }),
        ..attempt(n, name, seconds)
    }
}

pub(crate) fn shown(attempt: &mut Attempt, proof: Proof, at: Timestamp) {
    attempt.evidence.push(Evidence { at, proof, detail: String::new() });
}

/// A call to the United States with these attempts.
pub(crate) fn call(n: u128, status: CallStatus, attempts: Vec<Attempt>) -> Call {
    let at = attempts.last().map_or(epoch(), |last| last.created_at);
    Call {
        id: CallId::new(Uuid::from_u128(n)),
        tenant: TenantId::default(),
        to: *TO,
        country: Country::US,
        agent: None,
        batch: None,
        status,
        outcome: attempts.last().and_then(|last| last.outcome),
        provider: None,
        provider_call_id: None,
        experiment: None,
        redial_at: None,
        attempts,
        fault: None,
        estimated_cost: None,
        cost: None,
        duration: None,
        summary: None,
        next_steps: None,
        transcript: None,
        recording: None,
        metadata: BTreeMap::new(),
        created_at: at,
        updated_at: at,
        revision: 1,
        raw: None,
    }
}

/// A call of one attempt, which ended so `seconds` after the epoch.
pub(crate) fn ended(n: u128, name: &str, seconds: i64, outcome: Outcome) -> Call {
    let attempt = Attempt {
        outcome: Some(outcome),
        ended_at: Some(after(seconds)),
        ..attempt(n, name, seconds)
    };
    call(n, CallStatus::Closed, vec![attempt])
}

/// The same, and it lasted so long.
pub(crate) fn lasted(n: u128, name: &str, seconds: i64, duration: u64) -> Call {
    Call {
        duration: Some(Duration::from_secs(duration)),
        ..ended(n, name, seconds, Outcome::Completed)
    }
}
