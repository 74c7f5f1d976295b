//! What plans make of it, and what is kept of that.

use std::time::Duration;

use jiff::Timestamp;
use switchboard_router::{BreakerState, Plan, PlanRecord, Reading, ReadingRecord, Rejection};

use crate::support::{call, epoch, plans};

fn later(seconds: u64) -> Timestamp {
    epoch() + Duration::from_secs(seconds)
}

fn ejected(until: u64) -> Reading {
    Reading { ejected_until: Some(later(until)), ..Reading::default() }
}

fn platform_fails() -> Reading {
    Reading { domain: BreakerState::Open { probe_at: later(7) }, ..Reading::default() }
}

fn planned(readings: &[Reading]) -> Plan {
    plans::plan_with(&call(1), &plans::three(), readings)
}

fn reasons(plan: &Plan) -> Vec<(&str, Rejection)> {
    plan.rejected.iter().map(|one| (one.provider.as_str(), one.rejection.clone())).collect()
}

#[test]
fn an_ejection_holds_while_somebody_else_can_take_the_call() {
    let plan = planned(&[ejected(60), platform_fails(), Reading::default()]);
    assert_eq!(plans::order(&plan), ["gamma"]);
    assert_eq!(
        reasons(&plan),
        [("alpha", Rejection::Outlier(later(60))), ("beta", Rejection::DomainUnhealthy(later(7)))]
    );
    assert_eq!(plan.clears_at(), Some(later(7)));
    assert_eq!(
        plans::order(&planned(&[ejected(0), platform_fails()])),
        ["alpha", "gamma"],
        "it is over"
    );
}

#[test]
fn where_nobody_else_can_whoever_is_ejected_takes_it_and_the_plan_says_so() {
    let limited = Reading { paused_until: Some(later(5)), ..ejected(60) };
    let plan = planned(&[ejected(60), platform_fails(), limited.clone()]);
    assert_eq!(plans::order(&plan), ["alpha"]);
    assert_eq!(plan.candidates[0].ejected_until, Some(later(60)));
    assert!(plan.candidates[0].to_string().contains("ejected as an outlier"));
    let others =
        [("beta", Rejection::DomainUnhealthy(later(7))), ("gamma", Rejection::Paused(later(5)))];
    assert_eq!(reasons(&plan), others);
    // Both that are ejected, and nobody who cannot.
    assert_eq!(plans::order(&planned(&[ejected(60), ejected(30), limited])), ["alpha", "beta"]);
}

#[test]
fn a_kept_plan_has_what_it_was_made_of() {
    let readings = [ejected(60), platform_fails(), Reading::default()];
    let (plan, policy) = (planned(&readings), plans::three());
    let named = policy.providers.iter().map(|one| &one.info.id).zip(&readings);
    let record = PlanRecord::of(&plan, None, 7, named, epoch());
    let text = serde_json::to_string(&record).unwrap();
    let read: PlanRecord = serde_json::from_str(&text).unwrap();
    assert_eq!(read, record);
    let again: Vec<Reading> = read.readings.iter().map(ReadingRecord::reading).collect();
    assert_eq!(planned(&again), plan);
    let codes: Vec<_> = record.rejected.iter().map(|one| one.reason.as_str()).collect();
    assert_eq!(codes, ["outlier", "domain_unhealthy"]);
    assert!(text.contains(r#"{"provider":"gamma"}"#), "what was as usual is left out: {text}");
}
