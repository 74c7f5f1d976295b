//! SQL for calls, their attempts and events in PostgreSQL. One file, because statements and their
//! parameters have to be read together.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, PgConnection, Row, postgres::PgRow};
use switchboard_core::{AttemptId, Call, CallId, CalleeHistory, ValidCall};
use switchboard_journal::{Denied, News, Opened, Recorded, Selection, Write};
use uuid::Uuid;

use crate::{
    change::{Change, Duplicates, NewCallRow, Written, permit},
    duplicate,
    history::Entry,
    key::HashKey,
    people::is_known,
    postgres::{
        news, people, reservations,
        tx::{TxError, TxResult, violated},
    },
    refusal,
    row::{AttemptRow, CallRow, read_request},
    select,
};

/// The columns that [`call_row`] reads.
pub(crate) const CALL_COLUMNS: &str = "id, tenant, to_number, country, status, outcome, provider, provider_call_id, body, content, epoch, \
                                       created_at, updated_at";
const ATTEMPTS: &str = "SELECT id, ring, provider, agent, provider_call_id, state, doubt, idempotency_key, body, created_at, sent_at, ended_at, \
                        repeated_at, \
                        call_id FROM attempts WHERE call_id = ANY($1) ORDER BY call_id, position";
/// Two new calls to the same number wait for each other, because no index can forbid duplicates
/// within a period.
const ONE_AT_A_TIME: &str = "SELECT pg_advisory_xact_lock($1)";
const BY_KEY: &str = "SELECT id, request_hash, to_hash = $3 AND task_hash = $4 FROM calls WHERE tenant = $1 AND idempotency_key = $2";
/// The same rule as [`DuplicateOf::counts`](switchboard_journal::DuplicateOf::counts).
const DUPLICATE: &str = "SELECT id, created_at FROM calls WHERE to_hash = $1 AND created_at > $4 AND created_at < $3 AND tenant = $5 \
                         AND task_hash = $6 AND status NOT IN ('refused', 'needs_approval') AND (created_at > $2 \
                         OR status IN ('received', 'scheduled', 'admitted', 'attempting', 'in_progress') \
                         OR EXISTS (SELECT 1 FROM attempts WHERE call_id = calls.id AND state <> 'not_placed' AND sent_at > $2)) \
                         ORDER BY created_at, calls.id LIMIT 1";
/// The call, and in the same statement what programs outside are told of it.
const NEW_CALL: &str = "WITH opened AS (INSERT INTO calls (id, tenant, to_number, to_hash, task_hash, country, status, idempotency_key, \
                        request_hash, request, body, content, epoch, created_at, updated_at) \
                        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)) \
                        INSERT INTO outbox (id, kind, at, tenant, call_id, data, published) VALUES ($15, $16, $14, $2, $1, $17, FALSE)";
const CHANGE_CALL: &str = "UPDATE calls SET status = $2, outcome = $3, provider = $4, provider_call_id = $5, body = $6, updated_at = $7, \
                           content = coalesce($8, content) WHERE id = $1";
const NEW_ATTEMPT: &str = "INSERT INTO attempts (id, call_id, position, ring, provider, agent, provider_call_id, state, doubt, \
                           idempotency_key, body, created_at, sent_at, ended_at, to_hash) \
                           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, \
                           (SELECT to_hash FROM calls WHERE id = $2))";
const CHANGE_ATTEMPT: &str = "UPDATE attempts SET provider_call_id = $3, state = $4, doubt = $5, body = $6, sent_at = $7, ended_at = $8, \
                              repeated_at = $9 \
                              WHERE id = $1 AND call_id = $2";
const OWN: &str = "INSERT INTO provider_calls (provider, provider_call_id, call_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
const OWNER: &str = "SELECT call_id FROM provider_calls WHERE provider = $1 AND account = '' AND provider_call_id = $2";
/// The events, and in the same statement what programs outside are told of them.
const EVENTS: &str = "WITH published AS (INSERT INTO outbox (id, kind, at, tenant, call_id, data, published) \
                      SELECT id, kind, $5, $6, $1, data, FALSE \
                      FROM unnest($7::uuid[], $8::text[], $9::text[]) WITH ORDINALITY AS event (id, kind, data, place) ORDER BY place) \
                      INSERT INTO events (call_id, attempt_id, kind, content, at) SELECT $1, attempt, kind, content, $5 \
                      FROM unnest($2::uuid[], $3::text[], $4::text[]) WITH ORDINALITY AS event (attempt, kind, content, place) ORDER BY place";
const HISTORY: &str = "SELECT 0::bigint AS seq, created_at, NULL::uuid, 'received', NULL::text FROM calls WHERE id = $1 UNION ALL \
                       SELECT seq, at, attempt_id, kind, content FROM events WHERE call_id = $1 ORDER BY seq";
const REQUEST: &str = "SELECT to_number, country, request FROM calls WHERE id = $1";
const CALL_OF: &str = "SELECT call_id FROM attempts WHERE id = $1";
const IS_ALONE: &str = "SELECT NOT EXISTS (SELECT 1 FROM attempts AS other WHERE other.provider = this.provider AND other.doubt > 0 \
                        AND other.id <> this.id AND (this.agent IS NULL OR other.agent IS NULL OR other.agent = this.agent)) \
                        FROM attempts AS this WHERE this.id = $1";
const IS_ALONE_BY_TASK: &str = "SELECT NOT EXISTS (SELECT 1 FROM attempts AS other JOIN calls AS theirs ON theirs.id = other.call_id \
                                WHERE other.provider = this.provider AND other.doubt > 0 AND other.id <> this.id \
                                AND theirs.to_hash = ours.to_hash AND theirs.task_hash = ours.task_hash) \
                                FROM attempts AS this JOIN calls AS ours ON ours.id = this.call_id WHERE this.id = $1";
const RINGS: &str = "SELECT count(*) FROM calls JOIN attempts ON attempts.call_id = calls.id \
                     WHERE calls.to_hash = $1 AND tenant = $2 AND state <> 'not_placed' AND sent_at >= $3";

/// `since`: how far back the history of the callee of a new call is read, if at all.
pub(crate) async fn open(
    connection: &mut PgConnection,
    new: &NewCallRow,
    epoch: i64,
    since: Option<i64>,
) -> TxResult<(Opened, CalleeHistory)> {
    let tenant = new.call.tenant.as_str();
    let mut person = [0; 8];
    person.copy_from_slice(&new.to_hash[..8]);
    sqlx::query(ONE_AT_A_TIME).bind(i64::from_be_bytes(person)).execute(&mut *connection).await?;
    if let Some(key) = &new.key {
        let first = sqlx::query(BY_KEY)
            .bind(tenant)
            .bind(key)
            .bind(new.to_hash.as_slice())
            .bind(new.task_hash.as_slice())
            .fetch_optional(&mut *connection)
            .await?;
        if let Some(row) = first {
            let (first, hash, same_row): (Uuid, Vec<u8>, bool) =
                (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            let (first, same) = (CallId::new(first), hash == new.request_hash);
            let answers = same || new.is_row && same_row;
            if !answers {
                return Err(refusal::key_reused(first).into());
            }
            let call =
                Box::new(call(connection, first).await?.ok_or_else(|| refusal::erased(first))?);
            let before = if same { Opened::Replayed(call) } else { Opened::Changed(call) };
            return Ok((before, CalleeHistory::default()));
        }
    }
    let (first, history) = beside(&mut *connection, new, since).await?;
    if let Some((first, since)) = first {
        return Err(duplicate::possible_duplicate(CallId::new(first), since).into());
    }
    sqlx::query(NEW_CALL)
        .bind(new.id.as_uuid())
        .bind(tenant)
        .bind(new.call.to.e164())
        .bind(new.to_hash.as_slice())
        .bind(new.task_hash.as_slice())
        .bind(new.call.country.as_str())
        .bind(new.call.status.as_str())
        .bind(new.key.as_deref())
        .bind(new.request_hash.as_slice())
        .bind(&new.request)
        .bind(&new.body)
        .bind(&new.content)
        .bind(epoch)
        .bind(new.at)
        .bind(new.published.id)
        .bind(&new.published.kind)
        .bind(&new.published.data)
        .execute(&mut *connection)
        .await
        .map_err(|error| match violated(&error) {
            Some("calls_pkey") => TxError::Refused(refusal::call_exists()),
            // Another call with the same key was inserted concurrently: the next try finds it.
            Some("one_call_per_key") => TxError::Retry(error),
            Some(_) | None => error.into(),
        })?;
    Ok((Opened::New(Box::new(new.call.clone())), history))
}

/// The call that this one may repeat, with its time, and what is known about the callee. Most callees are
/// called for the first time: that is found out in the same statement, because each costs a way to the
/// server and back.
async fn beside(
    connection: &mut PgConnection,
    new: &NewCallRow,
    since: Option<i64>,
) -> TxResult<(Option<(Uuid, i64)>, CalleeHistory)> {
    static ALONE: LazyLock<String> = LazyLock::new(|| first_beside("FALSE"));
    static WITH_KNOWN: LazyLock<String> = LazyLock::new(|| first_beside(&is_known("$1")));
    let (tenant, person) = (new.call.tenant.as_str(), &new.to_hash);
    let (mut first, mut may_be_known) = (None, since.is_some());
    if let Some(Duplicates { after, before, open_after }) = new.duplicates {
        let sql = if may_be_known { WITH_KNOWN.as_str() } else { ALONE.as_str() };
        let row = sqlx::query(sql)
            .bind(person.as_slice())
            .bind(after)
            .bind(before)
            .bind(open_after)
            .bind(tenant)
            .bind(new.task_hash.as_slice())
            .fetch_one(&mut *connection)
            .await?;
        may_be_known = row.try_get(0)?;
        let id = row.try_get::<Option<Uuid>, _>(1)?;
        first = id.map(|id| Ok::<_, sqlx::Error>((id, row.try_get(2)?))).transpose()?;
    }
    let history = match since.filter(|_| may_be_known && first.is_none()) {
        Some(since) => people::history(connection, tenant, person, since).await?,
        None => CalleeHistory::default(),
    };
    Ok((first, history))
}

/// One row: what is asked beside, and the call that a new one may repeat, or nothing.
fn first_beside(what: &str) -> String {
    format!(
        "SELECT {what}, first.id, first.created_at FROM (VALUES (1)) AS one LEFT JOIN LATERAL ({DUPLICATE}) AS first ON TRUE"
    )
}

/// Writes facts for the process with this epoch, and tells whether they made events. If it is
/// refused, the transaction has to be rolled back.
pub(crate) async fn write(
    connection: &mut PgConnection,
    id: CallId,
    write: &Write,
    at: Timestamp,
    (epoch, key): (i64, &HashKey),
) -> TxResult<(Recorded, bool)> {
    let sql = format!("SELECT {CALL_COLUMNS} FROM calls WHERE id = $1 FOR UPDATE");
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(id.as_uuid())
        .fetch_optional(&mut *connection)
        .await?
        .ok_or_else(|| refusal::no_such_call(id))?;
    let row = call_row(&row)?;
    let owns = row.epoch == epoch;
    let before =
        with_attempts(connection, vec![row]).await?.pop().ok_or_else(|| refusal::erased(id))?;
    permit(&write.facts, owns)?;
    let change = Change::new(&before, write.facts.clone(), at)?;
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
            Some("one_call_per_person") => TxError::Busy,
            Some(_) | None => error.into(),
        })?;
    for (provider, theirs) in &change.owned {
        own(connection, id, provider, theirs).await?;
    }
    for attempt in &change.attempts {
        match attempt {
            Written::New { row, position } => new_attempt(connection, id, row, *position).await?,
            Written::Changed(row) => change_attempt(connection, id, row).await?,
        }
    }
    if let Some(last) = change.last() {
        if let Some(limits) = &write.reservation.callee {
            let person = key.person(&change.call.to);
            people::check_callee(connection, limits, &person, last.id).await?;
        }
        reservations::take(connection, &write.reservation, last, change.at).await?;
    }
    for settlement in &change.settlements {
        reservations::settle(connection, *settlement, change.at).await?;
    }
    if !change.released.is_empty() {
        reservations::leave(connection, &change.released).await?;
    }
    events(connection, &change).await?;
    if !owns {
        news::tell(connection, id, News::ends_a_ring(before.status, change.call.status)).await?;
    }
    let recorded = Recorded { call: Arc::new(change.call), effects: change.effects };
    Ok((recorded, !change.published.is_empty()))
}

async fn own(
    connection: &mut PgConnection,
    id: CallId,
    provider: &str,
    theirs: &str,
) -> TxResult<()> {
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
        return Err(Denied::OwnedBy(owner).into());
    }
    Ok(())
}

async fn new_attempt(
    connection: &mut PgConnection,
    call: CallId,
    row: &AttemptRow,
    position: i64,
) -> TxResult<()> {
    sqlx::query(NEW_ATTEMPT)
        .bind(row.id)
        .bind(call.as_uuid())
        .bind(position)
        .bind(row.ring)
        .bind(&row.provider)
        .bind(row.agent.as_deref())
        .bind(row.provider_call_id.as_deref())
        .bind(&row.state)
        .bind(row.doubt)
        .bind(row.idempotency_key)
        .bind(&row.body)
        .bind(row.created_at)
        .bind(row.sent_at)
        .bind(row.ended_at)
        .execute(connection)
        .await
        .map_err(|error| match violated(&error) {
            Some("one_live_attempt") => Denied::AttemptInFlight.into(),
            Some("attempts_pkey") => TxError::Refused(refusal::attempt_exists()),
            Some(_) | None => error.into(),
        })?;
    Ok(())
}

async fn change_attempt(
    connection: &mut PgConnection,
    call: CallId,
    row: &AttemptRow,
) -> TxResult<()> {
    sqlx::query(CHANGE_ATTEMPT)
        .bind(row.id)
        .bind(call.as_uuid())
        .bind(row.provider_call_id.as_deref())
        .bind(&row.state)
        .bind(row.doubt)
        .bind(&row.body)
        .bind(row.sent_at)
        .bind(row.ended_at)
        .bind(row.repeated_at)
        .execute(connection)
        .await?;
    Ok(())
}

/// The events of a change, which have the same time, in order.
async fn events(connection: &mut PgConnection, change: &Change) -> TxResult<()> {
    let Change { call, events, published, at, .. } = change;
    let attempts: Vec<Option<Uuid>> =
        events.iter().map(|event| event.attempt.map(AttemptId::as_uuid)).collect();
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    let contents: Vec<Option<&str>> = events.iter().map(|event| event.content.as_deref()).collect();
    sqlx::query(EVENTS)
        .bind(call.id.as_uuid())
        .bind(attempts)
        .bind(kinds)
        .bind(contents)
        .bind(at)
        .bind(call.tenant.as_str())
        .bind(published.iter().map(|event| event.id).collect::<Vec<_>>())
        .bind(published.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>())
        .bind(published.iter().map(|event| event.data.as_str()).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    Ok(())
}

/// The call that holds the callee of this call.
pub(crate) async fn holder(
    connection: &mut PgConnection,
    call: CallId,
) -> TxResult<Option<CallId>> {
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

pub(crate) async fn call(connection: &mut PgConnection, id: CallId) -> TxResult<Option<Call>> {
    let sql = format!("SELECT {CALL_COLUMNS} FROM calls WHERE id = $1");
    match sqlx::query(AssertSqlSafe(sql))
        .bind(id.as_uuid())
        .fetch_optional(&mut *connection)
        .await?
    {
        Some(row) => Ok(with_attempts(connection, vec![call_row(&row)?]).await?.pop()),
        None => Ok(None),
    }
}

pub(crate) async fn request(
    connection: &mut PgConnection,
    id: CallId,
) -> TxResult<Option<Arc<ValidCall>>> {
    let Some(row) = sqlx::query(REQUEST).bind(id.as_uuid()).fetch_optional(connection).await?
    else {
        return Ok(None);
    };
    let (number, request): (Option<String>, Option<String>) = (row.try_get(0)?, row.try_get(2)?);
    let country: String = row.try_get(1)?;
    match (number, request) {
        (Some(number), Some(request)) => {
            Ok(Some(Arc::new(read_request(id, &number, &country, &request)?)))
        }
        (Some(_), None) | (None, Some(_)) | (None, None) => Ok(None),
    }
}

pub(crate) async fn owner(
    connection: &mut PgConnection,
    provider: &str,
    theirs: &str,
) -> TxResult<Option<CallId>> {
    let owner: Option<Uuid> =
        sqlx::query_scalar(OWNER).bind(provider).bind(theirs).fetch_optional(connection).await?;
    Ok(owner.map(CallId::new))
}

pub(crate) async fn call_of(
    connection: &mut PgConnection,
    attempt: AttemptId,
) -> TxResult<Option<CallId>> {
    let call: Option<Uuid> =
        sqlx::query_scalar(CALL_OF).bind(attempt.as_uuid()).fetch_optional(connection).await?;
    Ok(call.map(CallId::new))
}

/// False for an unknown attempt, about which nothing is proven.
pub(crate) async fn is_unambiguous_by_agent(
    connection: &mut PgConnection,
    attempt: AttemptId,
) -> TxResult<bool> {
    alone(connection, IS_ALONE, attempt).await
}

pub(crate) async fn is_unambiguous_by_task(
    connection: &mut PgConnection,
    attempt: AttemptId,
) -> TxResult<bool> {
    alone(connection, IS_ALONE_BY_TASK, attempt).await
}

async fn alone(
    connection: &mut PgConnection,
    sql: &'static str,
    attempt: AttemptId,
) -> TxResult<bool> {
    let alone: Option<bool> =
        sqlx::query_scalar(sql).bind(attempt.as_uuid()).fetch_optional(connection).await?;
    Ok(alone.unwrap_or(false))
}

pub(crate) async fn rings(
    connection: &mut PgConnection,
    tenant: &str,
    person: &[u8; 32],
    since: i64,
) -> TxResult<u32> {
    let rings: i64 = sqlx::query_scalar(RINGS)
        .bind(person.as_slice())
        .bind(tenant)
        .bind(since)
        .fetch_one(connection)
        .await?;
    Ok(u32::try_from(rings).unwrap_or(u32::MAX))
}

pub(crate) async fn select(
    connection: &mut PgConnection,
    selection: &Selection,
) -> TxResult<Vec<Call>> {
    let sql = format!(
        "SELECT {CALL_COLUMNS} FROM calls WHERE id > $1 AND {} ORDER BY id LIMIT $2",
        select::condition(selection)
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(selection.after.map_or(Uuid::nil(), CallId::as_uuid))
        .bind(select::limit(selection))
        .fetch_all(&mut *connection)
        .await?;
    let rows = rows.iter().map(call_row).collect::<Result<_, _>>()?;
    with_attempts(connection, rows).await
}

pub(crate) async fn history(connection: &mut PgConnection, call: CallId) -> TxResult<Vec<Entry>> {
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

/// The calls of these rows, without erased ones.
pub(crate) async fn with_attempts(
    connection: &mut PgConnection,
    calls: Vec<CallRow>,
) -> TxResult<Vec<Call>> {
    let ids: Vec<Uuid> = calls.iter().map(|call| call.id).collect();
    let mut attempts = attempts(connection, &ids).await?;
    let mut read = Vec::with_capacity(calls.len());
    for call in calls {
        let attempts = attempts.remove(&call.id).unwrap_or_default();
        read.extend(call.read(attempts)?);
    }
    Ok(read)
}

/// The attempts of these calls, in order.
pub(crate) async fn attempts(
    connection: &mut PgConnection,
    calls: &[Uuid],
) -> TxResult<HashMap<Uuid, Vec<AttemptRow>>> {
    let mut attempts: HashMap<Uuid, Vec<AttemptRow>> = HashMap::new();
    for row in sqlx::query(ATTEMPTS).bind(calls).fetch_all(connection).await? {
        attempts.entry(row.try_get(13)?).or_default().push(attempt_row(&row)?);
    }
    Ok(attempts)
}

fn attempt_row(row: &PgRow) -> sqlx::Result<AttemptRow> {
    Ok(AttemptRow {
        id: row.try_get(0)?,
        ring: row.try_get(1)?,
        provider: row.try_get(2)?,
        agent: row.try_get(3)?,
        provider_call_id: row.try_get(4)?,
        state: row.try_get(5)?,
        doubt: row.try_get(6)?,
        idempotency_key: row.try_get(7)?,
        body: row.try_get(8)?,
        created_at: row.try_get(9)?,
        sent_at: row.try_get(10)?,
        ended_at: row.try_get(11)?,
        repeated_at: row.try_get(12)?,
    })
}

pub(crate) fn call_row(row: &PgRow) -> sqlx::Result<CallRow> {
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
        epoch: row.try_get(10)?,
        created_at: row.try_get(11)?,
        updated_at: row.try_get(12)?,
    })
}
