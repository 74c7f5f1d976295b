//! Deliveries in SQLite.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter, types::Value};
use switchboard_journal::server::{
    DeliveryFilter, DeliveryId, DeliveryOutcome, DueDelivery, EndpointId, WebhookDelivery,
    WebhookEndpoint,
};
use uuid::Uuid;

use crate::{
    feed::{DeliveryRow, TURN, deliveries as made_of},
    row::{micros, moment, number},
    sqlite::{
        endpoints,
        server_rows::{ENDPOINT_COLUMNS, endpoint_row, event_row},
        tx::TxResult,
    },
};

/// The columns that [`delivery_row`] reads.
const COLUMNS: &str = "d.id, d.endpoint_id, d.event_id, d.kind, d.state, d.attempts, d.due_at, d.created_at, d.tried_at, d.status, d.took, d.failure";
const ADD: &str = "INSERT INTO deliveries (id, endpoint_id, position, event_id, kind, state, attempts, due_at, created_at) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING";
/// The endpoints with pending deliveries, each found by one step in the index.
const WITH_PENDING: &str = "WITH RECURSIVE one (id) AS (SELECT min(endpoint_id) FROM deliveries WHERE state = 'pending' UNION ALL \
     SELECT (SELECT min(endpoint_id) FROM deliveries WHERE state = 'pending' AND endpoint_id > one.id) FROM one WHERE one.id IS NOT NULL) \
     SELECT one.id FROM one JOIN webhook_endpoints AS e ON e.id = one.id WHERE e.disabled IS NULL";
const HELD: &str = "SELECT count(*) FROM deliveries WHERE endpoint_id = ?1 AND claimed_until > 0 AND claimed_until > ?2";
const DUE: &str = "SELECT id, due_at, position FROM deliveries WHERE endpoint_id = ?1 AND state = 'pending' AND due_at <= ?2 \
                   AND claimed_until <= ?2 ORDER BY due_at, position LIMIT ?3";
const CLAIM: &str = "UPDATE deliveries SET claimed_until = ?2 WHERE id = ?1";
const SETTLE: &str = "UPDATE deliveries SET state = ?2, attempts = ?3, due_at = ?4, tried_at = ?5, status = ?6, took = ?7, failure = ?8, \
                      claimed_until = 0 WHERE id = ?1";
const RESTART: &str =
    "UPDATE deliveries SET state = 'pending', attempts = 0, due_at = ?2 WHERE id = ?1";
const RESTART_ALL: &str = "UPDATE deliveries SET state = 'pending', attempts = 0, due_at = ?2 WHERE endpoint_id = ?1 AND state <> 'delivered' \
     AND position IN (SELECT position FROM feed WHERE position > ?3 AND position <= ?4 AND at >= ?5)";
const BEHIND: &str = "SELECT position, id, kind, at, tenant, call_id, data FROM feed WHERE position > ?1 ORDER BY position LIMIT ?2";
const COUNT_DUE: &str = "SELECT count(*), min(d.due_at) FROM deliveries AS d JOIN webhook_endpoints AS e ON e.id = d.endpoint_id \
     WHERE d.state = 'pending' AND d.due_at <= ?1 AND d.claimed_until <= ?1 AND e.disabled IS NULL";
const NEXT: &str = "SELECT min(max(d.due_at, d.claimed_until)) FROM deliveries AS d JOIN webhook_endpoints AS e ON e.id = d.endpoint_id \
     WHERE d.state = 'pending' AND e.disabled IS NULL";

/// Returns false if it was made before.
pub(crate) fn add(
    connection: &Connection,
    row: &DeliveryRow,
    position: i64,
) -> rusqlite::Result<bool> {
    let added = connection.prepare_cached(ADD)?.execute(params![
        row.id.as_bytes(),
        row.endpoint.as_bytes(),
        position,
        row.event.as_bytes(),
        row.kind,
        row.state,
        row.attempts,
        row.due_at,
        row.created_at,
    ])?;
    Ok(added > 0)
}

fn delivery_row(row: &Row<'_>) -> rusqlite::Result<DeliveryRow> {
    Ok(DeliveryRow {
        id: Uuid::from_bytes(row.get(0)?),
        endpoint: Uuid::from_bytes(row.get(1)?),
        event: Uuid::from_bytes(row.get(2)?),
        kind: row.get(3)?,
        state: row.get(4)?,
        attempts: row.get(5)?,
        due_at: row.get(6)?,
        created_at: row.get(7)?,
        tried_at: row.get(8)?,
        status: row.get(9)?,
        took: row.get(10)?,
        failure: row.get(11)?,
    })
}

pub(crate) fn claim(
    connection: &Connection,
    at: Timestamp,
    lease: Duration,
    limit: u32,
    per_endpoint: u32,
) -> TxResult<Vec<DueDelivery>> {
    let now = micros(at);
    let until = now.saturating_add(i64::try_from(lease.as_micros()).unwrap_or(i64::MAX));
    let mut statement = connection.prepare_cached(WITH_PENDING)?;
    let endpoints: Vec<[u8; 16]> =
        statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut due: Vec<(i64, i64, [u8; 16])> = Vec::new();
    for endpoint in endpoints {
        let held: u32 =
            connection.prepare_cached(HELD)?.query_row(params![endpoint, now], |row| row.get(0))?;
        let free = per_endpoint.saturating_sub(held).min(limit);
        let mut statement = connection.prepare_cached(DUE)?;
        let rows = statement.query_map(params![endpoint, now, free], |row| {
            Ok((row.get(1)?, row.get(2)?, row.get(0)?))
        })?;
        for row in rows {
            due.push(row?);
        }
    }
    due.sort_unstable();
    due.truncate(limit as usize);
    let mut claimed = Vec::with_capacity(due.len());
    for (_, _, id) in due {
        connection.prepare_cached(CLAIM)?.execute(params![id, until])?;
        claimed.extend(whole(connection, id)?);
    }
    Ok(claimed)
}

/// A delivery with its event and its endpoint.
fn whole(connection: &Connection, id: [u8; 16]) -> TxResult<Option<DueDelivery>> {
    let sql = format!(
        "SELECT {COLUMNS}, f.id, f.kind, f.at, f.tenant, f.call_id, f.data, {} FROM deliveries AS d JOIN feed AS f ON f.position = d.position \
         JOIN webhook_endpoints AS e ON e.id = d.endpoint_id WHERE d.id = ?1",
        ENDPOINT_COLUMNS
    );
    let rows = connection
        .prepare_cached(&sql)?
        .query_row([id], |row| {
            Ok((delivery_row(row)?, event_row(row, 12)?, endpoint_row(row, 18)?))
        })
        .optional()?;
    let Some((delivery, event, endpoint)) = rows else {
        return Ok(None);
    };
    Ok(Some(DueDelivery {
        delivery: delivery.read()?,
        event: event.read()?,
        endpoint: endpoint.read()?,
    }))
}

pub(crate) fn settle(
    connection: &Connection,
    id: DeliveryId,
    outcome: &DeliveryOutcome,
) -> TxResult<Option<WebhookEndpoint>> {
    let Some(mut delivery) = delivery(connection, id)? else {
        return Ok(None);
    };
    let Some(mut endpoint) = endpoints::endpoint(connection, delivery.endpoint)? else {
        return Ok(None);
    };
    if outcome.settle(&mut delivery) {
        outcome.count(&mut endpoint);
        let row = DeliveryRow::new(&delivery);
        connection.prepare_cached(SETTLE)?.execute(params![
            row.id.as_bytes(),
            row.state,
            row.attempts,
            row.due_at,
            row.tried_at,
            row.status,
            row.took,
            row.failure,
        ])?;
        endpoints::store(connection, &endpoint)?;
    }
    Ok(Some(endpoint))
}

pub(crate) fn deliveries(
    connection: &Connection,
    filter: &DeliveryFilter,
) -> TxResult<Vec<WebhookDelivery>> {
    let mut sql = format!(
        "SELECT {COLUMNS} FROM deliveries AS d JOIN webhook_endpoints AS e ON e.id = d.endpoint_id WHERE 1 = 1"
    );
    let mut values: Vec<Value> = Vec::new();
    if let Some(endpoint) = filter.endpoint {
        sql.push_str(" AND d.endpoint_id = ?");
        values.push(endpoint.as_bytes().to_vec().into());
    }
    if let Some(tenant) = &filter.tenant {
        sql.push_str(" AND e.tenant = ?");
        values.push(tenant.as_str().to_owned().into());
    }
    if let Some(state) = filter.state {
        sql.push_str(" AND d.state = ?");
        values.push(state.as_str().to_owned().into());
    }
    if let Some(before) = filter.before {
        sql.push_str(" AND d.id < ?");
        values.push(before.as_bytes().to_vec().into());
    }
    sql.push_str(" ORDER BY d.id DESC LIMIT ?");
    values.push(i64::from(filter.limit).into());
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params_from_iter(values), delivery_row)?;
    let rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(rows.into_iter().map(DeliveryRow::read).collect::<Result<_, _>>()?)
}

pub(crate) fn delivery(
    connection: &Connection,
    id: DeliveryId,
) -> TxResult<Option<WebhookDelivery>> {
    let sql = format!("SELECT {COLUMNS} FROM deliveries AS d WHERE d.id = ?1");
    let row =
        connection.prepare_cached(&sql)?.query_row([id.as_bytes()], delivery_row).optional()?;
    Ok(row.map(DeliveryRow::read).transpose()?)
}

pub(crate) fn redeliver(connection: &Connection, id: DeliveryId, at: Timestamp) -> TxResult<bool> {
    Ok(connection.prepare_cached(RESTART)?.execute(params![id.as_bytes(), micros(at)])? > 0)
}

/// Makes the deliveries of the events behind this position due, a page of events at a time. Returns
/// how many, and where the next page begins.
pub(crate) fn recover(
    connection: &Connection,
    id: EndpointId,
    since: Timestamp,
    at: Timestamp,
    behind: i64,
) -> TxResult<(u64, Option<i64>)> {
    let Some(mut endpoint) = endpoints::endpoint(connection, id)? else {
        return Ok((0, None));
    };
    // It receives what it missed, though it may be disabled still.
    endpoint.disabled = None;
    let since = since.max(endpoint.settings.created_at);
    let mut statement = connection.prepare_cached(BEHIND)?;
    let mut rows = statement.query(params![behind, TURN])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push((row.get::<_, i64>(0)?, event_row(row, 1)?.read()?));
    }
    let Some(end) = events.last().map(|(position, _)| *position) else {
        return Ok((0, None));
    };
    let mut due = connection.prepare_cached(RESTART_ALL)?.execute(params![
        id.as_bytes(),
        micros(at),
        behind,
        end,
        micros(since)
    ])?;
    for (position, event) in events.iter().filter(|(_, event)| event.at >= since) {
        for row in made_of(event, std::slice::from_ref(&endpoint), at) {
            due += usize::from(add(connection, &row, *position)?);
        }
    }
    Ok((due as u64, Some(end)))
}

pub(crate) fn due(connection: &Connection, at: Timestamp) -> TxResult<(u64, Option<Timestamp>)> {
    let (count, oldest): (i64, Option<i64>) = connection
        .prepare_cached(COUNT_DUE)?
        .query_row([micros(at)], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let oldest = oldest.map(|oldest| moment(oldest, "a delivery")).transpose()?;
    Ok((number(count), oldest))
}

pub(crate) fn next(connection: &Connection) -> TxResult<Option<Timestamp>> {
    let next: Option<i64> = connection.prepare_cached(NEXT)?.query_row([], |row| row.get(0))?;
    Ok(next.map(|next| moment(next, "a delivery")).transpose()?)
}
