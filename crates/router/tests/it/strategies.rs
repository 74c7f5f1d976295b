//! The strategies that learn: what they do with evidence, and what that is worth over thousands of
//! calls.

use std::collections::BTreeMap;

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};
use switchboard_core::{Country, Money, Outcome, ProviderId, ValidCall};
use switchboard_router::{
    Adaptive, BestValue, Cheapest, Policy, Rank, RankInput, RankReason, Snapshot, Strategy, plan,
    quality::{BetaPosterior, Level, Measured, Measurements, Quality, QualitySettings},
};

use crate::support::{Fake, call, id, plans::per_call, policy, usd};

fn measured(succeeded: u32, tried: u32) -> Option<Measured> {
    Some(Measured {
        level: Level::Profile,
        sent: tried,
        accepted: tried,
        tried,
        succeeded,
        success: BetaPosterior::counted(succeeded, tried),
        ..Measured::default()
    })
}

/// The order of candidates with these costs and counts.
fn ranked(
    strategy: impl Into<Strategy>,
    draw: u64,
    candidates: &[(&str, Option<&str>, Option<Measured>)],
) -> Vec<String> {
    let ids: Vec<ProviderId> = candidates.iter().map(|(name, ..)| id(name)).collect();
    let mut standings: Vec<RankInput<'_>> = candidates
        .iter()
        .zip(&ids)
        .enumerate()
        .map(|(preference, ((_, cost, measured), provider))| RankInput {
            provider,
            preference,
            cost: cost.map(usd),
            time_to_accept: None,
            headroom: 1_000_000,
            measured: *measured,
        })
        .collect();
    strategy.into().rank(&mut standings, draw);
    standings.iter().map(|one| one.provider.to_string()).collect()
}

#[test]
fn the_cheaper_success_wins_over_the_cheaper_call() {
    let order = ranked(
        BestValue,
        0,
        &[("cheap", Some("0.10"), measured(60, 200)), ("good", Some("0.20"), measured(170, 200))],
    );
    assert_eq!(order, ["good", "cheap"], "0.10 / 0.25 is more than 0.20 / 0.80");
}

#[test]
fn little_data_does_not_win() {
    let lucky = ("lucky", Some("0.20"), measured(4, 4));
    let known = ("known", Some("0.20"), measured(800, 1000));
    assert_eq!(
        ranked(BestValue, 0, &[lucky, known]),
        ["known", "lucky"],
        "four of four may be chance"
    );
    let proven = ("proven", Some("0.20"), measured(96, 100));
    assert_eq!(ranked(BestValue, 0, &[known, proven]), ["proven", "known"]);
    let unheard = ("unheard", Some("0.19"), Some(Measured::default()));
    assert_eq!(ranked(BestValue, 0, &[unheard, known]), ["known", "unheard"]);
}

#[test]
fn an_unknown_cost_has_no_value_and_without_measurements_the_cheapest_comes_first() {
    let secret = ("secret", None, measured(1000, 1000));
    assert_eq!(
        ranked(BestValue, 0, &[secret, ("dear", Some("9"), measured(1, 100))]),
        ["dear", "secret"]
    );
    let unmeasured =
        [("one", Some("0.30"), None), ("two", None, None), ("three", Some("0.10"), None)];
    assert_eq!(ranked(BestValue, 0, &unmeasured), ranked(Cheapest, 0, &unmeasured));
    let free = [("worse", Some("0"), measured(10, 100)), ("better", Some("0"), measured(90, 100))];
    assert_eq!(
        ranked(BestValue, 0, &free),
        ["better", "worse"],
        "of two that cost nothing the surer one"
    );
}

#[test]
fn the_value_is_exact_money() {
    let provider = id("alpha");
    let standing = RankInput {
        provider: &provider,
        preference: 0,
        cost: Some(usd("0.10")),
        time_to_accept: None,
        headroom: 0,
        measured: None,
    };
    // Of a rate of which nothing is known: (0.5 + z²/4 - z √(1/8 + z²/16)) / (1 + z²/2) with z =
    // 1.645 is 0.120866.
    let bound = i64::from(BetaPosterior::default().lower_bound());
    assert!((120_865..=120_867).contains(&bound), "{bound}");
    assert_eq!(standing.value().unwrap().micros(), 100_000_000_000_i64.div_euclid(bound) + 1);
}

const EXPLORES: Adaptive = Adaptive { exploration_percent: 5 };

#[test]
fn the_same_draw_gives_the_same_order() {
    let candidates = [
        ("alpha", None, measured(50, 100)),
        ("beta", None, measured(55, 100)),
        ("gamma", None, None),
    ];
    let mut orders = BTreeMap::new();
    for draw in 0..3_000 {
        let order = ranked(EXPLORES, draw, &candidates);
        assert_eq!(order, ranked(EXPLORES, draw, &candidates));
        let [a, b, c] = candidates;
        assert_eq!(order.len(), 3);
        *orders.entry(order).or_insert(0) += 1;
        // Who else is asked changes nobody's own draw: the order of two is that of the three
        // without the third.
        let never = Adaptive { exploration_percent: 0 };
        let (of_three, of_two) = (ranked(never, draw, &[a, b, c]), ranked(never, draw, &[b, c]));
        assert_eq!(of_three.into_iter().filter(|name| name != "alpha").collect::<Vec<_>>(), of_two);
    }
    assert_eq!(orders.len(), 6, "every order comes up: {orders:?}");
}

/// How often each is first in forty thousand draws, scaled to a hundred thousand.
fn firsts(strategy: Adaptive, candidates: &[(&str, Option<&str>, Option<Measured>)]) -> Vec<f64> {
    let mut counts: BTreeMap<String, f64> = BTreeMap::new();
    for draw in 0..40_000 {
        *counts.entry(ranked(strategy, draw, candidates).swap_remove(0)).or_default() += 2.5;
    }
    candidates.iter().map(|(name, ..)| counts.get(*name).copied().unwrap_or(0.0)).collect()
}

#[test]
fn who_is_certainly_worse_keeps_the_floor_and_no_more() {
    let hopeless = [
        ("best", None, measured(9_900, 10_000)),
        ("worst", None, measured(100, 10_000)),
        ("bad", None, measured(2_000, 10_000)),
    ];
    for percent in [1, 5, 20] {
        let strategy = Adaptive { exploration_percent: percent };
        let counts = firsts(strategy, &hopeless);
        let expected = 1_000.0 * f64::from(percent);
        for count in &counts[1..] {
            assert!(
                (count - expected).abs() < 5.0 * (2.5 * expected).sqrt(),
                "{percent} %: {counts:?}"
            );
        }
    }
    assert_eq!(
        firsts(Adaptive { exploration_percent: 0 }, &hopeless),
        [100_000.0, 0.0, 0.0],
        "without a floor nobody would notice that the worst one was mended"
    );
    let counts = firsts(Adaptive { exploration_percent: 50 }, &hopeless);
    for count in &counts {
        assert!(
            (count - 33_333.3).abs() < 5.0 * 236.0,
            "a floor that is more than everything is an equal share: {counts:?}"
        );
    }
}

#[test]
fn who_may_be_better_is_asked_more_than_the_floor() {
    let counts = firsts(
        EXPLORES,
        &[("known", None, measured(700, 1_000)), ("new", None, Some(Measured::default()))],
    );
    // Nothing is known of the new one: it is better with a chance of 0.3, in the 90 draws of a
    // hundred that do not explore.
    assert!((counts[1] - 32_000.0).abs() < 900.0, "{counts:?}");
}

/// A world in which providers succeed by chance, and each call is planned by the real planner on
/// what was measured of those before it.
struct World {
    policy: Policy,
    quality: Quality,
    chance: ChaCha8Rng,
    call: ValidCall,
    calls: u128,
    seconds: i64,
}

#[derive(Debug, Default, Clone)]
struct Tally {
    succeeded: u32,
    cost: i64,
    by_provider: BTreeMap<String, u32>,
}

impl World {
    fn new(seed: u64, prices: &[(&'static str, &str)], strategy: impl Into<Strategy>) -> Self {
        let fakes: Vec<Fake> = prices.iter().map(|(name, _)| Fake::new(name)).collect();
        let mut policy = policy(&fakes);
        for (provider, (_, price)) in policy.providers.iter_mut().zip(prices) {
            provider.deck = per_call(price);
        }
        policy.strategy = strategy.into();
        Self {
            policy,
            quality: Quality::new(QualitySettings::default()),
            chance: ChaCha8Rng::seed_from_u64(seed),
            call: call(1),
            calls: 0,
            seconds: 0,
        }
    }

    /// Makes calls, one every `apart` seconds; `rate` says how often a provider succeeds.
    fn run(&mut self, calls: u32, apart: i64, rate: impl Fn(&str) -> f64) -> Tally {
        let mut tally = Tally::default();
        for _ in 0..calls {
            self.calls += 1;
            self.seconds += apart;
            let now = crate::quality::made::after(self.seconds);
            let snapshot = Snapshot {
                policy: &self.policy,
                readings: &[],
                draw: self.chance.next_u64(),
                quality: Some(&self.quality),
                experiments: None,
            };
            let plan = plan(&self.call, &snapshot, now);
            let first = &plan.candidates[0];
            let name = first.provider.as_str();
            let succeeds = (self.chance.next_u64() as f64 / 2_f64.powi(64)) < rate(name);
            tally.succeeded += u32::from(succeeds);
            tally.cost += first.estimated_cost.map_or(0, Money::micros);
            *tally.by_provider.entry(name.to_owned()).or_default() += 1;
            let outcome = if succeeds { Outcome::Completed } else { Outcome::NoAnswer };
            self.quality.observe(&crate::quality::made::ended(
                self.calls,
                name,
                self.seconds,
                outcome,
            ));
        }
        tally
    }
}

const PRICES: [(&str, &str); 2] = [("cheap", "0.10"), ("good", "0.20")];

/// The cheaper call is the worse one: 0.10 / 0.30 is 0.33 per success, 0.20 / 0.80 is 0.25.
fn rates(name: &str) -> f64 {
    if name == "cheap" { 0.30 } else { 0.80 }
}

#[test]
fn best_value_finds_the_provider_that_is_cheaper_for_each_success() {
    let evenly = switchboard_router::Weighted {
        weights: PRICES.iter().map(|(name, _)| (id(name), 1)).collect(),
    };
    let each = |tally: &Tally| tally.cost as f64 / f64::from(tally.succeeded) / 1e6;
    const SEEDS: u64 = 40;
    let (mut found, mut paid, mut by_cheapest) = (0, 0.0, 0.0);
    for seed in 0..SEEDS {
        let mut world = World::new(seed, &PRICES, evenly.clone());
        world.run(400, 60, rates);
        world.policy.strategy = BestValue.into();
        let by_value = world.run(1_000, 60, rates);
        found += u32::from(by_value.by_provider.get("good") == Some(&1_000));
        paid += each(&by_value) / SEEDS as f64;
        world.policy.strategy = Cheapest.into();
        by_cheapest += each(&world.run(1_000, 60, rates)) / SEEDS as f64;
    }
    println!(
        "best_value: {paid:.3} per success, {by_cheapest:.3} by the cheapest call; the right one from the first call on in {found} of {SEEDS} worlds"
    );
    assert_eq!(u64::from(found), SEEDS);
    assert!(paid < 0.80 * by_cheapest, "{paid} against {by_cheapest}");
}

#[test]
fn best_value_alone_stays_with_what_it_knows() {
    let mut world = World::new(1, &PRICES, BestValue);
    let tally = world.run(500, 60, rates);
    assert_eq!(
        tally.by_provider.get("cheap"),
        Some(&500),
        "nobody measured the other one: {tally:?}"
    );
}

#[test]
fn adaptive_beats_a_fixed_split_and_starves_nobody() {
    const CALLS: u32 = 1_000;
    const SEEDS: u64 = 40;
    let rate = |name: &str| if name == "cheap" { 0.55 } else { 0.75 };
    let evenly = switchboard_router::Weighted {
        weights: PRICES.iter().map(|(name, _)| (id(name), 1)).collect(),
    };
    let (mut gains, mut least) = (Vec::new(), CALLS);
    for seed in 0..SEEDS {
        let adaptive = World::new(seed, &PRICES, EXPLORES).run(CALLS, 60, rate);
        let fixed = World::new(seed, &PRICES, evenly.clone()).run(CALLS, 60, rate);
        gains.push(f64::from(adaptive.succeeded) - f64::from(fixed.succeeded));
        least = least.min(adaptive.by_provider.values().copied().min().unwrap());
        assert_eq!(adaptive.by_provider.len(), 2, "{adaptive:?}");
    }
    let (mean, error) = mean_and_error(&gains);
    println!(
        "adaptive: {mean:.1} ± {error:.1} more successes in {CALLS} calls than a split of 50/50 (the best there is: 100); the less asked arm got at least {least} calls"
    );
    assert!(mean - 3.0 * error > 50.0, "{mean} ± {error}");
    // Each is first with a chance of at least 5 %, whatever was drawn before: five standard
    // deviations below.
    assert!(least >= 50 - 5 * 7, "{least}");
}

#[test]
fn adaptive_notices_when_the_better_one_becomes_the_worse() {
    // Two weeks, a call every ten minutes: after the first week the providers change places, and in
    // the second the evidence of the first leaves.
    const CALLS: u32 = 1_008;
    const SEEDS: u64 = 15;
    let (before, after) = (
        |name: &str| if name == "cheap" { 0.55 } else { 0.75 },
        |name: &str| if name == "cheap" { 0.75 } else { 0.55 },
    );
    let evenly = switchboard_router::Weighted {
        weights: PRICES.iter().map(|(name, _)| (id(name), 1)).collect(),
    };
    let (mut gains, mut last) = (Vec::new(), 0.0);
    for seed in 0..SEEDS {
        let run = |strategy: Strategy| {
            let mut world = World::new(seed, &PRICES, strategy);
            let first = world.run(CALLS, 600, before).succeeded;
            let second = world.run(CALLS, 600, after);
            let third = world.run(CALLS, 600, after);
            (first + second.succeeded + third.succeeded, third)
        };
        let (adaptive, third) = run(EXPLORES.into());
        let (fixed, _) = run(evenly.clone().into());
        gains.push(f64::from(adaptive) - f64::from(fixed));
        last += f64::from(third.by_provider.get("cheap").copied().unwrap_or(0))
            / f64::from(CALLS)
            / SEEDS as f64;
    }
    let (mean, error) = mean_and_error(&gains);
    println!(
        "adaptive, when the providers change places after a week: {mean:.1} ± {error:.1} more successes in three weeks of {CALLS} calls; {:.0} % of the third week's calls went to the one that is better now",
        100.0 * last
    );
    assert!(mean - 3.0 * error > 0.0, "{mean} ± {error}");
    assert!(last > 0.75, "{last}");
}

fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

#[test]
fn a_plan_says_what_was_measured() {
    let mut world = World::new(3, &PRICES, BestValue);
    world.run(30, 60, |_| 1.0);
    let now = crate::quality::made::after(world.seconds);
    let snapshot = Snapshot {
        policy: &world.policy,
        readings: &[],
        draw: 0,
        quality: Some(&world.quality),
        experiments: None,
    };
    let plan = plan(&call(1), &snapshot, now);
    assert_eq!(plan.candidates[0].chosen, RankReason::Strategy("best_value"));
    let measured = plan.candidates[0].measured.unwrap();
    assert_eq!(
        measured,
        world.quality.measured(&id("cheap"), Country::US, None, now),
        "as the table has it"
    );
    let each = plan.candidates[0].cost_per_success.unwrap();
    assert_eq!(
        plan.candidates[0].to_string(),
        format!(
            "first of 2 by best_value, 0.10 USD expected, at most {each} per success, 30 of 30 calls completed to this country with this profile, no rate limit known"
        )
    );
    assert!(plan.candidates[1].to_string().contains(", not measured, "), "{}", plan.candidates[1]);
}
