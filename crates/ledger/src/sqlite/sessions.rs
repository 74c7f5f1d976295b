//! Sessions in SQLite.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row, params};
use switchboard_core::Result;
use switchboard_journal::server::{Session, Sessions};

use crate::{
    sessions::SessionRow,
    sqlite::{SqliteJournal, tx::TxResult},
};

const FORGET: &str = "DELETE FROM sessions WHERE expires_at <= ?1";
const ADD: &str =
    "INSERT INTO sessions (hash, key, created_at, expires_at) VALUES (?1, ?2, ?3, ?4)";
const GET: &str = "SELECT hash, key, created_at, expires_at FROM sessions WHERE hash = ?1";
const END: &str = "DELETE FROM sessions WHERE hash = ?1";

fn add(connection: &Connection, row: &SessionRow) -> TxResult<()> {
    connection.prepare_cached(FORGET)?.execute([row.created_at])?;
    connection.prepare_cached(ADD)?.execute(params![
        row.hash,
        row.key,
        row.created_at,
        row.expires_at
    ])?;
    Ok(())
}

fn get(connection: &Connection, hash: &[u8; 32]) -> TxResult<Option<Session>> {
    let row = connection.prepare_cached(GET)?.query_row([hash], session_row).optional()?;
    Ok(row.map(SessionRow::read).transpose()?)
}

fn session_row(row: &Row<'_>) -> rusqlite::Result<SessionRow> {
    Ok(SessionRow {
        hash: row.get(0)?,
        key: row.get(1)?,
        created_at: row.get(2)?,
        expires_at: row.get(3)?,
    })
}

#[async_trait]
impl Sessions for SqliteJournal {
    async fn add_session(&self, session: Session) -> Result<()> {
        let row = SessionRow::new(&session);
        self.writer.run_without_savepoint(move |connection| add(connection, &row)).await
    }

    async fn session(&self, hash: &[u8; 32]) -> Result<Option<Session>> {
        let hash = *hash;
        self.read(move |connection| get(connection, &hash)).await
    }

    async fn end_session(&self, hash: &[u8; 32]) -> Result<bool> {
        let hash = *hash;
        self.writer
            .run_without_savepoint(move |connection| {
                Ok(connection.prepare_cached(END)?.execute([hash])? > 0)
            })
            .await
    }
}
