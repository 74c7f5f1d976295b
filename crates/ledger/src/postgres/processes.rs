//! Which processes have the ledger open, and whose lease has expired.
//!
//! A dead process and a slow one look the same from outside, so a process whose lease has expired
//! by the server's clock counts as dead. That may be wrong but is safe, because every write checks
//! the owner of the call in the same transaction: a process that comes back finds its calls taken
//! over, and can only add evidence to them.

use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use switchboard_core::Call;

use crate::{
    postgres::{
        locks, news,
        queries::{CALL_COLUMNS, call_row, with_attempts},
        tx::{NOW, TxResult},
    },
    select::NEEDS_OWNER,
};

const LEAVE: &str = "DELETE FROM processes WHERE epoch = $1";
const IS_KNOWN: &str = "SELECT EXISTS (SELECT 1 FROM processes WHERE epoch = $1)";

/// Takes a new epoch.
pub(super) async fn join(pool: &PgPool, lease: i64) -> sqlx::Result<i64> {
    let join = format!("INSERT INTO processes (seen_at, lease) VALUES ({NOW}, $1) RETURNING epoch");
    sqlx::query_scalar(AssertSqlSafe(join)).bind(lease).fetch_one(pool).await
}

/// Renews the lease. False if others considered this process dead.
pub(super) async fn beat(pool: &PgPool, epoch: i64) -> sqlx::Result<bool> {
    let beat = format!("UPDATE processes SET seen_at = {NOW} WHERE epoch = $1");
    let known = sqlx::query(AssertSqlSafe(beat)).bind(epoch).execute(pool).await?;
    Ok(known.rows_affected() > 0)
}

/// How many processes have a lease that has not expired, this one included.
pub(super) async fn living(connection: &mut PgConnection, epoch: i64) -> TxResult<u32> {
    let living =
        format!("SELECT count(*) FROM processes WHERE seen_at + lease >= {NOW} AND epoch <> $1");
    let others: i64 =
        sqlx::query_scalar(AssertSqlSafe(living)).bind(epoch).fetch_one(connection).await?;
    Ok(u32::try_from(others).unwrap_or(u32::MAX).saturating_add(1))
}

pub(super) async fn leave(pool: &PgPool, epoch: i64) -> sqlx::Result<()> {
    sqlx::query(LEAVE).bind(epoch).execute(pool).await.map(|_| ())
}

/// Takes over the calls of dead processes, oldest first. One process at a time, so that each sees
/// the result of the one before.
pub(super) async fn take_over(connection: &mut PgConnection, epoch: i64) -> TxResult<Vec<Call>> {
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
