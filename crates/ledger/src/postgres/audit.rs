//! Decisions that are not about a single call.

use sqlx::{PgConnection, Row, postgres::PgRow};
use switchboard_journal::AuditQuery;
use switchboard_router::{AuditEntry, AuditTopic};

use crate::{
    audit::DecisionRow,
    postgres::{locks, tx::TxResult},
    row::{after, number},
};

const DECIDE: &str = "INSERT INTO decisions (topic, subject, what, decided_by, at) VALUES ($1, $2, $3, $4, $5) RETURNING number";
const DECISIONS: &str = "SELECT number, subject, what, decided_by, at FROM decisions WHERE topic = $1 AND number > $2 ORDER BY number";
const PAGE: &str = "SELECT number, subject, what, decided_by, at, topic FROM decisions \
                    WHERE topic IN (SELECT json_array_elements_text($1::json)) AND number > $2 ORDER BY number LIMIT $3";

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
    rows.iter().map(|row| decision(topic, row)).collect()
}

pub(super) async fn audit_page(
    connection: &mut PgConnection,
    query: &AuditQuery,
) -> TxResult<Vec<(u64, AuditEntry)>> {
    let rows = sqlx::query(PAGE)
        .bind(DecisionRow::topics(query)?)
        .bind(after(query.after))
        .bind(i64::from(query.at_most()))
        .fetch_all(connection)
        .await?;
    let mut decisions = Vec::with_capacity(rows.len());
    for row in rows {
        let topic: &str = row.try_get(5)?;
        if let Some(topic) = AuditTopic::named(topic) {
            decisions.push(decision(topic, &row)?);
        }
    }
    Ok(decisions)
}

fn decision(topic: AuditTopic, row: &PgRow) -> TxResult<(u64, AuditEntry)> {
    let number = number(row.try_get(0)?);
    let row = DecisionRow {
        topic,
        subject: row.try_get(1)?,
        what: row.try_get(2)?,
        by: row.try_get(3)?,
        at: row.try_get(4)?,
    };
    Ok((number, row.read(number)?))
}
