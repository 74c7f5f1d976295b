//! Reads rows of events and of webhook endpoints.

use rusqlite::Row;
use uuid::Uuid;

use crate::feed::{EndpointRow, EventRow};

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
