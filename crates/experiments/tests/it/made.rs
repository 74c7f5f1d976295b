//! Builds calls of an experiment.

#[path = "../../../router/tests/it/experiment/made.rs"]
#[allow(dead_code)]
mod experiment;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use switchboard_core::{
    Attempt, AttemptId, AttemptState, Call, CallFailure, CallId, CallStatus, Country, Currency,
    ErrorKind, Money, Outcome, TenantId,
};
use switchboard_router::Experiment;
use uuid::Uuid;

use crate::support::{epoch, id, number};

pub(crate) use experiment::{draw, halves};

/// The `n`th minute of the experiment.
pub(crate) fn minute(n: u32) -> Timestamp {
    epoch() + SignedDuration::from_mins(n.into())
}

/// How a call ended.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    /// Somebody talked: the duration in seconds, and the bill in millionths of a dollar.
    Talked(u64, i64),
    /// Nobody answered: the bill in millionths of a dollar.
    NoAnswer(i64),
    /// The provider aborted it.
    Failed,
    /// No provider took it.
    Refused,
    /// It has not ended.
    Open,
}

/// The call that the `n`th person gets in minute `n`, which ends within a minute. `nth` distinguishes
/// several calls of one person.
pub(crate) fn call(experiment: &Experiment, arm: &str, n: u32, nth: u32, end: End) -> Call {
    let at = minute(n) + SignedDuration::from_secs(nth.into());
    let (status, outcome) = match end {
        End::Talked(..) => (CallStatus::Closed, Some(Outcome::Completed)),
        End::NoAnswer(_) => (CallStatus::Closed, Some(Outcome::NoAnswer)),
        End::Failed => (CallStatus::Closed, Some(Outcome::Failed)),
        End::Refused => (CallStatus::Refused, None),
        End::Open => (CallStatus::InProgress, None),
    };
    let is_over = !matches!(end, End::Open);
    let state =
        if matches!(end, End::Refused) { AttemptState::NotPlaced } else { AttemptState::Placed };
    let fault = CallFailure { kind: ErrorKind::NoProvider, message: String::new() };
    Call {
        id: CallId::new(Uuid::from_u128((u128::from(n) << 32) + u128::from(nth))),
        tenant: TenantId::default(),
        to: number(n).parse().unwrap(),
        country: "US".parse::<Country>().unwrap(),
        agent: None,
        batch: None,
        status,
        outcome,
        provider: Some(id("alpha")),
        provider_call_id: None,
        experiment: Some(switchboard_core::Assignment {
            experiment: experiment.name.clone(),
            version: experiment.version,
            arm: arm.to_owned(),
        }),
        redial_at: None,
        attempts: vec![Attempt {
            id: AttemptId::new(Uuid::from_u128(u128::from(n))),
            provider: id("alpha"),
            ring: 0,
            agent: None,
            idempotency_key: Uuid::nil(),
            state,
            provider_call_id: None,
            delivery: None,
            error: None,
            outcome,
            estimated_cost: None,
            cost: None,
            billed: None,
            created_at: at,
            sent_at: Some(at),
            ended_at: is_over.then(|| at + SignedDuration::from_secs(30)),
            evidence: Vec::new(),
        }],
        fault: matches!(end, End::Refused).then_some(fault),
        estimated_cost: None,
        cost: match end {
            End::Talked(_, cost) | End::NoAnswer(cost) => {
                Some(Money::from_micros(cost, Currency::USD))
            }
            End::Failed | End::Refused | End::Open => None,
        },
        duration: match end {
            End::Talked(seconds, _) => Some(Duration::from_secs(seconds)),
            End::NoAnswer(_) | End::Failed | End::Refused | End::Open => None,
        },
        summary: None,
        next_steps: None,
        transcript: None,
        recording: None,
        metadata: std::collections::BTreeMap::new(),
        created_at: at,
        updated_at: at + SignedDuration::from_secs(40),
        revision: 1,
        raw: None,
    }
}

/// True with this probability, always the same for one `n`.
pub(crate) fn chance(n: u64, share: f64) -> bool {
    (draw(n) as f64) < share * u64::MAX as f64
}
