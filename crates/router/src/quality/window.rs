//! Sums over a sliding time window, in buckets of equal length.

use std::{collections::BTreeMap, ops::RangeInclusive};

use super::{counts::Counts, settings::BUCKETS};

/// The sum of each bucket, and the sum over the window that ends with the latest bucket. So the
/// present sum is available at almost no cost, however long the window is.
#[derive(Debug, Clone, Default)]
pub(super) struct Window {
    buckets: BTreeMap<i64, Counts>,
    recent: Counts,
    latest: i64,
}

/// The buckets of the window that ends with this bucket.
fn window(latest: i64) -> RangeInclusive<i64> {
    latest.saturating_sub(BUCKETS - 1)..=latest
}

impl Window {
    pub(super) fn add(&mut self, bucket: i64, counts: &Counts) {
        if self.buckets.is_empty() {
            (self.latest, self.recent) = (bucket, Counts::default());
        } else if bucket > self.latest {
            self.recent = self.sum(bucket);
            self.latest = bucket;
        }
        *self.buckets.entry(bucket).or_default() += counts;
        if window(self.latest).contains(&bucket) {
            self.recent += counts;
        }
    }

    /// Subtracts counts that were added before.
    pub(super) fn remove(&mut self, bucket: i64, counts: &Counts) {
        let Some(there) = self.buckets.get_mut(&bucket) else {
            return;
        };
        *there -= counts;
        if there.sent == 0 {
            self.buckets.remove(&bucket);
        }
        if window(self.latest).contains(&bucket) {
            self.recent -= counts;
        }
    }

    /// The sum over the window that ends with this bucket.
    pub(super) fn sum(&self, latest: i64) -> Counts {
        let (ours, wanted) = (window(self.latest), window(latest));
        if latest < self.latest || wanted.start() > ours.end() {
            let mut sum = Counts::default();
            self.buckets.range(wanted).for_each(|(_, bucket)| sum += bucket);
            return sum;
        }
        let mut sum = self.recent;
        if latest > self.latest {
            self.buckets.range(*ours.start()..*wanted.start()).for_each(|(_, left)| sum -= left);
        }
        sum
    }

    pub(super) fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }
}
