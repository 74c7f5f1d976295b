//! Tenants and classes by number, so that a name is hashed only once per call.

use std::{collections::HashMap, hash::Hash};

/// Assigns numbers to named things. Numbers of removed things are reused.
#[derive(Clone)]
pub(super) struct Interner<K, V> {
    numbers: HashMap<K, usize>,
    things: Vec<Option<(K, V)>>,
    unused: Vec<usize>,
}

impl<K, V> Default for Interner<K, V> {
    fn default() -> Self {
        Self { numbers: HashMap::new(), things: Vec::new(), unused: Vec::new() }
    }
}

impl<K: Clone + Eq + Hash, V> Interner<K, V> {
    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The number of a known name.
    pub(super) fn number(&self, name: &K) -> Option<usize> {
        self.numbers.get(name).copied()
    }

    /// The number of a name; a new name gets a new number and a new thing.
    pub(super) fn number_or(&mut self, name: &K, make: impl FnOnce() -> V) -> usize {
        if let Some(number) = self.number(name) {
            return number;
        }
        let thing = Some((name.clone(), make()));
        let number = match self.unused.pop() {
            Some(number) => {
                if let Some(place) = self.things.get_mut(number) {
                    *place = thing;
                }
                number
            }
            None => {
                self.things.push(thing);
                self.things.len() - 1
            }
        };
        self.numbers.insert(name.clone(), number);
        number
    }

    pub(super) fn get(&self, number: usize) -> Option<&V> {
        self.things.get(number)?.as_ref().map(|(_, thing)| thing)
    }

    pub(super) fn get_mut(&mut self, number: usize) -> Option<&mut V> {
        self.things.get_mut(number)?.as_mut().map(|(_, thing)| thing)
    }

    pub(super) fn name(&self, number: usize) -> Option<&K> {
        self.things.get(number)?.as_ref().map(|(name, _)| name)
    }

    /// All things with their numbers and names, ordered by number.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &K, &V)> {
        let known = self.things.iter().enumerate();
        known
            .filter_map(|(number, thing)| thing.as_ref().map(|(name, thing)| (number, name, thing)))
    }

    pub(super) fn remove(&mut self, number: usize) {
        if let Some((name, _)) = self.things.get_mut(number).and_then(Option::take) {
            self.numbers.remove(&name);
            self.unused.push(number);
        }
    }
}
