//! Simulated people.

use std::time::Duration;

use jiff::Timestamp;
use switchboard_core::{Currency, Money};
use switchboard_experiments::sequential::{Observation, Side};

/// A random generator with the same sequence in every run.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0xd134_2543_de82_ef95).wrapping_add(1))
    }

    /// From 0 up to 1.
    pub(crate) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.next()
    }

    /// Draws a person's arm by weights.
    pub(crate) fn side(&mut self, weights: [u32; 2]) -> Side {
        let whole = f64::from(weights[0] + weights[1]);
        if self.next() * whole < f64::from(weights[0]) { Side::Control } else { Side::Treatment }
    }

    /// The length of a conversation in seconds: many short ones, few very long ones (log-normal).
    pub(crate) fn seconds(&mut self, median: f64, spread: f64) -> f64 {
        let (one, two) = (self.next().max(1e-300), self.next());
        let normal = (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * two).cos();
        median * (spread * normal).exp()
    }
}

/// How one arm's people are simulated: the success rate, the median of a conversation in seconds, the
/// standard deviation of its logarithm, and the price of a minute in millionths.
#[derive(Clone, Copy)]
pub(crate) struct Cohort {
    pub(crate) success: f64,
    pub(crate) median: f64,
    pub(crate) spread: f64,
    pub(crate) minute: f64,
}

impl Cohort {
    pub(crate) fn one(&self, chance: &mut Chance) -> Observation {
        let success = chance.next() < self.success;
        // People who are not interested hang up sooner.
        let seconds =
            chance.seconds(if success { self.median } else { self.median / 3.0 }, self.spread);
        Observation {
            success,
            duration: Some(Duration::from_secs_f64(seconds)),
            cost: Some(usd((seconds / 60.0 * self.minute) as i64)),
        }
    }

    /// The mean duration in seconds, by the formula of the log-normal distribution.
    pub(crate) fn mean_seconds(&self) -> f64 {
        let mean = |median: f64| median * (self.spread * self.spread / 2.0).exp();
        self.success * mean(self.median) + (1.0 - self.success) * mean(self.median / 3.0)
    }

    /// The true cost per success.
    pub(crate) fn cost_per_success(&self) -> f64 {
        self.mean_seconds() / 60.0 * self.minute / 1e6 / self.success
    }
}

pub(crate) fn usd(micros: i64) -> Money {
    Money::from_micros(micros, Currency::USD)
}

pub(crate) fn second(number: u64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + number as i64).unwrap()
}

pub(crate) fn outcome(success: bool) -> Observation {
    Observation { success, ..Observation::default() }
}

pub(crate) fn index(side: Side) -> usize {
    match side {
        Side::Control => 0,
        Side::Treatment => 1,
    }
}
