//! The providers as they were at a moment, as far as anybody knows.

use std::collections::HashMap;

use jiff::Timestamp;
use switchboard_core::ProviderId;
use switchboard_router::{BreakerState, Headroom, PlanRecord, Policy, ProviderPolicy, Reading};

use crate::{past::PastCall, shelf::Shelf};

/// What records say of the providers over time, and where the replay's calls went other ways than
/// those of then.
#[derive(Debug, Default)]
pub(super) struct Known {
    latest: HashMap<ProviderId, (Timestamp, Reading)>,
    /// While one of these lasts, the window of then says nothing of the replay's.
    differences: HashMap<ProviderId, Vec<(Timestamp, Timestamp)>>,
    /// When calls were sent then, in order.
    sent: HashMap<ProviderId, Vec<Timestamp>>,
}

impl Known {
    pub(super) fn new(calls: &[PastCall]) -> Self {
        let mut known = Self::default();
        for attempt in calls.iter().flat_map(|call| &call.rings).flat_map(|ring| &ring.attempts) {
            known.sent.entry(attempt.provider.clone()).or_default().push(attempt.sent_at);
        }
        known.sent.values_mut().for_each(|sent| sent.sort_unstable());
        known
    }

    /// Takes in what a plan of then was made of.
    pub(super) fn learn(&mut self, record: &PlanRecord) {
        for reading in &record.readings {
            let latest = self
                .latest
                .entry(reading.provider.clone())
                .or_insert_with(|| (Timestamp::MIN, Reading::default()));
            if latest.0 <= record.at {
                *latest = (record.at, reading.reading());
            }
        }
    }

    /// From `from` until `until` the replay's use of a provider differs from that of then.
    pub(super) fn differs(&mut self, provider: &ProviderId, from: Timestamp, until: Timestamp) {
        self.differences.entry(provider.clone()).or_default().push((from, until));
    }

    fn is_as_then(&mut self, provider: &ProviderId, now: Timestamp) -> bool {
        let Some(differences) = self.differences.get_mut(provider) else {
            return true;
        };
        differences.retain(|(_, until)| *until > now);
        differences.iter().all(|(from, _)| *from > now)
    }

    /// The readings of the policy's providers, and those of them of which all that was free was set
    /// aside for calls that had waited longer. `record`: what is known of the ring's own plan;
    /// without one they count as untouched.
    pub(super) fn readings(
        &mut self,
        policy: &Policy,
        shelf: &Shelf,
        record: Option<&PlanRecord>,
        now: Timestamp,
    ) -> (Vec<Reading>, Vec<ProviderId>) {
        let mut readings = Vec::with_capacity(policy.providers.len());
        let mut aside = Vec::new();
        for provider in &policy.providers {
            let id = &provider.info.id;
            let mut reading =
                record.map_or_else(Reading::default, |record| self.reading(id, record, now));
            let (headroom, rooms) = shelf.left(provider, now);
            let same = record.is_some_and(|record| record.at == now) && self.is_as_then(id, now);
            reading.headroom = left(reading.headroom, headroom, same);
            reading.concurrency = left(reading.concurrency, rooms, same);
            // A provider is set aside when its plan is made, so that strategies draw with it among
            // the others.
            let is_aside = [&mut reading.headroom, &mut reading.concurrency]
                .into_iter()
                .flatten()
                .filter(|left| left.free == 0 && left.frees_at.is_none())
                .fold(false, |_, left| {
                    left.free = 1;
                    true
                });
            if is_aside {
                aside.push(id.clone());
            }
            readings.push(reading);
        }
        (readings, aside)
    }

    fn reading(&self, provider: &ProviderId, record: &PlanRecord, now: Timestamp) -> Reading {
        let own = record.readings.iter().find(|one| one.provider == *provider);
        let own = own.map(|own| (record.at, own.reading()));
        if let Some((at, reading)) = own.as_ref().filter(|(at, _)| *at == now) {
            debug_assert_eq!(*at, now);
            return reading.clone();
        }
        let known = self.latest.get(provider).cloned();
        let newest =
            own.into_iter().chain(known).filter(|(at, _)| *at <= now).max_by_key(|(at, _)| *at);
        let mut reading = newest.map_or_else(Reading::default, |(_, reading)| reading);
        for breaker in [&mut reading.breaker, &mut reading.domain] {
            if matches!(breaker, BreakerState::Open { probe_at } if *probe_at <= now) {
                // What the probe found is not known: it is taken to have worked.
                *breaker = BreakerState::Closed;
            }
        }
        reading
    }

    /// True where the calls that were sent to a provider after a plan, until `then`, used up what
    /// the plan saw free.
    pub(super) fn filled_up(
        &mut self,
        provider: &ProviderPolicy,
        record: &PlanRecord,
        then: Timestamp,
    ) -> bool {
        let (provider, limits) = (&provider.info.id, &provider.limits);
        let Some(reading) = record.readings.iter().find(|one| one.provider == *provider) else {
            return false;
        };
        let slots = reading
            .headroom
            .filter(|left| limits.placing.is_some_and(|limit| limit.requests == left.of));
        let rooms = reading.concurrency.filter(|left| limits.concurrent == Some(left.of));
        let Some(free) = slots.into_iter().chain(rooms).map(|left| left.free as usize).min() else {
            return false;
        };
        let sent = self.sent.get(provider).map_or(&[][..], Vec::as_slice);
        let since = sent.partition_point(|at| *at < record.at);
        let until = sent.partition_point(|at| *at <= then);
        until.saturating_sub(since) >= free && self.is_as_then(provider, record.at)
    }
}

/// The recorded headroom, where it is of the same limit and nothing differs; else the replay's own.
fn left(recorded: Option<Headroom>, own: Option<Headroom>, same: bool) -> Option<Headroom> {
    match (recorded, own) {
        (Some(recorded), Some(own)) if same && recorded.of == own.of => Some(recorded),
        (_, own) => own,
    }
}
