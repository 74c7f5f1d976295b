//! The feed in PostgreSQL: what programs outside are told, in one order.
//!
//! Numbers of an identity column become visible out of order: a transaction that took a low number
//! may commit after one that took a higher one, and who reads on from the last number that it saw
//! never sees the low one. So the number only orders the rows of `outbox`, and whoever holds the
//! row of `feed_head` moves those that are visible to `feed`, one after the other. Rows of one call
//! keep their order, because the call's row is locked while they are written.

use jiff::Timestamp;
use sqlx::{PgConnection, Row};
use switchboard_journal::server::{FeedBounds, FeedPage, FeedQuery};
use uuid::Uuid;

use crate::{
    feed::{EventRow, FORGET, TURN, deliveries},
    postgres::{deliveries::add, endpoints, server_rows::event_row, tx::TxResult},
    row::{after, micros, number},
};

/// The channel that says that there are new positions.
pub(super) const CHANNEL: &str = "switchboard_feed";

const PUBLISH: &str = "INSERT INTO outbox (id, kind, at, tenant, call_id, data, published) SELECT id, kind, at, tenant, call_id, data, TRUE \
     FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::uuid[], $6::text[]) WITH ORDINALITY \
     AS event (id, kind, at, tenant, call_id, data, place) \
     WHERE NOT EXISTS (SELECT 1 FROM feed WHERE feed.id = event.id AND feed.published) ORDER BY place";
const HEAD: &str = "SELECT forgotten, position FROM feed_head";
/// The turn, if no other process has it.
const TAKE_TURN: &str = "SELECT position FROM feed_head FOR UPDATE SKIP LOCKED";
const AWAIT_TURN: &str = "SELECT position FROM feed_head FOR UPDATE";
/// Moves the next rows. What several processes told is moved once.
const MOVE: &str = "WITH next AS (SELECT number FROM outbox ORDER BY number LIMIT $1), \
     taken AS (DELETE FROM outbox USING next WHERE outbox.number = next.number RETURNING outbox.*), \
     placed AS (INSERT INTO feed (position, id, kind, at, tenant, call_id, data, published) \
         SELECT $2 + row_number() OVER (ORDER BY t.number), t.id, t.kind, t.at, t.tenant, t.call_id, t.data, t.published FROM taken AS t \
         WHERE NOT t.published OR (NOT EXISTS (SELECT 1 FROM feed AS f WHERE f.id = t.id AND f.published) \
         AND NOT EXISTS (SELECT 1 FROM taken AS e WHERE e.published AND e.id = t.id AND e.number < t.number)) \
         RETURNING position, id, kind, at, tenant, call_id) \
     SELECT counted.all_of_them, position, id, kind, at, tenant, call_id FROM (SELECT count(*) AS all_of_them FROM taken) AS counted \
     LEFT JOIN placed ON TRUE ORDER BY position";
/// When the oldest event happened that has no position.
const WAITS_SINCE: &str = "SELECT at FROM outbox ORDER BY number LIMIT 1";
const SET_HEAD: &str =
    "UPDATE feed_head SET position = $1 RETURNING pg_notify('switchboard_feed', $1::text)";
const PAGE: &str = "SELECT position, id, kind, at, tenant, call_id, data FROM feed WHERE position > $1 AND position <= $2 \
     AND ($3::text IS NULL OR tenant = $3) AND ($4::uuid IS NULL OR call_id = $4) AND (cardinality($5::text[]) = 0 OR kind = ANY($5)) \
     ORDER BY position LIMIT $6";
/// The first position that stays.
const STAYS: &str = "SELECT position FROM feed WHERE position > $1 AND position <= $2 AND at >= $3 ORDER BY position LIMIT 1";
const FORGOTTEN: &str = "UPDATE feed_head SET forgotten = $1";
const FORGET_DELIVERIES: &str = "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE position <= $1 AND (state <> 'pending' \
     OR endpoint_id IN (SELECT id FROM webhook_endpoints WHERE disabled IS NOT NULL)) LIMIT $2)";
const FORGET_EVENTS: &str = "DELETE FROM feed WHERE position IN (SELECT position FROM feed WHERE position <= $1 \
     AND NOT EXISTS (SELECT 1 FROM deliveries WHERE deliveries.position = feed.position) LIMIT $2)";

/// Where the feed stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    forgotten: i64,
    newest: i64,
}

impl Head {
    pub(super) fn bounds(self) -> FeedBounds {
        FeedBounds { oldest: number(self.forgotten) + 1, newest: number(self.newest) }
    }
}

pub(super) async fn head(connection: &mut PgConnection) -> TxResult<Head> {
    let row = sqlx::query(HEAD).fetch_one(connection).await?;
    Ok(Head { forgotten: row.try_get(0)?, newest: row.try_get(1)? })
}

/// When the oldest event happened that waits for its turn, in microseconds.
pub(super) async fn waits_since(connection: &mut PgConnection) -> TxResult<Option<i64>> {
    Ok(sqlx::query_scalar(WAITS_SINCE).fetch_optional(connection).await?)
}

pub(super) async fn publish(connection: &mut PgConnection, events: &[EventRow]) -> TxResult<()> {
    let ids: Vec<Uuid> = events.iter().map(|event| event.id).collect();
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    let times: Vec<i64> = events.iter().map(|event| event.at).collect();
    let tenants: Vec<Option<&str>> = events.iter().map(|event| event.tenant.as_deref()).collect();
    let calls: Vec<Option<Uuid>> = events.iter().map(|event| event.call).collect();
    let data: Vec<&str> = events.iter().map(|event| event.data.as_str()).collect();
    sqlx::query(PUBLISH)
        .bind(ids)
        .bind(kinds)
        .bind(times)
        .bind(tenants)
        .bind(calls)
        .bind(data)
        .execute(connection)
        .await?;
    Ok(())
}

/// What a turn came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Another process has the turn.
    Taken,
    /// There was nothing to move.
    Idle,
    /// Events were moved, and there may be more.
    Moved {
        /// True if there are more.
        more: bool,
    },
}

/// Takes the turn, unless another process has it.
pub(super) async fn turn(connection: &mut PgConnection, at: Timestamp) -> TxResult<Turn> {
    match sqlx::query_scalar(TAKE_TURN).fetch_optional(&mut *connection).await? {
        Some(position) => Ok(move_on(connection, position, at).await?.1),
        None => Ok(Turn::Taken),
    }
}

/// Waits for the turn, and moves everything that is visible. The turn is kept until the transaction
/// ends: what becomes visible afterwards waits. Returns the last position.
pub(super) async fn catch_up(connection: &mut PgConnection, at: Timestamp) -> TxResult<i64> {
    let mut last: i64 = sqlx::query_scalar(AWAIT_TURN).fetch_one(&mut *connection).await?;
    loop {
        let (position, turn) = move_on(connection, last, at).await?;
        last = position;
        if turn != (Turn::Moved { more: true }) {
            return Ok(last);
        }
    }
}

/// Moves the next events behind this position and makes their deliveries. Returns the last
/// position.
async fn move_on(
    connection: &mut PgConnection,
    position: i64,
    at: Timestamp,
) -> TxResult<(i64, Turn)> {
    let rows = sqlx::query(MOVE).bind(TURN).bind(position).fetch_all(&mut *connection).await?;
    let (mut taken, mut last, mut events) = (0_i64, position, Vec::with_capacity(rows.len()));
    for row in rows {
        taken = row.try_get(0)?;
        if let Some(position) = row.try_get::<Option<i64>, _>(1)? {
            last = position;
            events.push((position, event_row(&row, 2, false)?.read()?));
        }
    }
    if taken == 0 {
        return Ok((position, Turn::Idle));
    }
    let calls: Vec<Uuid> =
        events.iter().filter_map(|(_, event)| event.call).map(|call| call.as_uuid()).collect();
    let endpoints = endpoints::wanting(connection, &calls).await?;
    if !endpoints.is_empty() {
        let made = events.iter().flat_map(|(position, event)| {
            deliveries(event, &endpoints, at).into_iter().map(|row| (*position, row))
        });
        add(connection, &made.collect::<Vec<_>>()).await?;
    }
    sqlx::query(SET_HEAD).bind(last).execute(&mut *connection).await?;
    Ok((last, Turn::Moved { more: taken >= TURN }))
}

pub(super) async fn page(connection: &mut PgConnection, query: &FeedQuery) -> TxResult<FeedPage> {
    let head = head(connection).await?;
    let from = after(query.after).max(head.forgotten);
    let end = from.saturating_add(after(FeedQuery::LOOKS_AT_MOST)).min(head.newest).max(from);
    let limit = query.limit.max(1);
    let rows = sqlx::query(PAGE)
        .bind(from)
        .bind(end)
        .bind(query.tenant.as_ref().map(|tenant| tenant.as_str()))
        .bind(query.call.map(|call| call.as_uuid()))
        .bind(&query.kinds)
        .bind(i64::from(limit))
        .fetch_all(connection)
        .await?;
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        events.push(event_row(&row, 1, true)?.positioned(row.try_get(0)?)?);
    }
    let read_up_to = match events.last() {
        Some(last) if events.len() >= limit as usize => last.position,
        Some(_) | None => number(end),
    };
    Ok(FeedPage { events, read_up_to, has_more: read_up_to < number(head.newest) })
}

/// The position before the first event that happened at this time or later. `None` if there is none.
pub(super) async fn before(
    connection: &mut PgConnection,
    since: Timestamp,
) -> TxResult<Option<i64>> {
    let head = head(connection).await?;
    let first: Option<i64> = sqlx::query_scalar(STAYS)
        .bind(head.forgotten)
        .bind(head.newest)
        .bind(micros(since))
        .fetch_optional(connection)
        .await?;
    Ok(first.map(|first| first - 1))
}

/// Forgets the positions of events that are older than this. Returns the last of them, and how many
/// are forgotten with it.
pub(super) async fn forget(
    connection: &mut PgConnection,
    before: Timestamp,
) -> TxResult<(i64, u64)> {
    let newest = catch_up(connection, before).await?;
    let head = head(connection).await?;
    let stays: Option<i64> = sqlx::query_scalar(STAYS)
        .bind(head.forgotten)
        .bind(newest)
        .bind(micros(before))
        .fetch_optional(&mut *connection)
        .await?;
    let last = stays.map_or(newest, |stays| stays - 1).max(head.forgotten);
    if last > head.forgotten {
        sqlx::query(FORGOTTEN).bind(last).execute(connection).await?;
    }
    Ok((last, number(last - head.forgotten)))
}

/// Deletes rows of forgotten positions. Returns true if more are left.
pub(super) async fn clear(connection: &mut PgConnection, forgotten: i64) -> TxResult<bool> {
    let mut more = false;
    for sql in [FORGET_DELIVERIES, FORGET_EVENTS] {
        let done = sqlx::query(sql).bind(forgotten).bind(FORGET).execute(&mut *connection).await?;
        more |= done.rows_affected() >= number(FORGET);
    }
    Ok(more)
}
