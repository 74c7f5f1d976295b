//! Batches: tables of calls that are submitted row by row.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use switchboard::{
    core,
    journal::server::{
        BatchState as StoredState, RowProblem, RowResult, RowState as StoredRowState, StoredBatch,
    },
};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::wire::{BatchRules, CallStatus, Fault, Money, Outcome, Time};

/// Where a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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

impl From<StoredState> for BatchState {
    fn from(state: StoredState) -> Self {
        match state {
            StoredState::Submitting => Self::Submitting,
            StoredState::Running => Self::Running,
            StoredState::Cancelled => Self::Cancelled,
            StoredState::Done => Self::Done,
        }
    }
}

/// Where a row of a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BatchRowState {
    /// It will be submitted.
    Waiting,
    /// It is a call.
    Submitted,
    /// It is no call.
    Rejected,
    /// The batch was cancelled before it became a call.
    Cancelled,
    /// The person was erased before it became a call.
    Erased,
}

impl From<StoredRowState> for BatchRowState {
    fn from(state: StoredRowState) -> Self {
        match state {
            StoredRowState::Waiting => Self::Waiting,
            StoredRowState::Submitted => Self::Submitted,
            StoredRowState::Rejected => Self::Rejected,
            StoredRowState::Cancelled => Self::Cancelled,
            StoredRowState::Erased => Self::Erased,
        }
    }
}

/// How many rows of a batch are where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct BatchRows {
    /// All rows.
    pub total: u32,
    /// Those that will be submitted.
    pub waiting: u32,
    /// Those that are calls.
    pub submitted: u32,
    /// Those that are no calls.
    pub rejected: u32,
    /// Those that were not submitted because the batch was cancelled.
    pub cancelled: u32,
    /// Those that were not submitted because the person was erased.
    pub erased: u32,
}

/// A table of calls.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Batch {
    /// Its id, a UUID of version 7: ids sort by time.
    pub id: Uuid,
    /// The tenant whose calls its rows are.
    #[schema(examples("acme"))]
    pub tenant: String,
    /// Its name, by which `GET /v1/calls?batch=` finds its calls. The same row of two batches of one
    /// name is one call.
    #[schema(examples("february"))]
    pub name: String,
    /// Where it stands.
    pub state: BatchState,
    /// How many rows are where.
    pub rows: BatchRows,
    /// The id of the key that sent it.
    pub created_by: String,
    /// When it was accepted.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    /// When it was cancelled.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub cancelled_at: Option<Time>,
    /// When all its calls were seen to be settled.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub done_at: Option<Time>,
}

impl From<&StoredBatch> for Batch {
    fn from(stored: &StoredBatch) -> Self {
        let count = |state| stored.count(state);
        Self {
            id: stored.id,
            tenant: stored.tenant.as_str().to_owned(),
            name: stored.name.clone(),
            state: stored.state().into(),
            rows: BatchRows {
                total: stored.total(),
                waiting: count(StoredRowState::Waiting),
                submitted: count(StoredRowState::Submitted),
                rejected: count(StoredRowState::Rejected),
                cancelled: count(StoredRowState::Cancelled),
                erased: count(StoredRowState::Erased),
            },
            created_by: stored.created_by.clone(),
            created_at: stored.created_at.into(),
            cancelled_at: stored.cancelled_at.map(Into::into),
            done_at: stored.done_at.map(Into::into),
        }
    }
}

/// Batches, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BatchPage {
    /// The batches.
    pub data: Vec<Batch>,
    /// True if there are more.
    pub has_more: bool,
    /// The cursor of the next page.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

/// How many calls of a batch are where. A status or outcome without calls is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct BatchCalls {
    /// By status.
    pub statuses: BTreeMap<String, u32>,
    /// By outcome.
    pub outcomes: BTreeMap<String, u32>,
    /// How many are settled.
    pub settled: u32,
}

/// Why a row is no call. No value of the row is repeated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BatchProblem {
    /// The number of the row, counted from 1 without the header and blank rows.
    pub row: u32,
    /// The line on which it starts, counted from 1.
    pub line: u64,
    /// The reason as a code. More may be added.
    #[schema(examples("number_not_allowed"))]
    pub reason: String,
    /// The field that is wrong, if it is about one.
    #[schema(required)]
    pub field: Option<String>,
    /// What is wrong.
    pub problem: String,
    /// How to fix it.
    #[schema(required)]
    pub fix: Option<String>,
}

impl BatchProblem {
    /// The problem of the row at this place.
    pub fn new(row: u32, line: u64, problem: RowProblem) -> Self {
        let RowProblem { reason, field, problem, fix } = problem;
        Self { row, line, reason, field, problem, fix }
    }
}

/// A batch with its calls and its rejected rows.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BatchDetails {
    /// The batch.
    pub batch: Batch,
    /// Its calls, by status and outcome.
    pub calls: BatchCalls,
    /// How many rows are over: rejected, cancelled, erased, or a call that is settled.
    pub finished_rows: u32,
    /// The rejected rows, in order, 500 at most. Those of people who were erased are left out.
    pub problems: Vec<BatchProblem>,
    /// What to send as `problems_after` to read the next ones. Null at the end.
    #[schema(required)]
    pub next_problems_after: Option<u32>,
}

/// How the rows of a table were read. Nothing was stored, and earlier calls were not looked at.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BatchCheck {
    /// The name that the batch would have. Null if none was given: its id would be its name.
    #[schema(required)]
    pub name: Option<String>,
    /// All rows.
    pub rows: u32,
    /// Those that would be submitted.
    pub valid: u32,
    /// How many rows would be rejected for each reason.
    pub reasons: BTreeMap<String, u32>,
    /// Numbers that have no `+` and were read as dialled in a country, by the country that they
    /// belong to.
    pub default_country_used: BTreeMap<String, u32>,
    /// The rows that would be rejected, in order.
    pub problems: Vec<BatchProblem>,
    /// What the calling rules say about the valid rows.
    pub rules: BatchRules,
}

/// What became of a batch that was cancelled.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CancelledBatch {
    /// The batch as it is now.
    pub batch: Batch,
    /// How many calls of it were withdrawn now, before anything was sent.
    pub withdrawn: u32,
    /// How many calls go on, because a provider has them or is being asked.
    pub going_on: u32,
}

/// The call that a row became.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BatchRowCall {
    /// Its id.
    pub id: Uuid,
    /// Where it stands.
    pub status: CallStatus,
    /// How it ended, if it reached the telephone network.
    #[schema(required)]
    pub outcome: Option<Outcome>,
    /// The provider that has it.
    #[schema(required)]
    pub provider: Option<String>,
    /// How long it lasted.
    #[schema(required)]
    pub duration_seconds: Option<f64>,
    /// What was billed. Null if it is not known, never zero.
    #[schema(required)]
    pub cost: Option<Money>,
    /// The provider's summary. Null without the scope `calls:content`.
    #[schema(required)]
    pub summary: Option<String>,
    /// Why it was not placed, or why that is not known.
    #[schema(required)]
    pub fault: Option<Fault>,
}

impl BatchRowCall {
    fn new(call: &core::Call, content: bool) -> Self {
        Self {
            id: call.id.as_uuid(),
            status: call.status.into(),
            outcome: call.outcome.map(Into::into),
            provider: call.provider.as_ref().map(|provider| provider.as_str().to_owned()),
            duration_seconds: call.duration.map(|duration| duration.as_secs_f64()),
            cost: call.cost.map(Into::into),
            summary: call.summary.clone().filter(|_| content),
            fault: call.fault.as_ref().map(|fault| Fault {
                code: fault.kind.as_str().to_owned(),
                message: fault.message.clone(),
            }),
        }
    }
}

/// A row of a batch with what became of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BatchRowResult {
    /// The number of the row.
    pub row: u32,
    /// The line on which it starts.
    pub line: u64,
    /// Where it stands.
    pub state: BatchRowState,
    /// Its cells by column, as they were sent. Null without the scope `calls:content`, after the
    /// person was erased, and where the row has no number that can be read.
    #[schema(required)]
    pub input: Option<BTreeMap<String, String>>,
    /// The call that it became. Null before, and after the person was erased.
    #[schema(required)]
    pub call: Option<BatchRowCall>,
    /// Why it is no call. Null after the person was erased.
    #[schema(required)]
    pub problem: Option<BatchProblem>,
}

impl BatchRowResult {
    /// A row as a caller may see it, with or without content.
    pub fn new(columns: &[String], result: RowResult, content: bool) -> Self {
        let RowResult { row, call, .. } = result;
        let input = row.cells.filter(|_| content);
        let (number, line) = (row.number, row.line);
        Self {
            row: number,
            line,
            state: row.state.into(),
            input: input.map(|cells| columns.iter().cloned().zip(cells).collect()),
            call: call.map(|(call, _)| BatchRowCall::new(&call, content)),
            problem: row.problem.map(|problem| BatchProblem::new(number, line, problem)),
        }
    }
}
