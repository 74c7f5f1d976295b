//! Sums of what happened to the people of each arm.
//!
//! Money is summed exactly for whoever reads it. Only the moments that an interval is made of are
//! floating point.

use std::time::Duration;

use serde::Serialize;
use switchboard_core::{Currency, Money};

use super::{Estimate, Means, Mismatch, Rate, difference, interval, mismatch};

const MICROS: f64 = 1e6;

/// What happened to one person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Observation {
    /// The call reached what it was for.
    pub success: bool,
    /// How long it lasted; `None` where that is not known.
    pub duration: Option<Duration>,
    /// What all of his attempts cost; `None` where that is not known.
    pub cost: Option<Money>,
}

/// One arm's sums.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tally {
    rate: Rate,
    spent: Money,
    unpriced: u64,
    cost: Means,
    duration: Means,
}

impl Tally {
    /// Nobody yet; costs count in this currency.
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
        // Another currency, or more than fits, is not known: it must not become a wrong sum.
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

    /// Successes among people.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// What is known to have been spent, exactly.
    pub fn spent(&self) -> Money {
        self.spent
    }

    /// People whose cost is not known in this currency. They are left out of what a success costs,
    /// with their successes.
    pub fn unpriced(&self) -> u64 {
        self.unpriced
    }

    /// The share of successes, with a confidence of `1 - alpha`. `None` without anybody.
    pub fn success(&self, alpha: f64) -> Option<Estimate> {
        Some(Estimate { value: self.rate.share()?, interval: Some(interval(self.rate, alpha)) })
    }

    /// What a success costs, failures included, in units of the currency. `None` without a success
    /// whose cost is known.
    pub fn cost_per_success(&self, alpha: f64) -> Option<Estimate> {
        self.cost.estimate(alpha)
    }

    /// The mean duration in seconds. `None` where none is known.
    pub fn duration(&self, alpha: f64) -> Option<Estimate> {
        self.duration.estimate(alpha)
    }

    /// How the other arm differs, from sums alone.
    pub fn against(&self, other: &Self, alpha: f64) -> Comparison {
        Comparison {
            success: difference(self.rate, other.rate, alpha)
                .map(|found| Estimate { value: found.estimate, interval: Some(found.interval) }),
            cost_per_success: self.cost_per_success_against(other, alpha),
            duration: self.duration_against(other, alpha),
        }
    }

    pub(super) fn cost_per_success_against(&self, other: &Self, alpha: f64) -> Option<Estimate> {
        // Two currencies have no difference.
        let comparable = self.spent.currency() == other.spent.currency();
        comparable.then(|| self.cost.against(&other.cost, alpha))?
    }

    pub(super) fn duration_against(&self, other: &Self, alpha: f64) -> Option<Estimate> {
        self.duration.against(&other.duration, alpha)
    }
}

/// How much higher each is in the second of two arms; `None` where an arm has nothing to compare.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Comparison {
    /// The share of successes.
    pub success: Option<Estimate>,
    /// What a success costs, in units of the currency.
    pub cost_per_success: Option<Estimate>,
    /// The mean duration in seconds.
    pub duration: Option<Estimate>,
}

/// The sums of every arm of an experiment, in its own order.
#[derive(Debug, Clone, PartialEq)]
pub struct Arms {
    tallies: Vec<Tally>,
}

impl Arms {
    /// So many arms without anybody; costs count in this currency.
    pub fn new(arms: usize, currency: Currency) -> Self {
        Self { tallies: vec![Tally::new(currency); arms] }
    }

    /// Adds a person to the arm that he was assigned. False where there is no such arm.
    pub fn observe(&mut self, arm: usize, person: &Observation) -> bool {
        let tally = self.tallies.get_mut(arm);
        tally.map(|tally| tally.add(person)).is_some()
    }

    /// An arm's sums.
    pub fn tally(&self, arm: usize) -> Option<&Tally> {
        self.tallies.get(arm)
    }

    /// People in each arm.
    pub fn counts(&self) -> Vec<u64> {
        self.tallies.iter().map(|tally| tally.rate.of).collect()
    }

    /// The second arm against the first, from sums alone: valid however people came into the arms,
    /// and wide for it. `None` where there is no such arm.
    pub fn compare(&self, first: usize, second: usize, alpha: f64) -> Option<Comparison> {
        Some(self.tally(first)?.against(self.tally(second)?, alpha))
    }

    /// Evidence that people did not come into the arms by these weights. `None` where the weights
    /// are not of these arms.
    pub fn mismatch(&self, weights: &[u32]) -> Option<Mismatch> {
        mismatch(&self.counts(), weights)
    }
}
