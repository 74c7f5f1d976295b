//! A test by betting on the arm that each person was drawn into.
//!
//! If the success rates of the arms differ by exactly `d`, a person's outcome reveals about their
//! arm only what `d` implies. A bettor who predicts more is paid `q(arm, outcome) / p(arm,
//! outcome)` for each person: `q` is the bettor's prediction from the people before, and `p` is the
//! distribution closest to it (in Kullback-Leibler divergence) among all those in which the arms
//! differ by `d`. These form a convex set, so the bettor gains nothing on average if one of them is
//! true (Grünwald, de Heide and Koolen 2024; for two proportions Turner, Ly and Grünwald 2024). By
//! Ville's inequality, the bettor's capital then ever reaches `1/α` with a probability of at most
//! `α`. The differences against which it has not reached `1/α` form a confidence sequence.
//!
//! For `d = 0` this tests the randomisation alone: `p` is then the mean of both predictions, and
//! nothing is assumed about the outcomes.
//!
//! Compared with `mixture.rs`, which does not rely on a random draw, it needs about half as many
//! people: there, the null hypothesis is granted the likeliest common rate in hindsight.
//!
//! The predictions are renewed each time that the number of people has grown by 5 %. In between,
//! only counts matter: the whole past is a short list, and any `d` can be tested at any time.

use super::{estimate::Interval, mixture::Rate, numeric::edge};

/// The prior belief that the arms are alike weighs as much as this many people in each arm. Half or
/// twice as many would cost a few percent more people, for either small or large effects.
pub(super) const SHRINKAGE: f64 = 30.0;
/// The predictions are renewed after this many more people, as a share of those so far.
const RENEWAL: f64 = 0.05;
/// Predicted rates stay this far away from 0 and 1.
const MARGIN: f64 = 1e-9;
/// The number of steps between differences of -1 and 1 that are tried before the ends of an
/// interval are searched between two of them.
const GRID: u32 = 80;

/// Bets against every possible difference between two arms.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct BettingTest {
    shares: [f64; 2],
    past: Vec<Epoch>,
    current: Epoch,
    /// The log payoff of the bet against "no difference" in this epoch, by arm and outcome.
    payoffs: [[f64; 2]; 2],
    /// The log capital against "no difference".
    capital: f64,
    max_capital: f64,
}

/// The state of a test at one moment, so that it can be asked about later.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Checkpoint {
    past: usize,
    current: Epoch,
}

/// The people between two renewals of the predictions.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Epoch {
    shares: [f64; 2],
    before: [Rate; 2],
    during: [Rate; 2],
}

impl BettingTest {
    /// `None` if an arm has no weight.
    pub(super) fn new(weights: [u32; 2]) -> Option<Self> {
        let shares = split(weights)?;
        let current = Epoch { shares, before: [Rate::default(); 2], during: [Rate::default(); 2] };
        Some(Self {
            shares,
            past: Vec::new(),
            payoffs: current.payoffs(0.0),
            current,
            capital: 0.0,
            max_capital: 0.0,
        })
    }

    /// The weights by which the next people are drawn. False, without any change, if an arm has no
    /// weight.
    pub(super) fn set_weights(&mut self, weights: [u32; 2]) -> bool {
        let Some(shares) = split(weights) else {
            return false;
        };
        self.shares = shares;
        self.renew();
        true
    }

    /// Adds a person with the outcome of their call.
    pub(super) fn push(&mut self, arm: usize, success: bool) {
        let rate = &mut self.current.during[arm];
        rate.of += 1;
        rate.successes += u64::from(success);
        self.capital += self.payoffs[arm][usize::from(success)];
        self.max_capital = self.max_capital.max(self.capital);
        let [before, during] = [self.current.before, self.current.during]
            .map(|rates| (rates[0].of + rates[1].of) as f64);
        if during >= before * RENEWAL {
            self.renew();
        }
    }

    /// The highest log capital against "no difference" so far.
    pub(super) fn max_capital(&self) -> f64 {
        self.max_capital
    }

    /// The present state, to be asked about later.
    pub(super) fn checkpoint(&self) -> Checkpoint {
        Checkpoint { past: self.past.len(), current: self.current }
    }

    /// The log capital against this difference at a checkpoint.
    pub(super) fn against(&self, difference: f64, checkpoint: Checkpoint) -> f64 {
        let past = self.past.iter().take(checkpoint.past);
        past.chain([&checkpoint.current]).map(|epoch| epoch.log_gain(difference)).sum()
    }

    /// The confidence interval of the true difference: against every difference outside of it, the
    /// capital was at least `1/alpha` at the checkpoint.
    pub(super) fn interval(&self, alpha: f64, checkpoint: Checkpoint) -> Interval {
        let enough = -alpha.ln();
        let holds = |difference: f64| self.against(difference, checkpoint) < enough;
        // The capital need not rise monotonically to both sides: the outermost differences that
        // hold are the ends.
        let at = |point: u32| f64::from(point) * 2.0 / f64::from(GRID) - 1.0;
        let mut held = (1..GRID).filter(|point| holds(at(*point)));
        if let Some(first) = held.next() {
            let last = held.next_back().unwrap_or(first);
            return Interval {
                low: if first == 1 { -1.0 } else { edge(at(first), at(first - 1), holds) },
                high: if last == GRID - 1 { 1.0 } else { edge(at(last), at(last + 1), holds) },
            };
        }
        // All differences that hold lie between two neighbouring points of the grid.
        let [first, second] = checkpoint.current.so_far().map(|rate| rate.share().unwrap_or(0.5));
        let below = (((second - first + 1.0) * f64::from(GRID) / 2.0).floor() as u32).min(GRID - 1);
        let (low, high) = (at(below), at(below + 1));
        if !holds(second - first) {
            return Interval { low, high };
        }
        Interval { low: edge(second - first, low, holds), high: edge(second - first, high, holds) }
    }

    fn renew(&mut self) {
        let before = self.current.so_far();
        if self.current.during != [Rate::default(); 2] {
            self.past.push(self.current);
        }
        self.current = Epoch { shares: self.shares, before, during: [Rate::default(); 2] };
        self.payoffs = self.current.payoffs(0.0);
    }
}

impl Epoch {
    fn so_far(&self) -> [Rate; 2] {
        [0, 1].map(|arm| self.before[arm].and(self.during[arm]))
    }

    fn log_gain(&self, difference: f64) -> f64 {
        let payoffs = self.payoffs(difference);
        self.during
            .iter()
            .zip(payoffs)
            .map(|(rate, [failure, success])| {
                rate.successes as f64 * success + rate.failures() as f64 * failure
            })
            .sum()
    }

    /// The log payoff of one person against this difference, by arm and outcome.
    fn payoffs(&self, difference: f64) -> [[f64; 2]; 2] {
        let range = Range::of(difference);
        let predicted = self.predicted(difference, range);
        let closest = self.closest(predicted, difference, range);
        let fair = [closest, closest + difference];
        // The expected payoff must not exceed one even if the numeric search for `closest` was
        // inexact. It is linear along the range, so its maximum is at one of the ends.
        let price = self
            .expected_payoff(predicted, fair, [range.low, range.low + difference])
            .max(self.expected_payoff(predicted, fair, [range.high, range.high + difference]))
            .ln();
        [0, 1].map(|arm| {
            [
                ((1.0 - predicted[arm]) / (1.0 - fair[arm])).ln() - price,
                (predicted[arm] / fair[arm]).ln() - price,
            ]
        })
    }

    /// The rates that the people before make likely, shrunk towards a pair of rates that differ by
    /// `difference`.
    fn predicted(&self, difference: f64, range: Range) -> [f64; 2] {
        let [first, second] = self.before;
        let successes = (first.successes + second.successes) as f64;
        let alike = range.inner(
            (successes - second.of as f64 * difference + range.middle())
                / ((first.of + second.of) as f64 + 1.0),
        );
        [(first, alike), (second, alike + difference)].map(|(rate, alike)| {
            (rate.successes as f64 + SHRINKAGE * alike) / (rate.of as f64 + SHRINKAGE)
        })
    }

    /// The first arm's rate in that pair of rates which differ by `difference` that is closest to
    /// the predicted pair.
    fn closest(&self, predicted: [f64; 2], difference: f64, range: Range) -> f64 {
        let [one, two] = self.shares;
        let mut rate = range.inner(one * predicted[0] + two * (predicted[1] - difference));
        if difference == 0.0 {
            return rate;
        }
        let (mut low, mut high) = (range.low, range.high);
        for _ in 0..50 {
            // The first derivative of the divergence, which rises with the rate, and the second.
            let (mut slope, mut curvature) = (0.0, 0.0);
            for (share, predicted, fair) in
                [(one, predicted[0], rate), (two, predicted[1], rate + difference)]
            {
                slope += share * ((1.0 - predicted) / (1.0 - fair) - predicted / fair);
                curvature +=
                    share * ((1.0 - predicted) / (1.0 - fair).powi(2) + predicted / fair.powi(2));
            }
            if slope > 0.0 {
                high = rate;
            } else {
                low = rate;
            }
            let next = rate - slope / curvature;
            let next = if next > low && next < high { next } else { f64::midpoint(low, high) };
            let moved = (next - rate).abs();
            rate = range.inner(next);
            if moved < 1e-10 {
                break;
            }
        }
        rate
    }

    /// The expected payoff of one person if `truth` are the true rates.
    fn expected_payoff(&self, predicted: [f64; 2], fair: [f64; 2], truth: [f64; 2]) -> f64 {
        (0..2)
            .map(|arm| {
                self.shares[arm]
                    * (truth[arm] * predicted[arm] / fair[arm]
                        + (1.0 - truth[arm]) * (1.0 - predicted[arm]) / (1.0 - fair[arm]))
            })
            .sum()
    }
}

/// The rates that the first arm can have if the second one's is higher by a given difference.
#[derive(Clone, Copy)]
struct Range {
    low: f64,
    high: f64,
}

impl Range {
    fn of(difference: f64) -> Self {
        Self { low: (-difference).max(0.0), high: (1.0 - difference).min(1.0) }
    }

    fn middle(self) -> f64 {
        f64::midpoint(self.low, self.high)
    }

    fn inner(self, rate: f64) -> f64 {
        rate.clamp(self.low + MARGIN, self.high - MARGIN)
    }
}

fn split(weights: [u32; 2]) -> Option<[f64; 2]> {
    let [first, second] = weights.map(f64::from);
    (first > 0.0 && second > 0.0).then(|| [first / (first + second), second / (first + second)])
}
