//! Every SQL text of the SQLite ledger.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use switchboard_core::{AttemptId, Call, CallId, ValidCall};
use switchboard_router::{Opened, Recorded, Selection, state::Fact};
use uuid::Uuid;

use crate::{
    change::{Change, Event, Opening, RECEIVED, Written},
    history::Entry,
    refusal,
    row::{AttemptRow, CallRow, read_request},
    select,
    sqlite::Stop,
};

pub(crate) type Answer<T> = Result<T, Stop>;

const ONE_CALL: &str = "SELECT id, tenant, to_number, country, status, outcome, provider, provider_call_id, body, content, \
                        created_at, updated_at FROM calls WHERE id = ?1";
const CALLS: &str = "SELECT id, tenant, to_number, country, status, outcome, provider, provider_call_id, body, content, \
                     created_at, updated_at FROM calls WHERE id > ?1 AND";
const ATTEMPTS: &str = "SELECT id, ring, provider, provider_call_id, state, idempotency_key, body, created_at, sent_at, ended_at \
                        FROM attempts WHERE call_id = ?1 ORDER BY position";
const BY_KEY: &str = "SELECT id, status, request_hash FROM calls WHERE tenant = ?1 AND idempotency_key = ?2";
const DUPLICATE: &str = "SELECT id FROM calls WHERE to_hash = ?1 AND created_at > ?2 AND created_at < ?3 AND tenant = ?4 AND task_hash = ?5 \
                         AND status NOT IN ('refused', 'needs_approval') ORDER BY created_at, id LIMIT 1";
const NEW_CALL: &str = "INSERT INTO calls (id, tenant, to_number, to_hash, task_hash, country, status, idempotency_key, request_hash, \
                        request, body, content, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13)";
const CHANGE_CALL: &str = "UPDATE calls SET status = ?2, outcome = ?3, provider = ?4, provider_call_id = ?5, body = ?6, updated_at = ?7, \
                           content = coalesce(?8, content) WHERE id = ?1";
const NEW_ATTEMPT: &str = "INSERT INTO attempts (id, call_id, position, ring, provider, provider_call_id, state, idempotency_key, body, \
                           created_at, sent_at, ended_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
const CHANGE_ATTEMPT: &str = "UPDATE attempts SET provider_call_id = ?3, state = ?4, body = ?5, sent_at = ?6, ended_at = ?7 \
                              WHERE id = ?1 AND call_id = ?2";
const OWN: &str = "INSERT INTO provider_calls (provider, provider_call_id, call_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
const OWNER: &str = "SELECT call_id FROM provider_calls WHERE provider = ?1 AND account = '' AND provider_call_id = ?2";
const EVENT: &str = "INSERT INTO events (call_id, attempt_id, kind, content, at) VALUES (?1, ?2, ?3, ?4, ?5)";
const HISTORY: &str = "SELECT seq, at, attempt_id, kind, content FROM events WHERE call_id = ?1 ORDER BY seq";
const REQUEST: &str = "SELECT to_number, request, created_at FROM calls WHERE id = ?1";
const CALL_OF: &str = "SELECT call_id FROM attempts WHERE id = ?1";

/// What a violated unique index is called in SQLite's message: by its columns.
const ONE_CALL_PER_PERSON: &str = "calls.tenant, calls.to_hash";
const ONE_LIVE_ATTEMPT: &str = "attempts.call_id, attempts.ring";
const ATTEMPT_ID: &str = "attempts.id";
const CALL_ID: &str = "calls.id";

pub(crate) fn open(connection: &Connection, new: Opening) -> Answer<Opened> {
    let tenant = new.call.tenant.as_str();
    if let Some(key) = &new.idempotency_key {
        let first = connection
            .prepare_cached(BY_KEY)?
            .query_row((tenant, key), |row| {
                Ok((id(row, 0)?, row.get::<_, String>(1)?, row.get::<_, [u8; 32]>(2)?))
            })
            .optional()?;
        if let Some((first, status, hash)) = first {
            if hash != new.request_hash {
                return Err(refusal::key_reused(first).into());
            }
            if status == RECEIVED {
                return Err(refusal::key_in_use(first).into());
            }
            let call = call(connection, first)?.ok_or_else(|| refusal::erased(first))?;
            return Ok(Opened::Replayed(Box::new(call)));
        }
    }
    if let Some((after, before)) = new.duplicates {
        let first = connection
            .prepare_cached(DUPLICATE)?
            .query_row(params![new.to_hash, after, before, tenant, new.task_hash], |row| id(row, 0))
            .optional()?;
        if let Some(first) = first {
            return Err(refusal::possible_duplicate(first).into());
        }
    }
    let written = connection.prepare_cached(NEW_CALL)?.execute(params![
        new.id.as_uuid().as_bytes(),
        tenant,
        new.call.to.e164(),
        new.to_hash,
        new.task_hash,
        new.call.country.as_str(),
        new.call.status.as_str(),
        new.idempotency_key,
        new.request_hash,
        new.request,
        new.body,
        new.content,
        new.at,
    ]);
    written.map_err(|error| match unique(&error) {
        Some(CALL_ID) => Stop::Refused(refusal::call_exists()),
        Some(_) | None => Stop::Broken(error),
    })?;
    let received = Event {
        attempt: None,
        kind: RECEIVED.to_owned(),
        content: None,
        at: new.at,
    };
    event(connection, new.id, &received)?;
    Ok(Opened::New(Box::new(new.call)))
}

pub(crate) fn record(connection: &Connection, id: CallId, fact: Fact, at: Timestamp) -> Answer<Recorded> {
    let before = match find(connection, id)? {
        Some(row) => row.read(attempts(connection, id)?)?.ok_or_else(|| refusal::erased(id))?,
        None => return Err(refusal::no_such_call(id).into()),
    };
    let change = Change::new(&before, fact, at)?;
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
            Some(ONE_CALL_PER_PERSON) => refusal::callee_busy(holder(connection, id)?).into(),
            Some(_) | None => Stop::Broken(error),
        });
    }
    match &change.attempt {
        Some(Written::New { row, position }) => new_attempt(connection, id, row, *position)?,
        Some(Written::Changed(row)) => change_attempt(connection, id, row)?,
        None => {}
    }
    if let Some((provider, theirs)) = &change.owned {
        let new = connection
            .prepare_cached(OWN)?
            .execute((provider, theirs, id.as_uuid().as_bytes()))?;
        if new == 0
            && let Some(owner) = owner(connection, provider, theirs)?
            && owner != id
        {
            return Err(refusal::owned(owner).into());
        }
    }
    event(connection, id, &change.event)?;
    Ok(Recorded {
        call: Arc::new(change.call),
        effects: change.effects,
    })
}

fn new_attempt(connection: &Connection, call: CallId, row: &AttemptRow, position: i64) -> Answer<()> {
    let written = connection.prepare_cached(NEW_ATTEMPT)?.execute(params![
        row.id.as_bytes(),
        call.as_uuid().as_bytes(),
        position,
        row.ring,
        row.provider,
        row.provider_call_id,
        row.state,
        row.idempotency_key.as_bytes(),
        row.body,
        row.created_at,
        row.sent_at,
        row.ended_at,
    ]);
    match written {
        Ok(_) => Ok(()),
        Err(error) => Err(match unique(&error) {
            Some(ONE_LIVE_ATTEMPT) => refusal::live_attempt().into(),
            Some(ATTEMPT_ID) => refusal::attempt_exists().into(),
            Some(_) | None => Stop::Broken(error),
        }),
    }
}

fn change_attempt(connection: &Connection, call: CallId, row: &AttemptRow) -> Answer<()> {
    connection.prepare_cached(CHANGE_ATTEMPT)?.execute(params![
        row.id.as_bytes(),
        call.as_uuid().as_bytes(),
        row.provider_call_id,
        row.state,
        row.body,
        row.sent_at,
        row.ended_at,
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

/// Who is on a call to the person of this call.
fn holder(connection: &Connection, call: CallId) -> rusqlite::Result<Option<CallId>> {
    let sql = format!(
        "SELECT other.id FROM calls AS this JOIN calls AS other ON other.tenant = this.tenant AND other.to_hash = this.to_hash \
         WHERE this.id = ?1 AND other.id <> ?1 AND other.{}",
        select::HOLDS_CALLEE
    );
    connection
        .prepare_cached(&sql)?
        .query_row([call.as_uuid().as_bytes()], |row| id(row, 0))
        .optional()
}

pub(crate) fn call(connection: &Connection, id: CallId) -> Answer<Option<Call>> {
    match find(connection, id)? {
        Some(row) => Ok(row.read(attempts(connection, id)?)?),
        None => Ok(None),
    }
}

pub(crate) fn request(connection: &Connection, id: CallId) -> Answer<Option<Arc<ValidCall>>> {
    let row = connection
        .prepare_cached(REQUEST)?
        .query_row([id.as_uuid().as_bytes()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    match row {
        Some((Some(number), Some(request), received)) => {
            let (number, request): (String, String) = (number, request);
            Ok(Some(Arc::new(read_request(id, &number, &request, received)?)))
        }
        Some(_) | None => Ok(None),
    }
}

pub(crate) fn owner(connection: &Connection, provider: &str, theirs: &str) -> rusqlite::Result<Option<CallId>> {
    connection
        .prepare_cached(OWNER)?
        .query_row((provider, theirs), |row| id(row, 0))
        .optional()
}

pub(crate) fn call_of(connection: &Connection, attempt: AttemptId) -> Answer<Option<CallId>> {
    Ok(connection
        .prepare_cached(CALL_OF)?
        .query_row([attempt.as_uuid().as_bytes()], |row| id(row, 0))
        .optional()?)
}

pub(crate) fn select(connection: &Connection, selection: &Selection) -> Answer<Vec<Call>> {
    let sql = format!("{CALLS} {} ORDER BY id LIMIT ?2", select::condition(selection));
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

pub(crate) fn history(connection: &Connection, call: CallId) -> Answer<Vec<Entry>> {
    let mut statement = connection.prepare_cached(HISTORY)?;
    let mut rows = statement.query([call.as_uuid().as_bytes()])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let content: Option<String> = row.get(4)?;
        let attempt = row.get::<_, Option<[u8; 16]>>(2)?.map(Uuid::from_bytes);
        entries.push(Entry::read(row.get(0)?, row.get(1)?, attempt, row.get(3)?, content.as_deref())?);
    }
    Ok(entries)
}

fn find(connection: &Connection, id: CallId) -> rusqlite::Result<Option<CallRow>> {
    connection
        .prepare_cached(ONE_CALL)?
        .query_row([id.as_uuid().as_bytes()], call_row)
        .optional()
}

fn attempts(connection: &Connection, call: CallId) -> rusqlite::Result<Vec<AttemptRow>> {
    let mut statement = connection.prepare_cached(ATTEMPTS)?;
    let rows = statement.query_map([call.as_uuid().as_bytes()], |row| {
        Ok(AttemptRow {
            id: uuid(row, 0)?,
            ring: row.get(1)?,
            provider: row.get(2)?,
            provider_call_id: row.get(3)?,
            state: row.get(4)?,
            idempotency_key: uuid(row, 5)?,
            body: row.get(6)?,
            created_at: row.get(7)?,
            sent_at: row.get(8)?,
            ended_at: row.get(9)?,
        })
    })?;
    rows.collect()
}

fn call_row(row: &Row<'_>) -> rusqlite::Result<CallRow> {
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
        created_at: row.get(10)?,
        updated_at: row.get(11)?,
    })
}

fn uuid(row: &Row<'_>, at: usize) -> rusqlite::Result<Uuid> {
    row.get::<_, [u8; 16]>(at).map(Uuid::from_bytes)
}

fn id(row: &Row<'_>, at: usize) -> rusqlite::Result<CallId> {
    uuid(row, at).map(CallId::new)
}

/// The columns of the unique index that a statement would have violated.
fn unique(error: &rusqlite::Error) -> Option<&str> {
    match error {
        rusqlite::Error::SqliteFailure(code, Some(message)) if code.code == rusqlite::ErrorCode::ConstraintViolation => {
            message.strip_prefix("UNIQUE constraint failed: ")
        }
        _ => None,
    }
}
