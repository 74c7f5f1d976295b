//! Deliveries in PostgreSQL.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, PgConnection, Row, postgres::PgRow};
use switchboard_journal::server::{
    DeliveryFilter, DeliveryId, DeliveryOutcome, DueDelivery, EndpointId, WebhookDelivery,
    WebhookEndpoint,
};
use uuid::Uuid;

use crate::{
    feed::{DeliveryRow, TURN, deliveries as made_of},
    postgres::{
        endpoints, locks,
        server_rows::{ENDPOINT_COLUMNS, endpoint_row, event_row},
        tx::TxResult,
    },
    row::{micros, moment, number},
};

/// The columns that [`delivery_row`] reads.
const COLUMNS: &str = "d.id, d.endpoint_id, d.event_id, d.kind, d.state, d.attempts, d.due_at, d.created_at, d.tried_at, d.status, d.took, d.failure";
const ADD: &str = "INSERT INTO deliveries (id, endpoint_id, position, event_id, kind, state, attempts, due_at, created_at) \
     SELECT id, endpoint_id, position, event_id, kind, 'pending', 0, due_at, created_at \
     FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::text[], $6::bigint[], $7::bigint[]) \
     AS made (id, endpoint_id, position, event_id, kind, due_at, created_at) ON CONFLICT DO NOTHING";
/// Claims the oldest of each endpoint with pending deliveries. Each such endpoint is found by one
/// step in the index.
const CLAIM: &str = "WITH RECURSIVE one (id) AS ( \
         (SELECT endpoint_id FROM deliveries WHERE state = 'pending' ORDER BY endpoint_id LIMIT 1) UNION ALL \
         SELECT (SELECT endpoint_id FROM deliveries WHERE state = 'pending' AND endpoint_id > one.id ORDER BY endpoint_id LIMIT 1) \
         FROM one WHERE one.id IS NOT NULL), \
     due AS (SELECT mine.id, mine.due_at, mine.position FROM one JOIN webhook_endpoints AS e ON e.id = one.id AND e.disabled IS NULL, \
         LATERAL (SELECT d.id, d.due_at, d.position FROM deliveries AS d WHERE d.endpoint_id = e.id AND d.state = 'pending' \
             AND d.due_at <= $1 AND d.claimed_until <= $1 ORDER BY d.due_at, d.position \
             LIMIT greatest(0, $4 - (SELECT count(*) FROM deliveries AS held WHERE held.endpoint_id = e.id AND held.claimed_until > 0 \
             AND held.claimed_until > $1))) AS mine ORDER BY due_at, position LIMIT $3), \
     locked AS (SELECT id FROM deliveries WHERE id IN (SELECT id FROM due) AND state = 'pending' FOR UPDATE SKIP LOCKED) \
     UPDATE deliveries SET claimed_until = $2 FROM locked WHERE deliveries.id = locked.id RETURNING deliveries.id";
const SETTLE: &str = "UPDATE deliveries SET state = $2, attempts = $3, due_at = $4, tried_at = $5, status = $6, took = $7, failure = $8, \
                      claimed_until = 0 WHERE id = $1";
const RESTART: &str =
    "UPDATE deliveries SET state = 'pending', attempts = 0, due_at = $2 WHERE id = $1";
const RESTART_ALL: &str = "UPDATE deliveries SET state = 'pending', attempts = 0, due_at = $2 WHERE endpoint_id = $1 AND state <> 'delivered' \
     AND position IN (SELECT position FROM feed WHERE position > $3 AND position <= $4 AND at >= $5)";
const BEHIND: &str = "SELECT position, id, kind, at, tenant, call_id FROM feed WHERE position > $1 ORDER BY position LIMIT $2";
const COUNT_DUE: &str = "SELECT count(*), min(d.due_at) FROM deliveries AS d JOIN webhook_endpoints AS e ON e.id = d.endpoint_id \
     WHERE d.state = 'pending' AND d.due_at <= $1 AND d.claimed_until <= $1 AND e.disabled IS NULL";
const NEXT: &str = "SELECT min(greatest(d.due_at, d.claimed_until)) FROM deliveries AS d JOIN webhook_endpoints AS e ON e.id = d.endpoint_id \
     WHERE d.state = 'pending' AND e.disabled IS NULL";

/// Adds deliveries of events at these positions. Returns how many were not made before.
pub(super) async fn add(
    connection: &mut PgConnection,
    rows: &[(i64, DeliveryRow)],
) -> TxResult<u64> {
    let ids =
        |of: fn(&DeliveryRow) -> Uuid| rows.iter().map(|(_, row)| of(row)).collect::<Vec<_>>();
    let times =
        |of: fn(&DeliveryRow) -> i64| rows.iter().map(|(_, row)| of(row)).collect::<Vec<_>>();
    let positions: Vec<i64> = rows.iter().map(|(position, _)| *position).collect();
    let kinds: Vec<&str> = rows.iter().map(|(_, row)| row.kind.as_str()).collect();
    let added = sqlx::query(ADD)
        .bind(ids(|row| row.id))
        .bind(ids(|row| row.endpoint))
        .bind(positions)
        .bind(ids(|row| row.event))
        .bind(kinds)
        .bind(times(|row| row.due_at))
        .bind(times(|row| row.created_at))
        .execute(connection)
        .await?;
    Ok(added.rows_affected())
}

fn delivery_row(row: &PgRow) -> sqlx::Result<DeliveryRow> {
    Ok(DeliveryRow {
        id: row.try_get(0)?,
        endpoint: row.try_get(1)?,
        event: row.try_get(2)?,
        kind: row.try_get(3)?,
        state: row.try_get(4)?,
        attempts: row.try_get(5)?,
        due_at: row.try_get(6)?,
        created_at: row.try_get(7)?,
        tried_at: row.try_get(8)?,
        status: row.try_get(9)?,
        took: row.try_get(10)?,
        failure: row.try_get(11)?,
    })
}

/// One process at a time claims, so that together they never hold more than an endpoint may have.
pub(super) async fn claim(
    connection: &mut PgConnection,
    at: Timestamp,
    lease: Duration,
    limit: u32,
    per_endpoint: u32,
) -> TxResult<Vec<DueDelivery>> {
    let now = micros(at);
    let until = now.saturating_add(i64::try_from(lease.as_micros()).unwrap_or(i64::MAX));
    locks::take(connection, &[locks::key("claim deliveries", &[])]).await?;
    let ids: Vec<Uuid> = sqlx::query_scalar(CLAIM)
        .bind(now)
        .bind(until)
        .bind(i64::from(limit))
        .bind(i64::from(per_endpoint))
        .fetch_all(&mut *connection)
        .await?;
    let sql = format!(
        "SELECT {COLUMNS}, f.id, f.kind, f.at, f.tenant, f.call_id, f.data, {} FROM deliveries AS d JOIN feed AS f ON f.position = d.position \
         JOIN webhook_endpoints AS e ON e.id = d.endpoint_id WHERE d.id = ANY($1) ORDER BY d.due_at, d.position, d.id",
        ENDPOINT_COLUMNS
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            Ok(DueDelivery {
                delivery: delivery_row(row)?.read()?,
                event: event_row(row, 12, true)?.read()?,
                endpoint: endpoint_row(row, 18)?.read()?,
            })
        })
        .collect()
}

pub(super) async fn settle(
    connection: &mut PgConnection,
    id: DeliveryId,
    outcome: &DeliveryOutcome,
) -> TxResult<Option<WebhookEndpoint>> {
    let Some(found) = delivery(connection, id).await? else {
        return Ok(None);
    };
    let Some(mut endpoint) = endpoints::locked(connection, found.endpoint).await? else {
        return Ok(None);
    };
    let sql = format!("SELECT {COLUMNS} FROM deliveries AS d WHERE d.id = $1 FOR UPDATE");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(&mut *connection).await?;
    let Some(mut delivery) = read(row)? else {
        return Ok(None);
    };
    if outcome.settle(&mut delivery) {
        outcome.count(&mut endpoint);
        let row = DeliveryRow::new(&delivery);
        sqlx::query(SETTLE)
            .bind(row.id)
            .bind(row.state)
            .bind(row.attempts)
            .bind(row.due_at)
            .bind(row.tried_at)
            .bind(row.status)
            .bind(row.took)
            .bind(row.failure)
            .execute(&mut *connection)
            .await?;
        endpoints::store(connection, &endpoint).await?;
    }
    Ok(Some(endpoint))
}

pub(super) async fn deliveries(
    connection: &mut PgConnection,
    filter: &DeliveryFilter,
) -> TxResult<Vec<WebhookDelivery>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM deliveries AS d JOIN webhook_endpoints AS e ON e.id = d.endpoint_id \
         WHERE ($1::uuid IS NULL OR d.endpoint_id = $1) AND ($2::text IS NULL OR e.tenant = $2) AND ($3::text IS NULL OR d.state = $3) \
         AND ($4::uuid IS NULL OR d.id < $4) ORDER BY d.id DESC LIMIT $5"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(filter.endpoint)
        .bind(filter.tenant.as_ref().map(|tenant| tenant.as_str()))
        .bind(filter.state.map(|state| state.as_str()))
        .bind(filter.before)
        .bind(i64::from(filter.limit))
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| Ok(delivery_row(row)?.read()?)).collect()
}

pub(super) async fn delivery(
    connection: &mut PgConnection,
    id: DeliveryId,
) -> TxResult<Option<WebhookDelivery>> {
    let sql = format!("SELECT {COLUMNS} FROM deliveries AS d WHERE d.id = $1");
    read(sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?)
}

fn read(row: Option<PgRow>) -> TxResult<Option<WebhookDelivery>> {
    match row {
        Some(row) => Ok(Some(delivery_row(&row)?.read()?)),
        None => Ok(None),
    }
}

pub(super) async fn redeliver(
    connection: &mut PgConnection,
    id: DeliveryId,
    at: Timestamp,
) -> TxResult<bool> {
    let restarted = sqlx::query(RESTART).bind(id).bind(micros(at)).execute(connection).await?;
    Ok(restarted.rows_affected() > 0)
}

/// Makes the deliveries of the events behind this position due, a page of events at a time. Returns
/// how many, and where the next page begins.
pub(super) async fn recover(
    connection: &mut PgConnection,
    id: EndpointId,
    since: Timestamp,
    at: Timestamp,
    behind: i64,
) -> TxResult<(u64, Option<i64>)> {
    let Some(mut endpoint) = endpoints::locked(connection, id).await? else {
        return Ok((0, None));
    };
    // It receives what it missed, though it may be disabled still.
    endpoint.disabled = None;
    let since = since.max(endpoint.settings.created_at);
    let mut events = Vec::new();
    let rows = sqlx::query(BEHIND).bind(behind).bind(TURN).fetch_all(&mut *connection).await?;
    for row in rows {
        events.push((row.try_get::<i64, _>(0)?, event_row(&row, 1, false)?.read()?));
    }
    let Some(end) = events.last().map(|(position, _)| *position) else {
        return Ok((0, None));
    };
    let restarted = sqlx::query(RESTART_ALL)
        .bind(id)
        .bind(micros(at))
        .bind(behind)
        .bind(end)
        .bind(micros(since))
        .execute(&mut *connection)
        .await?;
    let endpoints = [endpoint];
    let missed = events.iter().filter(|(_, event)| event.at >= since);
    let missed: Vec<(i64, DeliveryRow)> = missed
        .flat_map(|(position, event)| {
            made_of(event, &endpoints, at).into_iter().map(|row| (*position, row))
        })
        .collect();
    let made = add(connection, &missed).await?;
    Ok((restarted.rows_affected() + made, Some(end)))
}

pub(super) async fn due(
    connection: &mut PgConnection,
    at: Timestamp,
) -> TxResult<(u64, Option<Timestamp>)> {
    let row = sqlx::query(COUNT_DUE).bind(micros(at)).fetch_one(connection).await?;
    let (count, oldest): (i64, Option<i64>) = (row.try_get(0)?, row.try_get(1)?);
    Ok((number(count), oldest.map(|oldest| moment(oldest, "a delivery")).transpose()?))
}

pub(super) async fn next(connection: &mut PgConnection) -> TxResult<Option<Timestamp>> {
    let next: Option<i64> = sqlx::query_scalar(NEXT).fetch_one(connection).await?;
    Ok(next.map(|next| moment(next, "a delivery")).transpose()?)
}
