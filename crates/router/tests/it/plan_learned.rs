//! Plans that rest on calls that were made: what they expect, what they say of it, and how they are
//! made again from what is kept.

use switchboard_core::{Currency, Destination, Outcome, Tariff, TariffRow, ValidCall};
use switchboard_router::{
    BestValue, Plan, PlanRecord, Policy, RateDeck, Reading, Snapshot, plan,
    quality::{Level, Measurements, Quality, QualitySettings},
};

use crate::{
    quality::made::{after, ended, lasted},
    support::{
        Fake, call, id,
        plans::{order, per_call},
        policy, request, usd, valid,
    },
};

fn a_minute(amount: &str) -> RateDeck {
    let row = TariffRow {
        destination: Destination::Everywhere,
        per_call: None,
        per_minute: Some(usd(amount)),
        increment: None,
        minimum: None,
    };
    let rows = vec![row];
    RateDeck::new(&Tariff { rows, credit_price: None }, Currency::USD).unwrap()
}

/// Alpha charges by the minute and beta by the call.
fn two() -> Policy {
    let mut policy = policy(&[Fake::new("alpha"), Fake::new("beta")]);
    policy.providers[0].deck = a_minute("0.10");
    policy.providers[1].deck = per_call("0.40");
    policy.strategy = BestValue.into();
    policy
}

fn made(call: &ValidCall, policy: &Policy, quality: Option<&dyn Measurements>) -> Plan {
    let snapshot = Snapshot {
        policy,
        readings: &[Reading::default(), Reading::default()],
        draw: 7,
        quality,
        experiments: None,
    };
    plan(call, &snapshot, after(60))
}

/// A hundred calls of five minutes at alpha, and as many at beta that nobody answered.
fn measured() -> Quality {
    let mut quality = Quality::new(QualitySettings::default());
    for n in 0..100 {
        quality.observe(&lasted(n, "alpha", 0, 300));
        quality.observe(&ended(1_000 + n, "beta", 0, Outcome::NoAnswer));
    }
    quality
}

#[test]
fn the_learnt_duration_makes_the_estimate_and_says_so() {
    let (policy, quality) = (two(), measured());
    let cold = made(&call(1), &policy, None);
    assert_eq!(cold.expectation(), "120 s expected, as configured");
    assert_eq!(cold.candidates[0].estimated_cost, Some(usd("0.20")));
    assert_eq!(cold.candidates[0].measured, None);

    let learnt = made(&call(1), &policy, Some(&quality));
    // (20 x 120 + 100 x 300) / 120
    assert_eq!(learnt.expectation(), "270 s expected, learned from 100 calls");
    let alpha = &learnt.candidates[0];
    assert_eq!((alpha.provider.as_str(), alpha.estimated_cost), ("alpha", Some(usd("0.45"))));
    assert_eq!(order(&learnt), ["alpha", "beta"], "dearer by the call, and it reaches people");
    assert!(
        alpha
            .to_string()
            .contains(", 100 of 100 calls completed to this country with this profile"),
        "{alpha}"
    );
    let json = serde_json::to_value(&learnt).unwrap();
    assert_eq!((&json["expected_seconds"], &json["learned_from"]), (&270.into(), &100.into()));
    assert_eq!(
        (
            &json["candidates"][1]["measured"]["succeeded"],
            &json["candidates"][1]["measured"]["tried"]
        ),
        (&0.into(), &100.into())
    );
}

#[test]
fn no_call_is_expected_to_last_longer_than_it_may() {
    let quality = measured();
    let mut brief = request(1);
    brief.max_duration_seconds = Some(180);
    let plan = made(&valid(brief), &two(), Some(&quality));
    assert_eq!(plan.expectation(), "180 s expected, learned from 100 calls");
    let mut policy = two();
    policy.max_duration = std::time::Duration::from_secs(240);
    assert_eq!(made(&call(1), &policy, Some(&quality)).expected_duration, policy.max_duration);
}

#[test]
fn who_is_rejected_was_measured_all_the_same() {
    let (mut policy, quality) = (two(), measured());
    policy.providers[1].enabled = false;
    let plan = made(&call(1), &policy, Some(&quality));
    let beta = plan.rejected[0].measured.unwrap();
    assert_eq!((beta.level, beta.tried, beta.succeeded), (Level::Profile, 100, 0));
}

#[test]
fn a_plan_is_made_again_from_what_is_kept_of_it() {
    let (mut policy, quality) = (two(), measured());
    policy.providers[1].enabled = false;
    let readings = [Reading::default(), Reading::default()];
    let [alpha, beta] = ["alpha", "beta"].map(id);
    for (quality, learnt) in [(Some(&quality as &dyn Measurements), true), (None, false)] {
        let first = made(&call(1), &policy, quality);
        let record = PlanRecord::of(
            &first,
            None,
            7,
            [(&alpha, &readings[0]), (&beta, &readings[1])],
            after(60),
        );
        let text = serde_json::to_string(&record).unwrap();
        assert!(!text.contains("5555001"), "no number of a person: {text}");
        let kept: PlanRecord = serde_json::from_str(&text).unwrap();
        assert_eq!(kept, record);
        let then = kept.measurements();
        assert_eq!(then.is_some(), learnt);
        let again = made(&call(1), &policy, then.as_ref().map(|then| then as &dyn Measurements));
        assert_eq!(again, first);
    }
}
