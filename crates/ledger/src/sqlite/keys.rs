//! API keys in SQLite.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use switchboard_core::{Result, TenantId};
use switchboard_journal::server::{ApiKey, ApiKeys, KeyId};

use crate::{
    keys::{KEY_COLUMNS, KeyRow, key_exists, noted_before, stored},
    row::{micros, number},
    sqlite::{
        SqliteJournal,
        tx::{TxError, TxResult, unique},
    },
};

const REVOKE: &str = "UPDATE api_keys SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?2)";
const STANDS: &str =
    "SELECT coalesce(expires_at, ?2 + 1) > ?2 FROM api_keys WHERE id = ?1 AND revoked_at IS NULL";
const EXPIRE: &str = "UPDATE api_keys SET expires_at = ?2 WHERE id = ?1";
const RAISE: &str = "UPDATE keys_epoch SET epoch = epoch + 1";
const EPOCH: &str = "SELECT epoch FROM keys_epoch";
const UNNOTED: &str =
    "SELECT 1 FROM api_keys WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at <= ?2)";
const NOTE: &str = "UPDATE api_keys SET last_used_at = ?3 WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at <= ?2)";

/// Is only refused before it writes.
fn add(connection: &Connection, row: &KeyRow) -> TxResult<Option<ApiKey>> {
    if let Some(request) = &row.request_key {
        let sql = format!("SELECT {KEY_COLUMNS} FROM api_keys WHERE request_key = ?1");
        let first = connection.prepare_cached(&sql)?.query_row([request], key_row).optional()?;
        if let Some(first) = first {
            return Ok(Some(first.read()?));
        }
    }
    let sql = format!(
        "INSERT INTO api_keys ({KEY_COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
    );
    let written = connection.prepare_cached(&sql)?.execute(params![
        row.id,
        row.secret_hash,
        row.tenant,
        row.name,
        row.scopes,
        row.expires_at,
        row.ip_allow,
        row.limits,
        row.confirm,
        row.created_by,
        row.created_at,
        row.revoked_at,
        row.last_used_at,
        row.request_key,
    ]);
    match written {
        Ok(_) => Ok(None),
        Err(error) => Err(match unique(&error) {
            Some("api_keys.id") => TxError::Refused(key_exists()),
            Some(_) | None => TxError::Failed(error),
        }),
    }
}

fn get(connection: &Connection, id: &str) -> TxResult<Option<ApiKey>> {
    let sql = format!("SELECT {KEY_COLUMNS} FROM api_keys WHERE id = ?1");
    let row = connection.prepare_cached(&sql)?.query_row([id], key_row).optional()?;
    Ok(row.map(KeyRow::read).transpose()?)
}

fn list(connection: &Connection, tenant: Option<&TenantId>) -> TxResult<Vec<ApiKey>> {
    let sql = format!(
        "SELECT {KEY_COLUMNS} FROM api_keys WHERE ?1 IS NULL OR tenant = ?1 ORDER BY created_at DESC, number DESC"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([tenant.map(TenantId::as_str)], key_row)?;
    rows.map(|row| Ok(row?.read()?)).collect()
}

fn revoke(connection: &Connection, id: &str, at: i64) -> TxResult<bool> {
    let revoked = connection.prepare_cached(REVOKE)?.execute(params![id, at])? > 0;
    if revoked {
        connection.prepare_cached(RAISE)?.execute([])?;
    }
    Ok(revoked)
}

fn expire(connection: &Connection, id: &str, at: i64) -> TxResult<bool> {
    let stands: Option<bool> = connection
        .prepare_cached(STANDS)?
        .query_row(params![id, at], |row| row.get(0))
        .optional()?;
    if stands == Some(true) {
        connection.prepare_cached(EXPIRE)?.execute(params![id, at])?;
        connection.prepare_cached(RAISE)?.execute([])?;
    }
    Ok(stands.is_some())
}

fn key_row(row: &Row<'_>) -> rusqlite::Result<KeyRow> {
    Ok(KeyRow {
        id: row.get(0)?,
        secret_hash: row.get(1)?,
        tenant: row.get(2)?,
        name: row.get(3)?,
        scopes: row.get(4)?,
        expires_at: row.get(5)?,
        ip_allow: row.get(6)?,
        limits: row.get(7)?,
        confirm: row.get(8)?,
        created_by: row.get(9)?,
        created_at: row.get(10)?,
        revoked_at: row.get(11)?,
        last_used_at: row.get(12)?,
        request_key: row.get(13)?,
    })
}

#[async_trait]
impl ApiKeys for SqliteJournal {
    async fn add_key(&self, key: ApiKey) -> Result<Option<ApiKey>> {
        let row = KeyRow::new(&key)?;
        self.writer.run_without_savepoint(move |connection| add(connection, &row)).await
    }

    async fn key(&self, id: &KeyId) -> Result<Option<ApiKey>> {
        let id = stored(id);
        self.read(move |connection| get(connection, &id)).await
    }

    async fn keys(&self, tenant: Option<&TenantId>) -> Result<Vec<ApiKey>> {
        let tenant = tenant.cloned();
        self.read(move |connection| list(connection, tenant.as_ref())).await
    }

    async fn revoke_key(&self, id: &KeyId, at: Timestamp) -> Result<bool> {
        let (id, at) = (stored(id), micros(at));
        self.writer.run_without_savepoint(move |connection| revoke(connection, &id, at)).await
    }

    async fn expire_key(&self, id: &KeyId, at: Timestamp) -> Result<bool> {
        let (id, at) = (stored(id), micros(at));
        self.writer.run_without_savepoint(move |connection| expire(connection, &id, at)).await
    }

    /// Reads first, because nearly always there is nothing to write.
    async fn note_key_used(&self, id: &KeyId, at: Timestamp) -> Result<()> {
        let (id, at) = (stored(id), micros(at));
        let (asked, noted) = (id.clone(), noted_before(at));
        let unnoted = self.read(move |connection| {
            Ok(connection.prepare_cached(UNNOTED)?.exists(params![asked, noted])?)
        });
        if unnoted.await? {
            self.writer
                .run_without_savepoint(move |connection| {
                    connection.prepare_cached(NOTE)?.execute(params![id, noted, at])?;
                    Ok(())
                })
                .await?;
        }
        Ok(())
    }

    async fn keys_epoch(&self) -> Result<u64> {
        self.read(|connection| {
            Ok(number(connection.prepare_cached(EPOCH)?.query_row([], |row| row.get(0))?))
        })
        .await
    }

    async fn processes(&self) -> Result<u32> {
        let mine = self.presence();
        self.read(move |connection| mine.living(connection)).await
    }
}
