//! What other processes wrote to the calls of a process.

use rusqlite::{Connection, params};
use switchboard_core::CallId;
use switchboard_journal::News;
use uuid::Uuid;

use crate::{row::after, sqlite::tx::TxResult};

const TELL: &str = "INSERT INTO news (call_id, ended) VALUES (?1, ?2)";
const NEWS: &str = "SELECT news.call_id, max(news.number) AS latest, max(news.ended) FROM news JOIN calls ON calls.id = news.call_id \
                    WHERE calls.epoch = ?1 GROUP BY news.call_id ORDER BY latest";
const ACTED: &str = "DELETE FROM news WHERE call_id = ?1 AND number <= ?2 AND EXISTS (SELECT 1 FROM calls WHERE id = ?1 AND epoch = ?3)";
/// Takes over the calls of dead processes, whatever their status.
const TAKE: &str = "UPDATE calls SET epoch = ?1 WHERE id IN (SELECT call_id FROM news) AND epoch <> ?1 \
                    AND epoch NOT IN (SELECT epoch FROM processes)";

/// Records that a process other than its owner wrote to a call.
pub(crate) fn tell(connection: &Connection, call: CallId, ended: bool) -> rusqlite::Result<()> {
    connection.prepare_cached(TELL)?.execute(params![call.as_uuid().as_bytes(), ended])?;
    Ok(())
}

pub(crate) fn news(connection: &Connection, epoch: i64) -> TxResult<Vec<News>> {
    let mut statement = connection.prepare_cached(NEWS)?;
    let rows = statement.query_map([epoch], |row| {
        Ok(News {
            call: CallId::new(Uuid::from_bytes(row.get(0)?)),
            number: row.get::<_, i64>(1)?.unsigned_abs(),
            ended: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn acted(connection: &Connection, news: &[News], epoch: i64) -> TxResult<()> {
    let mut statement = connection.prepare_cached(ACTED)?;
    for one in news {
        statement.execute(params![one.call.as_uuid().as_bytes(), after(one.number), epoch])?;
    }
    Ok(())
}

pub(crate) fn take_over(connection: &Connection, epoch: i64) -> rusqlite::Result<()> {
    connection.prepare_cached(TAKE)?.execute([epoch])?;
    Ok(())
}
