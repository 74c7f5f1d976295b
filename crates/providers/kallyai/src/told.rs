//! What was told already: a feed that is asked again says again what it said.

use std::collections::{HashSet, VecDeque};

/// How many ids are remembered so that nothing is told twice.
const REMEMBERED: usize = 10_000;

/// The ids that were told, the oldest forgotten first.
#[derive(Debug, Default)]
pub(crate) struct Told {
    ids: HashSet<String>,
    order: VecDeque<String>,
}

impl Told {
    /// Whether it is told for the first time.
    pub(crate) fn is_new(&mut self, id: &str) -> bool {
        if !self.ids.insert(id.to_owned()) {
            return false;
        }
        self.order.push_back(id.to_owned());
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}
