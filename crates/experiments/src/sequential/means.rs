//! Means of unbounded quantities: cost per success, and duration.
//!
//! Asymptotic confidence sequences (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024): a
//! mixture over normal differences, with the variance of the sample. They hold at all times at once
//! for large numbers of people, and are not given below a hundred people in an arm.
//!
//! How large the number has to be depends on the spread. In simulations of log-normal conversations
//! with σ = 0.7 (the longest of a hundred takes five times the median), the true value leaves the
//! interval at any look in less than 5 % of all runs. With σ = 1 (ten times the median) that is
//! still so for differences and for cost, but the mean duration of one arm leaves its interval in
//! about 8 %, because the longest conversations are rare.
//!
//! The ratio `r` of two means is the one for which the mean of `value - r·unit` is zero, and its
//! interval consists of every `r` for which the interval of that mean includes zero (Fieller 1954).
//! With few successes it is unbounded, and then none is given. The interval of a difference of two
//! ratios is built from the distances to the ends of each (Zou and Donner 2008), which preserves
//! their asymmetry.

use super::{Estimate, Interval};

/// An arm needs this many people before its mean gets an interval.
const LEAST_PEOPLE: u64 = 100;
/// The number of people for which the width of the mixture is tuned: there, the interval is about
/// as narrow as any of its kind.
const TUNED_FOR: f64 = 1000.0;

/// Means and sums of squares over the people of an arm, for a mean value, or for a ratio of a value
/// to a unit, like cost per success.
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
    /// Adds a person: the measured value, and the number of units that they count for (1 for a
    /// plain mean; 0 or 1 for a ratio to successes).
    pub fn add(&mut self, value: f64, unit: f64) {
        self.count += 1;
        let count = self.count as f64;
        // Sums of squares about the running means (Welford): sums about zero would lose the digits
        // of a small spread.
        let (off_value, off_unit) = (value - self.value, unit - self.unit);
        self.value += off_value / count;
        self.unit += off_unit / count;
        self.value_squares += off_value * (value - self.value);
        self.unit_squares += off_unit * (unit - self.unit);
        self.products += off_value * (unit - self.unit);
    }

    /// The number of people.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The sum of the values divided by the sum of the units; `None` without any units.
    pub fn ratio(&self) -> Option<f64> {
        (self.unit > 0.0).then(|| self.value / self.unit)
    }

    /// The ratio and its interval with a confidence of `1 - alpha`, where `alpha` is between 0 and
    /// 1.
    pub fn estimate(&self, alpha: f64) -> Option<Estimate> {
        Some(Estimate {
            value: self.ratio()?,
            interval: self.limits(squared_width(self.count as f64, alpha)),
        })
    }

    /// How much higher the ratio of the other arm is, with a confidence of `1 - alpha`.
    pub fn against(&self, other: &Self, alpha: f64) -> Option<Estimate> {
        let (own, others) = (self.ratio()?, other.ratio()?);
        let width = squared_width((self.count + other.count) as f64, alpha);
        let interval =
            self.limits(width).zip(other.limits(width)).map(|(first, second)| Interval {
                low: others - own - (others - second.low).hypot(first.high - own),
                high: others - own + (second.high - others).hypot(own - first.low),
            });
        Some(Estimate { value: others - own, interval })
    }

    /// The ratios for which the mean of the residuals is within this many squared standard errors
    /// of zero.
    fn limits(&self, squared_width: f64) -> Option<Interval> {
        if self.count < LEAST_PEOPLE {
            return None;
        }
        let count = self.count as f64;
        let scale = squared_width / (count * (count - 1.0));
        // Solves a·r² - 2b·r + c ≤ 0. `b² - ac` is multiplied out: computed as a difference it
        // would lose its digits.
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

/// The half width of an interval that holds at all times at once, in squared standard errors.
fn squared_width(count: f64, alpha: f64) -> f64 {
    // The mixture width that makes the interval about narrowest for `TUNED_FOR` people.
    let log = -2.0 * alpha.ln();
    let scaled = count * (log + (1.0 + log).ln()) / TUNED_FOR;
    2.0 * (scaled + 1.0) / scaled * ((scaled + 1.0).sqrt() / alpha).ln()
}
