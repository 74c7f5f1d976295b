//! Erasure and retention in PostgreSQL, with their SQL.

use std::{pin::Pin, sync::Arc};

use jiff::Timestamp;
use sqlx::{Executor, PgConnection, Row};
use switchboard_core::{CallId, PhoneNumber, Result};
use switchboard_journal::server::EventFeed;
use uuid::Uuid;

use crate::{
    maintenance::{
        BLANK, ERASED, Erased, Marks, PARTS, Part, Retention, Schedule, Swept, duplicate_window,
        forget_attempt, forget_call, may_be_erased, not_settled, strip,
    },
    postgres::{
        Inner, PostgresJournal, TRIES, batch_erasure, carry_out, people, read, tx::TxResult,
    },
    refusal::Halt,
    row::micros,
};

/// How many calls are listed or changed in one transaction.
const PAGE: i64 = 128;

/// The same lock as for a new call to this person.
const ONE_AT_A_TIME: &str = "SELECT pg_advisory_xact_lock($1)";
const OF_PERSON: &str = "SELECT id, status FROM calls WHERE to_hash = $1 AND to_number IS NOT NULL ORDER BY id FOR UPDATE";
const STATUS: &str = "SELECT status FROM calls WHERE id = $1 AND to_number IS NOT NULL FOR UPDATE";
const BODY: &str = "SELECT body FROM calls WHERE id = $1";
const FORGET_CALL: &str = "UPDATE calls SET to_number = NULL, request = NULL, content = NULL, body = $2, \
                           task_hash = CASE WHEN updated_at <= $3 THEN $4 ELSE task_hash END, \
                           request_hash = CASE WHEN idempotency_key IS NULL THEN $4 ELSE request_hash END WHERE id = $1";
const ATTEMPT_BODIES: &str = "SELECT id, body FROM attempts WHERE call_id = $1";
const FORGET_ATTEMPT: &str = "UPDATE attempts SET body = $2 WHERE id = $1";
const FORGET_EVENTS: &str =
    "UPDATE events SET content = NULL WHERE call_id = $1 AND content IS NOT NULL";
const FORGET_KINDS: &str = "UPDATE events SET content = NULL WHERE call_id = $1 AND content IS NOT NULL AND kind = ANY($2)";
/// Webhooks without a body count as handled.
const FORGET_INBOX: &str = "UPDATE inbox SET body = NULL, handled_at = coalesce(handled_at, $2) \
                            WHERE body IS NOT NULL AND attempt_id IN (SELECT id FROM attempts WHERE call_id = $1)";
/// For webhooks that arrive after the erasure.
const FORGET_LATE: &str = "UPDATE inbox SET body = NULL, handled_at = coalesce(handled_at, $1) WHERE body IS NOT NULL AND attempt_id IN \
                           (SELECT a.id FROM attempts AS a JOIN calls AS c ON c.id = a.call_id WHERE c.to_hash = $2 AND c.to_number IS NULL)";
const FORGET_LETTERS: &str = "UPDATE inbox SET body = NULL WHERE body IS NOT NULL AND handled_at IS NOT NULL AND received_at <= $1";
const AUDIT: &str = "INSERT INTO events (call_id, kind, at) VALUES ($1, $2, $3)";

/// The condition of the index `calls_over`.
const OVER: &str = "SELECT id, updated_at FROM calls WHERE to_number IS NOT NULL AND status IN ('closed', 'refused', 'needs_approval') \
                    AND (updated_at, id) > ($1, $2) AND updated_at <= $3 ORDER BY updated_at, id LIMIT $4";
const CONTENT: &str = "SELECT content FROM calls WHERE id = $1";
const SET_CONTENT: &str = "UPDATE calls SET content = $2 WHERE id = $1";
const MARK: &str = "SELECT value FROM meta WHERE key = $1";
const SET_MARK: &str = "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
/// One by one, because in one command they would keep each other's old versions until the last is
/// done.
const VACUUM: [&str; 6] = [
    "VACUUM calls",
    "VACUUM attempts",
    "VACUUM events",
    "VACUUM inbox",
    "VACUUM batch_rows",
    "VACUUM consents",
];

impl PostgresJournal {
    pub(crate) async fn erase(&self, person: &PhoneNumber, at: Timestamp) -> Result<Erased> {
        let (inner, hash) = (Arc::clone(&self.inner), self.inner.key.person(person));
        carry_out(async move {
            let erased = inner.erase(hash, at).await?;
            inner.vacuum().await;
            Ok(erased)
        })
        .await
    }

    pub(crate) async fn sweep(&self, retention: &Retention, at: Timestamp) -> Result<Swept> {
        let (inner, kept) = (Arc::clone(&self.inner), *retention);
        let mut swept = carry_out(async move {
            let mut swept = inner.sweep(&kept, at).await?;
            if let Some(until) = kept.consents_until(at) {
                let forgotten = inner
                    .change(|connection| Box::pin(people::forget_consents(connection, until)))
                    .await?;
                swept.consents = forgotten;
            }
            if !swept.is_nothing() {
                inner.vacuum().await;
            }
            Ok(swept)
        })
        .await?;
        if let Some(before) = retention.forgets_before(at) {
            swept.events = self.forget(before).await?;
        }
        Ok(swept)
    }
}

pub(super) type Changing<'c, T> = Pin<Box<dyn Future<Output = TxResult<T>> + Send + 'c>>;

impl Inner {
    /// Runs a transaction, and retries it on conflicts.
    pub(super) async fn change<T>(
        &self,
        work: impl for<'c> Fn(&'c mut PgConnection) -> Changing<'c, T> + Sync,
    ) -> Result<T> {
        for tried in 1..=TRIES {
            let mut change = self.begin().await?;
            let answer = work(&mut change).await;
            match self.end(change, answer, tried == TRIES).await {
                Ok(Some(done)) => return Ok(done),
                Ok(None) => {}
                Err(stop) => return Err(self.refuse(stop)),
            }
        }
        Err(Halt::error())
    }

    async fn erase(&self, hash: [u8; 32], at: Timestamp) -> Result<Erased> {
        self.change(|connection| Box::pin(forget_person(connection, hash, at))).await
    }

    async fn sweep(&self, retention: &Retention, at: Timestamp) -> Result<Swept> {
        let mut snapshot = self.snapshot().await?;
        let schedule = Schedule::new(retention, read(marks(&mut snapshot).await)?, at);
        drop(snapshot);
        let mut swept = Swept::default();
        let Some((from, to)) = schedule.range() else {
            return Ok(swept);
        };
        let mut last = (from, Uuid::max());
        loop {
            let mut snapshot = self.snapshot().await?;
            let over = read(over(&mut snapshot, last, to).await)?;
            drop(snapshot);
            let Some(end) = over.last() else { break };
            last = (end.1, end.0.as_uuid());
            let due: Arc<[_]> =
                over.into_iter().filter(|(_, changed)| schedule.takes_any(*changed)).collect();
            if !due.is_empty() {
                swept = self
                    .change(|connection| {
                        Box::pin(sweep(connection, Arc::clone(&due), schedule, swept, at))
                    })
                    .await?;
            }
        }
        swept.batch_rows +=
            self.change(|connection| Box::pin(finish(connection, schedule))).await?;
        Ok(swept)
    }

    /// Errors are ignored: the autovacuum of the server does the rest later.
    async fn vacuum(&self) {
        for table in VACUUM {
            if let Err(error) = self.pool.execute(table).await {
                tracing::warn!(%error, "erased rows wait for the server's own vacuum");
            }
        }
    }
}

async fn forget_person(
    connection: &mut PgConnection,
    hash: [u8; 32],
    at: Timestamp,
) -> TxResult<Erased> {
    let mut person = [0; 8];
    person.copy_from_slice(&hash[..8]);
    sqlx::query(ONE_AT_A_TIME).bind(i64::from_be_bytes(person)).execute(&mut *connection).await?;
    let rows = sqlx::query(OF_PERSON).bind(hash.as_slice()).fetch_all(&mut *connection).await?;
    let (mut over, mut going_on) = (Vec::new(), Vec::new());
    for row in rows {
        let calls = if may_be_erased(row.try_get(1)?) { &mut over } else { &mut going_on };
        calls.push(CallId::new(row.try_get(0)?));
    }
    if !going_on.is_empty() {
        return Err(not_settled(&going_on).into());
    }
    batch_erasure::refuse_while_submitting(connection, &hash, at).await?;
    let mut erased = Erased::default();
    for call in over {
        erased.events += forget(connection, call, at).await?;
        erased.calls += 1;
    }
    sqlx::query(FORGET_LATE)
        .bind(micros(at))
        .bind(hash.as_slice())
        .execute(&mut *connection)
        .await?;
    erased.batch_rows += batch_erasure::forget_person(connection, &hash).await?;
    erased.consents += people::forget_person(connection, &hash, at).await?;
    Ok(erased)
}

/// Destroys the content of a call, and returns how many events had any.
async fn forget(connection: &mut PgConnection, call: CallId, at: Timestamp) -> TxResult<u64> {
    let key = call.as_uuid();
    let body: String = sqlx::query_scalar(BODY).bind(key).fetch_one(&mut *connection).await?;
    sqlx::query(FORGET_CALL)
        .bind(key)
        .bind(forget_call(&body)?)
        .bind(duplicate_window(at))
        .bind(BLANK.as_slice())
        .execute(&mut *connection)
        .await?;
    for row in sqlx::query(ATTEMPT_BODIES).bind(key).fetch_all(&mut *connection).await? {
        let (attempt, body): (Uuid, String) = (row.try_get(0)?, row.try_get(1)?);
        sqlx::query(FORGET_ATTEMPT)
            .bind(attempt)
            .bind(forget_attempt(&body)?)
            .execute(&mut *connection)
            .await?;
    }
    let events =
        sqlx::query(FORGET_EVENTS).bind(key).execute(&mut *connection).await?.rows_affected();
    forget_inbox(connection, call, at).await?;
    batch_erasure::forget_call(connection, call).await?;
    audit(connection, call, ERASED, at).await?;
    Ok(events)
}

async fn forget_inbox(
    connection: &mut PgConnection,
    call: CallId,
    at: Timestamp,
) -> TxResult<bool> {
    let done =
        sqlx::query(FORGET_INBOX).bind(call.as_uuid()).bind(micros(at)).execute(connection).await?;
    Ok(done.rows_affected() > 0)
}

async fn audit(
    connection: &mut PgConnection,
    call: CallId,
    kind: &str,
    at: Timestamp,
) -> TxResult<()> {
    sqlx::query(AUDIT).bind(call.as_uuid()).bind(kind).bind(micros(at)).execute(connection).await?;
    Ok(())
}

async fn marks(connection: &mut PgConnection) -> TxResult<Marks> {
    let mut marks = [None; 3];
    for (mark, part) in marks.iter_mut().zip(PARTS) {
        let kept: Option<Vec<u8>> =
            sqlx::query_scalar(MARK).bind(part.mark()).fetch_optional(&mut *connection).await?;
        *mark = kept.and_then(|kept| Some(i64::from_be_bytes(kept.try_into().ok()?)));
    }
    Ok(marks)
}

async fn finish(connection: &mut PgConnection, schedule: Schedule) -> TxResult<u64> {
    if let Some(until) = schedule.webhooks() {
        sqlx::query(FORGET_LETTERS).bind(until).execute(&mut *connection).await?;
    }
    for (part, mark) in schedule.marks() {
        sqlx::query(SET_MARK)
            .bind(part.mark())
            .bind(mark.to_be_bytes().as_slice())
            .execute(&mut *connection)
            .await?;
    }
    match schedule.batches() {
        Some(until) => batch_erasure::forget_before(connection, until).await,
        None => Ok(0),
    }
}

async fn over(
    connection: &mut PgConnection,
    (changed, after): (i64, Uuid),
    until: i64,
) -> TxResult<Vec<(CallId, i64)>> {
    let rows = sqlx::query(OVER)
        .bind(changed)
        .bind(after)
        .bind(until)
        .bind(PAGE)
        .fetch_all(connection)
        .await?;
    let calls = rows.iter().map(|row| Ok((CallId::new(row.try_get(0)?), row.try_get(1)?)));
    Ok(calls.collect::<sqlx::Result<_>>()?)
}

async fn sweep(
    connection: &mut PgConnection,
    due: Arc<[(CallId, i64)]>,
    schedule: Schedule,
    mut swept: Swept,
    at: Timestamp,
) -> TxResult<Swept> {
    for (call, changed) in due.iter().copied() {
        let status: Option<String> = sqlx::query_scalar(STATUS)
            .bind(call.as_uuid())
            .fetch_optional(&mut *connection)
            .await?;
        // It may have been erased or redialled since it was listed.
        if !status.is_some_and(|status| may_be_erased(&status)) {
            continue;
        }
        if schedule.takes_person(changed) {
            forget(connection, call, at).await?;
            swept.people += 1;
            continue;
        }
        for part in schedule.takes(changed) {
            if forget_part(connection, call, part, at).await? {
                audit(connection, call, part.kind(), at).await?;
                swept.count(part);
            }
        }
    }
    Ok(swept)
}

async fn forget_part(
    connection: &mut PgConnection,
    call: CallId,
    part: Part,
    at: Timestamp,
) -> TxResult<bool> {
    let key = call.as_uuid();
    let content: Option<String> =
        sqlx::query_scalar(CONTENT).bind(key).fetch_one(&mut *connection).await?;
    let content = content.map(|content| strip(&content, part)).transpose()?.flatten();
    let mut gone = content.is_some();
    if let Some(content) = content {
        sqlx::query(SET_CONTENT).bind(key).bind(content).execute(&mut *connection).await?;
    }
    let events =
        sqlx::query(FORGET_KINDS).bind(key).bind(part.held_by()).execute(&mut *connection).await?;
    gone |= events.rows_affected() > 0;
    if part == Part::Answers {
        gone |= forget_inbox(connection, call, at).await?;
    }
    Ok(gone)
}
