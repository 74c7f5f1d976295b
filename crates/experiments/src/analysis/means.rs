//! Means of what has no bound: what a success costs, how long a call lasts.
//!
//! Asymptotic confidence sequences (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024): a
//! mixture over normal differences, with the sample's own variance. They hold at all times at once
//! in the limit of many people, and are not told before there are a hundred in an arm.
//!
//! How many are many depends on how uneven people are. Simulated with conversations that are
//! log-normal with σ = 0.7 (the longest of a hundred takes five times the median), the true value
//! is outside at any look in less than 5 % of all runs. With σ = 1 (ten times) that still goes for
//! differences and for cost, but one arm's mean duration is outside in about 8 %: few have met the
//! longest conversations yet.
//!
//! A ratio `r` of two means is what makes the mean of `value - r·unit` zero: its interval is every
//! `r` at which that mean's includes zero (Fieller 1954). With few successes it has no end, which
//! is the truth, and then none is told. The difference of two ratios takes the distances to each
//! one's ends (Zou and Donner 2008), which keeps their lopsidedness.

use super::{Estimate, Interval};

/// An arm has to have so many people before its mean is told with an interval.
const LEAST_PEOPLE: u64 = 100;
/// The number of people at which the interval is narrowest, compared to others of its kind.
const TUNED_FOR: f64 = 1000.0;

/// Moments over the people of an arm: of a value, and of a value for each unit of another, as cost
/// for each success.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Means {
    count: u64,
    value: f64,
    unit: f64,
    value_squares: f64,
    unit_squares: f64,
    products: f64,
}

impl Means {
    /// Adds a person: what was measured, and how much of the unit he counts for; 1 for a plain
    /// mean, 0 or 1 for a ratio to successes.
    pub fn add(&mut self, value: f64, unit: f64) {
        self.count += 1;
        let count = self.count as f64;
        // Sums of squares about the running means: those about zero would lose the digits of a
        // small spread.
        let (off_value, off_unit) = (value - self.value, unit - self.unit);
        self.value += off_value / count;
        self.unit += off_unit / count;
        self.value_squares += off_value * (value - self.value);
        self.unit_squares += off_unit * (unit - self.unit);
        self.products += off_value * (unit - self.unit);
    }

    /// How many people.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The sum of values for each unit; `None` without a unit.
    pub fn ratio(&self) -> Option<f64> {
        (self.unit > 0.0).then(|| self.value / self.unit)
    }

    /// The ratio, and where it is with a confidence of `1 - alpha`, where `alpha` is
    /// between 0 and 1.
    pub fn estimate(&self, alpha: f64) -> Option<Estimate> {
        Some(Estimate {
            value: self.ratio()?,
            interval: self.limits(stretch(self.count as f64, alpha)),
        })
    }

    /// How much higher the other arm's ratio is, with a confidence of `1 - alpha`.
    pub fn against(&self, other: &Self, alpha: f64) -> Option<Estimate> {
        let (own, others) = (self.ratio()?, other.ratio()?);
        let stretch = stretch((self.count + other.count) as f64, alpha);
        let interval =
            self.limits(stretch).zip(other.limits(stretch)).map(|(first, second)| Interval {
                low: others - own - (others - second.low).hypot(first.high - own),
                high: others - own + (second.high - others).hypot(own - first.low),
            });
        Some(Estimate { value: others - own, interval })
    }

    /// Every ratio whose residuals' mean is within so many (squared) standard errors of zero.
    fn limits(&self, stretch: f64) -> Option<Interval> {
        if self.count < LEAST_PEOPLE {
            return None;
        }
        let count = self.count as f64;
        let scale = stretch / (count * (count - 1.0));
        // a·r² - 2b·r + c ≤ 0, with b² - ac multiplied out: as a difference it would lose its
        // digits.
        let a = self.unit * self.unit - scale * self.unit_squares;
        if a <= 0.0 {
            return None;
        }
        let b = self.value * self.unit - scale * self.products;
        let residuals = self.unit * self.unit * self.value_squares
            - 2.0 * self.unit * self.value * self.products
            + self.value * self.value * self.unit_squares;
        let alike = self.unit_squares * self.value_squares - self.products * self.products;
        let half = (scale * (residuals - scale * alike)).max(0.0).sqrt();
        Some(Interval { low: (b - half) / a, high: (b + half) / a })
    }
}

/// How many standard errors, squared, keep a mean at all times at once.
fn stretch(count: f64, alpha: f64) -> f64 {
    // The mixture's width that makes the interval about narrowest at `TUNED_FOR`.
    let log = -2.0 * alpha.ln();
    let scaled = count * (log + (1.0 + log).ln()) / TUNED_FOR;
    2.0 * (scaled + 1.0) / scaled * ((scaled + 1.0).sqrt() / alpha).ln()
}
