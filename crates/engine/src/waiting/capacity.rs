//! The capacity that is free now, minus what is reserved.

use std::{collections::HashMap, hash::Hash};

use jiff::Timestamp;
use switchboard_core::ProviderId;
use switchboard_router::{Headroom, Reading, Rejection, Scope};

use super::{
    key::{CandidateSlot, WaitKey},
    reserved::Reserved,
};
use crate::{config::ActiveConfig, scope_limits::ScopeLimits};

/// What permits have reserved and the limits do not count yet.
#[derive(Debug, Default)]
pub(super) struct ReservedCounts {
    rate_slots: HashMap<ProviderId, u32>,
    concurrency_slots: HashMap<ProviderId, u32>,
    gates: HashMap<Scope, u32>,
}

impl ReservedCounts {
    pub(super) fn add(&mut self, share: &Reserved) {
        if share.rate_slot {
            *self.rate_slots.entry(share.provider.clone()).or_default() += 1;
        }
        if share.concurrency_slot {
            *self.concurrency_slots.entry(share.provider.clone()).or_default() += 1;
        }
        for gate in &share.gates {
            *self.gates.entry(gate.clone()).or_default() += 1;
        }
    }

    pub(super) fn slot_taken(&mut self, provider: &ProviderId) {
        less(&mut self.rate_slots, provider);
    }

    pub(super) fn leave(&mut self, share: &Reserved) {
        if share.rate_slot {
            less(&mut self.rate_slots, &share.provider);
        }
        if share.concurrency_slot {
            less(&mut self.concurrency_slots, &share.provider);
        }
        for gate in &share.gates {
            less(&mut self.gates, gate);
        }
    }

    /// How many rate slots and concurrency slots of a provider are free and not reserved.
    pub(super) fn left(
        &self,
        provider: &ProviderId,
        headroom: Option<Headroom>,
        concurrency: Option<Headroom>,
    ) -> (u32, u32) {
        let left = |of: Option<Headroom>, reserved: &HashMap<ProviderId, u32>| {
            of.map_or(u32::MAX, |of| {
                of.free.saturating_sub(reserved.get(provider).copied().unwrap_or(0))
            })
        };
        (left(headroom, &self.rate_slots), left(concurrency, &self.concurrency_slots))
    }

    fn left_at(&self, gate: &Scope, free: u32) -> u32 {
        free.saturating_sub(self.gates.get(gate).copied().unwrap_or(0))
    }
}

fn less<K: Hash + Eq>(reserved: &mut HashMap<K, u32>, key: &K) {
    if let Some(count) = reserved.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            reserved.remove(key);
        }
    }
}

/// A snapshot of providers and scope limits, each read at most once.
#[derive(Debug)]
pub(super) struct Capacity<'a> {
    config: &'a ActiveConfig,
    gates: &'a ScopeLimits,
    now: Timestamp,
    readings: HashMap<ProviderId, Option<Reading>>,
    at_gates: HashMap<Scope, (u32, Timestamp)>,
}

impl<'a> Capacity<'a> {
    pub(super) fn new(config: &'a ActiveConfig, gates: &'a ScopeLimits, now: Timestamp) -> Self {
        Self { config, gates, now, readings: HashMap::new(), at_gates: HashMap::new() }
    }

    /// The first of these scopes whose limits are used up.
    pub(super) fn exhausted(&mut self, gates: &[Scope]) -> Option<Scope> {
        gates.iter().find(|gate| self.gate(gate).0 == 0).cloned()
    }

    /// True if all of these scopes allow one more call.
    pub(super) fn allows(&mut self, gates: &[Scope], reserved: &ReservedCounts) -> bool {
        gates.iter().all(|gate| reserved.left_at(gate, self.gate(gate).0) > 0)
    }

    /// What to reserve for a call with this key, if it can go now. A provider that is ejected as an
    /// outlier is used only if no healthy one could take the call.
    pub(super) fn find_capacity(
        &mut self,
        class: &WaitKey,
        reserved: &ReservedCounts,
    ) -> Option<Reserved> {
        if !self.allows(class.gates(), reserved) {
            return None;
        }
        let mut last_resort = None;
        let mut healthy = false;
        for candidate in class.candidates() {
            let Some(reading) = self.reading(candidate) else {
                continue;
            };
            let (headroom, concurrency) = (reading.headroom, reading.concurrency);
            let ejected = match self.obstacle(candidate) {
                None => false,
                Some(Rejection::Outlier(_)) => true,
                Some(_) => continue,
            };
            healthy |= !ejected;
            let (rate_slots, concurrency_slots) =
                reserved.left(&candidate.provider, headroom, concurrency);
            if rate_slots == 0 || concurrency_slots == 0 {
                continue;
            }
            let share = Reserved {
                provider: candidate.provider.clone(),
                rate_slot: headroom.is_some(),
                concurrency_slot: concurrency.is_some(),
                gates: class.gates().to_vec(),
            };
            if !ejected {
                return Some(share);
            }
            last_resort = last_resort.or(Some(share));
        }
        last_resort.filter(|_| !healthy)
    }

    /// When to look again whether a call with this key can go. `None`: when a permit is used or a
    /// call ends.
    pub(super) fn look_again(&mut self, class: &WaitKey) -> Option<Timestamp> {
        let crowded = class.gates().iter().map(|gate| self.gate(gate));
        if let Some(at) = crowded.filter(|(free, _)| *free == 0).map(|(_, at)| at).max() {
            return Some(at);
        }
        let candidates = class.candidates().iter();
        candidates.filter_map(|candidate| self.obstacle(candidate)?.clears_at()).min()
    }

    /// How many more calls a scope allows, and when to look again if none.
    fn gate(&mut self, gate: &Scope) -> (u32, Timestamp) {
        if let Some(known) = self.at_gates.get(gate) {
            return *known;
        }
        let found = self.gates.opening(&self.config.policy, gate, self.now);
        self.at_gates.insert(gate.clone(), found);
        found
    }

    fn obstacle(&mut self, candidate: &CandidateSlot) -> Option<Rejection> {
        let now = self.now;
        self.reading(candidate)?.rejection(candidate.agent.as_ref(), &candidate.numbers, now)
    }

    fn reading(&mut self, candidate: &CandidateSlot) -> Option<&Reading> {
        let (config, now) = (self.config, self.now);
        let read = || config.runtime(&candidate.provider).map(|runtime| runtime.reading(now));
        let reading = self.readings.entry(candidate.provider.clone()).or_insert_with(read);
        reading.as_ref()
    }
}
