//! The journal: where calls are recorded before anything is sent, and the rules on what may be
//! recorded.
//!
//! Each method is one transaction. The rules are the journal's, not its callers': one live attempt
//! for each call, one active call for each person, one call for each key, one owner for each of a
//! provider's calls.

use std::{fmt::Debug, num::NonZeroUsize, sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{
    AttemptId, Call, CallId, CallStatus, CalleeHistory, PhoneNumber, ProviderCallId, ProviderId,
    Result, TenantId, ValidCall,
};
use switchboard_router::{AuditEntry, AuditTopic, DuplicateWindows};
use uuid::Uuid;

use crate::{
    NumberListStore, People, StoredWebhook, Write, WriteError,
    state::{Effect, Fact},
};

/// A new call, as it is handed to [`CallLog::open`].
#[derive(Debug, Clone)]
pub struct NewCall {
    /// The id of the new call, of version 7, so that ids sort by time.
    pub id: CallId,
    /// The caller's request, already validated.
    pub request: Arc<ValidCall>,
    /// When the request was accepted: the call's `created_at`.
    pub at: Timestamp,
    /// The window in which a second call with the same callee and task counts as a possible
    /// duplicate.
    pub duplicates: Duration,
}

impl NewCall {
    /// A new call with the default [`DuplicateWindows`].
    pub fn new(id: CallId, request: Arc<ValidCall>, at: Timestamp) -> Self {
        Self { duplicates: DuplicateWindows::default().of(&request), id, request, at }
    }

    /// The first record of the call, with the status `Received`.
    pub fn received(&self) -> Call {
        let request = &self.request;
        Call::new(self.id, request.tenant.clone(), request.to, self.at).with(|call| {
            call.agent = request.agent.clone();
            call.batch = request.batch.clone();
            call.metadata = request.metadata.clone();
        })
    }
}

/// The result of opening a call.
#[derive(Debug, Clone)]
pub enum Opened {
    /// The call was recorded.
    New(Box<Call>),
    /// The same request with the same key was recorded before. Contains the first call.
    Replayed(Box<Call>),
    /// The same row of a batch (the same key, callee and task) was recorded before with other
    /// options. Contains the first call.
    Changed(Box<Call>),
}

/// The result of writing facts.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The call after the write.
    pub call: Arc<Call>,
    /// What the engine has to do next.
    pub effects: Vec<Effect>,
}

/// An id may be slightly older than its call's `created_at`.
pub(crate) const ID_SLACK: Duration = Duration::from_secs(2);

/// Writes of other processes to a call that this process owns, and that it has not acted on yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct News {
    /// The call that was written to.
    pub call: CallId,
    /// The number of the last of these writes. Later writes have higher numbers.
    pub number: u64,
    /// True if one of the writes ended a ring that was in progress.
    pub ended: bool,
}

impl News {
    /// True if a write that changes a call's status from `before` to `after` ends a ring that was
    /// in progress.
    pub fn ends_a_ring(before: CallStatus, after: CallStatus) -> bool {
        matches!(before, CallStatus::Attempting | CallStatus::InProgress)
            && after == CallStatus::Closed
    }
}

/// Which calls to read, oldest first. The default is all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only calls with one of these statuses. Empty means any status.
    pub statuses: Vec<CallStatus>,
    /// Only calls newer than this one, to continue where an earlier selection ended.
    pub after: Option<CallId>,
    /// The maximum number of calls.
    pub limit: Option<u32>,
}

impl Selection {
    /// The value of `after` that selects the calls since this time. Ids of version 7 start with the
    /// time, so a time is a position among them. A few older calls may be selected too.
    pub fn from_moment(moment: Timestamp) -> CallId {
        let moment = moment.checked_sub(ID_SLACK).unwrap_or(moment);
        let milliseconds = u128::try_from(moment.as_millisecond()).unwrap_or_default();
        CallId::new(Uuid::from_u128(milliseconds << 80 | 0x7 << 76))
    }

    /// True if the selection includes calls with this status.
    pub fn takes(&self, status: CallStatus) -> bool {
        self.statuses.is_empty() || self.statuses.contains(&status)
    }
}

/// Opens, writes and reads calls.
///
/// Each method is one transaction. A write is durable when the method returns.
#[async_trait]
pub trait CallLog: Debug + Send + Sync {
    /// Records a new call. This process owns it.
    ///
    /// # Errors
    /// `Conflict` if the key was used for another request. `PossibleDuplicate`, with
    /// [`DuplicateOf`](crate::DuplicateOf) as its source, if a call with the same callee and task
    /// was recorded within the window or is still to be placed, and the request does not say that
    /// the repetition is intended.
    async fn open(&self, call: NewCall) -> Result<Opened>;

    /// Like [`CallLog::open`]; for a call that is new, also returns what [`People::history`] says of
    /// its callee and its tenant, read in the same transaction. For one that was recorded before, the
    /// history is empty.
    ///
    /// # Errors
    /// As for [`CallLog::open`].
    async fn open_with_history(
        &self,
        call: NewCall,
        since: Timestamp,
    ) -> Result<(Opened, CalleeHistory)>;

    /// Writes facts and makes their reservation in one transaction: everything or nothing.
    ///
    /// # Errors
    /// [`Denied`](crate::Denied) if a rule forbids a fact or the reservation. Nothing was written
    /// then.
    async fn write(&self, id: CallId, write: Write, at: Timestamp) -> Result<Recorded, WriteError>;

    /// Reads a call by its id.
    async fn get(&self, id: CallId) -> Result<Option<Call>>;

    /// Reads the request that a call was made from.
    async fn request(&self, id: CallId) -> Result<Option<Arc<ValidCall>>>;

    /// Reads the selected calls, oldest first.
    async fn select(&self, selection: &Selection) -> Result<Vec<Call>>;

    /// Reads the calls of all processes that are not settled, oldest first.
    async fn unfinished(&self) -> Result<Vec<Call>>;

    /// A pseudonym for this person in logs. It is the same for each of their calls, and cannot be
    /// traced to the number without the journal's key. `None` if the journal has no key.
    fn tag(&self, to: &PhoneNumber) -> Option<String> {
        let _ = to;
        None
    }
}

/// Assigns a provider's calls and attempts to our calls, and tells whether the assignment is
/// unambiguous.
#[async_trait]
pub trait EvidenceIndex: Debug + Send + Sync {
    /// The call that a provider's call belongs to.
    async fn owner(&self, provider: &ProviderId, id: &ProviderCallId) -> Result<Option<CallId>>;

    /// The call that an attempt belongs to.
    async fn call_of(&self, attempt: AttemptId) -> Result<Option<CallId>>;

    /// True if no other attempt at the same provider and agent is sent or in doubt while its
    /// provider call id is unknown. Only then do the agent and the time prove which attempt a
    /// provider's call belongs to. An attempt without an agent may be any agent's.
    async fn is_unambiguous_by_agent(&self, attempt: AttemptId) -> Result<bool>;

    /// True if no other attempt at the same provider, to the same number with the same task, is
    /// sent or in doubt while its provider call id is unknown. Only then do the number and the task
    /// prove which attempt a provider's call belongs to: two tenants may make the same request at
    /// the same time.
    async fn is_unambiguous_by_task(&self, attempt: AttemptId) -> Result<bool>;

    /// How often this person's phone has rung, or may have, since the given time, over all calls of
    /// the tenant: the number of attempts that were sent and are not proven not placed.
    async fn rings(&self, tenant: &TenantId, to: &PhoneNumber, since: Timestamp) -> Result<u32>;
}

/// Stores webhooks before they are handled.
#[async_trait]
pub trait Inbox: Debug + Send + Sync {
    /// Stores a webhook before it is handled. Returns false if the same body was already received
    /// for the same attempt and handled.
    async fn store_webhook(&self, webhook: &StoredWebhook) -> Result<bool>;

    /// Records that a webhook was handled.
    async fn mark_handled(&self, webhook: &StoredWebhook, at: Timestamp) -> Result<()>;

    /// The webhooks that were stored and not handled yet, oldest first.
    async fn pending_webhooks(&self) -> Result<Vec<StoredWebhook>>;
}

/// The processes that share a journal, and which process owns which call.
#[async_trait]
pub trait Membership: Debug + Send + Sync {
    /// Renews the lease of this process. A process whose lease expired, and whose calls others may
    /// have taken over, continues under a new identity.
    async fn beat(&self, at: Timestamp) -> Result<()>;

    /// Takes over the calls of dead processes and returns them, oldest first: those that are not
    /// settled, and those that are `Indeterminate`, whose agents stay in doubt. The first time, the
    /// calls of earlier runs of this process are among them. Settled calls of dead processes that
    /// have [news](Membership::news) are taken over too, but not returned.
    async fn take_over(&self, at: Timestamp) -> Result<Vec<Call>>;

    /// The calls of this process that others wrote to and that it has not
    /// [acted](Membership::acted) on since, in the order of their last writes. What this process
    /// writes to its own calls is not news.
    async fn news(&self) -> Result<Vec<News>>;

    /// Records that this process has acted on the news. They are not reported again, even to a
    /// process that takes the calls over. Later writes to a call stay news, and so do writes to
    /// calls that another process owns by now.
    async fn acted(&self, news: &[News]) -> Result<()>;

    /// True if other processes may write to the same journal. Each of them then has to
    /// [`beat`](Membership::beat).
    fn is_shared(&self) -> bool;

    /// How many attempts one process lets this journal reserve at the same time. `None` if more at
    /// once cost nothing: a journal that writes them together wants them together.
    fn reserves_at_once(&self) -> Option<NonZeroUsize> {
        None
    }
}

/// Which entries of the audit log to read, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Only entries on these topics. Empty: any topic.
    pub topics: Vec<AuditTopic>,
    /// Only entries with a higher number.
    pub after: u64,
    /// At most this many, and at most [`AuditQuery::MOST`]; 0 counts as 1.
    pub limit: u32,
}

impl AuditQuery {
    /// The most entries that are read at once.
    pub const MOST: u32 = 1_000;

    /// How many entries are read at most.
    pub fn at_most(&self) -> u32 {
        self.limit.clamp(1, Self::MOST)
    }

    /// True if entries on this topic are read.
    pub fn takes(&self, topic: AuditTopic) -> bool {
        self.topics.is_empty() || self.topics.contains(&topic)
    }
}

/// Decisions that are not about a single call, or that an operator made about one. The log is
/// append-only.
#[async_trait]
pub trait AuditLog: Debug + Send + Sync {
    /// Appends an entry durably and returns its number, which is higher than all earlier ones.
    async fn append_audit(&self, entry: &AuditEntry) -> Result<u64>;

    /// The entries of all processes on a topic with a number above `after`, in order.
    async fn audit_entries(&self, topic: AuditTopic, after: u64) -> Result<Vec<(u64, AuditEntry)>>;

    /// Reads entries of all processes on several topics, in order. Entries on topics that this
    /// version does not know are left out.
    async fn audit_page(&self, query: &AuditQuery) -> Result<Vec<(u64, AuditEntry)>>;
}

/// A complete journal. After an error of kind `Journal`, nothing may be sent any more.
///
/// Several processes may share a journal. Each call is owned by the process that recorded it or
/// took it over from a dead process. Only the owner may advance it ([`Fact::requires_ownership`]);
/// evidence is accepted from any process. What another process writes to a call is news for the
/// owner until the owner has acted on it.
pub trait Journal:
    CallLog + EvidenceIndex + Inbox + Membership + AuditLog + People + NumberListStore
{
}

impl<T> Journal for T where
    T: CallLog + EvidenceIndex + Inbox + Membership + AuditLog + People + NumberListStore + ?Sized
{
}

/// Convenience methods on top of [`CallLog`].
#[async_trait]
pub trait JournalExt: CallLog {
    /// Writes one fact that needs no reservation.
    ///
    /// # Errors
    /// As for [`CallLog::write`].
    async fn record(&self, id: CallId, fact: Fact, at: Timestamp) -> Result<Recorded, WriteError> {
        self.write(id, Write::from(fact), at).await
    }

    /// Reads all calls, oldest first.
    async fn list(&self) -> Result<Vec<Call>> {
        self.select(&Selection::default()).await
    }
}

impl<T: CallLog + ?Sized> JournalExt for T {}
