//! Ids that were seen, so that what a provider repeats is handed out once.

use std::collections::{HashSet, VecDeque};

/// A set of ids with a fixed capacity: when it is full, the oldest id is forgotten.
#[derive(Debug)]
pub struct SeenIds {
    capacity: usize,
    ids: HashSet<String>,
    oldest_first: VecDeque<String>,
}

impl SeenIds {
    /// An empty set that remembers at most `capacity` ids.
    pub fn new(capacity: usize) -> Self {
        Self { capacity, ids: HashSet::new(), oldest_first: VecDeque::new() }
    }

    /// Remembers the id; true where it was not in the set.
    pub fn insert(&mut self, id: &str) -> bool {
        if !self.ids.insert(id.to_owned()) {
            return false;
        }
        self.oldest_first.push_back(id.to_owned());
        if self.oldest_first.len() > self.capacity
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_new_until_it_is_inserted_and_again_once_it_is_forgotten() {
        let mut seen = SeenIds::new(2);
        assert!(seen.insert("one"));
        assert!(!seen.insert("one"));
        assert!(seen.insert("two"));
        assert!(seen.insert("three"));
        assert!(!seen.insert("three"));
        assert!(seen.insert("one"), "the oldest of three is forgotten");
    }
}
