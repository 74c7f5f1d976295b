//! Sums of the samples of attempts.

use std::{
    ops::{AddAssign, SubAssign},
    time::Duration,
};

use super::sample::Sample;

/// A sum, and the number of values in it. Neither overflows, because the number of attempts is
/// limited ([`QualitySettings::most_attempts`](super::QualitySettings)) and each value is at most
/// 10^12.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Total {
    pub(super) of: u32,
    pub(super) sum: i64,
}

impl Total {
    fn one(value: Option<i64>) -> Self {
        value.map_or(Self::default(), |sum| Self { of: 1, sum })
    }

    /// The mean, rounded up.
    pub(super) fn mean(self) -> Option<i64> {
        let of = i64::from(self.of);
        (of > 0).then(|| self.sum.div_euclid(of) + i64::from(self.sum.rem_euclid(of) != 0))
    }

    /// The mean of values in milliseconds.
    pub(super) fn mean_duration(self) -> Option<Duration> {
        self.mean().and_then(|mean| u64::try_from(mean).ok()).map(Duration::from_millis)
    }
}

/// The sums over a number of attempts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) sent: u32,
    pub(super) accepted: u32,
    pub(super) tried: u32,
    pub(super) answered: u32,
    pub(super) succeeded: u32,
    pub(super) failed: u32,
    pub(super) duration: Total,
    pub(super) post_dial: Total,
    pub(super) to_accept: Total,
    pub(super) billed: Total,
    /// The estimated and the billed costs of those attempts that have both.
    pub(super) estimated: Total,
    pub(super) billed_of_estimated: Total,
}

impl From<&Sample> for Counts {
    fn from(sample: &Sample) -> Self {
        let both = sample.estimated.zip(sample.billed);
        Self {
            sent: 1,
            accepted: sample.accepted.into(),
            tried: sample.tried.into(),
            answered: sample.answered.into(),
            succeeded: sample.succeeded.into(),
            failed: sample.failed.into(),
            duration: Total::one(sample.duration.map(i64::from)),
            post_dial: Total::one(sample.post_dial.map(i64::from)),
            to_accept: Total::one(sample.to_accept.map(i64::from)),
            billed: Total::one(sample.billed),
            estimated: Total::one(both.map(|(estimated, _)| estimated)),
            billed_of_estimated: Total::one(both.map(|(_, billed)| billed)),
        }
    }
}

impl Counts {
    fn merge(&mut self, other: &Self, count: impl Fn(&mut u32, u32), sum: impl Fn(&mut i64, i64)) {
        let total = |one: &mut Total, other: Total| {
            count(&mut one.of, other.of);
            sum(&mut one.sum, other.sum);
        };
        count(&mut self.sent, other.sent);
        count(&mut self.accepted, other.accepted);
        count(&mut self.tried, other.tried);
        count(&mut self.answered, other.answered);
        count(&mut self.succeeded, other.succeeded);
        count(&mut self.failed, other.failed);
        total(&mut self.duration, other.duration);
        total(&mut self.post_dial, other.post_dial);
        total(&mut self.to_accept, other.to_accept);
        total(&mut self.billed, other.billed);
        total(&mut self.estimated, other.estimated);
        total(&mut self.billed_of_estimated, other.billed_of_estimated);
    }
}

impl AddAssign<&Counts> for Counts {
    fn add_assign(&mut self, other: &Counts) {
        self.merge(other, |one, other| *one += other, |one, other| *one += other);
    }
}

impl SubAssign<&Counts> for Counts {
    fn sub_assign(&mut self, other: &Counts) {
        self.merge(other, |one, other| *one -= other, |one, other| *one -= other);
    }
}
