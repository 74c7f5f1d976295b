//! Batches in SQLite.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use switchboard_core::{Result, TenantId};
use switchboard_journal::server::{
    BatchCounts, BatchId, BatchRow, Batches, BatchesQuery, NewBatch, RowOutcome, RowResult,
    RowSettled, RowState, RowsQuery, StoredBatch,
};
use uuid::Uuid;

use crate::{
    batches::{
        BATCH_COLUMNS, BatchHead, NewBatchText, ROW_COLUMNS, batch_exists, counted, outcome_text,
    },
    row::micros,
    sqlite::{
        SqliteJournal, search,
        server_rows::{batch_head, batch_row},
        tx::{TxError, TxResult, unique},
    },
};

const ADD: &str = "INSERT INTO batches (id, tenant, name, created_by, created_at, request_hash, columns, waiting, submitted, rejected, cancelled, \
     erased, request_key) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
const ADD_ROW: &str = "INSERT INTO batch_rows (batch_id, number, line, state, to_hash, cells, request, problem) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
const COUNTS: &str = "SELECT c.status, c.outcome, count(*) FROM batch_rows AS r JOIN calls AS c ON c.id = r.call_id \
     WHERE r.batch_id = ?1 AND r.state = 'submitted' GROUP BY c.status, c.outcome";
/// The condition of the index `batches_to_submit`.
const FREE: &str = "SELECT id FROM batches WHERE (waiting > 0 OR (cancelled_at IS NOT NULL AND claim IS NOT NULL)) AND claimed_until <= ?1 \
     ORDER BY id LIMIT 1";
const CLAIM: &str = "UPDATE batches SET claim = ?2, claimed_until = ?3 WHERE id = ?1";
const RENEW: &str =
    "UPDATE batches SET claimed_until = ?4 WHERE id = ?1 AND claim = ?2 AND claimed_until > ?3";
const RELEASE: &str =
    "UPDATE batches SET claim = NULL, claimed_until = 0 WHERE id = ?1 AND claim = ?2";
const STATE: &str = "SELECT state FROM batch_rows WHERE batch_id = ?1 AND number = ?2";
const SETTLE: &str = "UPDATE batch_rows SET state = ?3, problem = coalesce(?4, problem), call_id = ?5, request = NULL WHERE batch_id = ?1 AND number = ?2";
const CANCEL: &str = "UPDATE batches SET cancelled_at = ?2, cancelled = cancelled + waiting, waiting = 0 WHERE id = ?1 AND cancelled_at IS NULL";
const CANCEL_ROWS: &str =
    "UPDATE batch_rows SET state = 'cancelled' WHERE batch_id = ?1 AND state = 'waiting'";
/// Every call of the batch is settled. The condition of the index `batches_running` comes first.
const OVER: &str = "SELECT b.id FROM batches AS b WHERE b.done_at IS NULL AND b.waiting = 0 AND NOT EXISTS (SELECT 1 FROM batch_rows AS r \
     JOIN calls AS c ON c.id = r.call_id WHERE r.batch_id = b.id AND r.state = 'submitted' AND \
     c.status IN ('received', 'scheduled', 'admitted', 'attempting', 'in_progress'))";
const END: &str = "UPDATE batches SET done_at = ?2 WHERE id = ?1 AND done_at IS NULL";

fn one(connection: &Connection, column: &str, value: &[u8]) -> TxResult<Option<StoredBatch>> {
    let sql = format!("SELECT {BATCH_COLUMNS} FROM batches WHERE {column} = ?1");
    let found = connection.prepare_cached(&sql)?.query_row([value], batch_head).optional()?;
    Ok(found.map(BatchHead::read).transpose()?)
}

fn get(
    connection: &Connection,
    id: BatchId,
    tenant: Option<&TenantId>,
) -> TxResult<Option<StoredBatch>> {
    let found = one(connection, "id", id.as_bytes())?;
    Ok(found.filter(|batch| tenant.is_none_or(|tenant| *tenant == batch.tenant)))
}

fn add(connection: &Connection, new: &NewBatchText) -> TxResult<Option<StoredBatch>> {
    if let Some(first) = one(connection, "request_key", &new.request_key)? {
        return Ok(Some(first));
    }
    let head = &new.head;
    let [waiting, submitted, rejected, cancelled, erased] = head.rows;
    let added = connection.prepare_cached(ADD)?.execute(params![
        head.id.as_bytes(),
        head.tenant,
        head.name,
        head.created_by,
        head.created_at,
        head.request_hash,
        head.columns,
        waiting,
        submitted,
        rejected,
        cancelled,
        erased,
        new.request_key,
    ]);
    if let Err(error) = added {
        return Err(match unique(&error) {
            Some("batches.id") => TxError::Refused(batch_exists()),
            Some(_) | None => TxError::Failed(error),
        });
    }
    let mut add_row = connection.prepare_cached(ADD_ROW)?;
    for row in &new.rows {
        add_row.execute(params![
            head.id.as_bytes(),
            row.number,
            row.line,
            row.state,
            row.to_hash,
            row.cells,
            row.request,
            row.problem,
        ])?;
    }
    Ok(None)
}

fn list(connection: &Connection, query: &BatchesQuery) -> TxResult<Vec<StoredBatch>> {
    let of_tenant = if query.tenant.is_some() { "tenant = ?1" } else { "?1 IS NULL" };
    let sql = format!(
        "SELECT {BATCH_COLUMNS} FROM batches WHERE {of_tenant} AND id < ?2 ORDER BY id DESC LIMIT ?3"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let before = query.before.unwrap_or(Uuid::max());
    let tenant = query.tenant.as_ref().map(TenantId::as_str);
    let found =
        statement.query_map(params![tenant, before.as_bytes(), query.limit.max(1)], batch_head)?;
    found.map(|row| Ok(row?.read()?)).collect()
}

fn rows(connection: &Connection, id: BatchId, query: RowsQuery) -> TxResult<Vec<BatchRow>> {
    let in_state = if query.state.is_some() { "state = ?2" } else { "?2 IS NULL" };
    let sql = format!(
        "SELECT {ROW_COLUMNS} FROM batch_rows WHERE batch_id = ?1 AND {in_state} AND number > ?3 ORDER BY number LIMIT ?4"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let state = query.state.map(RowState::as_str);
    let found = statement
        .query_map(params![id.as_bytes(), state, query.after, query.at_most()], batch_row)?;
    found.map(|row| Ok(row?.read(id)?)).collect()
}

fn results(connection: &Connection, id: BatchId, query: RowsQuery) -> TxResult<Vec<RowResult>> {
    let rows = rows(connection, id, query)?;
    let mut ids: Vec<Uuid> =
        rows.iter().filter_map(|row| row.call).map(|call| call.as_uuid()).collect();
    ids.sort_unstable();
    ids.dedup();
    let calls = search::calls(connection, &ids)?;
    let call = |row: &BatchRow| calls.iter().find(|(call, _)| Some(call.id) == row.call).cloned();
    Ok(rows.into_iter().map(|row| RowResult::new(row.clone(), call(&row))).collect())
}

fn counts(connection: &Connection, id: BatchId) -> TxResult<BatchCounts> {
    let mut statement = connection.prepare_cached(COUNTS)?;
    let mut rows = statement.query([id.as_bytes()])?;
    let mut counts = BatchCounts::default();
    while let Some(row) = rows.next()? {
        let (status, outcome): (String, Option<String>) = (row.get(0)?, row.get(1)?);
        let count: u32 = row.get(2)?;
        *counts.statuses.entry(counted(&status)?).or_default() += count;
        if let Some(outcome) = outcome {
            *counts.outcomes.entry(counted(&outcome)?).or_default() += count;
        }
    }
    Ok(counts)
}

fn claim(connection: &Connection, by: Uuid, at: i64, until: i64) -> TxResult<Option<StoredBatch>> {
    let free: Option<[u8; 16]> =
        connection.prepare_cached(FREE)?.query_row([at], |row| row.get(0)).optional()?;
    let Some(id) = free else {
        return Ok(None);
    };
    connection.prepare_cached(CLAIM)?.execute(params![id, by.as_bytes(), until])?;
    one(connection, "id", &id)
}

fn settle(
    connection: &Connection,
    id: BatchId,
    number: u32,
    outcome: &RowOutcome,
) -> TxResult<RowSettled> {
    let before: Option<String> = connection
        .prepare_cached(STATE)?
        .query_row(params![id.as_bytes(), number], |row| row.get(0))
        .optional()?;
    let settled = match before.as_deref() {
        Some("waiting") => RowSettled::Recorded,
        Some("cancelled" | "erased") => RowSettled::TooLate,
        Some(_) | None => return Ok(RowSettled::Before),
    };
    let (state, problem, call) = outcome_text(outcome)?;
    if settled == RowSettled::TooLate && call.is_none() {
        return Ok(settled);
    }
    let before = before.unwrap_or_default();
    connection.prepare_cached(SETTLE)?.execute(params![
        id.as_bytes(),
        number,
        state.as_str(),
        problem,
        call.map(Uuid::into_bytes)
    ])?;
    // Both are words of `RowState`.
    let (from, to) = (before.as_str(), state.as_str());
    let sql = format!("UPDATE batches SET {from} = {from} - 1, {to} = {to} + 1 WHERE id = ?1");
    connection.prepare_cached(&sql)?.execute([id.as_bytes()])?;
    Ok(settled)
}

fn cancel(
    connection: &Connection,
    id: BatchId,
    tenant: Option<&TenantId>,
    at: i64,
) -> TxResult<Option<StoredBatch>> {
    if get(connection, id, tenant)?.is_none() {
        return Ok(None);
    }
    if connection.prepare_cached(CANCEL)?.execute(params![id.as_bytes(), at])? > 0 {
        connection.prepare_cached(CANCEL_ROWS)?.execute([id.as_bytes()])?;
    }
    get(connection, id, tenant)
}

fn over(connection: &Connection) -> TxResult<Vec<[u8; 16]>> {
    let mut statement = connection.prepare_cached(OVER)?;
    let ids = statement.query_map([], |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

fn end(connection: &Connection, ids: &[[u8; 16]], at: i64) -> TxResult<u64> {
    let mut ended = 0;
    for id in ids {
        ended += connection.prepare_cached(END)?.execute(params![id, at])? as u64;
    }
    Ok(ended)
}

fn until(at: Timestamp, lease: Duration) -> i64 {
    micros(at).saturating_add(i64::try_from(lease.as_micros()).unwrap_or(i64::MAX))
}

#[async_trait]
impl Batches for SqliteJournal {
    async fn add_batch(&self, batch: NewBatch) -> Result<Option<StoredBatch>> {
        let new = NewBatchText::new(&batch, &self.key)?;
        self.writer.run(move |connection| add(connection, &new)).await
    }

    async fn batch(&self, id: BatchId, tenant: Option<&TenantId>) -> Result<Option<StoredBatch>> {
        let tenant = tenant.cloned();
        self.read(move |connection| get(connection, id, tenant.as_ref())).await
    }

    async fn batches(&self, query: &BatchesQuery) -> Result<Vec<StoredBatch>> {
        let query = query.clone();
        self.read(move |connection| list(connection, &query)).await
    }

    async fn batch_rows(&self, id: BatchId, query: RowsQuery) -> Result<Vec<BatchRow>> {
        self.read(move |connection| rows(connection, id, query)).await
    }

    async fn batch_results(&self, id: BatchId, query: RowsQuery) -> Result<Vec<RowResult>> {
        self.read(move |connection| results(connection, id, query)).await
    }

    async fn batch_counts(&self, id: BatchId) -> Result<BatchCounts> {
        self.read(move |connection| counts(connection, id)).await
    }

    /// Reads first, because nearly always there is nothing to claim.
    async fn claim_batch(
        &self,
        by: Uuid,
        at: Timestamp,
        lease: Duration,
    ) -> Result<Option<StoredBatch>> {
        let (now, until) = (micros(at), until(at, lease));
        let any =
            self.read(move |connection| Ok(connection.prepare_cached(FREE)?.exists([now])?));
        if !any.await? {
            return Ok(None);
        }
        self.writer.run(move |connection| claim(connection, by, now, until)).await
    }

    async fn renew_batch(
        &self,
        id: BatchId,
        by: Uuid,
        at: Timestamp,
        lease: Duration,
    ) -> Result<bool> {
        let (now, until) = (micros(at), until(at, lease));
        self.writer
            .run_without_savepoint(move |connection| {
                let held = params![id.as_bytes(), by.as_bytes(), now, until];
                Ok(connection.prepare_cached(RENEW)?.execute(held)? > 0)
            })
            .await
    }

    async fn release_batch(&self, id: BatchId, by: Uuid) -> Result<()> {
        self.writer
            .run_without_savepoint(move |connection| {
                let held = params![id.as_bytes(), by.as_bytes()];
                connection.prepare_cached(RELEASE)?.execute(held)?;
                Ok(())
            })
            .await
    }

    async fn settle_row(
        &self,
        id: BatchId,
        number: u32,
        outcome: RowOutcome,
    ) -> Result<RowSettled> {
        self.writer.run(move |connection| settle(connection, id, number, &outcome)).await
    }

    async fn cancel_batch(
        &self,
        id: BatchId,
        tenant: Option<&TenantId>,
        at: Timestamp,
    ) -> Result<Option<StoredBatch>> {
        let (tenant, at) = (tenant.cloned(), micros(at));
        self.writer.run(move |connection| cancel(connection, id, tenant.as_ref(), at)).await
    }

    /// Reads first, because nearly always there is nothing to write.
    async fn end_batches(&self, at: Timestamp) -> Result<u64> {
        let over = self.read(over).await?;
        if over.is_empty() {
            return Ok(0);
        }
        let at = micros(at);
        self.writer.run(move |connection| end(connection, &over, at)).await
    }
}
