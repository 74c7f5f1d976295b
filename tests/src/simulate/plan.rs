//! The plan of a seed: who calls whom, and what goes wrong with which call.
//!
//! Purely random faults would never happen in rare states. So a seed draws pairs of a fault and a
//! state from the table, uniformly over many seeds, and plans for each pair a call that is likely
//! to reach that state.

use std::collections::BTreeMap;

use jiff::Timestamp;
use switchboard::{Outcome, ValidCall};

use super::{
    fault::{Fault, Means, pairs},
    kind::{Kind, Kinds},
    law::Regime,
    random::Random,
    stage::Stage,
    wish::wish,
};

/// The minimum distance between the pairs of one seed, so that they are mixed.
const STRIDE: usize = 101;
pub(super) const MINUTE: u64 = 60_000;
pub(super) const HOUR: u64 = 60 * MINUTE;

/// A fault that waits for a state.
#[derive(Debug, Clone, Copy)]
pub(super) struct Aim {
    pub(super) fault: Fault,
    pub(super) stage: Stage,
    /// The call; `None` means the first one that reaches the state.
    pub(super) call: Option<usize>,
    /// The delay in milliseconds after the call reached the state.
    pub(super) delay: u64,
    /// Between the last check of the router and the first byte.
    pub(super) at_door: bool,
    /// How many times it may still happen.
    pub(super) left: u32,
}

/// When the provider's webhooks of a call are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hooks {
    Prompt,
    Lost,
    /// Held back until they are released.
    Held,
    Doubled,
    Reordered,
}

/// One requested call and what happens to it.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub(super) call: ValidCall,
    /// The providers that may be asked, in order.
    pub(super) route: Vec<Kind>,
    pub(super) at: u64,
    /// The same request is made again after this many milliseconds.
    pub(super) again: Option<u64>,
    /// How many milliseconds the caller waits for a decision.
    pub(super) waits: Option<u64>,
    /// The fault of each placing request, in order.
    pub(super) places: Vec<Option<Fault>>,
    /// The outcome of each ring, in order. The last one applies to all further rings.
    pub(super) rings: Vec<Outcome>,
    /// The time from the arrival of the request to the ring, in milliseconds.
    pub(super) queue: u64,
    pub(super) talk: u64,
    /// The time from the arrival of the request to its response, in milliseconds.
    pub(super) thinks: u64,
    /// The delay of a late request, in milliseconds.
    pub(super) late: u64,
    pub(super) hooks: Hooks,
    /// The end is not visible until the call is given up.
    pub(super) unseen: bool,
    /// The call is not visible at all until it is given up.
    pub(super) invisible: bool,
    /// A person takes care of the call when it is given up.
    pub(super) cared_for: bool,
}

/// The plan of a world.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) replicas: u32,
    /// When the world begins.
    pub(super) base: Timestamp,
    /// The calling rules.
    pub(super) regime: Regime,
    pub(super) wishes: Vec<Wish>,
    pub(super) aims: Vec<Aim>,
    /// The world lasts days rather than minutes: polls are rarer and delays longer.
    pub(super) long: bool,
    pub(super) poll: u64,
    pub(super) sweep: u64,
    pub(super) lease: u64,
    pub(super) reconcile: u64,
    pub(super) max_wait: u64,
    pub(super) grace: u64,
    /// The providers.
    pub(super) kinds: Kinds,
    /// A low rate limit of KaiCalls, in calls per minute.
    pub(super) place_limit: Option<u32>,
    /// The budget of the tenant with a budget, in millionths.
    pub(super) budget: i64,
}

/// The maximum length of a call in milliseconds.
pub(super) const LONGEST: u64 = 120_000;

impl Plan {
    pub(super) fn new(seed: u64, replicas: Option<u32>) -> Self {
        let random = &mut Random::new(seed);
        let long = random.chance(6);
        let (regime, base) = Regime::draw(random, long);
        let pairs = pairs();
        let stride = stride(pairs.len());
        let aimed = random.between(4, 8);
        let mut aims = Vec::new();
        let mut wishes = Vec::new();
        let mut kinds = Kinds::draw(random);
        for nth in 0..aimed {
            let at = (seed.wrapping_mul(7).wrapping_add(nth)) as usize % pairs.len();
            let (fault, stage) = pairs[(at * stride) % pairs.len()];
            wishes.push(wish(random, &mut kinds, Some((fault, stage)), wishes.len(), base, long));
            if matches!(fault.means(), Means::Placing | Means::Webhook | Means::Consequence) {
                continue;
            }
            let own = random.chance(60)
                || fault.means() == Means::Reading
                || matches!(fault, Fault::WebhookLate | Fault::WebhookReplayed);
            aims.push(Aim {
                fault,
                stage,
                call: own.then_some(wishes.len() - 1),
                delay: if random.chance(50) { 0 } else { random.below(4_000) },
                at_door: stage == Stage::Sent
                    && random.chance(50)
                    && matches!(
                        fault,
                        Fault::Crash
                            | Fault::Pause
                            | Fault::SleptThroughTakeover
                            | Fault::ClockForward
                    ),
                left: if fault.means() == Means::Reading { random.between(1, 6) as u32 } else { 1 },
            });
        }
        for _ in 0..random.between(2, 12) {
            wishes.push(wish(random, &mut kinds, None, wishes.len(), base, long));
        }
        let replicas = replicas.unwrap_or(if random.chance(50) { 2 } else { 1 });
        let sweep = if long { 90_000 } else { 1_000 * random.between(3, 10) };
        Self {
            replicas,
            base,
            regime,
            wishes,
            aims,
            long,
            poll: if long { 60_000 } else { 1_000 * random.between(3, 10) },
            sweep,
            lease: sweep * 3 + 1_000 * random.below(20),
            reconcile: if long { 15 * MINUTE } else { 1_000 * random.between(60, 400) },
            max_wait: 1_000 * random.between(20, 120),
            grace: 1_000 * random.between(20, 120),
            place_limit: random.chance(30).then(|| random.between(2, 5) as u32),
            budget: 1_000 * random.between(300, 1_500) as i64,
            kinds,
        }
    }
}

/// A stride that is coprime to the number of pairs, so that every pair is used.
fn stride(pairs: usize) -> usize {
    let coprime = |stride: &usize| {
        let (mut one, mut other) = (*stride, pairs);
        while other != 0 {
            (one, other) = (other, one % other);
        }
        one == 1
    };
    (STRIDE..).find(coprime).unwrap_or(1)
}

/// The index of the wish of a call.
pub(super) fn wish_of(call: &ValidCall) -> usize {
    wish_named(&call.metadata)
}

pub(super) fn wish_named(metadata: &BTreeMap<String, String>) -> usize {
    let named = metadata.get("wish").and_then(|text| text.parse().ok());
    named.expect("every call of a world is somebody's wish")
}
