//! Values with their confidence intervals.

use serde::Serialize;

/// A closed interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// True if this value is outside.
    pub fn excludes(&self, value: f64) -> bool {
        value < self.low || value > self.high
    }
}

/// A measured value with its confidence interval, which is valid at all times at once.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The measured value.
    pub value: f64,
    /// The confidence interval of the true value; `None` while there is too little data for one.
    pub interval: Option<Interval>,
}

impl Estimate {
    /// True if there is an interval and this value is outside of it.
    pub fn excludes(&self, value: f64) -> bool {
        self.interval.is_some_and(|interval| interval.excludes(value))
    }
}
