//! What other processes wrote to the calls of a process.

use sqlx::{PgConnection, Row};
use switchboard_core::CallId;
use switchboard_journal::News;
use uuid::Uuid;

use crate::{postgres::tx::TxResult, row::after};

const TELL: &str = "INSERT INTO news (call_id, ended) VALUES ($1, $2)";
const NEWS: &str = "SELECT news.call_id, max(news.number) AS latest, bool_or(news.ended) FROM news JOIN calls ON calls.id = news.call_id \
                    WHERE calls.epoch = $1 GROUP BY news.call_id ORDER BY latest";
const ACTED: &str = "DELETE FROM news USING unnest($1::uuid[], $2::bigint[]) AS acted (call_id, number), calls \
                     WHERE news.call_id = acted.call_id AND news.number <= acted.number AND calls.id = news.call_id AND calls.epoch = $3";
/// Takes over the calls of dead processes, whatever their status.
const TAKE: &str = "UPDATE calls SET epoch = $1 WHERE id IN (SELECT call_id FROM news) AND epoch <> $1 \
                    AND NOT EXISTS (SELECT 1 FROM processes WHERE processes.epoch = calls.epoch)";

/// Records that a process other than its owner wrote to a call. The row of the call is locked, so
/// the numbers of one call increase in commit order.
pub(super) async fn tell(connection: &mut PgConnection, call: CallId, ended: bool) -> TxResult<()> {
    sqlx::query(TELL).bind(call.as_uuid()).bind(ended).execute(connection).await?;
    Ok(())
}

pub(super) async fn news(connection: &mut PgConnection, epoch: i64) -> TxResult<Vec<News>> {
    let rows = sqlx::query(NEWS).bind(epoch).fetch_all(connection).await?;
    let mut news = Vec::with_capacity(rows.len());
    for row in rows {
        let (call, number): (Uuid, i64) = (row.try_get(0)?, row.try_get(1)?);
        news.push(News {
            call: CallId::new(call),
            number: number.unsigned_abs(),
            ended: row.try_get(2)?,
        });
    }
    Ok(news)
}

pub(super) async fn acted(
    connection: &mut PgConnection,
    news: &[News],
    epoch: i64,
) -> TxResult<()> {
    let calls: Vec<Uuid> = news.iter().map(|one| one.call.as_uuid()).collect();
    let numbers: Vec<i64> = news.iter().map(|one| after(one.number)).collect();
    sqlx::query(ACTED).bind(calls).bind(numbers).bind(epoch).execute(connection).await?;
    Ok(())
}

pub(super) async fn take_over(connection: &mut PgConnection, epoch: i64) -> TxResult<()> {
    sqlx::query(TAKE).bind(epoch).execute(connection).await?;
    Ok(())
}
