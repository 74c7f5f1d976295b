//! Reads rows of events, of webhook endpoints, and of batches.

use rusqlite::Row;
use uuid::Uuid;

use crate::{
    batches::{BatchHead, RowText},
    feed::{EndpointRow, EventRow},
};

/// The columns that [`endpoint_row`] reads.
pub(crate) const ENDPOINT_COLUMNS: &str = "e.id, e.tenant, e.call_id, e.request_key, e.settings, e.disabled, e.last_success_at, e.failing_since, \
                                  e.failures, e.created_at";

pub(crate) fn event_row(row: &Row<'_>, from: usize) -> rusqlite::Result<EventRow> {
    Ok(EventRow {
        id: Uuid::from_bytes(row.get(from)?),
        kind: row.get(from + 1)?,
        at: row.get(from + 2)?,
        tenant: row.get(from + 3)?,
        call: row.get::<_, Option<[u8; 16]>>(from + 4)?.map(Uuid::from_bytes),
        data: row.get(from + 5)?,
    })
}

pub(crate) fn endpoint_row(row: &Row<'_>, from: usize) -> rusqlite::Result<EndpointRow> {
    Ok(EndpointRow {
        id: Uuid::from_bytes(row.get(from)?),
        tenant: row.get(from + 1)?,
        call: row.get::<_, Option<[u8; 16]>>(from + 2)?.map(Uuid::from_bytes),
        request_key: row.get(from + 3)?,
        settings: row.get(from + 4)?,
        disabled: row.get(from + 5)?,
        last_success_at: row.get(from + 6)?,
        failing_since: row.get(from + 7)?,
        failures: row.get(from + 8)?,
        created_at: row.get(from + 9)?,
    })
}

/// A row of `batches` with the columns [`BATCH_COLUMNS`](crate::batches::BATCH_COLUMNS).
pub(crate) fn batch_head(row: &Row<'_>) -> rusqlite::Result<BatchHead> {
    Ok(BatchHead {
        id: Uuid::from_bytes(row.get(0)?),
        tenant: row.get(1)?,
        name: row.get(2)?,
        created_by: row.get(3)?,
        created_at: row.get(4)?,
        request_hash: row.get(5)?,
        columns: row.get(6)?,
        rows: [row.get(7)?, row.get(8)?, row.get(9)?, row.get(10)?, row.get(11)?],
        cancelled_at: row.get(12)?,
        done_at: row.get(13)?,
    })
}

/// A row of `batch_rows` with the columns [`ROW_COLUMNS`](crate::batches::ROW_COLUMNS).
pub(crate) fn batch_row(row: &Row<'_>) -> rusqlite::Result<RowText> {
    Ok(RowText {
        number: row.get(0)?,
        line: row.get(1)?,
        state: row.get(2)?,
        cells: row.get(3)?,
        request: row.get(4)?,
        problem: row.get(5)?,
        call: row.get::<_, Option<[u8; 16]>>(6)?.map(Uuid::from_bytes),
    })
}
