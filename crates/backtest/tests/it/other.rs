//! Another policy: what is known is taken over exactly, and what is not is an estimate or an
//! interval, and said to be one.

use std::sync::Arc;

use switchboard_backtest::{BacktestSettings, Level, LimitKind, Report, backtest};
use switchboard_core::{CallRequest, ErrorKind, Outcome, Redial, Refusal, RequestLimit};
use switchboard_router::{Budget, Period, Policy};

use crate::{
    scribe::{Scribe, past, without_history},
    support::{
        id,
        plans::per_call,
        process::clock,
        request, seconds, usd, valid, within,
        world::{Act, World, policy_over, process_with, shared},
    },
};

/// So many calls, one after the other, with `alpha` before `beta`; both have a price in the policy.
async fn ran(worlds: [World; 2], requests: Vec<CallRequest>) -> (Policy, Arc<Scribe>) {
    let worlds = shared(worlds);
    let scribe = Arc::new(Scribe::default());
    let mut policy = policy_over(&worlds);
    for (one, price) in policy.providers.iter_mut().zip(["0.10", "0.20"]) {
        one.deck = per_call(price);
    }
    let kept = policy.clone();
    let router = process_with(
        &worlds,
        &clock(),
        Arc::clone(&scribe) as _,
        |given| *given = policy,
        |builder| builder,
    );
    for request in requests {
        let call = router.submit(valid(request)).await.unwrap();
        within(router.wait(call.id)).await.unwrap();
    }
    (kept, scribe)
}

fn alpha(script: &[Act]) -> World {
    let mut world = World::new("alpha", script);
    world.bill = Some(usd("0.11"));
    world
}

fn beta(script: &[Act]) -> World {
    let mut world = World::new("beta", script);
    world.bill = Some(usd("0.25"));
    world
}

fn requests(count: u32) -> Vec<CallRequest> {
    (0..count).map(request).collect()
}

fn beta_first(policy: &Policy) -> Policy {
    let mut other = policy.clone();
    other.providers.reverse();
    other
}

async fn replay(policy: &Policy, scribe: &Scribe) -> Report {
    backtest(policy, &past(scribe).await, &BacktestSettings::default())
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_was_not_asked_then_has_an_estimate_and_an_interval() {
    let (policy, scribe) = ran([alpha(&[]), beta(&[])], requests(4)).await;
    let report = replay(&beta_first(&policy), &scribe).await;

    assert_eq!((report.calls, report.rings, report.identical_plans), (4, 4, 0));
    assert_eq!((report.total.then.billed, report.total.now.billed), (usd("0.44"), usd("0")));
    assert_eq!(report.total.now.estimated, usd("0.80"), "the deck's price, and no bill");
    let [moved] = report.moves.as_slice() else { panic!("{:?}", report.moves) };
    assert_eq!(
        (moved.from.clone(), moved.to.clone(), moved.rings),
        (Some(id("alpha")), Some(id("beta")), 4)
    );
    assert_eq!((report.cost.difference, report.cost.between), (usd("0.36"), None));
    let [expected] = report.outcomes.expected.as_slice() else { panic!("{:?}", report.outcomes) };
    assert_eq!((expected.level, expected.measured.of), (Level::Nothing, 0));
    assert_eq!(
        (expected.completed.low, expected.completed.high),
        (0.0, 4.0),
        "nothing is known of it"
    );
    assert_eq!(report.outcomes.then, 4);
    assert!(
        report.caveats.iter().any(|words| words.contains("no outcome at all")),
        "{:?}",
        report.caveats
    );
    assert!(
        report.caveats.iter().any(|words| words.contains("estimates at beta")),
        "{:?}",
        report.caveats
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_provider_answered_then_it_answers_again() {
    // The first is refused by alpha, the second does not even reach it: beta takes both.
    let script = [
        Act::Refuse(Refusal::ThisProvider),
        Act::NotSent(seconds(0)),
        Act::NotSent(seconds(0)),
        Act::NotSent(seconds(0)),
    ];
    let (policy, scribe) = ran([alpha(&script), beta(&[])], requests(3)).await;
    let as_it_was = replay(&policy, &scribe).await;
    assert_eq!(as_it_was.total.then, as_it_was.total.now);
    assert_eq!(as_it_was.total.now.billed, usd("0.61"));

    let report = replay(&beta_first(&policy), &scribe).await;
    assert_eq!(report.total.now.billed, usd("0.50"), "beta's own bills of two");
    assert_eq!(report.total.now.estimated, usd("0.20"), "and an estimate of the third");

    let mut alone = policy.clone();
    alone.providers.truncate(1);
    let report = replay(&alone, &scribe).await;
    assert_eq!(
        (report.total.now.rings, report.total.now.billed),
        (1, usd("0.11")),
        "alpha is silent again for two"
    );
    assert_eq!(report.refusals.iter().map(|one| (one.then, one.now)).collect::<Vec<_>>(), [(0, 2)]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_for_the_person_binds_every_provider_and_is_no_gain_of_another_policy() {
    let (policy, scribe) =
        ran([alpha(&[Act::Refuse(Refusal::Everyone)]), beta(&[])], requests(1)).await;
    let report = replay(&beta_first(&policy), &scribe).await;
    assert_eq!(report.special_cases.refusals_asked_elsewhere, 1);
    assert!(
        report.caveats.iter().any(|words| words.contains("no way around")),
        "{:?}",
        report.caveats
    );
}

#[tokio::test(start_paused = true)]
async fn a_limit_and_a_budget_of_the_other_policy_are_met_where_they_are_reached() {
    let (policy, scribe) = ran([alpha(&[]), beta(&[])], requests(6)).await;
    let mut limited = policy.clone();
    // A call lasts twenty seconds and they come one after the other: three in a minute.
    limited.providers[0].limits.placing = Some(RequestLimit { requests: 1, window: seconds(50) });
    let report = replay(&limited, &scribe).await;
    let rings = |report: &Report, name: &str| {
        let mut lines = report.providers.iter();
        lines.find(|line| line.group == id(name)).map_or(0, |line| line.sides.now.rings)
    };
    assert_eq!((rings(&report, "alpha"), rings(&report, "beta")), (2, 4));
    assert!(
        report
            .rejections
            .iter()
            .any(|one| one.reason == "rate_limited" && (one.then, one.now) == (0, 4)),
        "{:?}",
        report.rejections
    );

    let mut poor = policy.clone();
    poor.providers.truncate(1);
    poor.budgets.push(Budget {
        name: "little".to_owned(),
        limit: usd("0.33"),
        per: Period::Total,
        tenant: None,
        provider: None,
        experiment: None,
    });
    let report = replay(&poor, &scribe).await;
    assert_eq!(report.total.now.rings, 3, "bills of 0.11 each fill 0.33");
    let [met] = report.limits_reached.as_slice() else { panic!("{:?}", report.limits_reached) };
    assert_eq!((met.kind, met.name.as_str(), met.times), (LimitKind::Budget, "little", 3));
    assert_eq!(report.refusals[0].reason, ErrorKind::QuotaExceeded.as_str());
}

#[tokio::test(start_paused = true)]
async fn enough_bills_say_how_far_estimates_can_be_believed() {
    // Every second call is refused by alpha, so that beta has bills of its own.
    let script: Vec<Act> = (0..80)
        .map(|n| if n % 2 == 0 { Act::Ring } else { Act::Refuse(Refusal::ThisProvider) })
        .collect();
    let (policy, scribe) = ran([alpha(&script), beta(&[])], requests(80)).await;
    let report = replay(&beta_first(&policy), &scribe).await;
    assert_eq!(report.total.now.estimated, usd("8.00"));
    let [fit] = report.cost.fits.as_slice() else { panic!("{:?}", report.cost.fits) };
    // The fakes say no duration of their calls, so that no bill can be held against an estimate.
    assert_eq!((fit.provider.clone(), fit.rings), (id("beta"), 40));
    let expected = &report.outcomes.expected[0];
    assert_eq!((expected.level, expected.measured.of, expected.rings), (Level::Country, 40, 40));
    assert!(expected.rate.low > 0.8 && expected.rate.high == 1.0, "{:?}", expected.rate);
    assert!(
        report.outcomes.now.low > 70.0 && report.outcomes.now.high == 80.0,
        "{:?}",
        report.outcomes.now
    );
}

#[tokio::test(start_paused = true)]
async fn redials_count_with_their_ring_and_follow_where_the_first_was_taken() {
    let again = |n| {
        request(n).with(|call| {
            call.redial = Some(Redial {
                on: [Outcome::NoAnswer].into(),
                times: 1,
                gap_seconds: 60,
                per_day: 5,
            })
        })
    };
    let (policy, scribe) =
        ran([alpha(&[]).ending(&[Outcome::NoAnswer]), beta(&[])], vec![again(1)]).await;
    let report = replay(&policy, &scribe).await;
    assert_eq!((report.calls, report.rings), (1, 2));
    assert_eq!(report.total.now.billed, usd("0.22"));

    let report = replay(&beta_first(&policy), &scribe).await;
    assert_eq!((report.special_cases.redials_after_move, report.total.now.rings), (1, 2));
    let mut nobody = policy.clone();
    nobody.providers[0].enabled = false;
    nobody.providers[1].enabled = false;
    let report = replay(&nobody, &scribe).await;
    assert_eq!(
        (report.special_cases.redials_not_made, report.total.now.rings),
        (1, 0),
        "no first ring, no second"
    );
}

#[tokio::test(start_paused = true)]
async fn calls_without_a_plan_are_counted_apart_and_earlier_ones_only_fill_windows() {
    let (policy, scribe) = ran([alpha(&[]), beta(&[])], requests(4)).await;
    let settings = BacktestSettings::default();
    let bare = backtest(&policy, &without_history(&scribe).await, &settings);
    assert_eq!((bare.special_cases.without_recorded_plan, bare.total.now.billed), (4, usd("0.44")));

    let past = past(&scribe).await;
    let mut limited = policy.clone();
    limited.providers[0].limits.placing = Some(RequestLimit { requests: 1, window: seconds(3600) });
    let later = BacktestSettings { since: Some(past[1].created_at()), ..settings.clone() };
    let report = backtest(&limited, &past, &later);
    assert_eq!((report.calls, report.total.then.rings), (3, 3));
    assert_eq!(report.total.now.estimated, usd("0.60"), "the window was full of the call before");

    let mut backwards = past.clone();
    backwards.reverse();
    assert_eq!(
        backtest(&limited, &backwards, &later),
        report,
        "the order of the calls does not matter"
    );
}

#[tokio::test(start_paused = true)]
async fn a_refused_call_is_not_won_by_a_policy_that_would_have_met_the_same() {
    // Nobody can be reached; the breakers open, and later calls find no provider.
    let silence = [Act::NotSent(seconds(0)); 40];
    let (policy, scribe) = ran([alpha(&silence), beta(&silence)], requests(6)).await;
    let report = replay(&policy, &scribe).await;
    assert_eq!((report.total.then.rings, report.total.now.rings), (0, 0));
    assert_eq!(report.refusals.iter().map(|one| one.then).sum::<u64>(), 6);
    assert_eq!(report.refusals.iter().map(|one| one.now).sum::<u64>(), 6);
    assert!(report.total.now.estimated == usd("0"));
}
