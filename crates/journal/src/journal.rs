//! Where calls are written down before anything is sent, and what may never be written.
//!
//! Each method is one transaction. The rules are the journal's, not its callers': one live attempt
//! for each call, one active call for each person, one call for each key, one owner for each of a
//! provider's calls.

use std::{fmt::Debug, sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{
    AttemptId, Call, CallId, CallStatus, PhoneNumber, ProviderCallId, ProviderId, Result, TenantId,
    ValidCall,
};
use switchboard_router::{AuditEntry, AuditTopic, DuplicateWindows};
use uuid::Uuid;

use crate::{
    StoredWebhook, Write, WriteError,
    state::{Effect, Fact},
};

/// A call that is about to exist.
#[derive(Debug, Clone)]
pub struct NewCall {
    /// Its id.
    pub id: CallId,
    /// What was asked for.
    pub request: Arc<ValidCall>,
    /// When.
    pub at: Timestamp,
    /// Within which time the same callee and task is taken for a mistake.
    pub duplicates: Duration,
}

impl NewCall {
    /// A call that is about to exist, with the usual [`DuplicateWindows`].
    pub fn new(id: CallId, request: Arc<ValidCall>, at: Timestamp) -> Self {
        Self { duplicates: DuplicateWindows::default().of(&request), id, request, at }
    }

    /// The call as it is written down first.
    pub fn received(&self) -> Call {
        let request = &self.request;
        Call {
            id: self.id,
            tenant: request.tenant.clone(),
            to: request.to,
            country: request.country(),
            agent: request.agent.clone(),
            batch: request.batch.clone(),
            status: CallStatus::Received,
            outcome: None,
            provider: None,
            provider_call_id: None,
            experiment: None,
            redial_at: None,
            attempts: Vec::new(),
            fault: None,
            estimated_cost: None,
            cost: None,
            duration: None,
            summary: None,
            next_steps: None,
            transcript: None,
            recording: None,
            metadata: request.metadata.clone(),
            created_at: self.at,
            updated_at: self.at,
            raw: None,
        }
    }
}

/// What became of a new call.
#[derive(Debug, Clone)]
pub enum Opened {
    /// It is written down.
    New(Box<Call>),
    /// The same key and the same request came before: the first call.
    Replayed(Box<Call>),
    /// The same row of a batch came before, which is the same key, person and task, and asked for
    /// it in another way: the first call.
    Changed(Box<Call>),
}

/// What became of a fact.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The call as it stands now.
    pub call: Arc<Call>,
    /// What has to be done next.
    pub effects: Vec<Effect>,
}

/// An id may be a little older than the moment that its call bears.
const ID_SLACK: Duration = Duration::from_secs(2);

/// What other processes wrote to a call that this process has, as far as it has not acted on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct News {
    /// Which call.
    pub call: CallId,
    /// The number of the last of these writes. What is written later has a higher one.
    pub number: u64,
    /// One of them ended a ring that was under way.
    pub ended: bool,
}

impl News {
    /// True where a write that takes a call from one status to the other ends a ring that was under
    /// way.
    pub fn ends_a_ring(before: CallStatus, after: CallStatus) -> bool {
        matches!(before, CallStatus::Attempting | CallStatus::InProgress)
            && after == CallStatus::Closed
    }
}

/// Which calls to read, oldest first. The default is all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// In one of these states; empty: in any.
    pub statuses: Vec<CallStatus>,
    /// Younger than this call, to go on where a former selection ended.
    pub after: Option<CallId>,
    /// At most so many.
    pub limit: Option<u32>,
}

impl Selection {
    /// Where to begin for the calls of this moment and later: ids of version 7 are made of the
    /// time, so that a moment is a place among them. A few older calls may come too.
    pub fn from_moment(moment: Timestamp) -> CallId {
        let moment = moment.checked_sub(ID_SLACK).unwrap_or(moment);
        let milliseconds = u128::try_from(moment.as_millisecond()).unwrap_or_default();
        CallId::new(Uuid::from_u128(milliseconds << 80 | 0x7 << 76))
    }

    /// True where a call in this state may be in it.
    pub fn takes(&self, status: CallStatus) -> bool {
        self.statuses.is_empty() || self.statuses.contains(&status)
    }
}

/// Calls: taken in, written to and read.
///
/// Each method is one transaction. What is written is durable when the method returns.
#[async_trait]
pub trait CallLog: Debug + Send + Sync {
    /// Writes a new call down. It belongs to this process.
    ///
    /// # Errors
    /// `Conflict` where the key came with another request; `PossibleDuplicate`, with
    /// [`DuplicateOf`](crate::DuplicateOf) as its source, where the same callee and task came within the call's window,
    /// or is still to be called, and nobody said that it is meant again.
    async fn open(&self, call: NewCall) -> Result<Opened>;

    /// Writes facts down in one transaction, and takes what they need: all of it, or nothing.
    ///
    /// # Errors
    /// [`Denied`](crate::Denied) where a rule forbids it: all facts and reservations, or nothing.
    async fn write(&self, id: CallId, write: Write, at: Timestamp) -> Result<Recorded, WriteError>;

    /// One call.
    async fn get(&self, id: CallId) -> Result<Option<Call>>;

    /// What was asked for.
    async fn request(&self, id: CallId) -> Result<Option<Arc<ValidCall>>>;

    /// Some calls, oldest first.
    async fn select(&self, selection: &Selection) -> Result<Vec<Call>>;

    /// The calls that are not settled, oldest first, whoever has them.
    async fn unfinished(&self) -> Result<Vec<Call>>;

    /// What stands for this person in logs: the same for each of his calls, and nobody without the
    /// journal's key can tell who it is. `None` where the journal has no key.
    fn tag(&self, to: &PhoneNumber) -> Option<String> {
        let _ = to;
        None
    }
}

/// Whose call a provider's call or an attempt is, and what may be mistaken for it.
#[async_trait]
pub trait EvidenceIndex: Debug + Send + Sync {
    /// Whose call a provider's call is.
    async fn owner(&self, provider: &ProviderId, id: &ProviderCallId) -> Result<Option<CallId>>;

    /// Whose attempt it is.
    async fn call_of(&self, attempt: AttemptId) -> Result<Option<CallId>>;

    /// True where no other attempt of this one's provider and agent is sent, or in doubt, without a
    /// provider's id that is known: only then does the agent and the time prove whose call it is.
    /// An attempt without an agent may be any agent's.
    async fn is_unambiguous_by_agent(&self, attempt: AttemptId) -> Result<bool>;

    /// True where no other attempt at this one's provider, to the same number with the same task,
    /// is sent, or in doubt, without a provider's id that is known. Two tenants may ask for the
    /// same at the same time: only alone do the number and the task prove whose call it is.
    async fn is_unambiguous_by_task(&self, attempt: AttemptId) -> Result<bool>;

    /// How often this person's phone rang, or may have, since then, over all calls of the tenant:
    /// attempts that were sent and are not proven silent.
    async fn rings(&self, tenant: &TenantId, to: &PhoneNumber, since: Timestamp) -> Result<u32>;
}

/// Webhooks, kept before they are handled.
#[async_trait]
pub trait Inbox: Debug + Send + Sync {
    /// Keeps a webhook before it is handled. False where the same body came on the same attempt and
    /// was handled.
    async fn store_webhook(&self, webhook: &StoredWebhook) -> Result<bool>;

    /// A webhook was handled.
    async fn mark_handled(&self, webhook: &StoredWebhook, at: Timestamp) -> Result<()>;

    /// Webhooks that were kept and never handled, oldest first.
    async fn pending_webhooks(&self) -> Result<Vec<StoredWebhook>>;
}

/// The processes that share a journal, and whose calls are whose.
#[async_trait]
pub trait Membership: Debug + Send + Sync {
    /// Says that this process lives. One that was silent for too long, and whose calls others took,
    /// goes on under a new name.
    async fn beat(&self, at: Timestamp) -> Result<()>;

    /// Takes over the calls of processes that are gone, that nobody else has, oldest first: those
    /// that are not settled, and those that are `Indeterminate`, whose agents stay in doubt. The
    /// first time, what former runs of this process left is among them. Other calls of theirs that
    /// have [news](Membership::news) become this process's too, and are not among those that are
    /// answered with.
    async fn take_over(&self, at: Timestamp) -> Result<Vec<Call>>;

    /// The calls of this process that others wrote to, and that it has not [acted](Membership::acted)
    /// on since, in the order of their last writes. What this process writes to its own calls is no
    /// news.
    async fn news(&self) -> Result<Vec<News>>;

    /// This process has acted on the news: neither it nor whoever takes the calls over hears of
    /// them again. What was written to a call since stays news, and so does what was written to
    /// calls that others have by now.
    async fn acted(&self, news: &[News]) -> Result<()>;

    /// True where other processes may write to the same journal: whoever uses it has to
    /// [`beat`](Membership::beat).
    fn is_shared(&self) -> bool;
}

/// What was decided that is about no single call. Entries are only ever added.
#[async_trait]
pub trait AuditLog: Debug + Send + Sync {
    /// Adds a decision to those that were made, durably. Its number is above those of all before
    /// it.
    async fn append_audit(&self, decision: &AuditEntry) -> Result<u64>;

    /// The decisions on a topic whose number is above `after`, in order, whoever made them.
    async fn audit_entries(&self, topic: AuditTopic, after: u64) -> Result<Vec<(u64, AuditEntry)>>;
}

/// Keeps calls. An error of kind `Journal` means that nothing may be sent any more.
///
/// Several processes may share one. Each call belongs to the process that took it in, or took it
/// over from one that is gone; only its owner moves it on ([`Fact::requires_ownership`]), and evidence is
/// taken from everybody. What another process than its owner wrote is news for the owner until it
/// says that it has acted on it.
pub trait Journal: CallLog + EvidenceIndex + Inbox + Membership + AuditLog {}

impl<T: CallLog + EvidenceIndex + Inbox + Membership + AuditLog + ?Sized> Journal for T {}

/// What is made of a journal's own methods.
#[async_trait]
pub trait JournalExt: CallLog {
    /// Writes one fact down that needs nothing.
    ///
    /// # Errors
    /// As for [`CallLog::write`].
    async fn record(&self, id: CallId, fact: Fact, at: Timestamp) -> Result<Recorded, WriteError> {
        self.write(id, Write::from(fact), at).await
    }

    /// Every call, oldest first.
    async fn list(&self) -> Result<Vec<Call>> {
        self.select(&Selection::default()).await
    }
}

impl<T: CallLog + ?Sized> JournalExt for T {}
