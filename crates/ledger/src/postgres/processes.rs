//! Who has the ledger open, and who was silent for too long.
//!
//! A process that is gone cannot say so, and one that is only slow looks the same from outside:
//! silence for longer than its lease counts as gone, by the server's clock alone. That is safe
//! though it may be wrong, because every write asks whose the call is in the transaction that
//! changes it: one that comes back finds its calls taken over, and can say of them only what it
//! learnt.

use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use switchboard_core::Call;

use crate::{
    postgres::{
        locks, news,
        queries::{Answer, CALL_COLUMNS, call_row, with_attempts},
    },
    select::NEEDS_OWNER,
};

/// The server's clock in microseconds, not that of a transaction's beginning.
pub(super) const NOW: &str = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

const LEAVE: &str = "DELETE FROM processes WHERE epoch = $1";
const IS_KNOWN: &str = "SELECT EXISTS (SELECT 1 FROM processes WHERE epoch = $1)";

/// A new epoch.
pub(super) async fn join(pool: &PgPool, lease: i64) -> sqlx::Result<i64> {
    let join = format!("INSERT INTO processes (seen_at, lease) VALUES ({NOW}, $1) RETURNING epoch");
    sqlx::query_scalar(AssertSqlSafe(join)).bind(lease).fetch_one(pool).await
}

/// False where others took it for gone.
pub(super) async fn beat(pool: &PgPool, epoch: i64) -> sqlx::Result<bool> {
    let beat = format!("UPDATE processes SET seen_at = {NOW} WHERE epoch = $1");
    let known = sqlx::query(AssertSqlSafe(beat)).bind(epoch).execute(pool).await?;
    Ok(known.rows_affected() > 0)
}

pub(super) async fn leave(pool: &PgPool, epoch: i64) -> sqlx::Result<()> {
    sqlx::query(LEAVE).bind(epoch).execute(pool).await.map(|_| ())
}

/// Takes the calls of those that are gone, oldest first. One at a time: who waits sees whose the
/// calls are by then.
pub(super) async fn take_over(connection: &mut PgConnection, epoch: i64) -> Answer<Vec<Call>> {
    locks::take(connection, &[locks::key("take over", &[])]).await?;
    let forget = format!("DELETE FROM processes WHERE seen_at + lease < {NOW}");
    sqlx::query(AssertSqlSafe(forget)).execute(&mut *connection).await?;
    let known: bool = sqlx::query_scalar(IS_KNOWN).bind(epoch).fetch_one(&mut *connection).await?;
    if !known {
        return Ok(Vec::new());
    }
    let take = format!(
        "UPDATE calls SET epoch = $1 WHERE {NEEDS_OWNER} AND status <> 'closed' AND epoch <> $1 \
         AND NOT EXISTS (SELECT 1 FROM processes WHERE processes.epoch = calls.epoch) RETURNING {CALL_COLUMNS}"
    );
    let rows = sqlx::query(AssertSqlSafe(take)).bind(epoch).fetch_all(&mut *connection).await?;
    let rows = rows.iter().map(call_row).collect::<Result<_, _>>()?;
    let mut calls = with_attempts(connection, rows).await?;
    calls.sort_unstable_by_key(|call| call.id);
    news::take_over(connection, epoch).await?;
    Ok(calls)
}
