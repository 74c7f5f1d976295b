//! Erasure and retention of the rows of batches in SQLite.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use switchboard_core::CallId;
use uuid::Uuid;

use crate::{batches::being_submitted, row::micros, sqlite::tx::TxResult};

/// The first row of a batch that waits, which somebody has claimed, may be on its way.
const SUBMITTING: &str = "SELECT b.id FROM batch_rows AS r JOIN batches AS b ON b.id = r.batch_id WHERE r.to_hash = ?1 AND r.cells IS NOT NULL \
     AND r.state = 'waiting' AND b.claimed_until > ?2 AND NOT EXISTS (SELECT 1 FROM batch_rows AS e WHERE e.batch_id = r.batch_id AND e.state = 'waiting' \
     AND e.number < r.number) LIMIT 1";
const WAITING: &str = "SELECT batch_id, count(*) FROM batch_rows WHERE to_hash = ?1 AND cells IS NOT NULL AND state = 'waiting' GROUP BY batch_id";
const ERASE_WAITING: &str =
    "UPDATE batches SET waiting = waiting - ?2, erased = erased + ?2 WHERE id = ?1";
const FORGET_PERSON: &str = "UPDATE batch_rows SET cells = NULL, request = NULL, problem = NULL, state = CASE WHEN state = 'waiting' THEN 'erased' ELSE state END \
     WHERE to_hash = ?1 AND cells IS NOT NULL";
const FORGET_CALL: &str = "UPDATE batch_rows SET cells = NULL WHERE call_id = ?1";
const FORGET_BEFORE: &str = "UPDATE batch_rows SET cells = NULL, request = NULL, problem = NULL WHERE cells IS NOT NULL AND call_id IS NULL AND state <> 'waiting' \
     AND batch_id IN (SELECT id FROM batches WHERE created_at <= ?1)";

/// Fails while the person may be about to become a call.
pub(crate) fn refuse_while_submitting(
    connection: &Connection,
    person: &[u8; 32],
    at: Timestamp,
) -> TxResult<()> {
    let submitting: Option<[u8; 16]> = connection
        .prepare_cached(SUBMITTING)?
        .query_row(params![person, micros(at)], |row| row.get(0))
        .optional()?;
    match submitting {
        Some(batch) => Err(being_submitted(Uuid::from_bytes(batch)).into()),
        None => Ok(()),
    }
}

/// Destroys the cells of a person's rows. Returns how many had any.
pub(crate) fn forget_person(connection: &Connection, person: &[u8; 32]) -> TxResult<u64> {
    let mut statement = connection.prepare_cached(WAITING)?;
    let waiting: Vec<([u8; 16], i64)> = statement
        .query_map([person], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (batch, count) in waiting {
        connection.prepare_cached(ERASE_WAITING)?.execute(params![batch, count])?;
    }
    Ok(connection.prepare_cached(FORGET_PERSON)?.execute([person])? as u64)
}

/// Destroys the cells of the rows that became this call.
pub(crate) fn forget_call(connection: &Connection, call: CallId) -> TxResult<()> {
    connection.prepare_cached(FORGET_CALL)?.execute([call.as_uuid().as_bytes()])?;
    Ok(())
}

/// Destroys the cells of rows that are no calls, of batches that were accepted until this time.
pub(crate) fn forget_before(connection: &Connection, until: i64) -> TxResult<u64> {
    Ok(connection.prepare_cached(FORGET_BEFORE)?.execute([until])? as u64)
}
