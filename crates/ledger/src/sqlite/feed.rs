//! The feed in SQLite: what programs outside are told, in one order.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter, types::Value};
use switchboard_journal::server::{FeedBounds, FeedPage, FeedQuery, WebhookEndpoint};
use uuid::Uuid;

use crate::{
    feed::{EventRow, FORGET, TURN, deliveries},
    row::{after, micros, number},
    sqlite::{deliveries::add, endpoints, server_rows::event_row, tx::TxResult},
};

const PUBLISH: &str = "INSERT INTO feed (id, kind, at, tenant, call_id, data, published) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
                       ON CONFLICT DO NOTHING";
const HEAD: &str = "SELECT forgotten, delivered, max(coalesce((SELECT max(position) FROM feed), 0), forgotten) FROM feed_head";
const BEHIND: &str = "SELECT position, id, kind, at, tenant, call_id, data FROM feed WHERE position > ?1 ORDER BY position LIMIT ?2";
/// When the first event happened whose deliveries are not made, if anybody receives any.
const WAITS_SINCE: &str = "SELECT at FROM feed WHERE position > (SELECT max(delivered, forgotten) FROM feed_head) \
     AND EXISTS (SELECT 1 FROM webhook_endpoints) ORDER BY position LIMIT 1";
const DELIVERED: &str = "UPDATE feed_head SET delivered = ?1";
/// The first position that stays.
const STAYS: &str =
    "SELECT min(position) FROM feed WHERE position > ?1 AND position <= ?2 AND at >= ?3";
const FORGOTTEN: &str = "UPDATE feed_head SET forgotten = ?1";
/// The last row stays: it says which position is the next one.
const FORGET_EVENTS: &str = "DELETE FROM feed WHERE position IN (SELECT position FROM feed WHERE position <= ?1 \
     AND position < (SELECT max(position) FROM feed) \
     AND NOT EXISTS (SELECT 1 FROM deliveries WHERE deliveries.position = feed.position) LIMIT ?2)";
const FORGET_DELIVERIES: &str = "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE position <= ?1 AND (state <> 'pending' \
     OR endpoint_id IN (SELECT id FROM webhook_endpoints WHERE disabled IS NOT NULL)) LIMIT ?2)";

/// Where the feed stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head {
    forgotten: i64,
    delivered: i64,
    newest: i64,
}

impl Head {
    pub(crate) fn bounds(self) -> FeedBounds {
        FeedBounds { oldest: number(self.forgotten) + 1, newest: number(self.newest) }
    }
}

pub(crate) fn head(connection: &Connection) -> rusqlite::Result<Head> {
    connection.prepare_cached(HEAD)?.query_row([], |row| {
        Ok(Head { forgotten: row.get(0)?, delivered: row.get(1)?, newest: row.get(2)? })
    })
}

/// When the oldest event happened that waits for its turn, in microseconds.
pub(crate) fn waits_since(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    connection.prepare_cached(WAITS_SINCE)?.query_row([], |row| row.get(0)).optional()
}

/// Appends events. `published` ones are left out if they are there already.
pub(crate) fn append(
    connection: &Connection,
    events: &[EventRow],
    published: bool,
) -> rusqlite::Result<()> {
    for event in events {
        connection.prepare_cached(PUBLISH)?.execute(params![
            event.id.as_bytes(),
            event.kind,
            event.at,
            event.tenant,
            event.call.as_ref().map(Uuid::as_bytes),
            event.data,
            published,
        ])?;
    }
    Ok(())
}

pub(crate) fn page(connection: &Connection, query: &FeedQuery) -> TxResult<FeedPage> {
    let head = head(connection)?;
    let from = after(query.after).max(head.forgotten);
    let end = from.saturating_add(after(FeedQuery::LOOKS_AT_MOST)).min(head.newest).max(from);
    let limit = query.limit.max(1);
    let mut sql = "SELECT position, id, kind, at, tenant, call_id, data FROM feed WHERE position > ? AND position <= ?".to_owned();
    let mut values: Vec<Value> = vec![from.into(), end.into()];
    if let Some(tenant) = &query.tenant {
        sql.push_str(" AND tenant = ?");
        values.push(tenant.as_str().to_owned().into());
    }
    if let Some(call) = query.call {
        sql.push_str(" AND call_id = ?");
        values.push(call.as_uuid().as_bytes().to_vec().into());
    }
    if !query.kinds.is_empty() {
        let places = vec!["?"; query.kinds.len()].join(", ");
        sql.push_str(&format!(" AND kind IN ({places})"));
        values.extend(query.kinds.iter().map(|kind| Value::from(kind.clone())));
    }
    sql.push_str(" ORDER BY position LIMIT ?");
    values.push(i64::from(limit).into());
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(event_row(row, 1)?.positioned(row.get(0)?)?);
    }
    let read_up_to = match events.last() {
        Some(last) if events.len() >= limit as usize => last.position,
        Some(_) | None => number(end),
    };
    Ok(FeedPage { events, read_up_to, has_more: read_up_to < number(head.newest) })
}

/// What a turn would write.
pub(crate) struct Turn {
    made: Vec<(i64, Vec<crate::feed::DeliveryRow>)>,
    /// Everything up to this position was looked at.
    end: i64,
    pub(crate) has_more: bool,
}

/// Looks at the next events. `None` if there is nothing to look at, or no endpoint to look for.
pub(crate) fn turn(connection: &Connection, at: Timestamp) -> TxResult<Option<Turn>> {
    let head = head(connection)?;
    if head.delivered >= head.newest || !endpoints::exist(connection)? {
        return Ok(None);
    }
    let mut statement = connection.prepare_cached(BEHIND)?;
    let mut rows = statement.query(params![head.delivered.max(head.forgotten), TURN])?;
    let (mut events, mut end) = (Vec::new(), head.newest);
    while let Some(row) = rows.next()? {
        end = row.get(0)?;
        events.push((end, event_row(row, 1)?.read()?));
    }
    let calls: Vec<Uuid> =
        events.iter().filter_map(|(_, event)| event.call).map(|call| call.as_uuid()).collect();
    let endpoints: Vec<WebhookEndpoint> = endpoints::wanting(connection, &calls)?;
    let made = events
        .iter()
        .map(|(position, event)| (*position, deliveries(event, &endpoints, at)))
        .filter(|(_, made)| !made.is_empty());
    Ok(Some(Turn { made: made.collect(), end, has_more: end < head.newest }))
}

/// Writes what a turn made.
pub(crate) fn take(connection: &Connection, turn: &Turn) -> rusqlite::Result<()> {
    for (position, rows) in &turn.made {
        for row in rows {
            add(connection, row, *position)?;
        }
    }
    connection.prepare_cached(DELIVERED)?.execute([turn.end])?;
    Ok(())
}

/// Makes the deliveries of everything that happened until now.
pub(crate) fn catch_up(connection: &Connection, at: Timestamp) -> TxResult<()> {
    while let Some(turn) = turn(connection, at)? {
        take(connection, &turn)?;
    }
    connection.prepare_cached(DELIVERED)?.execute([head(connection)?.newest])?;
    Ok(())
}

/// The position before the first event that happened at this time or later. `None` if there is none.
pub(crate) fn before(connection: &Connection, since: Timestamp) -> rusqlite::Result<Option<i64>> {
    let head = head(connection)?;
    let first: Option<i64> = connection
        .prepare_cached(STAYS)?
        .query_row(params![head.forgotten, head.newest, micros(since)], |row| row.get(0))?;
    Ok(first.map(|first| first - 1))
}

/// The position up to which events are older than this, and how many are forgotten with it.
pub(crate) fn forget(connection: &Connection, before: Timestamp) -> TxResult<(i64, u64)> {
    let head = head(connection)?;
    let may_go = if endpoints::exist(connection)? { head.delivered } else { head.newest };
    let stays: Option<i64> = connection
        .prepare_cached(STAYS)?
        .query_row(params![head.forgotten, may_go, micros(before)], |row| row.get(0))?;
    let last = stays.map_or(may_go, |stays| stays - 1).max(head.forgotten);
    if last > head.forgotten {
        connection.prepare_cached(FORGOTTEN)?.execute([last])?;
    }
    Ok((last, number(last - head.forgotten)))
}

/// Deletes rows of forgotten positions. Returns true if more are left.
pub(crate) fn clear(connection: &Connection, forgotten: i64) -> TxResult<bool> {
    let deliveries =
        connection.prepare_cached(FORGET_DELIVERIES)?.execute(params![forgotten, FORGET])?;
    let events = connection.prepare_cached(FORGET_EVENTS)?.execute(params![forgotten, FORGET])?;
    let all = usize::try_from(FORGET).unwrap_or(usize::MAX);
    Ok(deliveries >= all || events >= all)
}
