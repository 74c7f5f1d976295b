//! The feed, webhook endpoints and deliveries in memory.

use std::{
    collections::{BTreeMap, HashSet, VecDeque},
    time::Duration,
};

use jiff::Timestamp;
use switchboard_core::{Error, TenantId};

use crate::server::{
    DeliveryFilter, DeliveryId, DeliveryOutcome, DeliveryState, DueDelivery, EndpointChange,
    EndpointId, EventId, FeedBounds, FeedEvent, FeedPage, FeedQuery, NewEndpoint, Positioned,
    WebhookDelivery, WebhookEndpoint,
};

/// The most positions that one turn looks at.
const TURN: u64 = 500;

#[derive(Debug)]
struct Delivery {
    of: WebhookDelivery,
    /// The event, which may be forgotten before it is delivered.
    event: FeedEvent,
    position: u64,
    /// Another process may claim it from this time on.
    claimed_until: Option<Timestamp>,
}

impl Delivery {
    fn is_claimed(&self, at: Timestamp) -> bool {
        self.of.state == DeliveryState::Pending
            && self.claimed_until.is_some_and(|until| until > at)
    }
}

#[derive(Debug, Default)]
pub(super) struct Feed {
    /// The events that are not forgotten, in order.
    events: VecDeque<FeedEvent>,
    ids: HashSet<EventId>,
    /// How many positions are forgotten.
    forgotten: u64,
    /// The deliveries of events up to this position are made.
    delivered: u64,
    endpoints: BTreeMap<EndpointId, WebhookEndpoint>,
    deliveries: BTreeMap<DeliveryId, Delivery>,
}

impl Feed {
    pub(super) fn publish(&mut self, events: Vec<FeedEvent>) {
        for event in events {
            if self.ids.insert(event.id) {
                self.events.push_back(event);
            }
        }
    }

    pub(super) fn bounds(&self) -> FeedBounds {
        FeedBounds { oldest: self.forgotten + 1, newest: self.forgotten + self.events.len() as u64 }
    }

    /// The events behind this position, with their positions.
    fn behind(&self, after: u64) -> impl Iterator<Item = (u64, &FeedEvent)> {
        let first = after.max(self.forgotten);
        let skipped = usize::try_from(first - self.forgotten).unwrap_or(usize::MAX);
        (first + 1..).zip(self.events.iter().skip(skipped))
    }

    pub(super) fn page(&self, query: &FeedQuery) -> FeedPage {
        let newest = self.bounds().newest;
        let after = query.after.max(self.forgotten);
        let end = after.saturating_add(FeedQuery::LOOKS_AT_MOST).min(newest).max(after);
        let mut events = Vec::new();
        let mut read_up_to = end;
        for (position, event) in self.behind(after).take_while(|(position, _)| *position <= end) {
            if query.takes(event) {
                events.push(Positioned { position, event: event.clone() });
                if events.len() >= query.limit.max(1) as usize {
                    read_up_to = position;
                    break;
                }
            }
        }
        FeedPage { events, read_up_to, has_more: read_up_to < newest }
    }

    /// When the first event happened whose deliveries are not made.
    pub(super) fn waits_since(&self) -> Option<Timestamp> {
        self.behind(self.delivered).next().map(|(_, event)| event.at)
    }

    /// Makes deliveries of the next events. Returns true if there are more events.
    pub(super) fn turn(&mut self, at: Timestamp) -> bool {
        let newest = self.bounds().newest;
        let end = newest.min(self.delivered.saturating_add(TURN));
        let mut made = Vec::new();
        for (position, event) in
            self.behind(self.delivered).take_while(|(position, _)| *position <= end)
        {
            for endpoint in self.endpoints.values().filter(|one| one.disabled.is_none()) {
                if endpoint.settings.wants(event) {
                    made.push((position, event.clone(), endpoint.settings.id));
                }
            }
        }
        for (position, event, endpoint) in made {
            self.deliver(position, event, endpoint, at);
        }
        self.delivered = end;
        end < newest
    }

    /// Returns false if the delivery was made before.
    fn deliver(
        &mut self,
        position: u64,
        event: FeedEvent,
        endpoint: EndpointId,
        at: Timestamp,
    ) -> bool {
        let of = WebhookDelivery::of(endpoint, &event, at);
        let new = !self.deliveries.contains_key(&of.id);
        let made = || Delivery { of: of.clone(), event, position, claimed_until: None };
        self.deliveries.entry(of.id).or_insert_with(made);
        new
    }

    pub(super) fn forget(
        &mut self,
        before: Timestamp,
        settled: impl Fn(&NewEndpoint) -> bool,
    ) -> u64 {
        let may_go = match self.endpoints.is_empty() {
            true => self.events.len(),
            false => {
                usize::try_from(self.delivered.saturating_sub(self.forgotten)).unwrap_or(usize::MAX)
            }
        };
        let old = self.events.iter().take(may_go).take_while(|event| event.at < before).count();
        for event in self.events.drain(..old) {
            self.ids.remove(&event.id);
        }
        self.forgotten += old as u64;
        let (forgotten, endpoints) = (self.forgotten, &self.endpoints);
        self.deliveries.retain(|_, one| {
            let waits = one.of.state == DeliveryState::Pending
                && endpoints.get(&one.of.endpoint).is_some_and(|its| its.disabled.is_none());
            one.position > forgotten || waits
        });
        let deliveries = &self.deliveries;
        self.endpoints.retain(|id, one| {
            let over = one.settings.call.is_some()
                && settled(&one.settings)
                && !deliveries.values().any(|delivery| delivery.of.endpoint == *id);
            !over
        });
        old as u64
    }

    pub(super) fn add_endpoint(
        &mut self,
        new: NewEndpoint,
    ) -> Result<Option<WebhookEndpoint>, Error> {
        if let Some(key) = new.request_key {
            let same = |one: &&WebhookEndpoint| one.settings.request_key == Some(key);
            if let Some(first) = self.endpoints.values().find(same) {
                return Ok(Some(first.clone()));
            }
        }
        let of_tenant = self
            .endpoints
            .values()
            .filter(|one| one.settings.call.is_none() && one.settings.tenant == new.tenant);
        if new.call.is_none() && of_tenant.count() >= new.at_most as usize {
            return Err(new.too_many());
        }
        if self.endpoints.contains_key(&new.id) {
            return Err(new.taken());
        }
        // What happened before is not for it.
        while self.turn(new.created_at) {}
        self.endpoints.insert(new.id, WebhookEndpoint::new(new));
        Ok(None)
    }

    pub(super) fn endpoint(&self, id: EndpointId) -> Option<WebhookEndpoint> {
        self.endpoints.get(&id).cloned()
    }

    pub(super) fn endpoints(&self, tenant: Option<&TenantId>) -> Vec<WebhookEndpoint> {
        let of_tenant =
            |one: &&WebhookEndpoint| tenant.is_none() || one.settings.tenant.as_ref() == tenant;
        self.endpoints.values().rev().filter(of_tenant).cloned().collect()
    }

    pub(super) fn change_endpoint(
        &mut self,
        id: EndpointId,
        change: EndpointChange,
    ) -> Option<WebhookEndpoint> {
        let endpoint = self.endpoints.get_mut(&id)?;
        endpoint.change(change);
        Some(endpoint.clone())
    }

    pub(super) fn remove_endpoint(&mut self, id: EndpointId) -> bool {
        self.deliveries.retain(|_, one| one.of.endpoint != id);
        self.endpoints.remove(&id).is_some()
    }

    /// Pending deliveries of endpoints that are enabled.
    fn pending(&self) -> impl Iterator<Item = (&Delivery, &WebhookEndpoint)> {
        self.deliveries
            .values()
            .filter(|one| one.of.state == DeliveryState::Pending)
            .filter_map(|one| Some((one, self.endpoints.get(&one.of.endpoint)?)))
            .filter(|(_, endpoint)| endpoint.disabled.is_none())
    }

    pub(super) fn claim(
        &mut self,
        at: Timestamp,
        lease: Duration,
        limit: u32,
        per_endpoint: u32,
    ) -> Vec<DueDelivery> {
        let mut held: BTreeMap<EndpointId, u32> = BTreeMap::new();
        for one in self.deliveries.values().filter(|one| one.is_claimed(at)) {
            *held.entry(one.of.endpoint).or_default() += 1;
        }
        let mut due: Vec<(Timestamp, u64, DeliveryId, EndpointId)> = self
            .pending()
            .filter(|(one, _)| one.of.due_at <= at && !one.is_claimed(at))
            .map(|(one, _)| (one.of.due_at, one.position, one.of.id, one.of.endpoint))
            .collect();
        due.sort_unstable();
        due.retain(|(.., endpoint)| {
            let held = held.entry(*endpoint).or_default();
            *held += 1;
            *held <= per_endpoint
        });
        due.truncate(limit as usize);
        let until = at.checked_add(lease).unwrap_or(Timestamp::MAX);
        let mut claimed = Vec::new();
        for (.., id, endpoint) in due {
            if let (Some(one), Some(endpoint)) =
                (self.deliveries.get_mut(&id), self.endpoints.get(&endpoint))
            {
                one.claimed_until = Some(until);
                claimed.push(DueDelivery {
                    delivery: one.of.clone(),
                    event: one.event.clone(),
                    endpoint: endpoint.clone(),
                });
            }
        }
        claimed
    }

    pub(super) fn settle(
        &mut self,
        id: DeliveryId,
        outcome: &DeliveryOutcome,
    ) -> Option<WebhookEndpoint> {
        let one = self.deliveries.get_mut(&id)?;
        let endpoint = self.endpoints.get_mut(&one.of.endpoint)?;
        if outcome.settle(&mut one.of) {
            one.claimed_until = None;
            outcome.count(endpoint);
        }
        Some(endpoint.clone())
    }

    pub(super) fn deliveries(&self, filter: &DeliveryFilter) -> Vec<WebhookDelivery> {
        let of_tenant = |one: &Delivery| {
            filter.tenant.is_none()
                || self
                    .endpoints
                    .get(&one.of.endpoint)
                    .is_some_and(|endpoint| endpoint.settings.tenant == filter.tenant)
        };
        self.deliveries
            .values()
            .rev()
            .filter(|one| {
                filter.endpoint.is_none_or(|endpoint| one.of.endpoint == endpoint)
                    && filter.state.is_none_or(|state| one.of.state == state)
                    && filter.before.is_none_or(|before| one.of.id < before)
                    && of_tenant(one)
            })
            .take(filter.limit as usize)
            .map(|one| one.of.clone())
            .collect()
    }

    pub(super) fn delivery(&self, id: DeliveryId) -> Option<WebhookDelivery> {
        self.deliveries.get(&id).map(|one| one.of.clone())
    }

    pub(super) fn redeliver(&mut self, id: DeliveryId, at: Timestamp) -> bool {
        let Some(one) = self.deliveries.get_mut(&id) else {
            return false;
        };
        one.of.restart(at);
        true
    }

    pub(super) fn recover(&mut self, id: EndpointId, since: Timestamp, at: Timestamp) -> u64 {
        let Some(endpoint) = self.endpoints.get(&id).map(|one| one.settings.clone()) else {
            return 0;
        };
        let since = since.max(endpoint.created_at);
        let mut due = 0;
        for one in self.deliveries.values_mut() {
            let missing = one.of.endpoint == id
                && one.of.state != DeliveryState::Delivered
                && one.event.at >= since;
            if missing {
                one.of.restart(at);
                due += 1;
            }
        }
        let missed: Vec<(u64, FeedEvent)> = self
            .behind(0)
            .filter(|(_, event)| event.at >= since && endpoint.wants(event))
            .map(|(position, event)| (position, event.clone()))
            .collect();
        for (position, event) in missed {
            due += u64::from(self.deliver(position, event, id, at));
        }
        due
    }

    pub(super) fn due(&self, at: Timestamp) -> (u64, Option<Timestamp>) {
        let due = self
            .pending()
            .filter(|(one, _)| one.of.due_at <= at && !one.is_claimed(at))
            .map(|(one, _)| one.of.due_at);
        due.fold((0, None), |(count, oldest), due| {
            (count + 1, Some(oldest.map_or(due, |oldest: Timestamp| oldest.min(due))))
        })
    }

    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.pending()
            .map(|(one, _)| {
                one.claimed_until.map_or(one.of.due_at, |until| until.max(one.of.due_at))
            })
            .min()
    }
}
