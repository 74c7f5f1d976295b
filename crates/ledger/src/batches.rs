//! Batches and their rows as rows of `batches` and `batch_rows`.

use std::collections::BTreeMap;

use serde_json::Value;
use switchboard_core::{CallId, Error, ErrorKind, Result, TenantId};
use switchboard_journal::server::{
    BatchId, BatchRow, NewBatch, NewBatchRow, RowOutcome, RowState, StoredBatch,
};
use uuid::Uuid;

use crate::{
    key::HashKey,
    refusal::unreadable,
    row::{escape, json, micros, moment, number, read, unescape, word},
};

/// The columns of [`BatchHead`], in order.
pub(crate) const BATCH_COLUMNS: &str = "id, tenant, name, created_by, created_at, request_hash, columns, waiting, submitted, rejected, cancelled, \
                                        erased, cancelled_at, done_at";
/// The columns of [`RowText`], in order.
pub(crate) const ROW_COLUMNS: &str = "number, line, state, cells, request, problem, call_id";

/// A row of `batches`, without its claim.
#[derive(Debug)]
pub(crate) struct BatchHead {
    pub(crate) id: Uuid,
    pub(crate) tenant: String,
    pub(crate) name: String,
    pub(crate) created_by: String,
    pub(crate) created_at: i64,
    pub(crate) request_hash: Vec<u8>,
    /// JSON: a list of names.
    pub(crate) columns: String,
    /// How many rows are in each state, in the order of [`RowState::ALL`].
    pub(crate) rows: [i64; 5],
    pub(crate) cancelled_at: Option<i64>,
    pub(crate) done_at: Option<i64>,
}

impl BatchHead {
    fn new(batch: &NewBatch) -> Result<Self> {
        let stored = StoredBatch::new(batch);
        Ok(Self {
            id: batch.id,
            tenant: batch.tenant.as_str().to_owned(),
            name: escape(&batch.name),
            created_by: escape(&batch.created_by),
            created_at: micros(batch.created_at),
            request_hash: batch.request_hash.to_vec(),
            columns: json(&batch.columns)?,
            rows: RowState::ALL.map(|state| stored.count(state).into()),
            cancelled_at: None,
            done_at: None,
        })
    }

    pub(crate) fn read(self) -> Result<StoredBatch> {
        let what = format_args!("the batch {}", self.id).to_string();
        let time = |at: Option<i64>| at.map(|at| moment(at, &what)).transpose();
        let rows: BTreeMap<RowState, u32> = RowState::ALL
            .into_iter()
            .zip(self.rows)
            .filter(|(_, count)| *count > 0)
            .map(|(state, count)| (state, u32::try_from(count).unwrap_or(u32::MAX)))
            .collect();
        let mut batch = StoredBatch::new(&NewBatch {
            id: self.id,
            tenant: TenantId::from(self.tenant),
            name: unescape(&self.name),
            created_by: unescape(&self.created_by),
            created_at: moment(self.created_at, &what)?,
            request_key: [0; 32],
            request_hash: <[u8; 32]>::try_from(self.request_hash)
                .map_err(|_| unreadable(&what, std::fmt::Error))?,
            columns: read(&self.columns, &what)?,
            rows: Vec::new(),
        });
        batch.rows = rows;
        batch.cancelled_at = time(self.cancelled_at)?;
        batch.done_at = time(self.done_at)?;
        Ok(batch)
    }
}

/// A new batch as rows.
#[derive(Debug)]
pub(crate) struct NewBatchText {
    pub(crate) head: BatchHead,
    pub(crate) request_key: Vec<u8>,
    pub(crate) rows: Vec<NewRowText>,
}

/// A new row of `batch_rows`.
#[derive(Debug)]
pub(crate) struct NewRowText {
    pub(crate) number: i64,
    pub(crate) line: i64,
    pub(crate) state: &'static str,
    pub(crate) to_hash: Option<Vec<u8>>,
    pub(crate) cells: Option<String>,
    pub(crate) request: Option<String>,
    pub(crate) problem: Option<String>,
}

impl NewBatchText {
    pub(crate) fn new(batch: &NewBatch, key: &HashKey) -> Result<Self> {
        let rows = batch.rows.iter().map(|row| NewRowText::new(row, key));
        Ok(Self {
            head: BatchHead::new(batch)?,
            request_key: batch.request_key.to_vec(),
            rows: rows.collect::<Result<_>>()?,
        })
    }
}

impl NewRowText {
    fn new(row: &NewBatchRow, key: &HashKey) -> Result<Self> {
        let (state, request, problem) = match &row.request {
            Ok(request) => (RowState::Waiting, Some(json(request)?), None),
            Err(problem) => (RowState::Rejected, None, Some(json(problem)?)),
        };
        Ok(Self {
            number: row.number.into(),
            line: i64::try_from(row.line).unwrap_or(i64::MAX),
            state: state.as_str(),
            to_hash: row.person.as_ref().map(|person| key.person(person).to_vec()),
            cells: row.person.as_ref().map(|_| json(&row.cells)).transpose()?,
            request,
            problem,
        })
    }
}

/// A row of `batch_rows`, as it is read.
#[derive(Debug)]
pub(crate) struct RowText {
    pub(crate) number: i64,
    pub(crate) line: i64,
    pub(crate) state: String,
    pub(crate) cells: Option<String>,
    pub(crate) request: Option<String>,
    pub(crate) problem: Option<String>,
    pub(crate) call: Option<Uuid>,
}

impl RowText {
    pub(crate) fn read(self, batch: BatchId) -> Result<BatchRow> {
        let what = format_args!("row {} of the batch {batch}", self.number).to_string();
        let number_of_row = u32::try_from(self.number).unwrap_or(u32::MAX);
        let state = word(&self.state, &what)?;
        let mut row = BatchRow::new(number_of_row, number(self.line), state);
        row.cells = self.cells.map(|text| read(&text, &what)).transpose()?;
        row.request = self.request.map(|text| read(&text, &what)).transpose()?;
        row.problem = self.problem.map(|text| read(&text, &what)).transpose()?;
        row.call = self.call.map(CallId::new);
        Ok(row)
    }
}

/// What an outcome makes of a row: its state, its problem and its call.
pub(crate) fn outcome_text(
    outcome: &RowOutcome,
) -> Result<(RowState, Option<String>, Option<Uuid>)> {
    Ok(match outcome {
        RowOutcome::Submitted(call) => (RowState::Submitted, None, Some(call.as_uuid())),
        RowOutcome::Rejected(problem) => (RowState::Rejected, Some(json(problem)?), None),
    })
}

pub(crate) fn batch_exists() -> Error {
    Error::new(ErrorKind::Conflict, "a batch of this id was made before").with_code("batch_exists")
}

/// The error for a person whom a batch is about to call.
pub(crate) fn being_submitted(batch: BatchId) -> Error {
    Error::new(
        ErrorKind::Conflict,
        format!(
            "is being called by a batch, and nothing was erased: try again in a minute, or cancel the batch {batch}"
        ),
    )
    .with_code("not_settled")
}

/// The status or outcome of a call in a count.
pub(crate) fn counted<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_value(Value::from(text))
        .map_err(|source| unreadable("a batch's calls", source))
}
