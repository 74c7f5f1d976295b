//! A sum over a sliding window, in parts of time.

use std::{collections::BTreeMap, ops::RangeInclusive};

use super::{counts::Counts, settings::PARTS};

/// Sums by part of time, and the sum of the parts that are in the window where it ends with the
/// latest of them: asking for the present costs next to nothing, whatever the window.
#[derive(Debug, Clone, Default)]
pub(super) struct Series {
    parts: BTreeMap<i64, Counts>,
    recent: Counts,
    latest: i64,
}

/// The parts of a window that ends with this one.
fn window(latest: i64) -> RangeInclusive<i64> {
    latest.saturating_sub(PARTS - 1)..=latest
}

impl Series {
    pub(super) fn add(&mut self, part: i64, counts: &Counts) {
        if self.parts.is_empty() {
            (self.latest, self.recent) = (part, Counts::default());
        } else if part > self.latest {
            self.recent = self.sum(part);
            self.latest = part;
        }
        *self.parts.entry(part).or_default() += counts;
        if window(self.latest).contains(&part) {
            self.recent += counts;
        }
    }

    /// Takes back what was added.
    pub(super) fn remove(&mut self, part: i64, counts: &Counts) {
        let Some(there) = self.parts.get_mut(&part) else {
            return;
        };
        *there -= counts;
        if there.sent == 0 {
            self.parts.remove(&part);
        }
        if window(self.latest).contains(&part) {
            self.recent -= counts;
        }
    }

    /// What the window holds that ends with this part.
    pub(super) fn sum(&self, latest: i64) -> Counts {
        let (ours, wanted) = (window(self.latest), window(latest));
        if latest < self.latest || wanted.start() > ours.end() {
            let mut sum = Counts::default();
            self.parts.range(wanted).for_each(|(_, part)| sum += part);
            return sum;
        }
        let mut sum = self.recent;
        if latest > self.latest {
            self.parts.range(*ours.start()..*wanted.start()).for_each(|(_, left)| sum -= left);
        }
        sum
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}
