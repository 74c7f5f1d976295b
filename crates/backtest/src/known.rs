//! The state of the providers at a moment of the past, as far as it was recorded.

use std::collections::HashMap;

use jiff::Timestamp;
use switchboard_core::ProviderId;
use switchboard_router::{BreakerState, Headroom, PlanRecord, Policy, ProviderPolicy, Reading};

use crate::{past::PastCall, reservations::ReplayReservations};

/// The recorded states of the providers over time, and when the replay's use of a provider differs
/// from the past.
#[derive(Debug, Default)]
pub(super) struct Known {
    latest: HashMap<ProviderId, (Timestamp, Reading)>,
    /// During these periods, recorded headroom does not apply to the replay.
    differences: HashMap<ProviderId, Vec<(Timestamp, Timestamp)>>,
    /// When past calls were sent, in order.
    sent: HashMap<ProviderId, Vec<Timestamp>>,
}

impl Known {
    /// Adds when the attempts of a call were sent. Each call has to be known a second before
    /// anything is decided that it may have been sent in between.
    pub(super) fn add_sent(&mut self, call: &PastCall) {
        for attempt in call.rings.iter().flat_map(|ring| &ring.attempts) {
            if !self.sent.contains_key(&attempt.provider) {
                self.sent.insert(attempt.provider.clone(), Vec::new());
            }
            if let Some(sent) = self.sent.get_mut(&attempt.provider) {
                // Calls come nearly in order, so that nearly all are added at the end.
                let place = sent.partition_point(|at| *at <= attempt.sent_at);
                sent.insert(place, attempt.sent_at);
            }
        }
    }

    /// Adds the readings of a recorded plan.
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

    /// Records that from `from` until `until` the replay's use of a provider differs from the past.
    pub(super) fn add_difference(
        &mut self,
        provider: &ProviderId,
        from: Timestamp,
        until: Timestamp,
    ) {
        self.differences.entry(provider.clone()).or_default().push((from, until));
    }

    fn is_as_recorded(&mut self, provider: &ProviderId, now: Timestamp) -> bool {
        let Some(differences) = self.differences.get_mut(provider) else {
            return true;
        };
        differences.retain(|(_, until)| *until > now);
        differences.iter().all(|(from, _)| *from > now)
    }

    /// The readings of the policy's providers, and the providers whose entire free capacity was
    /// reserved for calls that had waited longer. `record` is the ring's own recorded plan; without
    /// one, all providers count as available.
    pub(super) fn readings(
        &mut self,
        policy: &Policy,
        reservations: &ReplayReservations,
        record: Option<&PlanRecord>,
        now: Timestamp,
    ) -> (Vec<Reading>, Vec<ProviderId>) {
        let mut readings = Vec::with_capacity(policy.providers.len());
        let mut reserved = Vec::new();
        for provider in &policy.providers {
            let id = &provider.info.id;
            let mut reading =
                record.map_or_else(Reading::default, |record| self.reading(id, record, now));
            let (headroom, concurrency) = reservations.left(provider, now);
            let same =
                record.is_some_and(|record| record.at == now) && self.is_as_recorded(id, now);
            reading.headroom = left(reading.headroom, headroom, same);
            reading.concurrency = left(reading.concurrency, concurrency, same);
            // The engine removes such a provider only after ranking, so that strategies draw with
            // it among the others.
            let is_reserved = [&mut reading.headroom, &mut reading.concurrency]
                .into_iter()
                .flatten()
                .filter(|left| left.free == 0 && left.frees_at.is_none())
                .fold(false, |_, left| {
                    left.free = 1;
                    true
                });
            if is_reserved {
                reserved.push(id.clone());
            }
            readings.push(reading);
        }
        (readings, reserved)
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
                // The result of the probe is not known; it is assumed to have succeeded.
                *breaker = BreakerState::Closed;
            }
        }
        reading
    }

    /// True if the calls that were sent to a provider after a plan, until `then`, used up what the
    /// plan saw as free.
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
        let concurrency = reading.concurrency.filter(|left| limits.concurrent == Some(left.of));
        let Some(free) = slots.into_iter().chain(concurrency).map(|left| left.free as usize).min()
        else {
            return false;
        };
        let sent = self.sent.get(provider).map_or(&[][..], Vec::as_slice);
        let since = sent.partition_point(|at| *at < record.at);
        let until = sent.partition_point(|at| *at <= then);
        until.saturating_sub(since) >= free && self.is_as_recorded(provider, record.at)
    }
}

/// The recorded headroom if it is of the same limit and nothing differs, or else the replay's own.
fn left(recorded: Option<Headroom>, own: Option<Headroom>, same: bool) -> Option<Headroom> {
    match (recorded, own) {
        (Some(recorded), Some(own)) if same && recorded.of == own.of => Some(recorded),
        (_, own) => own,
    }
}
