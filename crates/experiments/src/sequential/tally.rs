//! The sums of each arm: successes, costs and durations of its people.
//!
//! Money is summed exactly, because people read the total. Only the statistics behind an interval
//! are floating point.

use std::time::Duration;

use serde::Serialize;
use switchboard_core::{Currency, Money};

use super::{
    Estimate, Means, Rate, SampleRatioMismatch, difference, interval, sample_ratio_mismatch,
};

const MICROS: f64 = 1e6;

/// The result of one person's call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Observation {
    /// True if the call achieved its purpose.
    pub success: bool,
    /// How long the conversation lasted; `None` if unknown.
    pub duration: Option<Duration>,
    /// The cost of all attempts of the call; `None` if unknown.
    pub cost: Option<Money>,
}

/// The sums of one arm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tally {
    rate: Rate,
    spent: Money,
    unpriced: u64,
    cost: Means,
    duration: Means,
}

impl Tally {
    /// An empty arm. Costs are counted in this currency; others count as unknown.
    pub fn new(currency: Currency) -> Self {
        Self {
            rate: Rate::default(),
            spent: Money::from_micros(0, currency),
            unpriced: 0,
            cost: Means::default(),
            duration: Means::default(),
        }
    }

    /// Adds a person.
    pub fn add(&mut self, person: &Observation) {
        let success = f64::from(u8::from(person.success));
        self.rate.of += 1;
        self.rate.successes += u64::from(person.success);
        // A cost in another currency, or an overflow, counts as unknown rather than as a wrong sum.
        match person.cost.and_then(|cost| Some((cost, self.spent.checked_add(cost)?))) {
            Some((cost, spent)) => {
                self.spent = spent;
                self.cost.add(cost.micros() as f64 / MICROS, success);
            }
            None => self.unpriced += 1,
        }
        if let Some(duration) = person.duration {
            self.duration.add(duration.as_secs_f64(), 1.0);
        }
    }

    /// The number of successes and of people.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// The exact sum of all known costs.
    pub fn spent(&self) -> Money {
        self.spent
    }

    /// The number of people whose cost is not known in this currency. Cost per success leaves them
    /// out, and their successes too.
    pub fn unpriced(&self) -> u64 {
        self.unpriced
    }

    /// The success rate, with a confidence of `1 - alpha`. `None` for an empty arm.
    pub fn success(&self, alpha: f64) -> Option<Estimate> {
        Some(Estimate { value: self.rate.share()?, interval: Some(interval(self.rate, alpha)) })
    }

    /// The cost per success in units of the currency, with the cost of failures included. `None`
    /// without a success whose cost is known.
    pub fn cost_per_success(&self, alpha: f64) -> Option<Estimate> {
        self.cost.estimate(alpha)
    }

    /// The mean duration in seconds. `None` if no duration is known.
    pub fn duration(&self, alpha: f64) -> Option<Estimate> {
        self.duration.estimate(alpha)
    }

    /// How the other arm differs from this one, computed from sums alone.
    pub fn against(&self, other: &Self, alpha: f64) -> Comparison {
        Comparison {
            success: difference(self.rate, other.rate, alpha)
                .map(|found| Estimate { value: found.estimate, interval: Some(found.interval) }),
            cost_per_success: self.cost_per_success_against(other, alpha),
            duration: self.duration_against(other, alpha),
        }
    }

    pub(super) fn cost_per_success_against(&self, other: &Self, alpha: f64) -> Option<Estimate> {
        // Costs in two currencies cannot be compared.
        let comparable = self.spent.currency() == other.spent.currency();
        comparable.then(|| self.cost.against(&other.cost, alpha))?
    }

    pub(super) fn duration_against(&self, other: &Self, alpha: f64) -> Option<Estimate> {
        self.duration.against(&other.duration, alpha)
    }
}

/// How much higher each metric is in the second of two arms; `None` if an arm has no data for it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Comparison {
    /// The difference of the success rates, -1 to 1.
    pub success: Option<Estimate>,
    /// The difference in cost per success, in units of the currency.
    pub cost_per_success: Option<Estimate>,
    /// The difference of the mean durations, in seconds.
    pub duration: Option<Estimate>,
}

/// The sums of every arm of an experiment, in the order of its definition.
#[derive(Debug, Clone, PartialEq)]
pub struct Arms {
    tallies: Vec<Tally>,
}

impl Arms {
    /// This many empty arms. Costs are counted in this currency.
    pub fn new(arms: usize, currency: Currency) -> Self {
        Self { tallies: vec![Tally::new(currency); arms] }
    }

    /// Adds a person to the arm that they were assigned to. False if there is no such arm.
    pub fn observe(&mut self, arm: usize, person: &Observation) -> bool {
        let tally = self.tallies.get_mut(arm);
        tally.map(|tally| tally.add(person)).is_some()
    }

    /// The sums of the arm at this index.
    pub fn tally(&self, arm: usize) -> Option<&Tally> {
        self.tallies.get(arm)
    }

    /// The number of people in each arm.
    pub fn counts(&self) -> Vec<u64> {
        self.tallies.iter().map(|tally| tally.rate.of).collect()
    }

    /// The second arm compared with the first, from sums alone: valid however people were assigned,
    /// and therefore with wider intervals. `None` if there is no such arm.
    pub fn compare(&self, first: usize, second: usize, alpha: f64) -> Option<Comparison> {
        Some(self.tally(first)?.against(self.tally(second)?, alpha))
    }

    /// The evidence that people were not assigned by these weights. `None` if the number of weights
    /// is not the number of arms.
    pub fn sample_ratio_mismatch(&self, weights: &[u32]) -> Option<SampleRatioMismatch> {
        sample_ratio_mismatch(&self.counts(), weights)
    }
}
