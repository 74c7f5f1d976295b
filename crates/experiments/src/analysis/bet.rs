//! A bet on the arm that each person was drawn into.
//!
//! If the arms differ by exactly `d`, whoever is told a person's outcome learns about his arm only
//! what `d` says. A gambler who guesses more is paid `q(arm, outcome) / p(arm, outcome)` for each
//! person: `q` is what he believes, from the people before, and `p` is the distribution closest to
//! it (in Kullback and Leibler's sense) among all where the arms differ by `d`. As these are a
//! convex set, nobody gains on average where one of them is true (Grünwald, de Heide and Koolen
//! 2024; for two proportions Turner, Ly and Grünwald 2024), so that by Ville's inequality his
//! capital ever reaches `1/α` with a chance of at most `α`. The differences at which it has not are
//! a confidence sequence.
//!
//! For `d = 0` it is a test of the randomisation alone: `p` is then the mean of both beliefs, and
//! nothing is assumed of the outcomes.
//!
//! Against `rates.rs`, which needs no random draw, it needs about half of the people: there, the
//! likeliest common rate is granted to the other side after the fact.
//!
//! What he believes is renewed after every twentieth of the people so far. Between, only counts
//! matter: the whole past is a short list, and any `d` can be asked at any time.

use super::{Interval, Rate, edge};

/// The gambler begins with the belief that the arms are alike, as strong as so many people in each
/// arm. Half or twice as much costs a few people in a hundred, either where effects are small or
/// where they are large.
pub(super) const SHRINKAGE: f64 = 30.0;
/// People before the next renewal, as a share of those so far.
const RENEWAL: f64 = 0.05;
/// Beliefs keep this distance from certainty.
const MARGIN: f64 = 1e-9;
/// So many differences are tried before an interval's ends are searched between two of them.
const GRID: u32 = 80;

/// Capital of bets against every difference, over two arms.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bet {
    shares: [f64; 2],
    past: Vec<Stretch>,
    now: Stretch,
    /// What a person brings against "no difference" in this stretch, by arm and outcome, as
    /// logarithms.
    pays: [[f64; 2]; 2],
    capital: f64,
    most: f64,
}

/// A moment in the past of a bet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moment {
    past: usize,
    now: Stretch,
}

/// People between two renewals.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stretch {
    shares: [f64; 2],
    before: [Rate; 2],
    during: [Rate; 2],
}

impl Bet {
    /// `None` where an arm takes nobody.
    pub(super) fn new(weights: [u32; 2]) -> Option<Self> {
        let shares = split(weights)?;
        let now = Stretch { shares, before: [Rate::default(); 2], during: [Rate::default(); 2] };
        Some(Self { shares, past: Vec::new(), pays: now.pays(0.0), now, capital: 0.0, most: 0.0 })
    }

    /// From the next person on, arms are drawn so. False where an arm would take nobody: nothing is
    /// changed then.
    pub(super) fn reweigh(&mut self, weights: [u32; 2]) -> bool {
        let Some(shares) = split(weights) else {
            return false;
        };
        self.shares = shares;
        self.renew();
        true
    }

    /// Adds a person.
    pub(super) fn push(&mut self, arm: usize, success: bool) {
        let rate = &mut self.now.during[arm];
        rate.of += 1;
        rate.successes += u64::from(success);
        self.capital += self.pays[arm][usize::from(success)];
        self.most = self.most.max(self.capital);
        let [before, during] =
            [self.now.before, self.now.during].map(|rates| (rates[0].of + rates[1].of) as f64);
        if during >= before * RENEWAL {
            self.renew();
        }
    }

    /// The highest ln of the capital against "no difference" so far.
    pub(super) fn most(&self) -> f64 {
        self.most
    }

    /// This moment, to be asked about later.
    pub(super) fn moment(&self) -> Moment {
        Moment { past: self.past.len(), now: self.now }
    }

    /// ln of the capital that a moment had against this difference.
    pub(super) fn against(&self, difference: f64, moment: Moment) -> f64 {
        let past = self.past.iter().take(moment.past);
        past.chain([&moment.now]).map(|stretch| stretch.paid(difference)).sum()
    }

    /// Where the true difference is: outside of it, the capital stood at `1/alpha` or more at that
    /// moment.
    pub(super) fn interval(&self, alpha: f64, moment: Moment) -> Interval {
        let enough = -alpha.ln();
        let holds = |difference: f64| self.against(difference, moment) < enough;
        // The capital need not rise steadily to both sides: the outermost differences count that
        // hold.
        let at = |point: u32| f64::from(point) * 2.0 / f64::from(GRID) - 1.0;
        let mut held = (1..GRID).filter(|point| holds(at(*point)));
        if let Some(first) = held.next() {
            let last = held.next_back().unwrap_or(first);
            return Interval {
                low: if first == 1 { -1.0 } else { edge(at(first), at(first - 1), holds) },
                high: if last == GRID - 1 { 1.0 } else { edge(at(last), at(last + 1), holds) },
            };
        }
        // All that holds is between two points of the grid.
        let [first, second] = moment.now.so_far().map(|rate| rate.share().unwrap_or(0.5));
        let below = (((second - first + 1.0) * f64::from(GRID) / 2.0).floor() as u32).min(GRID - 1);
        let (low, high) = (at(below), at(below + 1));
        if !holds(second - first) {
            return Interval { low, high };
        }
        Interval { low: edge(second - first, low, holds), high: edge(second - first, high, holds) }
    }

    fn renew(&mut self) {
        let before = self.now.so_far();
        if self.now.during != [Rate::default(); 2] {
            self.past.push(self.now);
        }
        self.now = Stretch { shares: self.shares, before, during: [Rate::default(); 2] };
        self.pays = self.now.pays(0.0);
    }
}

impl Stretch {
    fn so_far(&self) -> [Rate; 2] {
        [0, 1].map(|arm| self.before[arm].and(self.during[arm]))
    }

    fn paid(&self, difference: f64) -> f64 {
        let pays = self.pays(difference);
        self.during
            .iter()
            .zip(pays)
            .map(|(rate, [failure, success])| {
                rate.successes as f64 * success + rate.failures() as f64 * failure
            })
            .sum()
    }

    /// ln of what a person brings, by arm and outcome, against this difference.
    fn pays(&self, difference: f64) -> [[f64; 2]; 2] {
        let range = Range::of(difference);
        let believed = self.believed(difference, range);
        let closest = self.closest(believed, difference, range);
        let fair = [closest, closest + difference];
        // No more than a fair price, even where `closest` is not exactly the closest: the mean
        // payment is linear along the range.
        let price = self
            .mean(believed, fair, [range.low, range.low + difference])
            .max(self.mean(believed, fair, [range.high, range.high + difference]))
            .ln();
        [0, 1].map(|arm| {
            [
                ((1.0 - believed[arm]) / (1.0 - fair[arm])).ln() - price,
                (believed[arm] / fair[arm]).ln() - price,
            ]
        })
    }

    /// Each arm's rate as the people before make it likely, drawn towards a pair that differs as
    /// claimed.
    fn believed(&self, difference: f64, range: Range) -> [f64; 2] {
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

    /// The first arm's rate in the pair that differs as claimed and is closest to the believed one.
    fn closest(&self, believed: [f64; 2], difference: f64, range: Range) -> f64 {
        let [one, two] = self.shares;
        let mut rate = range.inner(one * believed[0] + two * (believed[1] - difference));
        if difference == 0.0 {
            return rate;
        }
        let (mut low, mut high) = (range.low, range.high);
        for _ in 0..50 {
            // The divergence's slope, which rises with the rate, and the slope's own.
            let (mut slope, mut bend) = (0.0, 0.0);
            for (share, believed, fair) in
                [(one, believed[0], rate), (two, believed[1], rate + difference)]
            {
                slope += share * ((1.0 - believed) / (1.0 - fair) - believed / fair);
                bend += share * ((1.0 - believed) / (1.0 - fair).powi(2) + believed / fair.powi(2));
            }
            if slope > 0.0 {
                high = rate;
            } else {
                low = rate;
            }
            let next = rate - slope / bend;
            let next = if next > low && next < high { next } else { f64::midpoint(low, high) };
            let moved = (next - rate).abs();
            rate = range.inner(next);
            if moved < 1e-10 {
                break;
            }
        }
        rate
    }

    /// What a person brings on average where the rates are `truly` so.
    fn mean(&self, believed: [f64; 2], fair: [f64; 2], truly: [f64; 2]) -> f64 {
        (0..2)
            .map(|arm| {
                self.shares[arm]
                    * (truly[arm] * believed[arm] / fair[arm]
                        + (1.0 - truly[arm]) * (1.0 - believed[arm]) / (1.0 - fair[arm]))
            })
            .sum()
    }
}

/// The rates that the first arm can have where the second's is higher by a difference.
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
