//! Decisions that are not about a single call.

use sqlx::{PgConnection, Row};
use switchboard_router::{AuditEntry, AuditTopic};

use crate::{
    audit::DecisionRow,
    postgres::{locks, tx::TxResult},
    row::number,
};

const DECIDE: &str = "INSERT INTO decisions (topic, subject, what, decided_by, at) VALUES ($1, $2, $3, $4, $5) RETURNING number";
const DECISIONS: &str = "SELECT number, subject, what, decided_by, at FROM decisions WHERE topic = $1 AND number > $2 ORDER BY number";

/// One at a time until it is committed, so that a reader that continues after the last number it
/// saw misses none.
pub(super) async fn append_audit(
    connection: &mut PgConnection,
    row: &DecisionRow,
) -> TxResult<u64> {
    locks::take(connection, &[locks::key("decisions", &[])]).await?;
    let decided: i64 = sqlx::query_scalar(DECIDE)
        .bind(row.topic.as_str())
        .bind(&row.subject)
        .bind(&row.what)
        .bind(&row.by)
        .bind(row.at)
        .fetch_one(connection)
        .await?;
    Ok(number(decided))
}

pub(super) async fn audit_entries(
    connection: &mut PgConnection,
    topic: AuditTopic,
    after: i64,
) -> TxResult<Vec<(u64, AuditEntry)>> {
    let rows =
        sqlx::query(DECISIONS).bind(topic.as_str()).bind(after).fetch_all(connection).await?;
    let mut decisions = Vec::with_capacity(rows.len());
    for row in rows {
        let number = number(row.try_get(0)?);
        let row = DecisionRow {
            topic,
            subject: row.try_get(1)?,
            what: row.try_get(2)?,
            by: row.try_get(3)?,
            at: row.try_get(4)?,
        };
        decisions.push((number, row.read(number)?));
    }
    Ok(decisions)
}
