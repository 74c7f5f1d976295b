//! The policy that really ran, replayed, gives the ledger's own sums, whatever happened to the
//! calls.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use switchboard_backtest::{BacktestSettings, Report, backtest};
use switchboard_core::{
    Call, CallRequest, CallStatus, Money, Outcome, ProviderId, Redial, Refusal, RequestLimit,
};
use switchboard_router::{
    Arm, Budget, Cheapest, Experiment, Match, Period, Policy, Strategy, Weighted,
};

use crate::{
    scribe::{Scribe, past},
    support::{
        id,
        plans::per_call,
        process::clock,
        request, seconds, usd, valid, within,
        world::{Act, World, policy_over, process_with, shared},
    },
};

/// A small generator of chance: the same seed gives the same run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.below(of.len() as u64)).unwrap()]
    }
}

const ACTS: [Act; 12] = [
    Act::Ring,
    Act::Ring,
    Act::Ring,
    Act::Ring,
    Act::Ring,
    Act::RingAndLose,
    Act::RingAndDawdle(Duration::from_secs(3)),
    Act::NotSent(Duration::from_secs(1)),
    Act::Refuse(Refusal::ThisProvider),
    Act::Refuse(Refusal::RateLimited),
    Act::Refuse(Refusal::Everyone),
    Act::Refuse(Refusal::Quota),
];
const OUTCOMES: [Outcome; 4] =
    [Outcome::Completed, Outcome::Completed, Outcome::NoAnswer, Outcome::Busy];

fn world(name: &str, bill: Option<&str>, chance: &mut Chance) -> World {
    let acts: Vec<Act> = (0..60).map(|_| chance.one(&ACTS)).collect();
    let outcomes: Vec<Outcome> = (0..60).map(|_| chance.one(&OUTCOMES)).collect();
    let mut world = World::new(name, &acts).ending(&outcomes);
    world.bill = bill.map(usd);
    world.lasts = seconds(20 + chance.below(60));
    world
}

fn change(policy: &mut Policy, chance: &mut Chance) {
    for (provider, price) in policy.providers.iter_mut().zip(["0.10", "0.20", "0.30"]) {
        provider.deck = per_call(price);
        provider.info.place_limit = Some(RequestLimit {
            requests: u32::try_from(4 + chance.below(4)).unwrap(),
            window: seconds(60),
        });
    }
    policy.strategy = match chance.below(3) {
        0 => Strategy::Cheapest(Cheapest),
        1 => Strategy::Weighted(Weighted {
            weights: vec![(id("alpha"), 3), (id("beta"), 2), (id("gamma"), 1)],
        }),
        _ => Strategy::default(),
    };
    policy.experiments.push(Experiment {
        when: Match { tags: ["tried".to_owned()].into(), ..Match::default() },
        ..Experiment::new(
            "trial",
            vec![Arm::provider("a", id("alpha"), 1), Arm::provider("b", id("beta"), 1)],
        )
    });
    policy.budgets.push(Budget {
        name: "alpha's".to_owned(),
        limit: usd("1.05"),
        per: Period::Total,
        tenant: None,
        provider: Some(id("alpha")),
        experiment: None,
    });
}

fn asked(n: u32, chance: &mut Chance) -> CallRequest {
    request(n).with(|call| {
        call.tags = if chance.below(3) == 0 { vec!["tried".to_owned()] } else { Vec::new() };
        call.redial = (chance.below(2) == 0).then(|| Redial {
            on: [Outcome::NoAnswer, Outcome::Busy].into(),
            times: 2,
            gap_seconds: 90,
            per_day: 9,
        });
        call.failover_on_quota = chance.below(2) == 0;
    })
}

/// What a ledger's calls sum up to.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sums {
    cost: i64,
    rings: BTreeMap<ProviderId, u64>,
    refused: u64,
}

fn sums(calls: &[Call]) -> Sums {
    let mut sums = Sums::default();
    for call in calls {
        sums.cost += call.cost.map_or(0, Money::micros);
        sums.refused += u64::from(call.status == CallStatus::Refused);
        for attempt in call.attempts.iter().filter(|attempt| attempt.state.is_live()) {
            *sums.rings.entry(attempt.provider.clone()).or_default() += 1;
        }
    }
    sums
}

fn of_replay(report: &Report) -> (i64, BTreeMap<ProviderId, u64>) {
    let rings = report.providers.iter().filter(|line| line.sides.now.rings > 0);
    (
        report.total.now.cost().micros(),
        rings.map(|line| (line.group.clone(), line.sides.now.rings)).collect(),
    )
}

/// Runs some calls under a policy and gives them back with their history.
async fn live(seed: u64) -> (Policy, Arc<Scribe>, Vec<Call>) {
    let mut chance = Chance(seed);
    let worlds = shared([
        world("alpha", Some("0.11"), &mut chance),
        world("beta", Some("0.190001"), &mut chance),
        world("gamma", None, &mut chance),
    ]);
    let scribe = Arc::new(Scribe::default());
    let mut policy = policy_over(&worlds);
    change(&mut policy, &mut chance);
    let kept = policy.clone();
    let router = process_with(
        &worlds,
        &clock(),
        Arc::clone(&scribe) as _,
        |given| *given = policy,
        |builder| builder.version("the one that runs"),
    );
    let mut calls = Vec::new();
    for n in 0..50 {
        if chance.below(4) == 0 {
            tokio::time::sleep(seconds(chance.below(40))).await;
        }
        calls.push(router.submit(valid(asked(n, &mut chance))).await.unwrap().id);
    }
    let mut over = Vec::new();
    for call in calls {
        over.push(within(router.wait(call)).await.unwrap());
    }
    (kept, scribe, over)
}

fn settings() -> BacktestSettings {
    BacktestSettings {
        version: Some("the one that runs".to_owned()),
        ..BacktestSettings::default()
    }
}

#[tokio::test(start_paused = true)]
async fn the_policy_that_ran_gives_the_ledgers_own_sums() {
    let (mut rings, mut refused, mut failovers, mut redials, mut limits) = (0, 0, 0, 0, 0);
    let (mut moved, mut unexplained) = (0, 0);
    for seed in 0..40 {
        let (policy, scribe, calls) = live(seed).await;
        let expected = sums(&calls);
        let report = backtest(&policy, &past(&scribe).await, &settings());

        assert_eq!(
            report.total.then.cost().micros(),
            expected.cost,
            "seed {seed}: the past itself"
        );
        let (cost, by_provider) = of_replay(&report);
        assert_eq!(by_provider, expected.rings, "seed {seed}: {:#?}", report.moves);
        assert_eq!(cost, expected.cost, "seed {seed}");
        assert_eq!(report.total.then, report.total.now, "seed {seed}");
        assert!(report.moves.is_empty(), "seed {seed}: {:#?}", report.moves);
        assert_eq!(report.cost.difference, usd("0"));
        assert!(report.outcomes.expected.is_empty());
        assert_eq!(
            report.refusals.iter().map(|one| one.then).sum::<u64>(),
            report.refusals.iter().map(|one| one.now).sum::<u64>()
        );

        // The same without its name: what little differs comes of queueing for a limit, and most of
        // it is explained without trust.
        let nameless = backtest(&policy, &past(&scribe).await, &BacktestSettings::default());
        moved += nameless.moves.iter().map(|one| one.rings).sum::<u64>();
        unexplained += report.special_cases.unexplained;

        rings += report.total.now.rings;
        refused += expected.refused;
        limits += report.limits_reached.iter().map(|met| met.times).sum::<u64>();
        for call in &calls {
            failovers += call.attempts.iter().filter(|one| !one.state.is_live()).count();
            redials += call.attempts.iter().filter(|one| one.ring > 0).count();
        }
    }
    assert!(
        rings > 1000 && refused > 50 && failovers > 300 && redials > 100 && limits > 100,
        "the worlds were too kind: {rings} rings, {refused} refused, {failovers} failovers, {redials} redials, {limits} limits"
    );
    assert!(
        unexplained * 20 < rings && moved * 20 < rings,
        "of {rings} rings {unexplained} steps are unexplained, and without its name {moved} rings of the policy that ran move"
    );
}
