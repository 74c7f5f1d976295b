//! Reads rows of events and of webhook endpoints.

use sqlx::{Row, postgres::PgRow};

use crate::feed::{EndpointRow, EventRow};

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
