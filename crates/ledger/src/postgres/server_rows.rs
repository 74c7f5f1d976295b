//! Reads rows of events, of webhook endpoints, and of batches.

use sqlx::{Row, postgres::PgRow};

use crate::{
    batches::{BatchHead, RowText},
    feed::{EndpointRow, EventRow},
};

/// The columns that [`endpoint_row`] reads.
pub(super) const ENDPOINT_COLUMNS: &str = "e.id, e.tenant, e.call_id, e.request_key, e.settings, e.disabled, e.last_success_at, e.failing_since, \
                                  e.failures, e.created_at";

/// A row of `feed` from this column on. Without the data if it was not read.
pub(super) fn event_row(row: &PgRow, from: usize, data: bool) -> sqlx::Result<EventRow> {
    Ok(EventRow {
        id: row.try_get(from)?,
        kind: row.try_get(from + 1)?,
        at: row.try_get(from + 2)?,
        tenant: row.try_get(from + 3)?,
        call: row.try_get(from + 4)?,
        data: if data { row.try_get(from + 5)? } else { "null".to_owned() },
    })
}

pub(super) fn endpoint_row(row: &PgRow, from: usize) -> sqlx::Result<EndpointRow> {
    Ok(EndpointRow {
        id: row.try_get(from)?,
        tenant: row.try_get(from + 1)?,
        call: row.try_get(from + 2)?,
        request_key: row.try_get(from + 3)?,
        settings: row.try_get(from + 4)?,
        disabled: row.try_get(from + 5)?,
        last_success_at: row.try_get(from + 6)?,
        failing_since: row.try_get(from + 7)?,
        failures: row.try_get(from + 8)?,
        created_at: row.try_get(from + 9)?,
    })
}

/// A row of `batches` with the columns [`BATCH_COLUMNS`](crate::batches::BATCH_COLUMNS).
pub(super) fn batch_head(row: &PgRow) -> sqlx::Result<BatchHead> {
    Ok(BatchHead {
        id: row.try_get(0)?,
        tenant: row.try_get(1)?,
        name: row.try_get(2)?,
        created_by: row.try_get(3)?,
        created_at: row.try_get(4)?,
        request_hash: row.try_get(5)?,
        columns: row.try_get(6)?,
        rows: [
            row.try_get(7)?,
            row.try_get(8)?,
            row.try_get(9)?,
            row.try_get(10)?,
            row.try_get(11)?,
        ],
        cancelled_at: row.try_get(12)?,
        done_at: row.try_get(13)?,
    })
}

/// A row of `batch_rows` with the columns [`ROW_COLUMNS`](crate::batches::ROW_COLUMNS).
pub(super) fn batch_row(row: &PgRow) -> sqlx::Result<RowText> {
    Ok(RowText {
        number: row.try_get(0)?,
        line: row.try_get(1)?,
        state: row.try_get(2)?,
        cells: row.try_get(3)?,
        request: row.try_get(4)?,
        problem: row.try_get(5)?,
        call: row.try_get(6)?,
    })
}
