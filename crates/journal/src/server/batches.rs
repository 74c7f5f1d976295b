//! Batches: tables of calls that were accepted as a whole, and are submitted row by row.
//!
//! A batch is stored with its rows in one transaction. Any process may go on with it: it claims the
//! batch for a while and submits the rows in their order, one after the other. So at most one row is
//! in its hands at any time, the first that waits, and a row whose process is gone is submitted again
//! under the same key.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Debug,
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_core::{
    Call, CallId, CallRequest, CallStatus, Outcome, PhoneNumber, Result, TenantId, ValidCall,
};
use uuid::Uuid;

/// The id of a batch, of version 7.
pub type BatchId = Uuid;

/// Where a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowState {
    /// It will be submitted.
    Waiting,
    /// It is a call.
    Submitted,
    /// It is no call, and [`BatchRow::problem`] says why.
    Rejected,
    /// The batch was cancelled before it became a call.
    Cancelled,
    /// The person was erased before it became a call.
    Erased,
}

impl RowState {
    /// All states.
    pub const ALL: [Self; 5] =
        [Self::Waiting, Self::Submitted, Self::Rejected, Self::Cancelled, Self::Erased];

    /// The word used in JSON and in journals.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Submitted => "submitted",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
            Self::Erased => "erased",
        }
    }
}

/// Where a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchState {
    /// Some rows wait to be submitted.
    Submitting,
    /// Every row was submitted or rejected, and some calls are not settled.
    Running,
    /// It was cancelled. Calls that providers had go on.
    Cancelled,
    /// Every call is settled.
    Done,
}

/// Why a row is no call. No value of the row is repeated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowProblem {
    /// The reason as a code, for example `number_not_allowed`.
    pub reason: String,
    /// The field that is wrong, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is wrong.
    pub problem: String,
    /// How to fix it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

/// A row of a new batch.
#[derive(Debug, Clone)]
pub struct NewBatchRow {
    /// Its number. Rows count from 1.
    pub number: u32,
    /// The line on which it starts, counted from 1.
    pub line: u64,
    /// The person to call, by whom the row is found when they are erased. Without one, the cells are
    /// not kept.
    pub person: Option<PhoneNumber>,
    /// Its cells, one for each column of the batch.
    pub cells: Vec<String>,
    /// What to submit, or why it is rejected.
    pub request: Result<Box<CallRequest>, RowProblem>,
}

/// What a new batch is made of.
#[derive(Debug, Clone)]
pub struct NewBatch {
    /// Its id.
    pub id: BatchId,
    /// Whose calls its rows are.
    pub tenant: TenantId,
    /// Its name, of which the keys of its rows are derived.
    pub name: String,
    /// Who sent it: a key's id, or an operator's name.
    pub created_by: String,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// The idempotency key of the request, hashed with its tenant.
    pub request_key: [u8; 32],
    /// The hash of the whole request: another one with the same key is a mistake.
    pub request_hash: [u8; 32],
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Its rows, in order.
    pub rows: Vec<NewBatchRow>,
}

/// A batch as it is stored, without its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredBatch {
    /// Its id.
    pub id: BatchId,
    /// Whose calls its rows are.
    pub tenant: TenantId,
    /// Its name.
    pub name: String,
    /// Who sent it.
    pub created_by: String,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// The hash of the request.
    pub request_hash: [u8; 32],
    /// The names of its columns.
    pub columns: Vec<String>,
    /// How many rows are in each state. States without rows are left out.
    pub rows: BTreeMap<RowState, u32>,
    /// When it was cancelled.
    pub cancelled_at: Option<Timestamp>,
    /// When all its calls were seen to be settled.
    pub done_at: Option<Timestamp>,
}

impl StoredBatch {
    /// A batch that was just stored.
    pub fn new(new: &NewBatch) -> Self {
        let mut rows = BTreeMap::new();
        for row in &new.rows {
            let state = row.request.as_ref().map_or(RowState::Rejected, |_| RowState::Waiting);
            *rows.entry(state).or_default() += 1;
        }
        Self {
            id: new.id,
            tenant: new.tenant.clone(),
            name: new.name.clone(),
            created_by: new.created_by.clone(),
            created_at: new.created_at,
            request_hash: new.request_hash,
            columns: new.columns.clone(),
            rows,
            cancelled_at: None,
            done_at: None,
        }
    }

    /// How many rows are in this state.
    pub fn count(&self, state: RowState) -> u32 {
        self.rows.get(&state).copied().unwrap_or_default()
    }

    /// How many rows it has.
    pub fn total(&self) -> u32 {
        self.rows.values().sum()
    }

    /// Where it stands.
    pub fn state(&self) -> BatchState {
        if self.cancelled_at.is_some() {
            BatchState::Cancelled
        } else if self.count(RowState::Waiting) > 0 {
            BatchState::Submitting
        } else if self.done_at.is_none() {
            BatchState::Running
        } else {
            BatchState::Done
        }
    }
}

/// A row as it is stored.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct BatchRow {
    /// Its number.
    pub number: u32,
    /// The line on which it starts.
    pub line: u64,
    /// Where it stands.
    pub state: RowState,
    /// Its cells. `None` if the person was erased, or could not be told from the row.
    pub cells: Option<Vec<String>>,
    /// What to submit, while it waits.
    pub request: Option<Box<CallRequest>>,
    /// Why it is rejected. `None` after the person was erased.
    pub problem: Option<RowProblem>,
    /// The call that it became.
    pub call: Option<CallId>,
}

impl BatchRow {
    /// A row without anything but its place.
    pub fn new(number: u32, line: u64, state: RowState) -> Self {
        Self { number, line, state, cells: None, request: None, problem: None, call: None }
    }
}

/// A row with its call, as it stands.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RowResult {
    /// The row.
    pub row: BatchRow,
    /// Its call, with the request that it was made from. `None` before there is one, and after the
    /// person was erased.
    pub call: Option<(Call, Option<Arc<ValidCall>>)>,
}

impl RowResult {
    /// A row and its call.
    pub fn new(row: BatchRow, call: Option<(Call, Option<Arc<ValidCall>>)>) -> Self {
        Self { row, call }
    }
}

/// Which rows of a batch to read, in order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RowsQuery {
    /// Only those in this state.
    pub state: Option<RowState>,
    /// Only those with a higher number.
    pub after: u32,
    /// At most this many, and at most [`RowsQuery::MOST`]; 0 counts as 1.
    pub limit: u32,
}

impl RowsQuery {
    /// The most rows that are read at once.
    pub const MOST: u32 = 500;

    /// How many rows are read at most.
    pub fn at_most(&self) -> u32 {
        self.limit.clamp(1, Self::MOST)
    }
}

/// Which batches to list, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BatchesQuery {
    /// Only those of this tenant.
    pub tenant: Option<TenantId>,
    /// Only those older than this one.
    pub before: Option<BatchId>,
    /// At most this many; 0 counts as 1.
    pub limit: u32,
}

/// How many calls of a batch have which status and outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BatchCounts {
    /// By status.
    pub statuses: HashMap<CallStatus, u32>,
    /// By outcome.
    pub outcomes: HashMap<Outcome, u32>,
}

/// What became of a row that was submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowOutcome {
    /// It is this call.
    Submitted(CallId),
    /// It is no call.
    Rejected(RowProblem),
}

/// What a row was when its outcome was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowSettled {
    /// It waited: the outcome is recorded.
    Recorded,
    /// The batch was cancelled, or the person erased, while the row was being submitted. A call is
    /// recorded with the row, and has to be taken back.
    TooLate,
    /// Another process recorded an outcome before. Nothing changed.
    Before,
}

/// Stores batches.
#[async_trait]
pub trait Batches: Debug + Send + Sync {
    /// Stores a batch with its rows. If one with the same `request_key` was stored before, returns
    /// that one and stores nothing.
    ///
    /// # Errors
    /// `Conflict` with the code `batch_exists` if the id is taken.
    async fn add_batch(&self, batch: NewBatch) -> Result<Option<StoredBatch>>;

    /// The batch with this id, if it is this tenant's.
    async fn batch(&self, id: BatchId, tenant: Option<&TenantId>) -> Result<Option<StoredBatch>>;

    /// Reads batches, newest first.
    async fn batches(&self, query: &BatchesQuery) -> Result<Vec<StoredBatch>>;

    /// Reads rows of a batch, in order.
    async fn batch_rows(&self, id: BatchId, query: RowsQuery) -> Result<Vec<BatchRow>>;

    /// The same with their calls.
    async fn batch_results(&self, id: BatchId, query: RowsQuery) -> Result<Vec<RowResult>>;

    /// Counts the calls of a batch.
    async fn batch_counts(&self, id: BatchId) -> Result<BatchCounts>;

    /// Claims the oldest batch with rows that wait, and that nobody has claimed, for this long.
    /// `claim` is a new id, by which the claim is renewed. A batch that was cancelled while somebody
    /// had it, who did not give it back, is claimed too: its first cancelled row may be a call.
    async fn claim_batch(
        &self,
        claim: Uuid,
        at: Timestamp,
        lease: Duration,
    ) -> Result<Option<StoredBatch>>;

    /// Claims it for longer. Returns false if the claim is lost.
    async fn renew_batch(
        &self,
        id: BatchId,
        claim: Uuid,
        at: Timestamp,
        lease: Duration,
    ) -> Result<bool>;

    /// Gives a claim back.
    async fn release_batch(&self, id: BatchId, claim: Uuid) -> Result<()>;

    /// Records what became of a row.
    async fn settle_row(&self, id: BatchId, number: u32, outcome: RowOutcome)
    -> Result<RowSettled>;

    /// Cancels a batch: no row that waits is submitted any more. Returns it as it is then, `None` if
    /// there is none of this tenant. A batch that was cancelled before stays as it is.
    async fn cancel_batch(
        &self,
        id: BatchId,
        tenant: Option<&TenantId>,
        at: Timestamp,
    ) -> Result<Option<StoredBatch>>;

    /// Notes which batches are over: no row waits, and every call is settled. Returns how many.
    async fn end_batches(&self, at: Timestamp) -> Result<u64>;
}
