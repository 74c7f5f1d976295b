//! Every SQL text of the PostgreSQL ledger.

use std::sync::Arc;

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, PgConnection, Row, postgres::PgRow};
use switchboard_core::{AttemptId, Call, CallId, ValidCall};
use switchboard_router::{Opened, Recorded, Selection, state::Fact};
use uuid::Uuid;

use crate::{
    change::{Change, Event, Opening, RECEIVED, Written},
    history::Entry,
    postgres::Stop,
    refusal,
    row::{AttemptRow, CallRow, read_request},
    select,
};

pub(crate) type Answer<T> = Result<T, Stop>;

const ONE_CALL: &str = "SELECT id, tenant, to_number, country, status, outcome, provider, provider_call_id, body, content, \
                        created_at, updated_at FROM calls WHERE id = $1";
const ONE_CALL_LOCKED: &str = "SELECT id, tenant, to_number, country, status, outcome, provider, provider_call_id, body, content, \
                               created_at, updated_at FROM calls WHERE id = $1 FOR UPDATE";
const CALLS: &str = "SELECT id, tenant, to_number, country, status, outcome, provider, provider_call_id, body, content, \
                     created_at, updated_at FROM calls WHERE id > $1 AND";
const ATTEMPTS: &str = "SELECT id, ring, provider, provider_call_id, state, idempotency_key, body, created_at, sent_at, ended_at, \
                        call_id FROM attempts WHERE call_id = ANY($1) ORDER BY call_id, position";
/// Two that come at once with the same number wait for each other: no index can forbid a second within ten minutes.
const ONE_AT_A_TIME: &str = "SELECT pg_advisory_xact_lock($1)";
const BY_KEY: &str = "SELECT id, status, request_hash FROM calls WHERE tenant = $1 AND idempotency_key = $2";
const DUPLICATE: &str = "SELECT id FROM calls WHERE to_hash = $1 AND created_at > $2 AND created_at < $3 AND tenant = $4 AND task_hash = $5 \
                         AND status NOT IN ('refused', 'needs_approval') ORDER BY created_at, id LIMIT 1";
const NEW_CALL: &str = "INSERT INTO calls (id, tenant, to_number, to_hash, task_hash, country, status, idempotency_key, request_hash, \
                        request, body, content, created_at, updated_at) \
                        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)";
const CHANGE_CALL: &str = "UPDATE calls SET status = $2, outcome = $3, provider = $4, provider_call_id = $5, body = $6, updated_at = $7, \
                           content = coalesce($8, content) WHERE id = $1";
const NEW_ATTEMPT: &str = "INSERT INTO attempts (id, call_id, position, ring, provider, provider_call_id, state, idempotency_key, body, \
                           created_at, sent_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
const CHANGE_ATTEMPT: &str = "UPDATE attempts SET provider_call_id = $3, state = $4, body = $5, sent_at = $6, ended_at = $7 \
                              WHERE id = $1 AND call_id = $2";
const OWN: &str = "INSERT INTO provider_calls (provider, provider_call_id, call_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
const OWNER: &str = "SELECT call_id FROM provider_calls WHERE provider = $1 AND account = '' AND provider_call_id = $2";
const EVENT: &str = "INSERT INTO events (call_id, attempt_id, kind, content, at) VALUES ($1, $2, $3, $4, $5)";
const HISTORY: &str = "SELECT seq, at, attempt_id, kind, content FROM events WHERE call_id = $1 ORDER BY seq";
const REQUEST: &str = "SELECT to_number, request, created_at FROM calls WHERE id = $1";
const CALL_OF: &str = "SELECT call_id FROM attempts WHERE id = $1";

pub(crate) async fn open(connection: &mut PgConnection, new: &Opening) -> Answer<Opened> {
    let tenant = new.call.tenant.as_str();
    let mut person = [0; 8];
    person.copy_from_slice(&new.to_hash[..8]);
    sqlx::query(ONE_AT_A_TIME)
        .bind(i64::from_be_bytes(person))
        .execute(&mut *connection)
        .await?;
    if let Some(key) = &new.idempotency_key {
        let first = sqlx::query(BY_KEY).bind(tenant).bind(key).fetch_optional(&mut *connection).await?;
        if let Some(row) = first {
            let (first, status, hash): (Uuid, String, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            let first = CallId::new(first);
            if hash != new.request_hash {
                return Err(refusal::key_reused(first).into());
            }
            if status == RECEIVED {
                return Err(refusal::key_in_use(first).into());
            }
            let call = call(connection, first).await?.ok_or_else(|| refusal::erased(first))?;
            return Ok(Opened::Replayed(Box::new(call)));
        }
    }
    if let Some((after, before)) = new.duplicates {
        let first: Option<Uuid> = sqlx::query_scalar(DUPLICATE)
            .bind(new.to_hash.as_slice())
            .bind(after)
            .bind(before)
            .bind(tenant)
            .bind(new.task_hash.as_slice())
            .fetch_optional(&mut *connection)
            .await?;
        if let Some(first) = first {
            return Err(refusal::possible_duplicate(CallId::new(first)).into());
        }
    }
    sqlx::query(NEW_CALL)
        .bind(new.id.as_uuid())
        .bind(tenant)
        .bind(new.call.to.e164())
        .bind(new.to_hash.as_slice())
        .bind(new.task_hash.as_slice())
        .bind(new.call.country.as_str())
        .bind(new.call.status.as_str())
        .bind(new.idempotency_key.as_deref())
        .bind(new.request_hash.as_slice())
        .bind(&new.request)
        .bind(&new.body)
        .bind(&new.content)
        .bind(new.at)
        .execute(&mut *connection)
        .await
        .map_err(|error| match violated(&error) {
            Some("calls_pkey") => Stop::Refused(refusal::call_exists()),
            // Another came with the same key at the same time: the next try finds it.
            Some("one_call_per_key") => Stop::Again(error),
            Some(_) | None => error.into(),
        })?;
    let received = Event {
        attempt: None,
        kind: RECEIVED.to_owned(),
        content: None,
        at: new.at,
    };
    event(connection, new.id, &received).await?;
    Ok(Opened::New(Box::new(new.call.clone())))
}

pub(crate) async fn record(connection: &mut PgConnection, id: CallId, fact: Fact, at: Timestamp) -> Answer<Recorded> {
    let before = match sqlx::query(ONE_CALL_LOCKED)
        .bind(id.as_uuid())
        .fetch_optional(&mut *connection)
        .await?
    {
        Some(row) => with_attempts(connection, vec![call_row(&row)?])
            .await?
            .pop()
            .ok_or_else(|| refusal::erased(id))?,
        None => return Err(refusal::no_such_call(id).into()),
    };
    let change = Change::new(&before, fact, at)?;
    let call = &change.call;
    sqlx::query(CHANGE_CALL)
        .bind(id.as_uuid())
        .bind(call.status.as_str())
        .bind(call.outcome.map(|outcome| outcome.as_str()))
        .bind(call.provider.as_ref().map(|provider| provider.as_str()))
        .bind(change.provider_call_id.as_deref())
        .bind(&change.body)
        .bind(change.updated_at)
        .bind(change.content.as_deref())
        .execute(&mut *connection)
        .await
        .map_err(|error| match violated(&error) {
            Some("one_call_per_person") => Stop::Busy,
            Some(_) | None => error.into(),
        })?;
    match &change.attempt {
        Some(Written::New { row, position }) => new_attempt(connection, id, row, *position).await?,
        Some(Written::Changed(row)) => change_attempt(connection, id, row).await?,
        None => {}
    }
    if let Some((provider, theirs)) = &change.owned {
        let new = sqlx::query(OWN)
            .bind(provider)
            .bind(theirs)
            .bind(id.as_uuid())
            .execute(&mut *connection)
            .await?;
        if new.rows_affected() == 0
            && let Some(owner) = owner(connection, provider, theirs).await?
            && owner != id
        {
            return Err(refusal::owned(owner).into());
        }
    }
    event(connection, id, &change.event).await?;
    Ok(Recorded {
        call: Arc::new(change.call),
        effects: change.effects,
    })
}

async fn new_attempt(connection: &mut PgConnection, call: CallId, row: &AttemptRow, position: i64) -> Answer<()> {
    sqlx::query(NEW_ATTEMPT)
        .bind(row.id)
        .bind(call.as_uuid())
        .bind(position)
        .bind(row.ring)
        .bind(&row.provider)
        .bind(row.provider_call_id.as_deref())
        .bind(&row.state)
        .bind(row.idempotency_key)
        .bind(&row.body)
        .bind(row.created_at)
        .bind(row.sent_at)
        .bind(row.ended_at)
        .execute(connection)
        .await
        .map_err(|error| match violated(&error) {
            Some("one_live_attempt") => Stop::Refused(refusal::live_attempt()),
            Some("attempts_pkey") => Stop::Refused(refusal::attempt_exists()),
            Some(_) | None => error.into(),
        })?;
    Ok(())
}

async fn change_attempt(connection: &mut PgConnection, call: CallId, row: &AttemptRow) -> Answer<()> {
    sqlx::query(CHANGE_ATTEMPT)
        .bind(row.id)
        .bind(call.as_uuid())
        .bind(row.provider_call_id.as_deref())
        .bind(&row.state)
        .bind(&row.body)
        .bind(row.sent_at)
        .bind(row.ended_at)
        .execute(connection)
        .await?;
    Ok(())
}

async fn event(connection: &mut PgConnection, call: CallId, event: &Event) -> Answer<()> {
    sqlx::query(EVENT)
        .bind(call.as_uuid())
        .bind(event.attempt.map(AttemptId::as_uuid))
        .bind(&event.kind)
        .bind(event.content.as_deref())
        .bind(event.at)
        .execute(connection)
        .await?;
    Ok(())
}

/// Who is on a call to the person of this call.
pub(crate) async fn holder(connection: &mut PgConnection, call: CallId) -> Answer<Option<CallId>> {
    let sql = format!(
        "SELECT other.id FROM calls AS this JOIN calls AS other ON other.tenant = this.tenant AND other.to_hash = this.to_hash \
         WHERE this.id = $1 AND other.id <> $1 AND other.{}",
        select::HOLDS_CALLEE
    );
    let holder: Option<Uuid> = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(call.as_uuid())
        .fetch_optional(connection)
        .await?;
    Ok(holder.map(CallId::new))
}

pub(crate) async fn call(connection: &mut PgConnection, id: CallId) -> Answer<Option<Call>> {
    match sqlx::query(ONE_CALL).bind(id.as_uuid()).fetch_optional(&mut *connection).await? {
        Some(row) => Ok(with_attempts(connection, vec![call_row(&row)?]).await?.pop()),
        None => Ok(None),
    }
}

pub(crate) async fn request(connection: &mut PgConnection, id: CallId) -> Answer<Option<Arc<ValidCall>>> {
    let Some(row) = sqlx::query(REQUEST).bind(id.as_uuid()).fetch_optional(connection).await? else {
        return Ok(None);
    };
    let (number, request): (Option<String>, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
    match (number, request) {
        (Some(number), Some(request)) => Ok(Some(Arc::new(read_request(id, &number, &request, row.try_get(2)?)?))),
        (Some(_), None) | (None, Some(_)) | (None, None) => Ok(None),
    }
}

pub(crate) async fn owner(connection: &mut PgConnection, provider: &str, theirs: &str) -> Answer<Option<CallId>> {
    let owner: Option<Uuid> = sqlx::query_scalar(OWNER)
        .bind(provider)
        .bind(theirs)
        .fetch_optional(connection)
        .await?;
    Ok(owner.map(CallId::new))
}

pub(crate) async fn call_of(connection: &mut PgConnection, attempt: AttemptId) -> Answer<Option<CallId>> {
    let call: Option<Uuid> = sqlx::query_scalar(CALL_OF)
        .bind(attempt.as_uuid())
        .fetch_optional(connection)
        .await?;
    Ok(call.map(CallId::new))
}

pub(crate) async fn select(connection: &mut PgConnection, selection: &Selection) -> Answer<Vec<Call>> {
    let sql = format!("{CALLS} {} ORDER BY id LIMIT $2", select::condition(selection));
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(selection.after.map_or(Uuid::nil(), CallId::as_uuid))
        .bind(select::limit(selection))
        .fetch_all(&mut *connection)
        .await?;
    let rows = rows.iter().map(call_row).collect::<Result<_, _>>()?;
    with_attempts(connection, rows).await
}

pub(crate) async fn history(connection: &mut PgConnection, call: CallId) -> Answer<Vec<Entry>> {
    let rows = sqlx::query(HISTORY).bind(call.as_uuid()).fetch_all(connection).await?;
    let mut entries = Vec::with_capacity(rows.len());
    for row in rows {
        let content: Option<String> = row.try_get(4)?;
        entries.push(Entry::read(
            row.try_get(0)?,
            row.try_get(1)?,
            row.try_get(2)?,
            row.try_get(3)?,
            content.as_deref(),
        )?);
    }
    Ok(entries)
}

/// The calls of these rows, short of those that were erased.
async fn with_attempts(connection: &mut PgConnection, calls: Vec<CallRow>) -> Answer<Vec<Call>> {
    let ids: Vec<Uuid> = calls.iter().map(|call| call.id).collect();
    let rows = sqlx::query(ATTEMPTS).bind(ids).fetch_all(connection).await?;
    let mut attempts: std::collections::HashMap<Uuid, Vec<AttemptRow>> = std::collections::HashMap::new();
    for row in rows {
        attempts.entry(row.try_get(10)?).or_default().push(attempt_row(&row)?);
    }
    let mut read = Vec::with_capacity(calls.len());
    for call in calls {
        let attempts = attempts.remove(&call.id).unwrap_or_default();
        read.extend(call.read(attempts)?);
    }
    Ok(read)
}

fn attempt_row(row: &PgRow) -> sqlx::Result<AttemptRow> {
    Ok(AttemptRow {
        id: row.try_get(0)?,
        ring: row.try_get(1)?,
        provider: row.try_get(2)?,
        provider_call_id: row.try_get(3)?,
        state: row.try_get(4)?,
        idempotency_key: row.try_get(5)?,
        body: row.try_get(6)?,
        created_at: row.try_get(7)?,
        sent_at: row.try_get(8)?,
        ended_at: row.try_get(9)?,
    })
}

fn call_row(row: &PgRow) -> sqlx::Result<CallRow> {
    Ok(CallRow {
        id: row.try_get(0)?,
        tenant: row.try_get(1)?,
        to_number: row.try_get(2)?,
        country: row.try_get(3)?,
        status: row.try_get(4)?,
        outcome: row.try_get(5)?,
        provider: row.try_get(6)?,
        provider_call_id: row.try_get(7)?,
        body: row.try_get(8)?,
        content: row.try_get(9)?,
        created_at: row.try_get(10)?,
        updated_at: row.try_get(11)?,
    })
}

/// The unique index that a statement would have violated.
fn violated(error: &sqlx::Error) -> Option<&str> {
    let error = error.as_database_error()?;
    if error.is_unique_violation() { error.constraint() } else { None }
}
