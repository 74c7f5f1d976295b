//! Counts how often each fault happened in each state.

use std::collections::BTreeMap;

use super::{
    fault::{Fault, pairs},
    stage::Stage,
};

/// Counts per fault and state. Pairs that are not in the table of [`Fault::can_meet`] may also be
/// counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counters(BTreeMap<(Fault, Stage), u64>);

impl Counters {
    pub(super) fn met(&mut self, fault: Fault, stage: Stage) {
        *self.0.entry((fault, stage)).or_default() += 1;
    }

    /// Adds the counts of another run.
    pub fn add(&mut self, other: &Self) {
        for (pair, count) in &other.0 {
            *self.0.entry(*pair).or_default() += count;
        }
    }

    /// How often the fault happened in the state.
    pub fn of(&self, fault: Fault, stage: Stage) -> u64 {
        self.0.get(&(fault, stage)).copied().unwrap_or(0)
    }

    /// How often the fault happened in total.
    pub fn total(&self, fault: Fault) -> u64 {
        Stage::ALL.iter().map(|stage| self.of(fault, *stage)).sum()
    }

    /// The pair of the table with the lowest count, and the count.
    pub fn least(&self) -> Option<(Fault, Stage, u64)> {
        let counted =
            pairs().into_iter().map(|(fault, stage)| (fault, stage, self.of(fault, stage)));
        counted.min_by_key(|(_, _, count)| *count)
    }
}
