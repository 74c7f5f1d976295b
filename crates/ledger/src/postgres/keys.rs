//! API keys in PostgreSQL.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, PgConnection, Row, postgres::PgRow};
use switchboard_core::{Result, TenantId};
use switchboard_journal::server::{ApiKey, ApiKeys, KeyId};

use crate::{
    keys::{KEY_COLUMNS, KeyRow, key_exists, noted_before, stored},
    postgres::{
        PostgresJournal,
        inner::{carry_out, read},
        processes,
        tx::TxResult,
    },
    row::{micros, number},
};

const REVOKE: &str = "UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)";
const STANDS: &str = "SELECT expires_at IS NULL OR expires_at > $2 FROM api_keys WHERE id = $1 AND revoked_at IS NULL FOR UPDATE";
const EXPIRE: &str = "UPDATE api_keys SET expires_at = $2 WHERE id = $1";
const RAISE: &str = "UPDATE keys_epoch SET epoch = epoch + 1";
const EPOCH: &str = "SELECT epoch FROM keys_epoch";
const UNNOTED: &str = "SELECT EXISTS (SELECT 1 FROM api_keys WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $2))";
const NOTE: &str = "UPDATE api_keys SET last_used_at = $3 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $2)";

async fn one(
    connection: &mut PgConnection,
    column: &str,
    value: impl Send + for<'q> sqlx::Encode<'q, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
) -> TxResult<Option<ApiKey>> {
    let sql = format!("SELECT {KEY_COLUMNS} FROM api_keys WHERE {column} = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(value).fetch_optional(connection).await?;
    match row {
        Some(row) => Ok(Some(key_row(&row)?.read()?)),
        None => Ok(None),
    }
}

/// Waits for a concurrent transaction with the same id or request, and sees what it wrote.
async fn add(connection: &mut PgConnection, row: &KeyRow) -> TxResult<Option<ApiKey>> {
    let sql = format!(
        "INSERT INTO api_keys ({KEY_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING"
    );
    let written = sqlx::query(AssertSqlSafe(sql))
        .bind(&row.id)
        .bind(&row.secret_hash)
        .bind(row.tenant.as_deref())
        .bind(&row.name)
        .bind(&row.scopes)
        .bind(row.expires_at)
        .bind(&row.ip_allow)
        .bind(&row.limits)
        .bind(row.confirm)
        .bind(&row.created_by)
        .bind(row.created_at)
        .bind(row.revoked_at)
        .bind(row.last_used_at)
        .bind(row.request_key.as_deref())
        .execute(&mut *connection)
        .await?;
    if written.rows_affected() > 0 {
        return Ok(None);
    }
    if let Some(request) = row.request_key.clone()
        && let Some(first) = one(connection, "request_key", request).await?
    {
        return Ok(Some(first));
    }
    Err(key_exists().into())
}

async fn list(connection: &mut PgConnection, tenant: Option<&TenantId>) -> TxResult<Vec<ApiKey>> {
    let sql = format!(
        "SELECT {KEY_COLUMNS} FROM api_keys WHERE $1::text IS NULL OR tenant = $1 ORDER BY created_at DESC, number DESC"
    );
    let tenant = tenant.map(TenantId::as_str);
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(tenant).fetch_all(connection).await?;
    rows.iter().map(|row| Ok(key_row(row)?.read()?)).collect()
}

async fn revoke(connection: &mut PgConnection, id: &str, at: i64) -> TxResult<bool> {
    let revoked = sqlx::query(REVOKE).bind(id).bind(at).execute(&mut *connection).await?;
    let revoked = revoked.rows_affected() > 0;
    if revoked {
        sqlx::query(RAISE).execute(connection).await?;
    }
    Ok(revoked)
}

async fn expire(connection: &mut PgConnection, id: &str, at: i64) -> TxResult<bool> {
    let stands: Option<bool> =
        sqlx::query_scalar(STANDS).bind(id).bind(at).fetch_optional(&mut *connection).await?;
    if stands == Some(true) {
        sqlx::query(EXPIRE).bind(id).bind(at).execute(&mut *connection).await?;
        sqlx::query(RAISE).execute(connection).await?;
    }
    Ok(stands.is_some())
}

async fn note(connection: &mut PgConnection, id: &str, at: i64) -> TxResult<()> {
    sqlx::query(NOTE).bind(id).bind(noted_before(at)).bind(at).execute(connection).await?;
    Ok(())
}

async fn unnoted(connection: &mut PgConnection, id: &str, at: i64) -> TxResult<bool> {
    Ok(sqlx::query_scalar(UNNOTED).bind(id).bind(noted_before(at)).fetch_one(connection).await?)
}

async fn epoch(connection: &mut PgConnection) -> TxResult<u64> {
    Ok(number(sqlx::query_scalar(EPOCH).fetch_one(connection).await?))
}

fn key_row(row: &PgRow) -> sqlx::Result<KeyRow> {
    Ok(KeyRow {
        id: row.try_get(0)?,
        secret_hash: row.try_get(1)?,
        tenant: row.try_get(2)?,
        name: row.try_get(3)?,
        scopes: row.try_get(4)?,
        expires_at: row.try_get(5)?,
        ip_allow: row.try_get(6)?,
        limits: row.try_get(7)?,
        confirm: row.try_get(8)?,
        created_by: row.try_get(9)?,
        created_at: row.try_get(10)?,
        revoked_at: row.try_get(11)?,
        last_used_at: row.try_get(12)?,
        request_key: row.try_get(13)?,
    })
}

#[async_trait]
impl ApiKeys for PostgresJournal {
    async fn add_key(&self, key: ApiKey) -> Result<Option<ApiKey>> {
        let (inner, row) = (Arc::clone(&self.inner), KeyRow::new(&key)?);
        carry_out(async move {
            let mut change = inner.begin().await?;
            let answer = add(&mut change, &row).await;
            inner.ended(change, answer).await
        })
        .await
    }

    async fn key(&self, id: &KeyId) -> Result<Option<ApiKey>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(one(&mut snapshot, "id", stored(id)).await)
    }

    async fn keys(&self, tenant: Option<&TenantId>) -> Result<Vec<ApiKey>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(list(&mut snapshot, tenant).await)
    }

    async fn revoke_key(&self, id: &KeyId, at: Timestamp) -> Result<bool> {
        let (inner, id, at) = (Arc::clone(&self.inner), stored(id), micros(at));
        carry_out(async move {
            let mut change = inner.begin().await?;
            let answer = revoke(&mut change, &id, at).await;
            inner.ended(change, answer).await
        })
        .await
    }

    async fn expire_key(&self, id: &KeyId, at: Timestamp) -> Result<bool> {
        let (inner, id, at) = (Arc::clone(&self.inner), stored(id), micros(at));
        carry_out(async move {
            let mut change = inner.begin().await?;
            let answer = expire(&mut change, &id, at).await;
            inner.ended(change, answer).await
        })
        .await
    }

    /// Reads first, because nearly always there is nothing to write.
    async fn note_key_used(&self, id: &KeyId, at: Timestamp) -> Result<()> {
        let (inner, id, at) = (Arc::clone(&self.inner), stored(id), micros(at));
        let mut snapshot = inner.snapshot().await?;
        if !read(unnoted(&mut snapshot, &id, at).await)? {
            return Ok(());
        }
        drop(snapshot);
        carry_out(async move {
            let mut change = inner.begin().await?;
            let answer = note(&mut change, &id, at).await;
            inner.ended(change, answer).await
        })
        .await
    }

    async fn keys_epoch(&self) -> Result<u64> {
        let mut snapshot = self.inner.snapshot().await?;
        read(epoch(&mut snapshot).await)
    }

    async fn processes(&self) -> Result<u32> {
        let mut snapshot = self.inner.snapshot().await?;
        read(processes::living(&mut snapshot, self.inner.epoch()).await)
    }
}
