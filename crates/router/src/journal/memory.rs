//! A journal that lasts as long as the process: for tests, demonstrations and callers that keep records themselves.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use async_trait::async_trait;
use jiff::Timestamp;
use parking_lot::Mutex;
use switchboard_core::{
    AttemptId, Call, CallId, CallStatus, Error, ErrorKind, IdempotencyKey, PhoneNumber, ProviderCallId, ProviderId, Result, TenantId,
    ValidCall,
};

use crate::{
    chance::digest,
    journal::{Journal, NewCall, Opened, Recorded, Selection},
    state::{Fact, apply},
};

/// Keeps calls in memory. `Debug` shows how many, not which.
#[derive(Default)]
pub struct MemoryJournal {
    books: Mutex<Books>,
}

#[derive(Debug)]
struct Entry {
    call: Arc<Call>,
    request: Arc<ValidCall>,
}

#[derive(Debug, Default)]
struct Books {
    calls: BTreeMap<CallId, Entry>,
    keys: HashMap<(TenantId, IdempotencyKey), CallId>,
    callees: HashMap<(TenantId, PhoneNumber), CallId>,
    owners: HashMap<(ProviderId, ProviderCallId), CallId>,
    attempts: HashMap<AttemptId, CallId>,
    recent: HashMap<(TenantId, PhoneNumber, u64), Vec<(CallId, Timestamp)>>,
}

impl MemoryJournal {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }
}

impl std::fmt::Debug for MemoryJournal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryJournal")
            .field("calls", &self.books.lock().calls.len())
            .finish_non_exhaustive()
    }
}

impl Books {
    fn open(&mut self, new: NewCall) -> Result<Opened> {
        let request = &new.request;
        if let Some(key) = &request.idempotency_key
            && let Some(first) = self.keys.get(&(request.tenant.clone(), key.clone()))
            && let Some(entry) = self.calls.get(first)
        {
            if *entry.request == *new.request {
                if entry.call.status == CallStatus::Received {
                    return Err(Error::new(
                        ErrorKind::Conflict,
                        format!("belongs to the call {first}, which is being taken in: ask again in a moment"),
                    )
                    .with_field("idempotency_key")
                    .with_code("idempotency_key_in_use"));
                }
                return Ok(Opened::Replayed(Box::new(Call::clone(&entry.call))));
            }
            return Err(Error::new(
                ErrorKind::Conflict,
                format!("was used for another request, the call {first}: choose a new key"),
            )
            .with_field("idempotency_key")
            .with_code("idempotency_key_reused"));
        }
        let mark = (request.tenant.clone(), request.to, digest(&[request.task.as_bytes()]));
        let marks = self.recent.entry(mark).or_default();
        marks.retain(|(_, at)| new.at.duration_since(*at).unsigned_abs() < NewCall::DUPLICATE_WINDOW);
        let first = marks
            .iter()
            .find(|(first, _)| self.calls.get(first).is_some_and(|entry| may_have_rung(entry.call.status)));
        if request.idempotency_key.is_none()
            && !request.allow_duplicate
            && let Some((first, _)) = first
        {
            return Err(Error::new(
                ErrorKind::PossibleDuplicate,
                format!("the same number and task came a moment ago, the call {first}: give an idempotency key, or set allow_duplicate"),
            )
            .with_code("possible_duplicate"));
        }
        marks.push((new.id, new.at));
        if let Some(key) = &request.idempotency_key {
            self.keys.insert((request.tenant.clone(), key.clone()), new.id);
        }
        let call = new.received();
        self.calls.insert(
            new.id,
            Entry {
                call: Arc::new(call.clone()),
                request: new.request,
            },
        );
        Ok(Opened::New(Box::new(call)))
    }

    fn record(&mut self, id: CallId, fact: Fact, at: Timestamp) -> Result<Recorded> {
        let entry = self
            .calls
            .get_mut(&id)
            .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("there is no call {id}")))?;
        let mut call = Call::clone(&entry.call);
        let effects = apply(&mut call, fact, at)?;
        let person = (call.tenant.clone(), call.to);
        let owned = call.provider.clone().zip(call.provider_call_id.clone());
        // Every rule is asked before anything changes: what is refused leaves no trace, above all not in the locks.
        if call.status.holds_callee()
            && let Some(holder) = self.callees.get(&person)
            && *holder != id
        {
            return Err(Error::new(ErrorKind::Conflict, format!("is on another call, {holder}"))
                .with_field("to")
                .with_code("callee_busy"));
        }
        if let Some(theirs) = &owned
            && let Some(owner) = self.owners.get(theirs)
            && *owner != id
        {
            return Err(Error::new(ErrorKind::Conflict, format!("belongs to the call {owner}"))
                .with_field("provider_call_id")
                .with_code("owned"));
        }
        if call.attempts.iter().rev().skip(1).any(|attempt| attempt.state.is_live()) {
            return Err(Error::new(ErrorKind::Conflict, "the call has a live attempt already").with_code("live_attempt"));
        }
        if call.status.holds_callee() {
            self.callees.insert(person, id);
        } else if self.callees.get(&person) == Some(&id) {
            self.callees.remove(&person);
        }
        if let Some(theirs) = owned {
            self.owners.insert(theirs, id);
        }
        if let Some(last) = call.attempts.last() {
            self.attempts.insert(last.id, id);
        }
        entry.call = Arc::new(call);
        Ok(Recorded {
            call: Arc::clone(&entry.call),
            effects,
        })
    }
}

fn may_have_rung(status: CallStatus) -> bool {
    match status {
        CallStatus::Refused | CallStatus::NeedsApproval => false,
        CallStatus::Received
        | CallStatus::Scheduled
        | CallStatus::Admitted
        | CallStatus::Attempting
        | CallStatus::InProgress
        | CallStatus::Closed
        | CallStatus::Indeterminate
        | CallStatus::Stalled => true,
    }
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn open(&self, call: NewCall) -> Result<Opened> {
        self.books.lock().open(call)
    }

    async fn record(&self, id: CallId, fact: Fact, at: Timestamp) -> Result<Recorded> {
        self.books.lock().record(id, fact, at)
    }

    async fn get(&self, id: CallId) -> Result<Option<Call>> {
        Ok(self.books.lock().calls.get(&id).map(|entry| Call::clone(&entry.call)))
    }

    async fn request(&self, id: CallId) -> Result<Option<Arc<ValidCall>>> {
        Ok(self.books.lock().calls.get(&id).map(|entry| Arc::clone(&entry.request)))
    }

    async fn owner(&self, provider: &ProviderId, id: &ProviderCallId) -> Result<Option<CallId>> {
        Ok(self.books.lock().owners.get(&(provider.clone(), id.clone())).copied())
    }

    async fn call_of(&self, attempt: AttemptId) -> Result<Option<CallId>> {
        Ok(self.books.lock().attempts.get(&attempt).copied())
    }

    async fn list(&self) -> Result<Vec<Call>> {
        self.select(&Selection::default()).await
    }

    async fn select(&self, selection: &Selection) -> Result<Vec<Call>> {
        let books = self.books.lock();
        Ok(books
            .calls
            .iter()
            .filter(|(id, entry)| selection.after.is_none_or(|after| **id > after) && selection.takes(entry.call.status))
            .take(selection.limit.map_or(usize::MAX, |limit| limit as usize))
            .map(|(_, entry)| Call::clone(&entry.call))
            .collect())
    }

    async fn unfinished(&self) -> Result<Vec<Call>> {
        let books = self.books.lock();
        Ok(books
            .calls
            .values()
            .filter(|entry| !entry.call.status.is_settled())
            .map(|entry| Call::clone(&entry.call))
            .collect())
    }
}
