//! Erasure and retention of the rows of batches in PostgreSQL.

use jiff::Timestamp;
use sqlx::PgConnection;
use switchboard_core::CallId;
use uuid::Uuid;

use crate::{batches::being_submitted, postgres::tx::TxResult, row::micros};

/// The batches of a person, in the order in which everybody locks them.
const OF_PERSON: &str = "SELECT b.id FROM batches AS b WHERE b.id IN (SELECT batch_id FROM batch_rows WHERE to_hash = $1 AND cells IS NOT NULL) \
     ORDER BY b.id FOR UPDATE";
/// The first row of a batch that waits, which somebody has claimed, may be on its way.
const SUBMITTING: &str = "SELECT b.id FROM batch_rows AS r JOIN batches AS b ON b.id = r.batch_id WHERE r.to_hash = $1 AND r.cells IS NOT NULL \
     AND r.state = 'waiting' AND b.claimed_until > $2 AND NOT EXISTS (SELECT 1 FROM batch_rows AS e WHERE e.batch_id = r.batch_id AND e.state = 'waiting' \
     AND e.number < r.number) LIMIT 1";
const ERASE_WAITING: &str = "UPDATE batches AS b SET waiting = b.waiting - w.rows, erased = b.erased + w.rows FROM (SELECT batch_id, count(*) AS rows \
     FROM batch_rows WHERE to_hash = $1 AND cells IS NOT NULL AND state = 'waiting' GROUP BY batch_id) AS w WHERE b.id = w.batch_id";
const FORGET_PERSON: &str = "UPDATE batch_rows SET cells = NULL, request = NULL, problem = NULL, state = CASE WHEN state = 'waiting' THEN 'erased' ELSE state END \
     WHERE to_hash = $1 AND cells IS NOT NULL";
const FORGET_CALL: &str = "UPDATE batch_rows SET cells = NULL WHERE call_id = $1";
const FORGET_BEFORE: &str = "UPDATE batch_rows SET cells = NULL, request = NULL, problem = NULL WHERE cells IS NOT NULL AND call_id IS NULL AND state <> 'waiting' \
     AND batch_id IN (SELECT id FROM batches WHERE created_at <= $1)";

/// Locks the batches of a person, and fails while the person may be about to become a call.
pub(crate) async fn refuse_while_submitting(
    connection: &mut PgConnection,
    person: &[u8; 32],
    at: Timestamp,
) -> TxResult<()> {
    sqlx::query(OF_PERSON).bind(person.as_slice()).execute(&mut *connection).await?;
    let submitting: Option<Uuid> = sqlx::query_scalar(SUBMITTING)
        .bind(person.as_slice())
        .bind(micros(at))
        .fetch_optional(connection)
        .await?;
    match submitting {
        Some(batch) => Err(being_submitted(batch).into()),
        None => Ok(()),
    }
}

/// Destroys the cells of a person's rows. Returns how many had any.
pub(crate) async fn forget_person(
    connection: &mut PgConnection,
    person: &[u8; 32],
) -> TxResult<u64> {
    sqlx::query(ERASE_WAITING).bind(person.as_slice()).execute(&mut *connection).await?;
    let forgotten = sqlx::query(FORGET_PERSON).bind(person.as_slice()).execute(connection).await?;
    Ok(forgotten.rows_affected())
}

/// Destroys the cells of the rows that became this call.
pub(crate) async fn forget_call(connection: &mut PgConnection, call: CallId) -> TxResult<()> {
    sqlx::query(FORGET_CALL).bind(call.as_uuid()).execute(connection).await?;
    Ok(())
}

/// Destroys the cells of rows that are no calls, of batches that were accepted until this time.
pub(crate) async fn forget_before(connection: &mut PgConnection, until: i64) -> TxResult<u64> {
    let forgotten = sqlx::query(FORGET_BEFORE).bind(until).execute(connection).await?;
    Ok(forgotten.rows_affected())
}
