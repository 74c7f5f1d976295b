//! Decisions that are not about a single call.

use rusqlite::{Connection, Row, params};
use switchboard_journal::AuditQuery;
use switchboard_router::{AuditEntry, AuditTopic};

use crate::{
    audit::DecisionRow,
    row::{after, number},
    sqlite::tx::TxResult,
};

const DECIDE: &str =
    "INSERT INTO decisions (topic, subject, what, decided_by, at) VALUES (?1, ?2, ?3, ?4, ?5)";
const DECISIONS: &str = "SELECT number, subject, what, decided_by, at FROM decisions WHERE topic = ?1 AND number > ?2 ORDER BY number";
const PAGE: &str = "SELECT number, subject, what, decided_by, at, topic FROM decisions \
                    WHERE +topic IN (SELECT value FROM json_each(?1)) AND number > ?2 ORDER BY number LIMIT ?3";

pub(crate) fn append_audit(connection: &Connection, row: &DecisionRow) -> TxResult<u64> {
    connection.prepare_cached(DECIDE)?.execute(params![
        row.topic.as_str(),
        row.subject,
        row.what,
        row.by,
        row.at
    ])?;
    Ok(number(connection.last_insert_rowid()))
}

pub(crate) fn audit_entries(
    connection: &Connection,
    topic: AuditTopic,
    after: i64,
) -> TxResult<Vec<(u64, AuditEntry)>> {
    let mut statement = connection.prepare_cached(DECISIONS)?;
    let mut rows = statement.query(params![topic.as_str(), after])?;
    let mut decisions = Vec::new();
    while let Some(row) = rows.next()? {
        decisions.push(decision(topic, row)?);
    }
    Ok(decisions)
}

pub(crate) fn audit_page(
    connection: &Connection,
    query: &AuditQuery,
) -> TxResult<Vec<(u64, AuditEntry)>> {
    let mut statement = connection.prepare_cached(PAGE)?;
    let topics = DecisionRow::topics(query)?;
    let mut rows = statement.query(params![topics, after(query.after), query.at_most()])?;
    let mut decisions = Vec::new();
    while let Some(row) = rows.next()? {
        let topic: String = row.get(5)?;
        if let Some(topic) = AuditTopic::named(&topic) {
            decisions.push(decision(topic, row)?);
        }
    }
    Ok(decisions)
}

fn decision(topic: AuditTopic, row: &Row<'_>) -> TxResult<(u64, AuditEntry)> {
    let number = number(row.get(0)?);
    let row = DecisionRow {
        topic,
        subject: row.get(1)?,
        what: row.get(2)?,
        by: row.get(3)?,
        at: row.get(4)?,
    };
    Ok((number, row.read(number)?))
}
