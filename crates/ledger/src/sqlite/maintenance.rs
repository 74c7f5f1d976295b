//! Erasure and retention in SQLite, with their SQL.

use std::{path::Path, time::Duration};

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};
use switchboard_core::{CallId, PhoneNumber, Result};
use switchboard_journal::server::EventFeed;
use uuid::Uuid;

use crate::{
    maintenance::{
        BLANK, Backup, ERASED, Erased, Marks, PARTS, Part, Retention, SMALL, Schedule, Swept,
        duplicate_window, forget_attempt, forget_call, may_be_erased, not_settled, still_in_file,
        strip,
    },
    refusal::failed,
    row::micros,
    sqlite::{
        SqliteJournal, backup, batch_erasure, blocking,
        check::{count, id},
        file, people,
        tx::TxResult,
    },
};

/// How many calls are listed or changed in one transaction.
const PAGE: i64 = 128;

/// How long to wait for readers. Writers are blocked meanwhile, so it is shorter than their
/// timeout.
const PATIENCE: Duration = Duration::from_secs(3);

const OF_PERSON: &str =
    "SELECT id, status FROM calls WHERE to_hash = ?1 AND to_number IS NOT NULL ORDER BY id";
const STATUS: &str = "SELECT status FROM calls WHERE id = ?1 AND to_number IS NOT NULL";
const BODY: &str = "SELECT body FROM calls WHERE id = ?1";
const FORGET_CALL: &str = "UPDATE calls SET to_number = NULL, request = NULL, content = NULL, body = ?2, \
                           task_hash = CASE WHEN updated_at <= ?3 THEN ?4 ELSE task_hash END, \
                           request_hash = CASE WHEN idempotency_key IS NULL THEN ?4 ELSE request_hash END WHERE id = ?1";
const ATTEMPT_BODIES: &str = "SELECT id, body FROM attempts WHERE call_id = ?1";
const FORGET_ATTEMPT: &str = "UPDATE attempts SET body = ?2 WHERE id = ?1";
const FORGET_EVENTS: &str =
    "UPDATE events SET content = NULL WHERE call_id = ?1 AND content IS NOT NULL";
const FORGET_KIND: &str =
    "UPDATE events SET content = NULL WHERE call_id = ?1 AND content IS NOT NULL AND kind = ?2";
/// Webhooks without a body count as handled.
const FORGET_INBOX: &str = "UPDATE inbox SET body = NULL, handled_at = coalesce(handled_at, ?2) \
                            WHERE body IS NOT NULL AND attempt_id IN (SELECT id FROM attempts WHERE call_id = ?1)";
/// For webhooks that arrive after the erasure.
const FORGET_LATE: &str = "UPDATE inbox SET body = NULL, handled_at = coalesce(handled_at, ?1) WHERE body IS NOT NULL AND attempt_id IN \
                           (SELECT a.id FROM attempts AS a JOIN calls AS c ON c.id = a.call_id WHERE c.to_hash = ?2 AND c.to_number IS NULL)";
const FORGET_LETTERS: &str = "UPDATE inbox SET body = NULL WHERE body IS NOT NULL AND handled_at IS NOT NULL AND received_at <= ?1";
const AUDIT: &str = "INSERT INTO events (call_id, kind, at) VALUES (?1, ?2, ?3)";

/// The condition of the index `calls_over`.
const OVER: &str = "SELECT id, updated_at FROM calls WHERE to_number IS NOT NULL \
                    AND (status = 'closed' OR status = 'refused' OR status = 'needs_approval') AND (updated_at, id) > (?1, ?2) AND updated_at <= ?3 ORDER BY updated_at, id LIMIT ?4";
const CONTENT: &str = "SELECT content FROM calls WHERE id = ?1";
const SET_CONTENT: &str = "UPDATE calls SET content = ?2 WHERE id = ?1";
const MARK: &str = "SELECT value FROM meta WHERE key = ?1";
const SET_MARK: &str = "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";

impl SqliteJournal {
    pub(crate) async fn backup(&self, to: &Path) -> Result<Backup> {
        self.halt.check()?;
        let (from, to) = (self.path.clone(), to.to_owned());
        blocking(move || backup::copy(&from, &to)).await
    }

    pub(crate) async fn erase(&self, person: &PhoneNumber, at: Timestamp) -> Result<Erased> {
        let hash = self.key.person(person);
        let erased =
            self.writer.run(move |connection| forget_person(connection, &hash, at)).await?;
        // If an erasure is interrupted before this, the next one completes it.
        if !self.wipe().await? {
            return Err(still_in_file());
        }
        Ok(erased)
    }

    pub(crate) async fn sweep(&self, retention: &Retention, at: Timestamp) -> Result<Swept> {
        let mut swept = self.sweep_calls(retention, at).await?;
        if let Some(until) = retention.consents_until(at) {
            let forget = move |connection: &Connection| people::forget_consents(connection, until);
            swept.consents = self.writer.run(forget).await?;
        }
        if !swept.is_nothing() && !self.wipe().await? {
            tracing::warn!(
                "swept, but another process reads the ledger and its old pages are still in the file until the next sweep"
            );
        }
        if let Some(before) = retention.forgets_before(at) {
            swept.events = self.forget(before).await?;
        }
        Ok(swept)
    }

    async fn sweep_calls(&self, retention: &Retention, at: Timestamp) -> Result<Swept> {
        let marks = self.read(marks).await?;
        let schedule = Schedule::new(retention, marks, at);
        let mut swept = Swept::default();
        let Some((from, to)) = schedule.range() else {
            return Ok(swept);
        };
        let mut last = (from, Uuid::max());
        loop {
            let over = self.read(move |connection| Ok(over(connection, last, to)?)).await?;
            let Some(end) = over.last() else { break };
            last = (end.1, end.0.as_uuid());
            let due = over
                .into_iter()
                .filter(|(_, changed)| schedule.takes_any(*changed))
                .collect::<Vec<_>>();
            if !due.is_empty() {
                swept = self
                    .writer
                    .run(move |connection| sweep(connection, &due, schedule, swept, at))
                    .await?;
            }
        }
        let rows = self
            .writer
            .run(move |connection| {
                if let Some(until) = schedule.webhooks() {
                    connection.prepare_cached(FORGET_LETTERS)?.execute([until])?;
                }
                for (part, mark) in schedule.marks() {
                    connection.execute(SET_MARK, params![part.mark(), mark.to_be_bytes()])?;
                }
                match schedule.batches() {
                    Some(until) => batch_erasure::forget_before(connection, until),
                    None => Ok(0),
                }
            })
            .await?;
        swept.batch_rows += rows;
        Ok(swept)
    }

    /// Removes destroyed data from the files. False if a reader prevents it.
    async fn wipe(&self) -> Result<bool> {
        self.halt.check()?;
        let path = self.path.clone();
        let wiped = blocking(move || {
            let connection = file::connect(&path)?;
            Ok(connection.busy_timeout(PATIENCE).and_then(|()| wipe(&connection)))
        })
        .await?;
        match wiped {
            Ok(wiped) => Ok(wiped),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(false),
            Err(error) => {
                // A sync may have failed, so the content of the disk is unknown.
                if error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure) {
                    self.halt.set();
                }
                Err(failed("taking erased pages out of the file", error))
            }
        }
    }
}

fn forget_person(connection: &Connection, hash: &[u8; 32], at: Timestamp) -> TxResult<Erased> {
    let mut statement = connection.prepare_cached(OF_PERSON)?;
    let calls: Vec<(CallId, String)> = statement
        .query_map([hash], |row| Ok((id(row.get(0)?), row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let going_on: Vec<CallId> =
        calls.iter().filter(|(_, status)| !may_be_erased(status)).map(|(id, _)| *id).collect();
    if !going_on.is_empty() {
        return Err(not_settled(&going_on).into());
    }
    batch_erasure::refuse_while_submitting(connection, hash, at)?;
    let mut erased = Erased::default();
    for (call, _) in calls {
        erased.events += forget(connection, call, at)?;
        erased.calls += 1;
    }
    connection.prepare_cached(FORGET_LATE)?.execute(params![micros(at), hash])?;
    erased.batch_rows += batch_erasure::forget_person(connection, hash)?;
    erased.consents += people::forget_person(connection, hash, at)?;
    Ok(erased)
}

/// Destroys the content of a call, and returns how many events had any.
fn forget(connection: &Connection, call: CallId, at: Timestamp) -> TxResult<u64> {
    let key = call.as_uuid();
    let key = key.as_bytes();
    let body: String = connection.prepare_cached(BODY)?.query_row([key], |row| row.get(0))?;
    connection.prepare_cached(FORGET_CALL)?.execute(params![
        key,
        forget_call(&body)?,
        duplicate_window(at),
        BLANK
    ])?;
    let attempts: Vec<([u8; 16], String)> = connection
        .prepare_cached(ATTEMPT_BODIES)?
        .query_map([key], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (attempt, body) in attempts {
        connection.prepare_cached(FORGET_ATTEMPT)?.execute((attempt, forget_attempt(&body)?))?;
    }
    let events = connection.prepare_cached(FORGET_EVENTS)?.execute([key])?;
    connection.prepare_cached(FORGET_INBOX)?.execute(params![key, micros(at)])?;
    batch_erasure::forget_call(connection, call)?;
    audit(connection, call, ERASED, at)?;
    Ok(events as u64)
}

fn audit(connection: &Connection, call: CallId, kind: &str, at: Timestamp) -> rusqlite::Result<()> {
    connection.prepare_cached(AUDIT)?.execute(params![
        call.as_uuid().as_bytes(),
        kind,
        micros(at)
    ])?;
    Ok(())
}

fn marks(connection: &Connection) -> TxResult<Marks> {
    let mut marks = [None; 3];
    for (mark, part) in marks.iter_mut().zip(PARTS) {
        *mark = connection
            .query_row(MARK, [part.mark()], |row| row.get(0))
            .optional()?
            .map(i64::from_be_bytes);
    }
    Ok(marks)
}

fn over(
    connection: &Connection,
    (changed, after): (i64, Uuid),
    until: i64,
) -> rusqlite::Result<Vec<(CallId, i64)>> {
    let mut statement = connection.prepare_cached(OVER)?;
    let rows = statement.query_map(params![changed, after.as_bytes(), until, PAGE], |row| {
        Ok((id(row.get(0)?), row.get(1)?))
    })?;
    rows.collect()
}

fn sweep(
    connection: &Connection,
    due: &[(CallId, i64)],
    schedule: Schedule,
    mut swept: Swept,
    at: Timestamp,
) -> TxResult<Swept> {
    for (call, changed) in due {
        let key = call.as_uuid();
        let status: Option<String> = connection
            .prepare_cached(STATUS)?
            .query_row([key.as_bytes()], |row| row.get(0))
            .optional()?;
        // It may have been erased or redialled since it was listed.
        if !status.is_some_and(|status| may_be_erased(&status)) {
            continue;
        }
        if schedule.takes_person(*changed) {
            forget(connection, *call, at)?;
            swept.people += 1;
            continue;
        }
        for part in schedule.takes(*changed) {
            if forget_part(connection, *call, part, at)? {
                audit(connection, *call, part.kind(), at)?;
                swept.count(part);
            }
        }
    }
    Ok(swept)
}

fn forget_part(connection: &Connection, call: CallId, part: Part, at: Timestamp) -> TxResult<bool> {
    let key = call.as_uuid();
    let key = key.as_bytes();
    let content: Option<String> =
        connection.prepare_cached(CONTENT)?.query_row([key], |row| row.get(0))?;
    let content = content.map(|content| strip(&content, part)).transpose()?.flatten();
    let mut gone = content.is_some();
    if let Some(content) = content {
        connection.prepare_cached(SET_CONTENT)?.execute((key, content))?;
    }
    for kind in part.held_by() {
        gone |= connection.prepare_cached(FORGET_KIND)?.execute((key, kind))? > 0;
    }
    if part == Part::Answers {
        gone |= connection.prepare_cached(FORGET_INBOX)?.execute(params![key, micros(at)])? > 0;
    }
    Ok(gone)
}

fn wipe(connection: &Connection) -> rusqlite::Result<bool> {
    connection.pragma_update(None, "synchronous", "FULL")?;
    let pages: u64 =
        connection.pragma_query_value(None, "page_count", |row| row.get(0)).map(count)?;
    let size: u64 =
        connection.pragma_query_value(None, "page_size", |row| row.get(0)).map(count)?;
    if pages.saturating_mul(size) <= SMALL {
        // Otherwise calls would be written to the temporary directory of the machine.
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        connection.execute_batch("VACUUM")?;
    } else {
        tracing::warn!(
            "the ledger is too large to be rewritten while calls go on: run VACUUM on it when few calls are placed"
        );
    }
    let busy: i64 =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(busy == 0)
}
