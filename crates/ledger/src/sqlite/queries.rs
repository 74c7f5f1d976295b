//! SQL for calls, their attempts and events in SQLite.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use switchboard_core::{AttemptId, Call, CallId, CalleeHistory, ValidCall};
use switchboard_journal::{Denied, News, Opened, Recorded, Selection, Write};
use uuid::Uuid;

use crate::{
    change::{Change, Duplicates, Event, NewCallRow, Written, permit},
    duplicate,
    history::{CallRecord, Entry},
    key::HashKey,
    refusal,
    row::{AttemptRow, CallRow, read_request},
    select,
    sqlite::{
        feed, news, people, reservations,
        tx::{TxError, TxResult, unique},
    },
};

/// The columns that [`call_row`] reads.
pub(crate) const CALL_COLUMNS: &str = "id, tenant, to_number, country, status, outcome, provider, provider_call_id, body, content, epoch, \
                                       created_at, updated_at";
/// The columns that [`attempt_row`] reads.
pub(crate) const ATTEMPT_COLUMNS: &str = "id, ring, provider, agent, provider_call_id, state, doubt, idempotency_key, body, created_at, \
                                          sent_at, ended_at, repeated_at";
const BY_KEY: &str = "SELECT id, request_hash, to_hash = ?3 AND task_hash = ?4 FROM calls WHERE tenant = ?1 AND idempotency_key = ?2";
/// The same rule as [`DuplicateOf::counts`](switchboard_journal::DuplicateOf::counts).
const DUPLICATE: &str = "SELECT id, created_at FROM calls WHERE to_hash = ?1 AND created_at > ?4 AND created_at < ?3 AND tenant = ?5 \
                         AND task_hash = ?6 AND status NOT IN ('refused', 'needs_approval') AND (created_at > ?2 \
                         OR status IN ('received', 'scheduled', 'admitted', 'attempting', 'in_progress') \
                         OR EXISTS (SELECT 1 FROM attempts WHERE call_id = calls.id AND state <> 'not_placed' AND sent_at > ?2)) \
                         ORDER BY created_at, calls.id LIMIT 1";
const NEW_CALL: &str = "INSERT INTO calls (id, tenant, to_number, to_hash, task_hash, country, status, idempotency_key, request_hash, \
                        request, body, content, epoch, created_at, updated_at) \
                        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14)";
const CHANGE_CALL: &str = "UPDATE calls SET status = ?2, outcome = ?3, provider = ?4, provider_call_id = ?5, body = ?6, updated_at = ?7, \
                           content = coalesce(?8, content) WHERE id = ?1";
const NEW_ATTEMPT: &str = "INSERT INTO attempts (id, call_id, position, ring, provider, agent, provider_call_id, state, doubt, \
                           idempotency_key, body, created_at, sent_at, ended_at, to_hash) \
                           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, \
                           (SELECT to_hash FROM calls WHERE id = ?2))";
const CHANGE_ATTEMPT: &str = "UPDATE attempts SET provider_call_id = ?3, state = ?4, doubt = ?5, body = ?6, sent_at = ?7, ended_at = ?8, \
                              repeated_at = ?9 \
                              WHERE id = ?1 AND call_id = ?2";
const OWN: &str = "INSERT INTO provider_calls (provider, provider_call_id, call_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
const OWNER: &str = "SELECT call_id FROM provider_calls WHERE provider = ?1 AND account = '' AND provider_call_id = ?2";
const EVENT: &str =
    "INSERT INTO events (call_id, attempt_id, kind, content, at) VALUES (?1, ?2, ?3, ?4, ?5)";
const HISTORY: &str = "SELECT 0 AS seq, created_at, NULL, 'received', NULL FROM calls WHERE id = ?1 UNION ALL \
                       SELECT seq, at, attempt_id, kind, content FROM events WHERE call_id = ?1 ORDER BY seq";
const REQUEST: &str = "SELECT to_number, country, request FROM calls WHERE id = ?1";
const CALL_OF: &str = "SELECT call_id FROM attempts WHERE id = ?1";
const IS_ALONE: &str = "SELECT NOT EXISTS (SELECT 1 FROM attempts AS other WHERE other.provider = this.provider AND other.doubt > 0 \
                        AND other.id <> this.id AND (this.agent IS NULL OR other.agent IS NULL OR other.agent = this.agent)) \
                        FROM attempts AS this WHERE this.id = ?1";
const IS_ALONE_BY_TASK: &str = "SELECT NOT EXISTS (SELECT 1 FROM attempts AS other JOIN calls AS theirs ON theirs.id = other.call_id \
                                WHERE other.provider = this.provider AND other.doubt > 0 AND other.id <> this.id \
                                AND theirs.to_hash = ours.to_hash AND theirs.task_hash = ours.task_hash) \
                                FROM attempts AS this JOIN calls AS ours ON ours.id = this.call_id WHERE this.id = ?1";
const RINGS: &str = "SELECT count(*) FROM calls JOIN attempts ON attempts.call_id = calls.id \
                     WHERE calls.to_hash = ?1 AND tenant = ?2 AND state <> 'not_placed' AND sent_at >= ?3";
/// The condition of the index `one_call_per_person`.
const HOLDER: &str = "SELECT other.id FROM calls AS this JOIN calls AS other ON other.tenant = this.tenant AND other.to_hash = this.to_hash \
                      WHERE this.id = ?1 AND other.id <> ?1 AND (other.status = 'admitted' OR other.status = 'attempting' \
                      OR other.status = 'in_progress' OR other.status = 'indeterminate' OR other.status = 'stalled')";

/// How SQLite names a violated unique index in its message: by its columns.
const ONE_CALL_PER_PERSON: &str = "calls.tenant, calls.to_hash";
const ONE_LIVE_ATTEMPT: &str = "attempts.call_id, attempts.ring";
const ATTEMPT_ID: &str = "attempts.id";
const CALL_ID: &str = "calls.id";

/// Is only refused before it writes. `since`: how far back the history of the callee of a new call is
/// read, if at all.
pub(crate) fn open(
    connection: &Connection,
    new: NewCallRow,
    epoch: i64,
    since: Option<i64>,
) -> TxResult<(Opened, CalleeHistory)> {
    let tenant = new.call.tenant.as_str();
    if let Some(key) = &new.key {
        let first = connection
            .prepare_cached(BY_KEY)?
            .query_row(params![tenant, key, new.to_hash, new.task_hash], |row| {
                Ok((id(row, 0)?, row.get::<_, [u8; 32]>(1)?, row.get::<_, bool>(2)?))
            })
            .optional()?;
        if let Some((first, hash, same_row)) = first {
            let same = hash == new.request_hash;
            let answers = same || new.is_row && same_row;
            if !answers {
                return Err(refusal::key_reused(first).into());
            }
            let call = Box::new(call(connection, first)?.ok_or_else(|| refusal::erased(first))?);
            let before = if same { Opened::Replayed(call) } else { Opened::Changed(call) };
            return Ok((before, CalleeHistory::default()));
        }
    }
    if let Some(Duplicates { after, before, open_after }) = new.duplicates {
        let first = connection
            .prepare_cached(DUPLICATE)?
            .query_row(
                params![new.to_hash, after, before, open_after, tenant, new.task_hash],
                |row| Ok((id(row, 0)?, row.get(1)?)),
            )
            .optional()?;
        if let Some((first, since)) = first {
            return Err(duplicate::possible_duplicate(first, since).into());
        }
    }
    let history = match since {
        Some(since) => people::history(connection, tenant, &new.to_hash, since)?,
        None => CalleeHistory::default(),
    };
    let written = connection.prepare_cached(NEW_CALL)?.execute(params![
        new.id.as_uuid().as_bytes(),
        tenant,
        new.call.to.e164(),
        new.to_hash,
        new.task_hash,
        new.call.country.as_str(),
        new.call.status.as_str(),
        new.key,
        new.request_hash,
        new.request,
        new.body,
        new.content,
        epoch,
        new.at,
    ]);
    written.map_err(|error| match unique(&error) {
        Some(CALL_ID) => TxError::Refused(refusal::call_exists()),
        Some(_) | None => TxError::Failed(error),
    })?;
    feed::append(connection, std::slice::from_ref(&new.published), false)?;
    Ok((Opened::New(Box::new(new.call)), history))
}

/// Writes facts for the process with this epoch, and tells whether they made events. If it is
/// refused, the savepoint has to be rolled back.
pub(crate) fn write(
    connection: &Connection,
    id: CallId,
    write: Write,
    at: Timestamp,
    (epoch, key): (i64, &HashKey),
) -> TxResult<(Recorded, bool)> {
    let row = find(connection, id)?.ok_or_else(|| refusal::no_such_call(id))?;
    let owns = row.epoch == epoch;
    let before = row.read(attempts(connection, id)?)?.ok_or_else(|| refusal::erased(id))?;
    permit(&write.facts, owns)?;
    let change = Change::new(&before, write.facts, at)?;
    let call = &change.call;
    let changed = connection.prepare_cached(CHANGE_CALL)?.execute(params![
        id.as_uuid().as_bytes(),
        call.status.as_str(),
        call.outcome.map(|outcome| outcome.as_str()),
        call.provider.as_ref().map(|provider| provider.as_str()),
        change.provider_call_id,
        change.body,
        change.updated_at,
        change.content,
    ]);
    if let Err(error) = changed {
        return Err(match unique(&error) {
            Some(ONE_CALL_PER_PERSON) => Denied::CalleeBusy { by: holder(connection, id)? }.into(),
            Some(_) | None => TxError::Failed(error),
        });
    }
    for (provider, theirs) in &change.owned {
        let new =
            connection.prepare_cached(OWN)?.execute((provider, theirs, id.as_uuid().as_bytes()))?;
        if new == 0
            && let Some(owner) = owner(connection, provider, theirs)?
            && owner != id
        {
            return Err(Denied::OwnedBy(owner).into());
        }
    }
    for attempt in &change.attempts {
        match attempt {
            Written::New { row, position } => new_attempt(connection, id, row, *position)?,
            Written::Changed(row) => change_attempt(connection, id, row)?,
        }
    }
    if let Some(last) = change.last() {
        if let Some(limits) = &write.reservation.callee {
            people::check_callee(connection, limits, &key.person(&change.call.to), last.id)?;
        }
        reservations::take(connection, &write.reservation, last, change.at)?;
    }
    for settlement in &change.settlements {
        reservations::settle(connection, *settlement, change.at)?;
    }
    for attempt in &change.released {
        reservations::leave(connection, *attempt)?;
    }
    for one in &change.events {
        event(connection, id, one)?;
    }
    feed::append(connection, &change.published, false)?;
    if !owns {
        news::tell(connection, id, News::ends_a_ring(before.status, change.call.status))?;
    }
    let recorded = Recorded { call: Arc::new(change.call), effects: change.effects };
    Ok((recorded, !change.published.is_empty()))
}

fn new_attempt(
    connection: &Connection,
    call: CallId,
    row: &AttemptRow,
    position: i64,
) -> TxResult<()> {
    let written = connection.prepare_cached(NEW_ATTEMPT)?.execute(params![
        row.id.as_bytes(),
        call.as_uuid().as_bytes(),
        position,
        row.ring,
        row.provider,
        row.agent,
        row.provider_call_id,
        row.state,
        row.doubt,
        row.idempotency_key.as_bytes(),
        row.body,
        row.created_at,
        row.sent_at,
        row.ended_at,
    ]);
    match written {
        Ok(_) => Ok(()),
        Err(error) => Err(match unique(&error) {
            Some(ONE_LIVE_ATTEMPT) => Denied::AttemptInFlight.into(),
            Some(ATTEMPT_ID) => refusal::attempt_exists().into(),
            Some(_) | None => TxError::Failed(error),
        }),
    }
}

fn change_attempt(connection: &Connection, call: CallId, row: &AttemptRow) -> TxResult<()> {
    connection.prepare_cached(CHANGE_ATTEMPT)?.execute(params![
        row.id.as_bytes(),
        call.as_uuid().as_bytes(),
        row.provider_call_id,
        row.state,
        row.doubt,
        row.body,
        row.sent_at,
        row.ended_at,
        row.repeated_at,
    ])?;
    Ok(())
}

fn event(connection: &Connection, call: CallId, event: &Event) -> rusqlite::Result<()> {
    connection.prepare_cached(EVENT)?.execute(params![
        call.as_uuid().as_bytes(),
        event.attempt.as_ref().map(|id| id.as_uuid().into_bytes()),
        event.kind,
        event.content,
        event.at,
    ])?;
    Ok(())
}

/// The call that holds the callee of this call.
fn holder(connection: &Connection, call: CallId) -> rusqlite::Result<Option<CallId>> {
    connection
        .prepare_cached(HOLDER)?
        .query_row([call.as_uuid().as_bytes()], |row| id(row, 0))
        .optional()
}

pub(crate) fn call(connection: &Connection, id: CallId) -> TxResult<Option<Call>> {
    match find(connection, id)? {
        Some(row) => Ok(row.read(attempts(connection, id)?)?),
        None => Ok(None),
    }
}

pub(crate) fn request(connection: &Connection, id: CallId) -> TxResult<Option<Arc<ValidCall>>> {
    let row = connection
        .prepare_cached(REQUEST)?
        .query_row([id.as_uuid().as_bytes()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    match row {
        Some((Some(number), country, Some(request))) => {
            let (number, country, request): (String, String, String) = (number, country, request);
            Ok(Some(Arc::new(read_request(id, &number, &country, &request)?)))
        }
        Some(_) | None => Ok(None),
    }
}

pub(crate) fn owner(
    connection: &Connection,
    provider: &str,
    theirs: &str,
) -> rusqlite::Result<Option<CallId>> {
    connection.prepare_cached(OWNER)?.query_row((provider, theirs), |row| id(row, 0)).optional()
}

pub(crate) fn call_of(connection: &Connection, attempt: AttemptId) -> TxResult<Option<CallId>> {
    Ok(connection
        .prepare_cached(CALL_OF)?
        .query_row([attempt.as_uuid().as_bytes()], |row| id(row, 0))
        .optional()?)
}

/// False for an unknown attempt, about which nothing is proven.
pub(crate) fn is_unambiguous_by_agent(
    connection: &Connection,
    attempt: AttemptId,
) -> TxResult<bool> {
    alone(connection, IS_ALONE, attempt)
}

pub(crate) fn is_unambiguous_by_task(
    connection: &Connection,
    attempt: AttemptId,
) -> TxResult<bool> {
    alone(connection, IS_ALONE_BY_TASK, attempt)
}

fn alone(connection: &Connection, sql: &str, attempt: AttemptId) -> TxResult<bool> {
    let alone = connection
        .prepare_cached(sql)?
        .query_row([attempt.as_uuid().as_bytes()], |row| row.get(0))
        .optional()?;
    Ok(alone.unwrap_or(false))
}

pub(crate) fn rings(
    connection: &Connection,
    tenant: &str,
    person: &[u8; 32],
    since: i64,
) -> TxResult<u32> {
    let rings: i64 = connection
        .prepare_cached(RINGS)?
        .query_row(params![person, tenant, since], |row| row.get(0))?;
    Ok(u32::try_from(rings).unwrap_or(u32::MAX))
}

pub(crate) fn select(connection: &Connection, selection: &Selection) -> TxResult<Vec<Call>> {
    let sql = format!(
        "SELECT {CALL_COLUMNS} FROM calls WHERE id > ?1 AND {} ORDER BY id LIMIT ?2",
        select::condition(selection)
    );
    let after = selection.after.map_or_else(Vec::new, |after| after.as_uuid().as_bytes().to_vec());
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map((after, select::limit(selection)), call_row)?;
    let mut calls = Vec::new();
    for row in rows {
        let row = row?;
        let attempts = attempts(connection, CallId::new(row.id))?;
        calls.extend(row.read(attempts)?);
    }
    Ok(calls)
}

pub(crate) fn records(connection: &Connection, selection: &Selection) -> TxResult<Vec<CallRecord>> {
    let mut records = Vec::new();
    for call in select(connection, selection)? {
        records.push(CallRecord {
            request: request(connection, call.id)?,
            history: history(connection, call.id)?,
            call,
        });
    }
    Ok(records)
}

pub(crate) fn history(connection: &Connection, call: CallId) -> TxResult<Vec<Entry>> {
    let mut statement = connection.prepare_cached(HISTORY)?;
    let mut rows = statement.query([call.as_uuid().as_bytes()])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let content: Option<String> = row.get(4)?;
        let attempt = row.get::<_, Option<[u8; 16]>>(2)?.map(Uuid::from_bytes);
        entries.push(Entry::read(
            row.get(0)?,
            row.get(1)?,
            attempt,
            row.get(3)?,
            content.as_deref(),
        )?);
    }
    Ok(entries)
}

fn find(connection: &Connection, id: CallId) -> rusqlite::Result<Option<CallRow>> {
    connection
        .prepare_cached(&format!("SELECT {CALL_COLUMNS} FROM calls WHERE id = ?1"))?
        .query_row([id.as_uuid().as_bytes()], call_row)
        .optional()
}

pub(crate) fn attempts(connection: &Connection, call: CallId) -> rusqlite::Result<Vec<AttemptRow>> {
    let sql =
        format!("SELECT {ATTEMPT_COLUMNS} FROM attempts WHERE call_id = ?1 ORDER BY position");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([call.as_uuid().as_bytes()], attempt_row)?;
    rows.collect()
}

pub(crate) fn attempt_row(row: &Row<'_>) -> rusqlite::Result<AttemptRow> {
    Ok(AttemptRow {
        id: uuid(row, 0)?,
        ring: row.get(1)?,
        provider: row.get(2)?,
        agent: row.get(3)?,
        provider_call_id: row.get(4)?,
        state: row.get(5)?,
        doubt: row.get(6)?,
        idempotency_key: uuid(row, 7)?,
        body: row.get(8)?,
        created_at: row.get(9)?,
        sent_at: row.get(10)?,
        ended_at: row.get(11)?,
        repeated_at: row.get(12)?,
    })
}

pub(crate) fn call_row(row: &Row<'_>) -> rusqlite::Result<CallRow> {
    Ok(CallRow {
        id: uuid(row, 0)?,
        tenant: row.get(1)?,
        to_number: row.get(2)?,
        country: row.get(3)?,
        status: row.get(4)?,
        outcome: row.get(5)?,
        provider: row.get(6)?,
        provider_call_id: row.get(7)?,
        body: row.get(8)?,
        content: row.get(9)?,
        epoch: row.get(10)?,
        created_at: row.get(11)?,
        updated_at: row.get(12)?,
    })
}

fn uuid(row: &Row<'_>, at: usize) -> rusqlite::Result<Uuid> {
    row.get::<_, [u8; 16]>(at).map(Uuid::from_bytes)
}

fn id(row: &Row<'_>, at: usize) -> rusqlite::Result<CallId> {
    uuid(row, at).map(CallId::new)
}
