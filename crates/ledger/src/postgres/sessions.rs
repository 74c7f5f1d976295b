//! Sessions in PostgreSQL.

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::{PgConnection, Row, postgres::PgRow};
use switchboard_core::Result;
use switchboard_journal::server::{Session, Sessions};

use crate::{
    postgres::{
        PostgresJournal,
        inner::{carry_out, read},
        tx::TxResult,
    },
    sessions::SessionRow,
};

const FORGET: &str = "DELETE FROM sessions WHERE expires_at <= $1";
const ADD: &str =
    "INSERT INTO sessions (hash, key, created_at, expires_at) VALUES ($1, $2, $3, $4)";
const GET: &str = "SELECT hash, key, created_at, expires_at FROM sessions WHERE hash = $1";
const END: &str = "DELETE FROM sessions WHERE hash = $1";

async fn add(connection: &mut PgConnection, row: &SessionRow) -> TxResult<()> {
    sqlx::query(FORGET).bind(row.created_at).execute(&mut *connection).await?;
    sqlx::query(ADD)
        .bind(&row.hash)
        .bind(&row.key)
        .bind(row.created_at)
        .bind(row.expires_at)
        .execute(connection)
        .await?;
    Ok(())
}

async fn get(connection: &mut PgConnection, hash: [u8; 32]) -> TxResult<Option<Session>> {
    let row = sqlx::query(GET).bind(hash.to_vec()).fetch_optional(connection).await?;
    match row {
        Some(row) => Ok(Some(session_row(&row)?.read()?)),
        None => Ok(None),
    }
}

async fn end(connection: &mut PgConnection, hash: [u8; 32]) -> TxResult<bool> {
    let ended = sqlx::query(END).bind(hash.to_vec()).execute(connection).await?;
    Ok(ended.rows_affected() > 0)
}

fn session_row(row: &PgRow) -> sqlx::Result<SessionRow> {
    Ok(SessionRow {
        hash: row.try_get(0)?,
        key: row.try_get(1)?,
        created_at: row.try_get(2)?,
        expires_at: row.try_get(3)?,
    })
}

#[async_trait]
impl Sessions for PostgresJournal {
    async fn add_session(&self, session: Session) -> Result<()> {
        let (inner, row) = (Arc::clone(&self.inner), SessionRow::new(&session));
        carry_out(async move {
            let mut change = inner.begin().await?;
            let answer = add(&mut change, &row).await;
            inner.ended(change, answer).await
        })
        .await
    }

    async fn session(&self, hash: &[u8; 32]) -> Result<Option<Session>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(get(&mut snapshot, *hash).await)
    }

    async fn end_session(&self, hash: &[u8; 32]) -> Result<bool> {
        let (inner, hash) = (Arc::clone(&self.inner), *hash);
        carry_out(async move {
            let mut change = inner.begin().await?;
            let answer = end(&mut change, hash).await;
            inner.ended(change, answer).await
        })
        .await
    }
}
