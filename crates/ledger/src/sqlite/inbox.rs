//! Webhooks, stored before they are handled.

use rusqlite::{Connection, params};
use switchboard_core::AttemptId;
use switchboard_journal::StoredWebhook;
use uuid::Uuid;

use crate::{
    row::{micros, named, read_webhook},
    sqlite::tx::TxResult,
};

const KEEP: &str = "INSERT INTO inbox (attempt_id, body_hash, body, calls, received_at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
const IS_OPEN: &str =
    "SELECT handled_at IS NULL FROM inbox WHERE attempt_id = ?1 AND body_hash = ?2";
const HANDLED: &str = "UPDATE inbox SET handled_at = ?3 WHERE attempt_id = ?1 AND body_hash = ?2 AND handled_at IS NULL";
const UNHANDLED: &str = "SELECT attempt_id, body, calls, received_at FROM inbox WHERE handled_at IS NULL AND body IS NOT NULL \
                         ORDER BY received_at, rowid";

pub(crate) fn store_webhook(
    connection: &Connection,
    webhook: &StoredWebhook,
    hash: &[u8; 32],
) -> TxResult<bool> {
    let attempt = webhook.attempt.as_uuid();
    connection.prepare_cached(KEEP)?.execute(params![
        attempt.as_bytes(),
        hash,
        webhook.body,
        named(webhook)?,
        micros(webhook.at)
    ])?;
    let open = connection
        .prepare_cached(IS_OPEN)?
        .query_row(params![attempt.as_bytes(), hash], |row| row.get(0))?;
    Ok(open)
}

pub(crate) fn mark_handled(
    connection: &Connection,
    attempt: AttemptId,
    hash: &[u8; 32],
    at: i64,
) -> TxResult<()> {
    connection.prepare_cached(HANDLED)?.execute(params![attempt.as_uuid().as_bytes(), hash, at])?;
    Ok(())
}

pub(crate) fn pending_webhooks(connection: &Connection) -> TxResult<Vec<StoredWebhook>> {
    let mut statement = connection.prepare_cached(UNHANDLED)?;
    let mut rows = statement.query([])?;
    let mut webhooks = Vec::new();
    while let Some(row) = rows.next()? {
        let (body, calls): (Vec<u8>, String) = (row.get(1)?, row.get(2)?);
        webhooks.push(read_webhook(Uuid::from_bytes(row.get(0)?), body, &calls, row.get(3)?)?);
    }
    Ok(webhooks)
}
