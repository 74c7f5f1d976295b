//! Webhooks, stored before they are handled.

use sqlx::{PgConnection, Row};
use switchboard_core::AttemptId;
use switchboard_journal::StoredWebhook;

use crate::{
    postgres::tx::TxResult,
    row::{micros, named, read_webhook},
};

const KEEP: &str = "INSERT INTO inbox (attempt_id, body_hash, body, calls, received_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
const IS_OPEN: &str =
    "SELECT handled_at IS NULL FROM inbox WHERE attempt_id = $1 AND body_hash = $2";
const HANDLED: &str = "UPDATE inbox SET handled_at = $3 WHERE attempt_id = $1 AND body_hash = $2 AND handled_at IS NULL";
const UNHANDLED: &str = "SELECT attempt_id, body, calls, received_at FROM inbox WHERE handled_at IS NULL AND body IS NOT NULL \
                         ORDER BY received_at, seq";

pub(super) async fn store_webhook(
    connection: &mut PgConnection,
    webhook: &StoredWebhook,
    hash: &[u8; 32],
) -> TxResult<bool> {
    sqlx::query(KEEP)
        .bind(webhook.attempt.as_uuid())
        .bind(hash.as_slice())
        .bind(&webhook.body)
        .bind(named(webhook)?)
        .bind(micros(webhook.at))
        .execute(&mut *connection)
        .await?;
    Ok(sqlx::query_scalar(IS_OPEN)
        .bind(webhook.attempt.as_uuid())
        .bind(hash.as_slice())
        .fetch_one(connection)
        .await?)
}

pub(super) async fn mark_handled(
    connection: &mut PgConnection,
    attempt: AttemptId,
    hash: &[u8; 32],
    at: i64,
) -> TxResult<()> {
    sqlx::query(HANDLED)
        .bind(attempt.as_uuid())
        .bind(hash.as_slice())
        .bind(at)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn pending_webhooks(
    connection: &mut PgConnection,
) -> TxResult<Vec<StoredWebhook>> {
    let rows = sqlx::query(UNHANDLED).fetch_all(connection).await?;
    let mut webhooks = Vec::with_capacity(rows.len());
    for row in rows {
        let calls: String = row.try_get(2)?;
        webhooks.push(read_webhook(row.try_get(0)?, row.try_get(1)?, &calls, row.try_get(3)?)?);
    }
    Ok(webhooks)
}
