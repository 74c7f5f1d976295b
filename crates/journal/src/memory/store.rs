//! Calls, the processes that own them, and the rules on them.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Bound,
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use switchboard_core::{
    AgentId, AttemptId, AttemptState, Call, CallId, CallKey, CallStatus, Error, ErrorKind,
    PhoneNumber, ProviderCallId, ProviderId, Result, TenantId, ValidCall,
};
use switchboard_router::{
    AuditEntry, AuditTopic, CalleeLimits, RateSlot, hash::digest, may_be_same_agent,
};

use super::{
    batch_table::BatchTable, feed::Feed, key_table::KeyTable, list_table::ListTable,
    people_table::PeopleTable, reservations::Reservations,
};
use crate::{
    AuditQuery, Denied, DuplicateOf, Identity, KeyReused, NewCall, News, Opened, Published,
    Recorded, Selection, Settlement, StoredWebhook, Write, WriteError, created, details,
    holds_concurrency, identity, rang_at,
    server::{BudgetUse, RateUse, Session},
    settlement,
};

#[derive(Debug)]
struct Entry {
    call: Arc<Call>,
    request: Arc<ValidCall>,
    member: u64,
}

/// An attempt whose call at the provider is not identified yet.
#[derive(Debug)]
struct Unidentified {
    provider: ProviderId,
    agent: Option<AgentId>,
    doubt: Identity,
}

#[derive(Debug, Default)]
pub(super) struct Store {
    calls: BTreeMap<CallId, Entry>,
    keys: HashMap<(TenantId, CallKey), CallId>,
    callees: HashMap<(TenantId, PhoneNumber), CallId>,
    owners: HashMap<(ProviderId, ProviderCallId), CallId>,
    attempts: HashMap<AttemptId, CallId>,
    unidentified: BTreeMap<AttemptId, Unidentified>,
    /// The calls for each person and task, oldest first.
    asked: HashMap<(TenantId, PhoneNumber, u64), Vec<CallId>>,
    called: HashMap<PhoneNumber, BTreeSet<CallId>>,
    pub(super) people: PeopleTable,
    webhooks: Vec<(StoredWebhook, bool)>,
    /// Writes to other processes' calls, in order.
    news: BTreeMap<u64, (CallId, bool)>,
    /// The number of such writes so far.
    writes_to_others: u64,
    decisions: Vec<AuditEntry>,
    pub(super) feed: Feed,
    reservations: Reservations,
    pub(super) api_keys: KeyTable,
    pub(super) sessions: HashMap<[u8; 32], Session>,
    pub(super) batches: BatchTable,
    pub(super) lists: ListTable,
    /// When each process last renewed its lease. `None` if it is dead.
    members: Vec<Option<Timestamp>>,
}

impl Store {
    pub(super) fn len(&self) -> usize {
        self.calls.len()
    }

    pub(super) fn open(&mut self, new: NewCall, member: u64) -> Result<Opened> {
        let request = &new.request;
        if let Some(key) = &request.key
            && let Some(first) = self.keys.get(&(request.tenant.clone(), key.clone()))
            && let Some(entry) = self.calls.get(first)
        {
            let first_call = || Box::new(Call::clone(&entry.call));
            if details(&entry.request) == details(request) {
                return Ok(Opened::Replayed(first_call()));
            }
            if request.batch.is_some()
                && (entry.request.to, &entry.request.task) == (request.to, &request.task)
            {
                return Ok(Opened::Changed(first_call()));
            }
            return Err(KeyReused { first: *first }.into());
        }
        let mark = (request.tenant.clone(), request.to, digest(&[request.task.as_bytes()]));
        let marks = self.asked.entry(mark).or_default();
        if !request.is_meant_again() {
            let calls = marks.iter().filter_map(|first| self.calls.get(first));
            if let Some(first) = calls
                .map(|entry| &entry.call)
                .find(|call| DuplicateOf::counts(call, new.at, new.duplicates))
            {
                return Err(DuplicateOf { call: first.id, since: first.created_at }.into());
            }
        }
        marks.push(new.id);
        if let Some(key) = &request.key {
            self.keys.insert((request.tenant.clone(), key.clone()), new.id);
        }
        self.called.entry(request.to).or_default().insert(new.id);
        let call = new.received();
        self.feed.publish(vec![created(&call)]);
        let entry = Entry { call: Arc::new(call.clone()), request: new.request, member };
        self.calls.insert(new.id, entry);
        Ok(Opened::New(Box::new(call)))
    }

    /// Checks every rule before anything changes, so that a denied write leaves no trace, above all
    /// not in the locks.
    pub(super) fn write(
        &mut self,
        id: CallId,
        write: Write,
        at: Timestamp,
        member: u64,
    ) -> Result<Recorded, WriteError> {
        let entry = self
            .calls
            .get(&id)
            .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("there is no call {id}")))?;
        if entry.member != member && write.facts.iter().any(|fact| fact.requires_ownership()) {
            return Err(Denied::NotOwner.into());
        }
        let mut call = Call::clone(&entry.call);
        let (mut effects, mut settlements, mut owned) = (Vec::new(), Vec::new(), Vec::new());
        let mut published = Published::default();
        for fact in write.facts {
            let settles = settlement(&fact);
            effects.extend_from_slice(published.apply(&mut call, fact, at)?);
            settlements.extend(settles.filter(|settles| settled(&call, *settles)));
            owned.extend(call.provider.clone().zip(call.provider_call_id.clone()));
        }
        let person = (call.tenant.clone(), call.to);
        if call.status.holds_callee()
            && let Some(holder) = self.callees.get(&person)
            && *holder != id
        {
            return Err(Denied::CalleeBusy { by: Some(*holder) }.into());
        }
        if let Some(owner) =
            owned.iter().filter_map(|theirs| self.owners.get(theirs)).find(|owner| **owner != id)
        {
            return Err(Denied::OwnedBy(*owner).into());
        }
        let ring = call.attempts.last().map_or(0, |last| last.ring);
        let live =
            call.attempts.iter().filter(|attempt| attempt.ring == ring && attempt.state.is_live());
        if live.count() > 1 {
            return Err(Denied::AttemptInFlight.into());
        }
        let last = call.attempts.last();
        if let (Some(limits), Some(_)) = (&write.reservation.callee, last) {
            self.check_callee(limits, &call)?;
        }
        if write.reservation.certain_agent
            && let Some(last) = last
            && self
                .others(last.id, &last.provider, last.agent.as_ref())
                .any(|other| other.doubt == Identity::InDoubt)
        {
            return Err(Denied::AgentInDoubt.into());
        }
        if let Some(last) = last
            && write.reservation.hold.is_some()
            && self.reservations.holds(last.id)
        {
            return Err(Denied::HoldExists.into());
        }
        self.reservations.check(&write.reservation, at)?;

        if let Some(last) = last {
            self.reservations.reserve(last.id, write.reservation);
            for attempt in &call.attempts {
                self.attempts.insert(attempt.id, id);
                if !holds_concurrency(attempt) {
                    self.reservations.release_concurrency(attempt.id);
                }
                if attempt.id != last.id {
                    self.unidentified.remove(&attempt.id);
                }
            }
            match identity(&call) {
                Identity::Known => {
                    self.unidentified.remove(&last.id);
                }
                doubt @ (Identity::Pending | Identity::InDoubt) => {
                    let unidentified = Unidentified {
                        provider: last.provider.clone(),
                        agent: last.agent.clone(),
                        doubt,
                    };
                    self.unidentified.insert(last.id, unidentified);
                }
            }
        }
        for settlement in settlements {
            self.reservations.settle(settlement);
        }
        if call.status.holds_callee() {
            self.callees.insert(person, id);
        } else if self.callees.get(&person) == Some(&id) {
            self.callees.remove(&person);
        }
        for theirs in owned {
            self.owners.insert(theirs, id);
        }
        self.feed.publish(published.into_events(&call));
        let call = Arc::new(call);
        if let Some(entry) = self.calls.get_mut(&id) {
            let before = std::mem::replace(&mut entry.call, Arc::clone(&call));
            if entry.member != member {
                self.writes_to_others += 1;
                self.news.insert(
                    self.writes_to_others,
                    (id, News::ends_a_ring(before.status, call.status)),
                );
            }
        }
        Ok(Recorded { call, effects })
    }

    fn is_of(&self, call: CallId, member: u64) -> bool {
        self.calls.get(&call).is_some_and(|entry| entry.member == member)
    }

    pub(super) fn news(&self, member: u64) -> Vec<News> {
        let mut last: BTreeMap<CallId, News> = BTreeMap::new();
        for (number, (call, ended)) in
            self.news.iter().filter(|(_, (call, _))| self.is_of(*call, member))
        {
            let earlier = last.get(call).is_some_and(|news| news.ended);
            let news = News { call: *call, number: *number, ended: *ended || earlier };
            last.insert(*call, news);
        }
        let mut news: Vec<News> = last.into_values().collect();
        news.sort_unstable_by_key(|one| one.number);
        news
    }

    pub(super) fn acted(&mut self, member: u64, news: &[News]) {
        for one in
            news.iter().filter(|one| self.is_of(one.call, member)).copied().collect::<Vec<_>>()
        {
            self.news.retain(|number, (call, _)| *call != one.call || *number > one.number);
        }
    }

    fn others<'a>(
        &'a self,
        attempt: AttemptId,
        provider: &'a ProviderId,
        agent: Option<&'a AgentId>,
    ) -> impl Iterator<Item = &'a Unidentified> {
        self.unidentified
            .iter()
            .filter(move |(id, other)| {
                **id != attempt
                    && other.provider == *provider
                    && may_be_same_agent(other.agent.as_ref(), agent)
            })
            .map(|(_, other)| other)
    }

    pub(super) fn get(&self, id: CallId) -> Option<Arc<Call>> {
        self.calls.get(&id).map(|entry| Arc::clone(&entry.call))
    }

    pub(super) fn request(&self, id: CallId) -> Option<Arc<ValidCall>> {
        self.calls.get(&id).map(|entry| Arc::clone(&entry.request))
    }

    pub(super) fn owner(&self, provider: &ProviderId, id: &ProviderCallId) -> Option<CallId> {
        self.owners.get(&(provider.clone(), id.clone())).copied()
    }

    pub(super) fn call_of(&self, attempt: AttemptId) -> Option<CallId> {
        self.attempts.get(&attempt).copied()
    }

    pub(super) fn is_unambiguous_by_agent(&self, attempt: AttemptId) -> bool {
        let own = self
            .call_of(attempt)
            .and_then(|call| self.get(call))
            .and_then(|call| call.attempts.iter().find(|one| one.id == attempt).cloned());
        own.is_some_and(|own| {
            self.others(attempt, &own.provider, own.agent.as_ref()).next().is_none()
        })
    }

    pub(super) fn is_unambiguous_by_task(&self, attempt: AttemptId) -> bool {
        let entry = |attempt| self.call_of(attempt).and_then(|call| self.calls.get(&call));
        let Some(own) = entry(attempt) else {
            return false;
        };
        let Some(provider) =
            own.call.attempts.iter().find(|one| one.id == attempt).map(|one| &one.provider)
        else {
            return false;
        };
        let mut others = self
            .unidentified
            .iter()
            .filter(|(id, other)| **id != attempt && other.provider == *provider);
        !others.any(|(id, _)| {
            entry(*id).is_some_and(|other| {
                other.call.to == own.call.to && other.request.task == own.request.task
            })
        })
    }

    pub(super) fn rings(&self, tenant: &TenantId, to: &PhoneNumber, since: Timestamp) -> u32 {
        let calls = self.calls_to(to).filter(|call| call.tenant == *tenant);
        let rang = calls.flat_map(|call| &call.attempts).filter(|one| {
            one.state != AttemptState::NotPlaced && one.sent_at.is_some_and(|at| at >= since)
        });
        u32::try_from(rang.count()).unwrap_or(u32::MAX)
    }

    fn calls_to(&self, to: &PhoneNumber) -> impl Iterator<Item = &Call> {
        let calls = self.called.get(to).into_iter().flatten();
        calls.filter_map(|id| self.calls.get(id)).map(|entry| &*entry.call)
    }

    /// When this person's phone rang after `since`, or may have, in calls of any tenant, oldest
    /// first.
    pub(super) fn rings_of(&self, to: &PhoneNumber, since: Timestamp) -> Vec<Timestamp> {
        let attempts = self.calls_to(to).flat_map(|call| &call.attempts);
        let mut rings: Vec<_> = attempts.filter_map(rang_at).filter(|at| *at > since).collect();
        rings.sort_unstable();
        rings
    }

    /// Denies the last attempt of this call if its callee may not be rung.
    fn check_callee(&self, limits: &CalleeLimits, call: &Call) -> Result<(), Denied> {
        if self.people.is_opted_out(&call.to) {
            return Err(Denied::OptedOut);
        }
        let earlier = call.attempts.split_last().map_or(&[][..], |(_, earlier)| earlier);
        for cap in &limits.caps {
            let others = self.calls_to(&call.to).filter(|other| other.id != call.id);
            let attempts = others.flat_map(|other| &other.attempts).chain(earlier);
            let rings = attempts.filter_map(rang_at).filter(|at| *at > cap.since);
            if rings.count() >= cap.fewer_than as usize {
                return Err(Denied::CapReached { rule: cap.rule.clone() });
            }
        }
        Ok(())
    }

    /// What counts against a budget in the period that began then.
    pub(super) fn budget_use(&self, name: &str, period: Timestamp) -> BudgetUse {
        self.reservations.budget_use(name, period)
    }

    /// What is used of a rate limit.
    pub(super) fn rate_use(&self, limit: &RateSlot, at: Timestamp) -> RateUse {
        self.reservations.rate_use(limit, at)
    }

    /// The calls older than this one.
    pub(super) fn newest_first(
        &self,
        before: Option<CallId>,
    ) -> impl Iterator<Item = (&Arc<Call>, &Arc<ValidCall>)> {
        let end = before.map_or(Bound::Unbounded, Bound::Excluded);
        let calls = self.calls.range((Bound::Unbounded, end)).rev();
        calls.map(|(_, entry)| (&entry.call, &entry.request))
    }

    pub(super) fn select(&self, selection: &Selection) -> Vec<Call> {
        self.calls
            .iter()
            .filter(|(id, entry)| {
                selection.after.is_none_or(|after| **id > after)
                    && selection.takes(entry.call.status)
            })
            .take(selection.limit.map_or(usize::MAX, |limit| limit as usize))
            .map(|(_, entry)| Call::clone(&entry.call))
            .collect()
    }

    pub(super) fn unfinished(&self) -> Vec<Call> {
        let open = self.calls.values().filter(|entry| !entry.call.status.is_settled());
        open.map(|entry| Call::clone(&entry.call)).collect()
    }

    pub(super) fn store_webhook(&mut self, webhook: &StoredWebhook) -> bool {
        let known = self
            .webhooks
            .iter()
            .find(|(kept, _)| kept.attempt == webhook.attempt && kept.body == webhook.body);
        if let Some((_, handled)) = known {
            return !handled;
        }
        self.webhooks.push((webhook.clone(), false));
        true
    }

    pub(super) fn mark_handled(&mut self, webhook: &StoredWebhook) {
        for (kept, handled) in &mut self.webhooks {
            if kept.attempt == webhook.attempt && kept.body == webhook.body {
                *handled = true;
            }
        }
    }

    pub(super) fn pending_webhooks(&self) -> Vec<StoredWebhook> {
        let open = self.webhooks.iter().filter(|(_, handled)| !handled);
        open.map(|(webhook, _)| webhook.clone()).collect()
    }

    pub(super) fn append_audit(&mut self, decision: &AuditEntry) -> u64 {
        self.decisions.push(decision.clone());
        self.decisions.len() as u64
    }

    pub(super) fn audit_entries(&self, topic: AuditTopic, after: u64) -> Vec<(u64, AuditEntry)> {
        self.decisions_after(after, |decision| decision.topic == topic).collect()
    }

    pub(super) fn audit_page(&self, query: &AuditQuery) -> Vec<(u64, AuditEntry)> {
        let wanted = self.decisions_after(query.after, |decision| query.takes(decision.topic));
        wanted.take(query.at_most() as usize).collect()
    }

    fn decisions_after(
        &self,
        after: u64,
        wanted: impl Fn(&AuditEntry) -> bool,
    ) -> impl Iterator<Item = (u64, AuditEntry)> {
        (1..)
            .zip(&self.decisions)
            .filter(move |(number, decision)| *number > after && wanted(decision))
            .map(|(number, decision)| (number, decision.clone()))
    }

    pub(super) fn forget(&mut self, before: Timestamp) -> u64 {
        let calls = &self.calls;
        self.feed.forget(before, |endpoint| {
            let call = endpoint.call.and_then(|call| calls.get(&call));
            let at = endpoint.created_at;
            at < before
                && call.is_none_or(|entry| {
                    entry.call.status.is_settled() && entry.call.updated_at < before
                })
        })
    }

    /// Notes which batches are over.
    pub(super) fn end_batches(&mut self, at: Timestamp) -> u64 {
        let calls = &self.calls;
        self.batches.end(at, |id| calls.get(&id).is_none_or(|entry| entry.call.status.is_settled()))
    }

    pub(super) fn join(&mut self) -> u64 {
        self.members.push(Some(Timestamp::MAX));
        self.members.len() as u64
    }

    fn member(&mut self, member: u64) -> Option<&mut Option<Timestamp>> {
        let index = usize::try_from(member).ok()?.checked_sub(1)?;
        self.members.get_mut(index)
    }

    pub(super) fn leave(&mut self, member: u64) {
        if let Some(seen) = self.member(member) {
            *seen = None;
        }
    }

    /// How many processes do not count as dead.
    pub(super) fn living(&self) -> u32 {
        let living = self.members.iter().filter(|seen| seen.is_some()).count();
        u32::try_from(living).unwrap_or(u32::MAX).max(1)
    }

    /// Returns false if the process already counts as dead.
    pub(super) fn beat(&mut self, member: u64, at: Timestamp) -> bool {
        match self.member(member) {
            Some(Some(seen)) => {
                *seen = at;
                true
            }
            Some(None) | None => false,
        }
    }

    pub(super) fn take_over(
        &mut self,
        member: u64,
        lease: Option<Duration>,
        at: Timestamp,
    ) -> Vec<Call> {
        for seen in &mut self.members {
            let end = lease.and_then(|lease| (*seen)?.checked_add(lease).ok());
            if end.is_some_and(|end| end < at) {
                *seen = None;
            }
        }
        let gone = |one: u64| {
            let index = usize::try_from(one).unwrap_or(usize::MAX).wrapping_sub(1);
            self.members.get(index).is_none_or(Option::is_none)
        };
        if gone(member) {
            return Vec::new();
        }
        let unheard: BTreeSet<CallId> = self.news.values().map(|(call, _)| *call).collect();
        let mut taken = Vec::new();
        for (id, entry) in
            self.calls.iter_mut().filter(|(_, entry)| entry.member != member && gone(entry.member))
        {
            let open =
                !entry.call.status.is_settled() || entry.call.status == CallStatus::Indeterminate;
            if open {
                taken.push(Call::clone(&entry.call));
            }
            if open || unheard.contains(id) {
                entry.member = member;
            }
        }
        taken
    }
}

/// A proof that comes too late proves nothing.
fn settled(call: &Call, settlement: Settlement) -> bool {
    match settlement {
        Settlement::Bill { .. } => true,
        Settlement::Nothing { attempt, .. } => {
            let mut attempts = call.attempts.iter();
            attempts.any(|one| one.id == attempt && one.state == AttemptState::NotPlaced)
        }
    }
}
