//! Advisory locks, held until the transaction ends.

use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use crate::postgres::tx::TxResult;

const TAKE: &str = "SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS key";
const SHARE: &str = "SELECT pg_advisory_xact_lock_shared($1)";

/// The key of the lock with this name. If two names have the same key, they wait for each other
/// unnecessarily, which is harmless.
pub(super) fn key(kind: &str, names: &[&str]) -> i64 {
    let mut hash = Sha256::new();
    for part in std::iter::once(&kind).chain(names) {
        hash.update(part.as_bytes());
        hash.update([0xff]);
    }
    let mut first = [0; 8];
    first.copy_from_slice(&hash.finalize()[..8]);
    i64::from_be_bytes(first)
}

/// Takes these locks, in this order.
pub(super) async fn take(connection: &mut PgConnection, keys: &[i64]) -> TxResult<()> {
    sqlx::query(TAKE).bind(keys).execute(connection).await?;
    Ok(())
}

/// Takes a shared lock.
pub(super) async fn share(connection: &mut PgConnection, key: i64) -> TxResult<()> {
    sqlx::query(SHARE).bind(key).execute(connection).await?;
    Ok(())
}
