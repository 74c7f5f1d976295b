//! Webhook endpoints in SQLite.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use switchboard_journal::server::{EndpointChange, EndpointId, NewEndpoint, WebhookEndpoint};
use uuid::Uuid;

use crate::{
    feed::EndpointRow,
    row::micros,
    sqlite::{
        server_rows::{ENDPOINT_COLUMNS, endpoint_row},
        tx::TxResult,
    },
};

const EXIST: &str = "SELECT EXISTS (SELECT 1 FROM webhook_endpoints)";
const COUNT: &str = "SELECT count(*) FROM webhook_endpoints WHERE tenant IS ?1 AND call_id IS NULL";
const ADD: &str = "INSERT INTO webhook_endpoints (id, tenant, call_id, request_key, settings, disabled, last_success_at, failing_since, \
                   failures, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
const CHANGE: &str = "UPDATE webhook_endpoints SET settings = ?2, disabled = ?3, last_success_at = ?4, failing_since = ?5, failures = ?6 \
                      WHERE id = ?1";
const REMOVE_DELIVERIES: &str = "DELETE FROM deliveries WHERE endpoint_id = ?1";
const REMOVE: &str = "DELETE FROM webhook_endpoints WHERE id = ?1";
const FORGET: &str = "DELETE FROM webhook_endpoints WHERE call_id IS NOT NULL AND created_at < ?1 \
     AND NOT EXISTS (SELECT 1 FROM deliveries WHERE endpoint_id = webhook_endpoints.id) \
     AND NOT EXISTS (SELECT 1 FROM calls WHERE calls.id = webhook_endpoints.call_id AND (updated_at >= ?1 \
     OR status IN ('received', 'scheduled', 'admitted', 'attempting', 'in_progress')))";

pub(crate) fn exist(connection: &Connection) -> rusqlite::Result<bool> {
    connection.prepare_cached(EXIST)?.query_row([], |row| row.get(0))
}

pub(crate) fn add(connection: &Connection, new: NewEndpoint) -> TxResult<Option<WebhookEndpoint>> {
    if let Some(key) = new.request_key {
        let sql = format!(
            "SELECT {ENDPOINT_COLUMNS} FROM webhook_endpoints AS e WHERE e.request_key = ?1"
        );
        let first = connection
            .prepare_cached(&sql)?
            .query_row([key], |row| endpoint_row(row, 0))
            .optional()?;
        if let Some(first) = first {
            return Ok(Some(first.read()?));
        }
    }
    if new.call.is_none() {
        let tenant = new.tenant.as_ref().map(|tenant| tenant.as_str());
        let count: u32 = connection.prepare_cached(COUNT)?.query_row([tenant], |row| row.get(0))?;
        if count >= new.at_most {
            return Err(new.too_many().into());
        }
    }
    if endpoint(connection, new.id)?.is_some() {
        return Err(new.taken().into());
    }
    let row = EndpointRow::new(&WebhookEndpoint::new(new))?;
    connection.prepare_cached(ADD)?.execute(params![
        row.id.as_bytes(),
        row.tenant,
        row.call.as_ref().map(Uuid::as_bytes),
        row.request_key,
        row.settings,
        row.disabled,
        row.last_success_at,
        row.failing_since,
        row.failures,
        row.created_at,
    ])?;
    Ok(None)
}

pub(crate) fn endpoint(
    connection: &Connection,
    id: EndpointId,
) -> TxResult<Option<WebhookEndpoint>> {
    let sql = format!("SELECT {ENDPOINT_COLUMNS} FROM webhook_endpoints AS e WHERE e.id = ?1");
    let row = connection
        .prepare_cached(&sql)?
        .query_row([id.as_bytes()], |row| endpoint_row(row, 0))
        .optional()?;
    Ok(row.map(EndpointRow::read).transpose()?)
}

pub(crate) fn endpoints(
    connection: &Connection,
    tenant: Option<&str>,
) -> TxResult<Vec<WebhookEndpoint>> {
    let sql = format!(
        "SELECT {ENDPOINT_COLUMNS} FROM webhook_endpoints AS e WHERE ?1 IS NULL OR e.tenant = ?1 ORDER BY e.id DESC"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([tenant], |row| endpoint_row(row, 0))?;
    let rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(rows.into_iter().map(EndpointRow::read).collect::<Result<_, _>>()?)
}

/// The endpoints that may want events about these calls or about none.
pub(crate) fn wanting(connection: &Connection, calls: &[Uuid]) -> TxResult<Vec<WebhookEndpoint>> {
    let sql =
        format!("SELECT {ENDPOINT_COLUMNS} FROM webhook_endpoints AS e WHERE e.call_id IS ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut calls: Vec<Option<Uuid>> = calls.iter().copied().map(Some).collect();
    calls.push(None);
    calls.sort_unstable();
    calls.dedup();
    let mut wanting = Vec::new();
    for call in calls {
        let call = call.map(Uuid::into_bytes);
        let rows = statement.query_map([call], |row| endpoint_row(row, 0))?;
        for row in rows {
            wanting.push(row?.read()?);
        }
    }
    Ok(wanting)
}

pub(crate) fn change(
    connection: &Connection,
    id: EndpointId,
    change: EndpointChange,
) -> TxResult<Option<WebhookEndpoint>> {
    let Some(mut found) = endpoint(connection, id)? else {
        return Ok(None);
    };
    found.change(change);
    store(connection, &found)?;
    Ok(Some(found))
}

/// Writes what may change about an endpoint.
pub(crate) fn store(connection: &Connection, endpoint: &WebhookEndpoint) -> TxResult<()> {
    let row = EndpointRow::new(endpoint)?;
    connection.prepare_cached(CHANGE)?.execute(params![
        row.id.as_bytes(),
        row.settings,
        row.disabled,
        row.last_success_at,
        row.failing_since,
        row.failures,
    ])?;
    Ok(())
}

pub(crate) fn remove(connection: &Connection, id: EndpointId) -> TxResult<bool> {
    connection.prepare_cached(REMOVE_DELIVERIES)?.execute([id.as_bytes()])?;
    Ok(connection.prepare_cached(REMOVE)?.execute([id.as_bytes()])? > 0)
}

/// Removes endpoints of calls that are long over.
pub(crate) fn forget(connection: &Connection, before: Timestamp) -> TxResult<()> {
    connection.prepare_cached(FORGET)?.execute([micros(before)])?;
    Ok(())
}
