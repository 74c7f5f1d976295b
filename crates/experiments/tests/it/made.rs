//! Builds calls of an experiment.

#[path = "../../../router/tests/it/experiment/made.rs"]
#[allow(dead_code)]
mod experiment;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use switchboard_core::{
    Attempt, AttemptId, AttemptState, Call, CallFailure, CallId, CallStatus, Currency, ErrorKind,
    Money, Outcome, TenantId,
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
    let attempt =
        Attempt::new(AttemptId::new(Uuid::from_u128(u128::from(n))), id("alpha"), Uuid::nil(), at)
            .with(|attempt| {
                attempt.state = state;
                attempt.outcome = outcome;
                attempt.sent_at = Some(at);
                attempt.ended_at = is_over.then(|| at + SignedDuration::from_secs(30));
            });
    let call = CallId::new(Uuid::from_u128((u128::from(n) << 32) + u128::from(nth)));
    Call::new(call, TenantId::default(), number(n).parse().unwrap(), at).with(|call| {
        call.status = status;
        call.outcome = outcome;
        call.provider = Some(id("alpha"));
        call.experiment = Some(switchboard_core::Assignment {
            experiment: experiment.name.clone(),
            version: experiment.version,
            arm: arm.to_owned(),
        });
        call.attempts = vec![attempt];
        call.fault = matches!(end, End::Refused).then_some(fault);
        call.cost = match end {
            End::Talked(_, cost) | End::NoAnswer(cost) => {
                Some(Money::from_micros(cost, Currency::USD))
            }
            End::Failed | End::Refused | End::Open => None,
        };
        call.duration = match end {
            End::Talked(seconds, _) => Some(Duration::from_secs(seconds)),
            End::NoAnswer(_) | End::Failed | End::Refused | End::Open => None,
        };
        call.updated_at = at + SignedDuration::from_secs(40);
    })
}

/// True with this probability, always the same for one `n`.
pub(crate) fn chance(n: u64, share: f64) -> bool {
    (draw(n) as f64) < share * u64::MAX as f64
}
