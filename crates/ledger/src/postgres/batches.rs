//! Batches in PostgreSQL.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, PgConnection, Row};
use switchboard_core::{Result, TenantId};
use switchboard_journal::server::{
    BatchCounts, BatchId, BatchRow, Batches, BatchesQuery, NewBatch, RowOutcome, RowResult,
    RowSettled, RowState, RowsQuery, StoredBatch,
};
use uuid::Uuid;

use crate::{
    batches::{BATCH_COLUMNS, NewBatchText, ROW_COLUMNS, batch_exists, counted, outcome_text},
    postgres::{
        PostgresJournal,
        inner::{carry_out, read},
        search,
        server_rows::{batch_head, batch_row},
        tx::TxResult,
    },
    row::{micros, number},
};

const ADD: &str = "INSERT INTO batches (id, tenant, name, created_by, created_at, request_hash, columns, waiting, submitted, rejected, cancelled, \
     erased, request_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING";
const ADD_ROWS: &str = "INSERT INTO batch_rows (batch_id, number, line, state, to_hash, cells, request, problem) \
     SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::bytea[], $6::text[], $7::text[], $8::text[])";
const COUNTS: &str = "SELECT c.status, c.outcome, count(*) FROM batch_rows AS r JOIN calls AS c ON c.id = r.call_id \
     WHERE r.batch_id = $1 AND r.state = 'submitted' GROUP BY c.status, c.outcome";
/// The condition of the index `batches_to_submit`.
const FREE: &str = "SELECT id FROM batches WHERE (waiting > 0 OR (cancelled_at IS NOT NULL AND claim IS NOT NULL)) AND claimed_until <= $1 \
     ORDER BY id LIMIT 1";
const CLAIM: &str = "UPDATE batches SET claim = $2, claimed_until = $3 WHERE id = $1";
const RENEW: &str =
    "UPDATE batches SET claimed_until = $4 WHERE id = $1 AND claim = $2 AND claimed_until > $3";
const RELEASE: &str =
    "UPDATE batches SET claim = NULL, claimed_until = 0 WHERE id = $1 AND claim = $2";
/// The batch is locked before its rows, by everybody who changes both.
const LOCK: &str = "SELECT 1 FROM batches WHERE id = $1 FOR UPDATE";
const STATE: &str = "SELECT state FROM batch_rows WHERE batch_id = $1 AND number = $2";
const SETTLE: &str = "UPDATE batch_rows SET state = $3, problem = coalesce($4, problem), call_id = $5, request = NULL WHERE batch_id = $1 AND number = $2";
const CANCEL: &str = "UPDATE batches SET cancelled_at = $2, cancelled = cancelled + waiting, waiting = 0 WHERE id = $1 AND cancelled_at IS NULL";
const CANCEL_ROWS: &str =
    "UPDATE batch_rows SET state = 'cancelled' WHERE batch_id = $1 AND state = 'waiting'";
/// Every call of the batch is settled. The condition of the index `batches_running` comes first.
const OVER: &str = "SELECT b.id FROM batches AS b WHERE b.done_at IS NULL AND b.waiting = 0 AND NOT EXISTS (SELECT 1 FROM batch_rows AS r \
     JOIN calls AS c ON c.id = r.call_id WHERE r.batch_id = b.id AND r.state = 'submitted' AND \
     c.status IN ('received', 'scheduled', 'admitted', 'attempting', 'in_progress'))";
const END: &str = "UPDATE batches SET done_at = $2 WHERE id = ANY($1) AND done_at IS NULL";

async fn one(
    connection: &mut PgConnection,
    column: &str,
    value: impl Send + for<'q> sqlx::Encode<'q, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
) -> TxResult<Option<StoredBatch>> {
    let sql = format!("SELECT {BATCH_COLUMNS} FROM batches WHERE {column} = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(value).fetch_optional(connection).await?;
    match row {
        Some(row) => Ok(Some(batch_head(&row)?.read()?)),
        None => Ok(None),
    }
}

async fn get(
    connection: &mut PgConnection,
    id: BatchId,
    tenant: Option<&TenantId>,
) -> TxResult<Option<StoredBatch>> {
    let found = one(connection, "id", id).await?;
    Ok(found.filter(|batch| tenant.is_none_or(|tenant| *tenant == batch.tenant)))
}

/// Waits for a concurrent transaction with the same id or request, and sees what it wrote.
async fn add(connection: &mut PgConnection, new: &NewBatchText) -> TxResult<Option<StoredBatch>> {
    let head = &new.head;
    let mut query = sqlx::query(ADD)
        .bind(head.id)
        .bind(&head.tenant)
        .bind(&head.name)
        .bind(&head.created_by)
        .bind(head.created_at)
        .bind(&head.request_hash)
        .bind(&head.columns);
    for count in head.rows {
        query = query.bind(count);
    }
    let written = query.bind(&new.request_key).execute(&mut *connection).await?;
    if written.rows_affected() == 0 {
        return match one(connection, "request_key", new.request_key.clone()).await? {
            Some(first) => Ok(Some(first)),
            None => Err(batch_exists().into()),
        };
    }
    let rows = &new.rows;
    sqlx::query(ADD_ROWS)
        .bind(head.id)
        .bind(rows.iter().map(|row| row.number).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.line).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.state).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.to_hash.as_deref()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.cells.as_deref()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.request.as_deref()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.problem.as_deref()).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    Ok(None)
}

async fn list(connection: &mut PgConnection, query: &BatchesQuery) -> TxResult<Vec<StoredBatch>> {
    let of_tenant = if query.tenant.is_some() { "tenant = $1" } else { "$1::text IS NULL" };
    let sql = format!(
        "SELECT {BATCH_COLUMNS} FROM batches WHERE {of_tenant} AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(query.tenant.as_ref().map(TenantId::as_str))
        .bind(query.before)
        .bind(i64::from(query.limit.max(1)))
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| Ok(batch_head(row)?.read()?)).collect()
}

async fn rows(
    connection: &mut PgConnection,
    id: BatchId,
    query: RowsQuery,
) -> TxResult<Vec<BatchRow>> {
    let in_state = if query.state.is_some() { "state = $2" } else { "$2::text IS NULL" };
    let sql = format!(
        "SELECT {ROW_COLUMNS} FROM batch_rows WHERE batch_id = $1 AND {in_state} AND number > $3 ORDER BY number LIMIT $4"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(id)
        .bind(query.state.map(RowState::as_str))
        .bind(i64::from(query.after))
        .bind(i64::from(query.at_most()))
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| Ok(batch_row(row)?.read(id)?)).collect()
}

async fn results(
    connection: &mut PgConnection,
    id: BatchId,
    query: RowsQuery,
) -> TxResult<Vec<RowResult>> {
    let rows = rows(connection, id, query).await?;
    let mut ids: Vec<Uuid> =
        rows.iter().filter_map(|row| row.call).map(|call| call.as_uuid()).collect();
    ids.sort_unstable();
    ids.dedup();
    let calls = search::calls(connection, ids).await?;
    let calls: HashMap<_, _> = calls.into_iter().map(|found| (found.0.id, found)).collect();
    let whole = |row: BatchRow| {
        let call = row.call.and_then(|call| calls.get(&call).cloned());
        RowResult::new(row, call)
    };
    Ok(rows.into_iter().map(whole).collect())
}

async fn counts(connection: &mut PgConnection, id: BatchId) -> TxResult<BatchCounts> {
    let mut counts = BatchCounts::default();
    for row in sqlx::query(COUNTS).bind(id).fetch_all(connection).await? {
        let (status, outcome): (String, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
        let count = u32::try_from(number(row.try_get(2)?)).unwrap_or(u32::MAX);
        *counts.statuses.entry(counted(&status)?).or_default() += count;
        if let Some(outcome) = outcome {
            *counts.outcomes.entry(counted(&outcome)?).or_default() += count;
        }
    }
    Ok(counts)
}

/// Passes over what another process is claiming at this moment.
async fn claim(
    connection: &mut PgConnection,
    by: Uuid,
    at: i64,
    until: i64,
) -> TxResult<Option<StoredBatch>> {
    let sql = format!("{FREE} FOR UPDATE SKIP LOCKED");
    let free: Option<Uuid> =
        sqlx::query_scalar(AssertSqlSafe(sql)).bind(at).fetch_optional(&mut *connection).await?;
    let Some(id) = free else {
        return Ok(None);
    };
    sqlx::query(CLAIM).bind(id).bind(by).bind(until).execute(&mut *connection).await?;
    one(connection, "id", id).await
}

async fn settle(
    connection: &mut PgConnection,
    id: BatchId,
    number: u32,
    outcome: &RowOutcome,
) -> TxResult<RowSettled> {
    sqlx::query(LOCK).bind(id).execute(&mut *connection).await?;
    let before: Option<String> = sqlx::query_scalar(STATE)
        .bind(id)
        .bind(i64::from(number))
        .fetch_optional(&mut *connection)
        .await?;
    let settled = match before.as_deref() {
        Some("waiting") => RowSettled::Recorded,
        Some("cancelled" | "erased") => RowSettled::TooLate,
        Some(_) | None => return Ok(RowSettled::Before),
    };
    let (state, problem, call) = outcome_text(outcome)?;
    if settled == RowSettled::TooLate && call.is_none() {
        return Ok(settled);
    }
    sqlx::query(SETTLE)
        .bind(id)
        .bind(i64::from(number))
        .bind(state.as_str())
        .bind(problem)
        .bind(call)
        .execute(&mut *connection)
        .await?;
    // Both are words of `RowState`.
    let (from, to) = (before.unwrap_or_default(), state.as_str());
    let sql = format!("UPDATE batches SET {from} = {from} - 1, {to} = {to} + 1 WHERE id = $1");
    sqlx::query(AssertSqlSafe(sql)).bind(id).execute(connection).await?;
    Ok(settled)
}

async fn cancel(
    connection: &mut PgConnection,
    id: BatchId,
    tenant: Option<&TenantId>,
    at: i64,
) -> TxResult<Option<StoredBatch>> {
    sqlx::query(LOCK).bind(id).execute(&mut *connection).await?;
    if get(connection, id, tenant).await?.is_none() {
        return Ok(None);
    }
    let cancelled = sqlx::query(CANCEL).bind(id).bind(at).execute(&mut *connection).await?;
    if cancelled.rows_affected() > 0 {
        sqlx::query(CANCEL_ROWS).bind(id).execute(&mut *connection).await?;
    }
    get(connection, id, tenant).await
}

async fn over(connection: &mut PgConnection) -> TxResult<Vec<Uuid>> {
    Ok(sqlx::query_scalar(OVER).fetch_all(connection).await?)
}

async fn end(connection: &mut PgConnection, ids: &[Uuid], at: i64) -> TxResult<u64> {
    let ended = sqlx::query(END).bind(ids).bind(at).execute(connection).await?;
    Ok(ended.rows_affected())
}

async fn is_free(connection: &mut PgConnection, at: i64) -> TxResult<bool> {
    let free: Option<Uuid> = sqlx::query_scalar(FREE).bind(at).fetch_optional(connection).await?;
    Ok(free.is_some())
}

fn until(at: Timestamp, lease: Duration) -> i64 {
    micros(at).saturating_add(i64::try_from(lease.as_micros()).unwrap_or(i64::MAX))
}

#[async_trait]
impl Batches for PostgresJournal {
    async fn add_batch(&self, batch: NewBatch) -> Result<Option<StoredBatch>> {
        let inner = Arc::clone(&self.inner);
        let new = NewBatchText::new(&batch, &inner.key)?;
        carry_out(async move {
            let mut change = inner.begin().await?;
            let answer = add(&mut change, &new).await;
            inner.ended(change, answer).await
        })
        .await
    }

    async fn batch(&self, id: BatchId, tenant: Option<&TenantId>) -> Result<Option<StoredBatch>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(get(&mut snapshot, id, tenant).await)
    }

    async fn batches(&self, query: &BatchesQuery) -> Result<Vec<StoredBatch>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(list(&mut snapshot, query).await)
    }

    async fn batch_rows(&self, id: BatchId, query: RowsQuery) -> Result<Vec<BatchRow>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(rows(&mut snapshot, id, query).await)
    }

    async fn batch_results(&self, id: BatchId, query: RowsQuery) -> Result<Vec<RowResult>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(results(&mut snapshot, id, query).await)
    }

    async fn batch_counts(&self, id: BatchId) -> Result<BatchCounts> {
        let mut snapshot = self.inner.snapshot().await?;
        read(counts(&mut snapshot, id).await)
    }

    /// Reads first, because nearly always there is nothing to claim.
    async fn claim_batch(
        &self,
        by: Uuid,
        at: Timestamp,
        lease: Duration,
    ) -> Result<Option<StoredBatch>> {
        let (inner, now, until) = (Arc::clone(&self.inner), micros(at), until(at, lease));
        let mut snapshot = inner.snapshot().await?;
        if !read(is_free(&mut snapshot, now).await)? {
            return Ok(None);
        }
        drop(snapshot);
        carry_out(async move {
            let mut change = inner.begin().await?;
            let answer = claim(&mut change, by, now, until).await;
            inner.ended_beside(change, answer).await
        })
        .await
    }

    async fn renew_batch(
        &self,
        id: BatchId,
        by: Uuid,
        at: Timestamp,
        lease: Duration,
    ) -> Result<bool> {
        let (inner, now, until) = (Arc::clone(&self.inner), micros(at), until(at, lease));
        carry_out(async move {
            let mut change = inner.begin().await?;
            let renew = sqlx::query(RENEW).bind(id).bind(by).bind(now).bind(until);
            let answer = renew.execute(&mut *change).await;
            let answer = answer.map(|done| done.rows_affected() > 0).map_err(Into::into);
            inner.ended_beside(change, answer).await
        })
        .await
    }

    async fn release_batch(&self, id: BatchId, by: Uuid) -> Result<()> {
        let inner = Arc::clone(&self.inner);
        carry_out(async move {
            let mut change = inner.begin().await?;
            let answer = sqlx::query(RELEASE).bind(id).bind(by).execute(&mut *change).await;
            inner.ended_beside(change, answer.map(|_| ()).map_err(Into::into)).await
        })
        .await
    }

    async fn settle_row(
        &self,
        id: BatchId,
        number: u32,
        outcome: RowOutcome,
    ) -> Result<RowSettled> {
        let inner = Arc::clone(&self.inner);
        carry_out(async move {
            let mut change = inner.begin().await?;
            let answer = settle(&mut change, id, number, &outcome).await;
            inner.ended(change, answer).await
        })
        .await
    }

    async fn cancel_batch(
        &self,
        id: BatchId,
        tenant: Option<&TenantId>,
        at: Timestamp,
    ) -> Result<Option<StoredBatch>> {
        let (inner, tenant, at) = (Arc::clone(&self.inner), tenant.cloned(), micros(at));
        carry_out(async move {
            let mut change = inner.begin().await?;
            let answer = cancel(&mut change, id, tenant.as_ref(), at).await;
            inner.ended(change, answer).await
        })
        .await
    }

    /// Reads first, because nearly always there is nothing to write.
    async fn end_batches(&self, at: Timestamp) -> Result<u64> {
        let inner = Arc::clone(&self.inner);
        let mut snapshot = inner.snapshot().await?;
        let over = read(over(&mut snapshot).await)?;
        drop(snapshot);
        if over.is_empty() {
            return Ok(0);
        }
        carry_out(async move {
            let mut change = inner.begin().await?;
            let answer = end(&mut change, &over, micros(at)).await;
            inner.ended_beside(change, answer).await
        })
        .await
    }
}
