//! Webhook endpoints in PostgreSQL.
//!
//! Whoever locks an endpoint and deliveries of it locks the endpoint first.

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, PgConnection, postgres::PgRow};
use switchboard_journal::server::{EndpointChange, EndpointId, NewEndpoint, WebhookEndpoint};
use uuid::Uuid;

use crate::{
    feed::EndpointRow,
    postgres::{
        server_rows::{ENDPOINT_COLUMNS, endpoint_row},
        tx::TxResult,
    },
    row::micros,
};

const COUNT: &str = "SELECT count(*) FROM webhook_endpoints WHERE tenant IS NOT DISTINCT FROM $1 AND call_id IS NULL";
const ADD: &str = "INSERT INTO webhook_endpoints (id, tenant, call_id, request_key, settings, disabled, last_success_at, failing_since, \
                   failures, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const CHANGE: &str = "UPDATE webhook_endpoints SET settings = $2, disabled = $3, last_success_at = $4, failing_since = $5, failures = $6 \
                      WHERE id = $1";
const LOCK: &str = "SELECT 1 FROM webhook_endpoints WHERE id = $1 FOR UPDATE";
const REMOVE_DELIVERIES: &str = "DELETE FROM deliveries WHERE endpoint_id = $1";
const REMOVE: &str = "DELETE FROM webhook_endpoints WHERE id = $1";
const FORGET: &str = "DELETE FROM webhook_endpoints AS e WHERE call_id IS NOT NULL AND created_at < $1 \
     AND NOT EXISTS (SELECT 1 FROM deliveries WHERE endpoint_id = e.id) \
     AND NOT EXISTS (SELECT 1 FROM calls WHERE calls.id = e.call_id AND (updated_at >= $1 \
     OR status IN ('received', 'scheduled', 'admitted', 'attempting', 'in_progress')))";

fn read(row: Option<PgRow>) -> TxResult<Option<WebhookEndpoint>> {
    match row {
        Some(row) => Ok(Some(endpoint_row(&row, 0)?.read()?)),
        None => Ok(None),
    }
}

fn read_all(rows: &[PgRow]) -> TxResult<Vec<WebhookEndpoint>> {
    rows.iter().map(|row| Ok(endpoint_row(row, 0)?.read()?)).collect()
}

/// Adds an endpoint. The caller has the feed's turn: what is visible by then is not for it, and
/// everything after that is; and two requests at once are one after the other.
pub(super) async fn add(
    connection: &mut PgConnection,
    new: NewEndpoint,
) -> TxResult<Option<WebhookEndpoint>> {
    if let Some(key) = new.request_key {
        let sql = format!(
            "SELECT {ENDPOINT_COLUMNS} FROM webhook_endpoints AS e WHERE e.request_key = $1"
        );
        let first = sqlx::query(AssertSqlSafe(sql))
            .bind(key.as_slice())
            .fetch_optional(&mut *connection)
            .await?;
        if let Some(first) = read(first)? {
            return Ok(Some(first));
        }
    }
    let count: i64 = sqlx::query_scalar(COUNT)
        .bind(new.tenant.as_ref().map(|tenant| tenant.as_str()))
        .fetch_one(&mut *connection)
        .await?;
    if new.call.is_none() && count >= i64::from(new.at_most) {
        return Err(new.too_many().into());
    }
    if endpoint(connection, new.id).await?.is_some() {
        return Err(new.taken().into());
    }
    let row = EndpointRow::new(&WebhookEndpoint::new(new))?;
    sqlx::query(ADD)
        .bind(row.id)
        .bind(row.tenant)
        .bind(row.call)
        .bind(row.request_key)
        .bind(row.settings)
        .bind(row.disabled)
        .bind(row.last_success_at)
        .bind(row.failing_since)
        .bind(row.failures)
        .bind(row.created_at)
        .execute(connection)
        .await?;
    Ok(None)
}

pub(super) async fn endpoint(
    connection: &mut PgConnection,
    id: EndpointId,
) -> TxResult<Option<WebhookEndpoint>> {
    let sql = format!("SELECT {ENDPOINT_COLUMNS} FROM webhook_endpoints AS e WHERE e.id = $1");
    read(sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?)
}

/// The endpoint, which no other transaction changes before this one ends.
pub(super) async fn locked(
    connection: &mut PgConnection,
    id: EndpointId,
) -> TxResult<Option<WebhookEndpoint>> {
    let sql = format!(
        "SELECT {ENDPOINT_COLUMNS} FROM webhook_endpoints AS e WHERE e.id = $1 FOR NO KEY UPDATE"
    );
    read(sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?)
}

pub(super) async fn endpoints(
    connection: &mut PgConnection,
    tenant: Option<&str>,
) -> TxResult<Vec<WebhookEndpoint>> {
    let sql = format!(
        "SELECT {ENDPOINT_COLUMNS} FROM webhook_endpoints AS e WHERE $1::text IS NULL OR e.tenant = $1 ORDER BY e.id DESC"
    );
    read_all(&sqlx::query(AssertSqlSafe(sql)).bind(tenant).fetch_all(connection).await?)
}

/// The enabled endpoints that may want events about these calls or about none. They stay until the
/// transaction ends.
pub(super) async fn wanting(
    connection: &mut PgConnection,
    calls: &[Uuid],
) -> TxResult<Vec<WebhookEndpoint>> {
    let sql = format!(
        "SELECT {ENDPOINT_COLUMNS} FROM webhook_endpoints AS e WHERE e.disabled IS NULL AND (e.call_id IS NULL OR e.call_id = ANY($1)) FOR KEY SHARE"
    );
    read_all(&sqlx::query(AssertSqlSafe(sql)).bind(calls).fetch_all(connection).await?)
}

pub(super) async fn change(
    connection: &mut PgConnection,
    id: EndpointId,
    change: EndpointChange,
) -> TxResult<Option<WebhookEndpoint>> {
    let Some(mut found) = locked(connection, id).await? else {
        return Ok(None);
    };
    found.change(change);
    store(connection, &found).await?;
    Ok(Some(found))
}

/// Writes what may change about an endpoint.
pub(super) async fn store(
    connection: &mut PgConnection,
    endpoint: &WebhookEndpoint,
) -> TxResult<()> {
    let row = EndpointRow::new(endpoint)?;
    sqlx::query(CHANGE)
        .bind(row.id)
        .bind(row.settings)
        .bind(row.disabled)
        .bind(row.last_success_at)
        .bind(row.failing_since)
        .bind(row.failures)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn remove(connection: &mut PgConnection, id: EndpointId) -> TxResult<bool> {
    for sql in [LOCK, REMOVE_DELIVERIES] {
        sqlx::query(sql).bind(id).execute(&mut *connection).await?;
    }
    Ok(sqlx::query(REMOVE).bind(id).execute(connection).await?.rows_affected() > 0)
}

/// Removes endpoints of calls that are long over.
pub(super) async fn forget(connection: &mut PgConnection, before: Timestamp) -> TxResult<()> {
    sqlx::query(FORGET).bind(micros(before)).execute(connection).await?;
    Ok(())
}
