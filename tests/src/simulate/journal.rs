//! The shared journal as one process sees it, with injected faults: slow, full, or crashing.

use std::{
    collections::BTreeMap,
    fmt,
    future::pending,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard::{
    Call, CallId, Error, ErrorKind, MemoryJournal, PhoneNumber, ProviderId, Result, TenantId,
    ValidCall,
    core::{AttemptId, CalleeHistory, ListName, ProviderCallId},
    journal::{
        AuditLog, AuditQuery, CallLog, ConsentId, EvidenceIndex, Inbox, ListHasher, ListHead,
        ListNumbers, Membership, NewCall, NewConsent, NewList, News, NumberListStore, Opened,
        OptOut, People, Person, PersonEvent, Recorded, Selection, StoredWebhook, TakeBack,
        Withdrawal, Write, WriteError,
        state::{Fact, apply},
    },
    router::{AuditEntry, AuditTopic},
};

use super::{
    Sown, director, fault::Fault, plan, process::Process, staff::SEND_WITHIN, trace::Happened,
    world::World,
};

/// The fault of one write.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meddle {
    /// The delay in milliseconds until the write is done.
    pub(super) before: u64,
    /// The delay in milliseconds until the process gets the result.
    pub(super) after: u64,
    pub(super) fault: Option<Fault>,
}

/// Marks that a process waits for a write to a call, until this is dropped.
struct Writing<'a>(&'a World, (u32, CallId));

impl<'a> Writing<'a> {
    fn begin(world: &'a World, process: &Process, call: CallId) -> Self {
        let key = (process.number, call);
        world.with(|state| *state.writing.entry(key).or_default() += 1);
        Self(world, key)
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.0.with(|state| {
            if let Some(count) = state.writing.get_mut(&self.1) {
                *count -= 1;
                if *count == 0 {
                    state.writing.remove(&self.1);
                }
            }
        });
    }
}

pub(super) struct SimJournal {
    pub(super) world: Arc<World>,
    pub(super) process: Arc<Process>,
    pub(super) inner: Arc<MemoryJournal>,
    /// Writes that a faulty journal has acknowledged but not done.
    pub(super) unwritten: Mutex<BTreeMap<CallId, (Write, Timestamp)>>,
}

impl fmt::Debug for SimJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SimJournal({:?})", self.process)
    }
}

fn full() -> Error {
    Error::new(ErrorKind::Journal, "no space is left on the device")
}

impl SimJournal {
    /// A faulty journal: it acknowledges before anything is written.
    async fn pretend(
        &self,
        id: CallId,
        write: Write,
        at: Timestamp,
    ) -> Result<Recorded, WriteError> {
        let call = self.inner.get(id).await?;
        let mut call = call.ok_or_else(|| Error::new(ErrorKind::NotFound, "no such call"))?;
        let mut effects = Vec::new();
        for fact in &write.facts {
            effects.extend_from_slice(apply(&mut call, fact.clone(), at)?);
        }
        self.unwritten.lock().expect("nothing panics in here").insert(id, (write, at));
        let call = Arc::new(call);
        Ok(Recorded { call, effects })
    }

    async fn flush(&self, id: CallId) -> Result<()> {
        let unwritten = self.unwritten.lock().expect("nothing panics in here").remove(&id);
        match unwritten {
            Some((write, at)) => {
                self.inner.write(id, write, at).await?;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Waits until the write is done, or forever.
    async fn begin(&self, meddle: Meddle) -> Result<()> {
        if meddle.fault == Some(Fault::CrashBeforeWrite) {
            director::crash(&self.world, &self.process);
            return pending().await;
        }
        tokio::time::sleep(Duration::from_millis(meddle.before)).await;
        if self.process.is_dead() {
            return pending().await;
        }
        if meddle.fault == Some(Fault::DiskFull) {
            self.process.gate().await;
            return Err(full());
        }
        Ok(())
    }

    /// Waits until the process gets the result, or forever.
    async fn end(&self, meddle: Meddle) -> Result<()> {
        if meddle.fault == Some(Fault::CrashAfterWrite) {
            director::crash(&self.world, &self.process);
            return pending().await;
        }
        tokio::time::sleep(Duration::from_millis(meddle.after)).await;
        self.process.gate().await;
        match meddle.fault {
            Some(Fault::CommitUnknown) => Err(full()),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl CallLog for SimJournal {
    async fn open(&self, call: NewCall) -> Result<Opened> {
        self.process.gate().await;
        let wish = plan::wish_of(&call.request);
        let meddle = director::meddle(&self.world, &self.process, None, wish);
        let _writing = Writing::begin(&self.world, &self.process, call.id);
        self.begin(meddle).await?;
        let opened = self.inner.open(call).await;
        if let Ok(Opened::New(call)) = &opened {
            self.world.with(|state| state.owners.insert(call.id, self.process.number));
        }
        match &opened {
            Ok(Opened::New(call)) => {
                director::wrote(&self.world, &self.process, "open", Arc::new(Call::clone(call)))
            }
            Ok(Opened::Replayed(_) | Opened::Changed(_)) => {}
            Err(_) => self.world.note(
                Happened::NotWritten("open", "refused"),
                Some(wish),
                Some(self.process.number),
            ),
        }
        self.end(meddle).await?;
        opened
    }

    async fn open_with_history(
        &self,
        call: NewCall,
        since: Timestamp,
    ) -> Result<(Opened, CalleeHistory)> {
        let request = Arc::clone(&call.request);
        let history = self.inner.history(&request.tenant, &request.to, since).await?;
        Ok((self.open(call).await?, history))
    }

    async fn write(&self, id: CallId, write: Write, at: Timestamp) -> Result<Recorded, WriteError> {
        self.process.gate().await;
        let wish = self.world.with(|state| state.seen.get(&id).map_or(0, |seen| seen.wish));
        let meddle = director::meddle(&self.world, &self.process, Some(id), wish);
        let name = write.facts.last().map_or("nothing", fact_name);
        let asked = self.world.now();
        let sends = write.facts.iter().find_map(|fact| match fact {
            Fact::Sent(attempt) | Fact::Repeated(attempt) => Some(*attempt),
            _ => None,
        });
        let _writing = Writing::begin(&self.world, &self.process, id);
        self.begin(meddle).await?;
        self.flush(id).await?;
        let recorded = match self.world.sown {
            Some(Sown::ClaimForgotten) if sends.is_some() => self.pretend(id, write, at).await,
            Some(Sown::CalleeUnchecked) => {
                let mut write = write;
                write.reservation.callee = None;
                self.inner.write(id, write, at).await
            }
            Some(
                Sown::ClaimForgotten
                | Sown::RequestSentAgain
                | Sown::SilenceAssumed
                | Sown::NewsWithheld
                | Sown::RulesOff
                | Sown::SentLate
                | Sown::RecordLies
                | Sown::KeyForgotten
                | Sown::RequestHeldBack,
            )
            | None => self.inner.write(id, write, at).await,
        };
        match &recorded {
            Ok(recorded) => {
                if let Some(attempt) = sends {
                    let since = asked.saturating_sub(SEND_WITHIN.as_millis() as u64);
                    let readings = self.process.readings(since, asked);
                    self.world.with(|state| {
                        state.notes.permitted(attempt, &readings);
                        state.attempts.insert(attempt, id);
                        state.unsent.insert(attempt, Arc::clone(&self.process));
                    });
                }
                director::wrote(&self.world, &self.process, name, Arc::clone(&recorded.call));
            }
            Err(error) => {
                let why = match error.code() {
                    Some("not_owner") => "taken over",
                    Some("callee_busy") => "the callee is busy",
                    Some("agent_in_doubt") => "the agent is in doubt",
                    Some("rate_limited") => "no slot",
                    Some("over_budget") => "over budget",
                    Some("owned") => "owned",
                    Some(_) | None => "forbidden",
                };
                self.world.note(
                    Happened::NotWritten(name, why),
                    Some(wish),
                    Some(self.process.number),
                );
            }
        }
        self.end(meddle).await?;
        recorded
    }

    async fn get(&self, id: CallId) -> Result<Option<Call>> {
        self.process.gate().await;
        self.inner.get(id).await
    }

    async fn request(&self, id: CallId) -> Result<Option<Arc<ValidCall>>> {
        self.process.gate().await;
        self.inner.request(id).await
    }

    async fn select(&self, selection: &Selection) -> Result<Vec<Call>> {
        self.process.gate().await;
        self.inner.select(selection).await
    }

    async fn unfinished(&self) -> Result<Vec<Call>> {
        self.process.gate().await;
        self.inner.unfinished().await
    }
}

#[async_trait]
impl EvidenceIndex for SimJournal {
    async fn owner(&self, provider: &ProviderId, id: &ProviderCallId) -> Result<Option<CallId>> {
        self.process.gate().await;
        self.inner.owner(provider, id).await
    }

    async fn call_of(&self, attempt: AttemptId) -> Result<Option<CallId>> {
        self.process.gate().await;
        self.inner.call_of(attempt).await
    }

    async fn is_unambiguous_by_agent(&self, attempt: AttemptId) -> Result<bool> {
        self.process.gate().await;
        self.inner.is_unambiguous_by_agent(attempt).await
    }

    async fn is_unambiguous_by_task(&self, attempt: AttemptId) -> Result<bool> {
        self.process.gate().await;
        self.inner.is_unambiguous_by_task(attempt).await
    }

    async fn rings(&self, tenant: &TenantId, to: &PhoneNumber, since: Timestamp) -> Result<u32> {
        self.process.gate().await;
        self.inner.rings(tenant, to, since).await
    }
}

#[async_trait]
impl Inbox for SimJournal {
    async fn store_webhook(&self, webhook: &StoredWebhook) -> Result<bool> {
        self.process.gate().await;
        self.inner.store_webhook(webhook).await
    }

    async fn mark_handled(&self, webhook: &StoredWebhook, at: Timestamp) -> Result<()> {
        self.process.gate().await;
        self.inner.mark_handled(webhook, at).await
    }

    async fn pending_webhooks(&self) -> Result<Vec<StoredWebhook>> {
        self.process.gate().await;
        self.inner.pending_webhooks().await
    }
}

#[async_trait]
impl Membership for SimJournal {
    /// Uses the true time, because a shared journal has its own clock.
    async fn beat(&self, _at: Timestamp) -> Result<()> {
        self.process.gate().await;
        self.inner.beat(self.world.truth.at(self.world.now())).await
    }

    async fn take_over(&self, _at: Timestamp) -> Result<Vec<Call>> {
        self.process.gate().await;
        let taken = self.inner.take_over(self.world.truth.at(self.world.now())).await?;
        self.world.with(|state| {
            state.owners.extend(taken.iter().map(|call| (call.id, self.process.number)))
        });
        Ok(taken)
    }

    async fn news(&self) -> Result<Vec<News>> {
        self.process.gate().await;
        if self.world.sown == Some(Sown::NewsWithheld) {
            return Ok(Vec::new());
        }
        let news = self.inner.news().await?;
        // Ended calls are only taken over for their news.
        self.world.with(|state| {
            state.owners.extend(news.iter().map(|news| (news.call, self.process.number)))
        });
        Ok(news)
    }

    async fn acted(&self, news: &[News]) -> Result<()> {
        self.process.gate().await;
        self.inner.acted(news).await
    }

    fn is_shared(&self) -> bool {
        true
    }
}

#[async_trait]
impl AuditLog for SimJournal {
    async fn append_audit(&self, decision: &AuditEntry) -> Result<u64> {
        self.process.gate().await;
        self.inner.append_audit(decision).await
    }

    async fn audit_entries(&self, topic: AuditTopic, after: u64) -> Result<Vec<(u64, AuditEntry)>> {
        self.process.gate().await;
        self.inner.audit_entries(topic, after).await
    }

    async fn audit_page(&self, query: &AuditQuery) -> Result<Vec<(u64, AuditEntry)>> {
        self.process.gate().await;
        self.inner.audit_page(query).await
    }
}

#[async_trait]
impl People for SimJournal {
    async fn history(
        &self,
        tenant: &TenantId,
        to: &PhoneNumber,
        since: Timestamp,
    ) -> Result<CalleeHistory> {
        self.process.gate().await;
        self.inner.history(tenant, to, since).await
    }

    async fn opt_out(&self, to: &PhoneNumber, opt_out: &OptOut) -> Result<bool> {
        self.process.gate().await;
        let known = self.inner.opt_out(to, opt_out).await;
        if known.is_ok() {
            self.world.with(|state| state.notes.opted_out(to));
        }
        known
    }

    async fn take_back_opt_out(&self, to: &PhoneNumber, request: &TakeBack) -> Result<()> {
        self.process.gate().await;
        self.inner.take_back_opt_out(to, request).await
    }

    async fn add_consent(&self, to: &PhoneNumber, consent: &NewConsent) -> Result<bool> {
        self.process.gate().await;
        self.inner.add_consent(to, consent).await
    }

    async fn withdraw_consent(
        &self,
        to: &PhoneNumber,
        id: ConsentId,
        withdrawal: &Withdrawal,
    ) -> Result<bool> {
        self.process.gate().await;
        self.inner.withdraw_consent(to, id, withdrawal).await
    }

    async fn note(&self, to: &PhoneNumber, event: &PersonEvent) -> Result<()> {
        self.process.gate().await;
        self.inner.note(to, event).await
    }

    async fn person(&self, to: &PhoneNumber) -> Result<Person> {
        self.process.gate().await;
        self.inner.person(to).await
    }
}

#[async_trait]
impl NumberListStore for SimJournal {
    fn list_hasher(&self) -> ListHasher {
        self.inner.list_hasher()
    }

    async fn list_heads(&self) -> Result<Vec<ListHead>> {
        self.process.gate().await;
        self.inner.list_heads().await
    }

    async fn number_list(&self, name: &ListName) -> Result<Option<(ListHead, ListNumbers)>> {
        self.process.gate().await;
        self.inner.number_list(name).await
    }

    async fn import_list(&self, list: NewList) -> Result<ListHead> {
        self.process.gate().await;
        self.inner.import_list(list).await
    }

    async fn remove_list(&self, name: &ListName) -> Result<Option<ListHead>> {
        self.process.gate().await;
        self.inner.remove_list(name).await
    }
}

fn fact_name(fact: &Fact) -> &'static str {
    match fact {
        Fact::Scheduled => "scheduled",
        Fact::Admitted { .. } => "admitted",
        Fact::Planned(_) => "planned",
        Fact::Refused(_) => "refused",
        Fact::Expired(_) => "expired",
        Fact::Withdrawn(_) => "withdrawn",
        Fact::Intended(_) => "intended",
        Fact::Claimed(_) => "claimed",
        Fact::Sent(_) => "intended, claimed, sent",
        Fact::Repeated(_) => "repeated",
        Fact::TentativeMatch(..) => "glimpsed",
        Fact::Answered(..) => "answered",
        Fact::Failed { .. } => "failed",
        Fact::Abandoned(_) => "abandoned",
        Fact::Reconciling(_) => "reconciling",
        Fact::AssumedNotPlaced(_) => "fenced",
        Fact::Resolved(..) => "resolved",
        Fact::Redialled(..) => "redialled",
        Fact::Traced(..) => "traced",
        Fact::GaveUp(_) => "gave up",
        Fact::Reported(_) => "reported",
        Fact::NotDialled(..) => "not dialled",
        Fact::Overdue => "overdue",
        Fact::Billed(..) => "billed",
        Fact::Disbelieved(..) => "disbelieved",
        Fact::Transcribed(_) => "transcribed",
        Fact::Recorded(_) => "recorded",
        Fact::Decided(_) => "decided",
        Fact::Flagged(_) => "flagged",
    }
}
