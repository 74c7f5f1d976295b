//! How often each fault met each state.

use std::collections::BTreeMap;

use super::{
    fault::{Fault, pairs},
    stage::Stage,
};

/// Counts of a fault in a state. Pairs that the table of [`Fault::can_meet`] leaves out may be
/// counted too: they are extra.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counters(BTreeMap<(Fault, Stage), u64>);

impl Counters {
    pub(super) fn met(&mut self, fault: Fault, stage: Stage) {
        *self.0.entry((fault, stage)).or_default() += 1;
    }

    /// Adds another run's.
    pub fn add(&mut self, other: &Self) {
        for (pair, count) in &other.0 {
            *self.0.entry(*pair).or_default() += count;
        }
    }

    /// How often the fault met the state.
    pub fn of(&self, fault: Fault, stage: Stage) -> u64 {
        self.0.get(&(fault, stage)).copied().unwrap_or(0)
    }

    /// How often it happened at all.
    pub fn total(&self, fault: Fault) -> u64 {
        Stage::ALL.iter().map(|stage| self.of(fault, *stage)).sum()
    }

    /// The pair of the table that was met least, and how often.
    pub fn least(&self) -> Option<(Fault, Stage, u64)> {
        let counted =
            pairs().into_iter().map(|(fault, stage)| (fault, stage, self.of(fault, stage)));
        counted.min_by_key(|(_, _, count)| *count)
    }
}
