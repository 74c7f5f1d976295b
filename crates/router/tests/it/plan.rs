//! Plans: who may take a call, in which order, and for every other provider the reason.

use jiff::Timestamp;
use serde_json::json;
use switchboard_core::{CallRequest, Country, Coverage, Language, ProfileName};
use switchboard_router::{
    BreakerState, Headroom, Match, Policy, Reading, Rejection, Snapshot, plan,
};

use crate::support::{
    Fake, call, epoch, id,
    plans::{one, order, per_call, plan_with, profile, route, three},
    policy, request, seconds, usd, valid,
};

fn later(after: u64) -> Timestamp {
    epoch().checked_add(seconds(after)).unwrap()
}

/// The one reason for which the only provider cannot take the call.
fn rejection(
    request: CallRequest,
    change: impl FnOnce(&mut Policy),
    reading: Reading,
) -> Rejection {
    let mut policy = one();
    change(&mut policy);
    let plan = plan_with(&valid(request), &policy, &[reading]);
    assert!(plan.candidates.is_empty(), "{:?}", plan.candidates);
    let [only] = plan.rejected.as_slice() else { panic!("{:?}", plan.rejected) };
    only.rejection.clone()
}

fn by_policy(change: impl FnOnce(&mut Policy)) -> Rejection {
    rejection(request(1), change, Reading::default())
}

fn by_reading(reading: Reading) -> Rejection {
    rejection(request(1), |_| {}, reading)
}

#[test]
fn what_never_passes_is_said_with_its_reason() {
    assert_eq!(by_policy(|policy| policy.providers[0].enabled = false), Rejection::SwitchedOff);
    let elsewhere = |policy: &mut Policy| {
        policy.providers[0].info.countries = Coverage::Only([Country::GB].into())
    };
    assert_eq!(by_policy(elsewhere), Rejection::Country(Country::US));
    assert_eq!(
        by_policy(|policy| policy.providers[0].info.needs_agent = true),
        Rejection::NeedsAgent
    );

    let asking = |change: fn(&mut CallRequest)| {
        let mut request = request(1);
        change(&mut request);
        request
    };
    let spanish = asking(|request| request.language = Some("es".to_owned()));
    let english_only = |policy: &mut Policy| {
        policy.providers[0].info.languages = Coverage::Only([Language::EN].into())
    };
    assert_eq!(
        rejection(spanish, english_only, Reading::default()),
        Rejection::Language(Language::ES)
    );

    let anna = || asking(|request| request.agent = Some("anna".to_owned()));
    assert_eq!(
        rejection(anna(), |_| {}, Reading::default()),
        Rejection::NoSuchProfile(ProfileName::new("anna"))
    );
    let nowhere = |policy: &mut Policy| {
        drop(policy.profiles.insert(ProfileName::new("anna"), profile("anna", &[], &[])))
    };
    assert_eq!(
        rejection(anna(), nowhere, Reading::default()),
        Rejection::NoAgent(ProfileName::new("anna"))
    );

    let long = asking(|request| request.max_duration_seconds = Some(600));
    let brief = |policy: &mut Policy| policy.providers[0].info.max_duration = Some(seconds(300));
    assert_eq!(
        rejection(long, brief, Reading::default()),
        Rejection::TooLong { asked: 600, allowed: 300 }
    );

    let thrifty = || asking(|request| request.max_cost = Some(usd("0.10")));
    assert_eq!(rejection(thrifty(), |_| {}, Reading::default()), Rejection::CostUnknown);
    let dear = |policy: &mut Policy| policy.providers[0].deck = per_call("0.11");
    let (expected, allowed) = (usd("0.11"), usd("0.10"));
    assert_eq!(
        rejection(thrifty(), dear, Reading::default()),
        Rejection::TooExpensive { expected, allowed }
    );
    let euros = asking(|request| {
        request.max_cost = Some(switchboard_core::Money::parse("5", "EUR").unwrap())
    });
    let cheap = |policy: &mut Policy| policy.providers[0].deck = per_call("0.01");
    assert_eq!(
        rejection(euros, cheap, Reading::default()),
        Rejection::CostUnknown,
        "currencies are not compared"
    );

    let mut two = policy(&[Fake::new("alpha"), Fake::new("beta")]);
    two.routes.push(route("beta's", Match::default(), &["beta"]));
    let plan = plan_with(&call(1), &two, &[]);
    assert_eq!((order(&plan), plan.route.as_deref()), (vec!["beta"], Some("beta's")));
    assert_eq!(plan.rejected[0].rejection, Rejection::NotOnRoute);
    assert_eq!(plan.clears_at(), None);
}

#[test]
fn what_passes_is_said_with_its_moment() {
    let probe_at = later(15);
    let unhealthy =
        by_reading(Reading { breaker: BreakerState::Open { probe_at }, ..Reading::default() });
    assert_eq!(unhealthy, Rejection::Unhealthy(probe_at));
    let paused = by_reading(Reading { paused_until: Some(later(30)), ..Reading::default() });
    assert_eq!(paused, Rejection::Paused(later(30)));
    let limited = by_reading(Reading {
        headroom: Some(Headroom { free: 0, of: 57, frees_at: Some(later(42)) }),
        ..Reading::default()
    });
    assert_eq!(limited, Rejection::RateLimited(later(42)));
    let doubted = by_reading(Reading { agents_in_doubt: [None].into(), ..Reading::default() });
    assert!(matches!(doubted, Rejection::AgentInDoubt(at) if at > epoch()));
    for rejection in [unhealthy, paused, limited, doubted] {
        assert!(rejection.clears_at().is_some(), "{rejection}");
    }

    let over = Reading { paused_until: Some(epoch()), ..Reading::default() };
    assert_eq!(
        order(&plan_with(&call(1), &one(), &[over])),
        ["alpha"],
        "a pause that is over is none"
    );
}

#[test]
fn the_earliest_passing_obstacle_is_waited_for_and_lasting_ones_are_not() {
    let paused = |after| Reading { paused_until: Some(later(after)), ..Reading::default() };
    let mut policy = three();
    policy.providers[0].enabled = false;
    let plan = plan_with(&call(1), &policy, &[paused(1), paused(50), paused(20)]);
    assert_eq!(plan.clears_at(), Some(later(20)));
}

#[test]
fn an_agent_in_doubt_is_told_from_another_and_a_nameless_one_is_not() {
    let mut policy = one();
    policy.profiles.insert(ProfileName::new("anna"), profile("anna", &["alpha"], &[]));
    let mut anna = request(1);
    anna.agent = Some("anna".to_owned());
    let anna = valid(anna);
    let doubting = |agent: Option<&str>| Reading {
        agents_in_doubt: [agent.map(Into::into)].into(),
        ..Reading::default()
    };
    assert_eq!(order(&plan_with(&anna, &policy, &[doubting(Some("somebody else"))])), ["alpha"]);
    assert!(plan_with(&anna, &policy, &[doubting(Some("agent at alpha"))]).candidates.is_empty());
    assert!(
        plan_with(&anna, &policy, &[doubting(None)]).candidates.is_empty(),
        "the default agent may be anna"
    );
    assert!(plan_with(&call(1), &policy, &[doubting(Some("somebody else"))]).candidates.is_empty());
}

#[test]
fn the_same_arguments_give_the_same_plan() {
    let mut policy = three();
    policy.providers[1].deck = per_call("0.02");
    policy.strategy = switchboard_router::Strategy::Weighted(switchboard_router::Weighted {
        weights: vec![(id("alpha"), 1), (id("beta"), 1), (id("gamma"), 1)],
    });
    for n in 0..200 {
        let call = call(n);
        let snapshot = Snapshot {
            policy: &policy,
            readings: &[],
            draw: u64::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15),
            quality: None,
            experiments: None,
        };
        let first = plan(&call, &snapshot, epoch());
        let copy = policy.clone();
        let again = plan(&call.clone(), &Snapshot { policy: &copy, ..snapshot }, epoch());
        assert_eq!(first, again);
        assert_eq!(serde_json::to_value(&first).unwrap(), serde_json::to_value(&again).unwrap());
    }
}

#[test]
fn a_plan_as_json_explains_itself() {
    let mut policy = three();
    policy.providers[0].deck = per_call("0.15");
    policy.providers[2].info.countries = Coverage::Only([Country::GB].into());
    policy.routes.push(route("texas", Match::default(), &["beta", "alpha", "gamma"]));
    let limited = Reading {
        headroom: Some(Headroom { free: 56, of: 57, frees_at: None }),
        ..Reading::default()
    };
    let plan = plan_with(
        &valid(CallRequest::new("+15125550142", "Ask.")),
        &policy,
        &[limited, Reading::default(), Reading::default()],
    );
    assert_eq!(
        serde_json::to_value(&plan).unwrap(),
        json!({
            "to": "+15125550142",
            "country": "US",
            "number_type": "fixed_line_or_mobile",
            "route": "texas",
            "agent": null,
            "experiment": null,
            "expected_seconds": 120,
            "learned_from": 0,
            "candidates": [
                {
                    "provider": "beta",
                    "rank": 1,
                    "estimated_cost": null,
                    "headroom": null,
                    "cost_per_success": null,
                    "measured": null,
                    "reason": "first of 2 by priority, cost unknown, no rate limit known",
                },
                {
                    "provider": "alpha",
                    "rank": 2,
                    "estimated_cost": { "amount": "0.15", "currency": "USD" },
                    "headroom": 56,
                    "cost_per_success": null,
                    "measured": null,
                    "reason": "number 2 of 2 by priority, 0.15 USD expected, 56 of 57 calls free in the window",
                },
            ],
            "rejected": [
                { "provider": "gamma", "reason": "country_not_supported", "detail": "it does not call US" },
            ],
        })
    );
}
