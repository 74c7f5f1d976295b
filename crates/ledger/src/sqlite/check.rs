//! The consistency check of a SQLite ledger, with its SQL.

use std::num::NonZero;

use futures::{StreamExt, stream};
use rusqlite::{Connection, ErrorCode, params};
use switchboard_core::{CallId, Error, ErrorKind, Result};
use uuid::Uuid;

use crate::{
    key::HashKey,
    maintenance::{Check, CheckProgress, CheckStep, MOST, Sheet, Standing, Tell},
    select::HOLDS_CALLEE,
    sqlite::{
        SqliteJournal,
        queries::{self},
        schema,
        tx::{TxError, TxResult},
    },
};

/// How many calls are read in one transaction.
const PAGE: usize = 512;
/// The most transactions at once. Each has a thread, and most of the time goes into reading events.
const AT_ONCE: usize = 8;

const DAMAGED: &str = "damaged";
/// No id is greater.
const LAST: [u8; 16] = [u8::MAX; 16];

const COUNTS: &str = "SELECT (SELECT count(*) FROM calls), (SELECT count(*) FROM attempts), (SELECT count(*) FROM events)";
const BY_STATUS: &str = "SELECT status, count(*) FROM calls GROUP BY status ORDER BY status";
const STANDINGS: &str = "SELECT id, status, outcome, (SELECT state FROM attempts WHERE call_id = calls.id ORDER BY position DESC LIMIT 1), \
                         to_number IS NOT NULL, request IS NOT NULL, content IS NOT NULL, to_hash, \
                         (SELECT doubt FROM attempts WHERE call_id = calls.id ORDER BY position DESC LIMIT 1) FROM calls \
                         WHERE id > ?1 AND id <= ?2 ORDER BY id";
const IDS: &str = "SELECT id FROM calls ORDER BY id";
const FOREIGN_KEYS: &str = "SELECT \"table\", count(*) FROM pragma_foreign_key_check GROUP BY 1";
/// Queries for calls that break a rule, with a description of the rule. They do not use the indexes
/// that enforce the rules, which may be damaged themselves. Each reads every row of a table once at most,
/// and finds others by a whole key: a part of one would be compared with all that share it.
const RULES: [(&str, &str); 10] = [
    (
        "SELECT min(id) FROM calls NOT INDEXED WHERE {holds_callee} GROUP BY tenant, to_hash HAVING count(*) > 1",
        "is one of several active calls to one person",
    ),
    (
        "SELECT call_id FROM attempts NOT INDEXED WHERE state <> 'not_placed' GROUP BY call_id, ring HAVING count(*) > 1",
        "has two live attempts",
    ),
    (
        "SELECT id FROM calls AS c WHERE c.provider IS NOT NULL AND c.provider_call_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM provider_calls AS p \
         WHERE p.provider = c.provider AND p.account = '' AND p.provider_call_id = c.provider_call_id AND p.call_id = c.id)",
        "does not own the provider's call that it names",
    ),
    (
        "SELECT a.call_id FROM holds AS h LEFT JOIN attempts AS a ON a.id = h.attempt_id \
         WHERE h.released_at IS NULL AND (a.id IS NULL OR a.state = 'not_placed')",
        "holds back money for an attempt that reached no phone",
    ),
    (
        "SELECT a.call_id FROM concurrency_slots AS r LEFT JOIN attempts AS a ON a.id = r.attempt_id \
         WHERE a.id IS NULL OR a.state = 'not_placed' OR a.body LIKE '%\"outcome\":%'",
        "keeps a concurrency slot for an attempt that is over",
    ),
    (
        "SELECT DISTINCT e.call_id FROM calls AS c CROSS JOIN events AS e ON e.call_id = c.id WHERE c.to_number IS NULL AND e.content IS NOT NULL",
        "was erased, and an event of it was not",
    ),
    (
        "SELECT NULL FROM budgets AS b LEFT JOIN (SELECT json_extract(j.value, '$.name') AS name, json_extract(j.value, '$.period') AS period, \
         sum(iif(h.released_at IS NULL, h.micros, coalesce(h.billed_micros, 0))) AS micros, sum(iif(h.released_at IS NULL, h.micros, 0)) AS held \
         FROM holds AS h, json_each(h.budgets) AS j GROUP BY 1, 2) AS made ON made.name = b.name AND made.period = b.period \
         WHERE b.micros <> coalesce(made.micros, 0) OR b.held <> coalesce(made.held, 0)",
        "a budget is not the sum of what was held and billed",
    ),
    (
        "SELECT a.call_id FROM attempts AS a JOIN calls AS c ON c.id = a.call_id WHERE a.to_hash <> c.to_hash",
        "has an attempt that counts as another person's ring",
    ),
    (
        "SELECT NULL WHERE NOT EXISTS (SELECT 1 FROM feed_head WHERE (SELECT count(*) FROM feed WHERE position > forgotten) \
         = max(coalesce((SELECT max(position) FROM feed), 0) - forgotten, 0))",
        "the feed leaves a position out",
    ),
    (
        "SELECT NULL FROM number_lists AS l WHERE l.count <> \
         (SELECT coalesce(sum(length(b.numbers)), 0) / 8 FROM number_list_blocks AS b WHERE b.import = l.import)",
        "a list of numbers has more or fewer than it says",
    ),
];

impl SqliteJournal {
    pub(crate) async fn check(&self, tell: Tell<'_>) -> Result<Check> {
        let mut check = Check::default();
        match self.look(&mut check, tell).await {
            Err(error) if error.code() == Some(DAMAGED) => check.found(None, error.message()),
            looked => looked?,
        }
        Ok(check)
    }

    async fn look(&self, check: &mut Check, tell: Tell<'_>) -> Result<()> {
        let begin = |step| tell(CheckProgress { step, done: 0, of: 0 });
        begin(CheckStep::File);
        let said = self.read(|connection| readable(integrity(connection))).await?;
        let counted = self.read(|connection| readable(counted(connection))).await?;
        *check = counted;
        for what in said {
            check.found(None, what);
        }
        begin(CheckStep::Rules);
        for (sql, what) in RULES {
            for call in self.read(move |connection| readable(breaches(connection, sql))).await? {
                check.found(call, what);
            }
        }
        let (key, calls) = (self.key, check.calls);
        let edges = self.read(|connection| readable(edges(connection))).await?;
        let ranges = std::iter::once(Vec::new()).chain(edges.clone());
        let ranges = ranges.zip(edges.into_iter().chain([LAST.to_vec()]));
        let at_once = std::thread::available_parallelism().map_or(1, NonZero::get).min(AT_ONCE);
        let pages = ranges.map(|range| self.read(move |connection| page(connection, &key, &range)));
        let mut pages = stream::iter(pages).buffered(at_once);
        let mut done = 0;
        while let Some(page) = pages.next().await {
            let (checked, problems) = page?;
            done += checked;
            tell(CheckProgress { step: CheckStep::Calls, done, of: calls });
            for (call, problem) in problems {
                check.found(Some(call), problem);
            }
            if check.is_full() {
                break;
            }
        }
        Ok(())
    }
}

/// A damaged file is a finding, not an error.
fn readable<T>(answer: TxResult<T>) -> TxResult<T> {
    answer.map_err(|stop| match stop {
        TxError::Failed(error)
            if matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
            ) =>
        {
            let damaged = Error::new(ErrorKind::Journal, "the file is damaged: restore a backup");
            TxError::Refused(damaged.with_code(DAMAGED).with_source(error))
        }
        TxError::Failed(_) | TxError::Refused(_) => stop,
    })
}

fn integrity(connection: &Connection) -> TxResult<Vec<String>> {
    let mut problems = Vec::new();
    let mut statement = connection.prepare("PRAGMA integrity_check")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let said: String = row.get(0)?;
        if said != "ok" {
            problems.push(format!("the file is damaged: {said}"));
        }
    }
    let mut statement = connection.prepare(FOREIGN_KEYS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (table, lost): (String, i64) = (row.get(0)?, row.get(1)?);
        problems.push(format!("{lost} rows of {table} belong to nothing"));
    }
    for object in schema::changed(connection)? {
        problems.push(format!("the {object} is missing or was changed, and with it a rule"));
    }
    Ok(problems)
}

fn counted(connection: &Connection) -> TxResult<Check> {
    let mut check = Check::default();
    (check.calls, check.attempts, check.events) = connection.query_row(COUNTS, [], |row| {
        Ok((count(row.get(0)?), count(row.get(1)?), count(row.get(2)?)))
    })?;
    check.received();
    let mut statement = connection.prepare(BY_STATUS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (status, calls): (String, i64) = (row.get(0)?, row.get(1)?);
        check.counted(&status, count(calls));
    }
    Ok(check)
}

pub(crate) fn count(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or(0)
}

fn breaches(connection: &Connection, sql: &str) -> TxResult<Vec<Option<CallId>>> {
    let sql = format!("{} LIMIT {MOST}", sql.replace("{holds_callee}", HOLDS_CALLEE));
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map([], |row| Ok(row.get::<_, Option<[u8; 16]>>(0)?.map(id)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn id(bytes: [u8; 16]) -> CallId {
    CallId::new(Uuid::from_bytes(bytes))
}

/// The id of the last call of each full page. The last page has no end: calls may come in meanwhile.
fn edges(connection: &Connection) -> TxResult<Vec<Vec<u8>>> {
    let mut statement = connection.prepare(IDS)?;
    let ids = statement.query_map([], |row| row.get(0))?;
    Ok(ids.skip(PAGE - 1).step_by(PAGE).collect::<rusqlite::Result<_>>()?)
}

/// Checks the calls of a page, from behind an id until another: how many there are, and what is wrong
/// with which.
fn page(
    connection: &Connection,
    key: &HashKey,
    (after, until): &(Vec<u8>, Vec<u8>),
) -> TxResult<(u64, Vec<(CallId, String)>)> {
    let mut statement = connection.prepare_cached(STANDINGS)?;
    let rows = statement.query_map(params![after, until], |row| {
        let standing = Standing {
            status: row.get(1)?,
            outcome: row.get(2)?,
            attempt: row.get(3)?,
            personal: [row.get(4)?, row.get(5)?, row.get(6)?],
            to_hash: row.get(7)?,
            doubt: row.get(8)?,
        };
        Ok((id(row.get(0)?), standing))
    })?;
    let (mut checked, mut found) = (0, Vec::new());
    for row in rows {
        let (call, standing) = row?;
        checked += 1;
        let problems = match sheet(connection, call, standing) {
            Ok(sheet) => sheet.problems(key),
            Err(TxError::Refused(error)) => vec![error.message().to_owned()],
            Err(TxError::Failed(error)) => return readable(Err(TxError::Failed(error))),
        };
        found.extend(problems.into_iter().map(|problem| (call, problem)));
    }
    Ok((checked, found))
}

fn sheet(connection: &Connection, id: CallId, standing: Standing) -> TxResult<Sheet> {
    Ok(Sheet {
        standing,
        call: queries::call(connection, id)?,
        request: queries::request(connection, id)?,
        history: queries::history(connection, id)?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// The steps in which SQLite answers a rule.
    fn steps(connection: &Connection, sql: &str) -> Vec<String> {
        let sql = sql.replace("{holds_callee}", HOLDS_CALLEE);
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let nothing = vec![rusqlite::types::Null; statement.parameter_count()];
        let steps =
            statement.query_map(rusqlite::params_from_iter(nothing), |row| row.get(3)).unwrap();
        steps.collect::<rusqlite::Result<_>>().unwrap()
    }

    #[test]
    fn no_rule_compares_every_row_with_every_other() {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection).unwrap();
        for (sql, what) in RULES {
            let steps = steps(&connection, sql);
            // The whole key of each table that a rule looks rows up in.
            let keys = [
                "(id=?)",
                "(provider=? AND account=? AND provider_call_id=?)",
                "(call_id=?)",
                "(import=?)",
                "(rowid>?)",
            ];
            for step in
                steps.iter().filter(|step| step.starts_with("SEARCH ") && step.contains(" USING "))
            {
                assert!(keys.iter().any(|key| step.contains(key)), "{what}: {steps:?}");
            }
            // A second scan is of the budgets, the head of the feed or the lists, which are few.
            let scans = steps.iter().filter(|step| {
                [
                    "SCAN calls",
                    "SCAN attempts",
                    "SCAN events",
                    "SCAN c",
                    "SCAN a",
                    "SCAN e",
                    "SCAN h",
                    "SCAN p",
                ]
                .iter()
                .any(|scan| step.as_str() == *scan || step.starts_with(&format!("{scan} ")))
            });
            assert!(scans.count() <= 1, "{what}: {steps:?}");
        }
    }

    #[test]
    fn a_page_of_calls_and_those_that_are_open_are_ranges_of_an_index() {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection).unwrap();
        let selected = |statuses: &[switchboard_core::CallStatus]| {
            let selection = switchboard_journal::Selection {
                statuses: statuses.to_vec(),
                ..switchboard_journal::Selection::default()
            };
            let sql = format!(
                "SELECT body FROM calls WHERE id > ?1 AND {} ORDER BY id LIMIT ?2",
                crate::select::condition(&selection)
            );
            steps(&connection, &sql).join("; ")
        };
        assert_eq!(selected(&[]), "SEARCH calls USING INDEX sqlite_autoindex_calls_1 (id>?)");
        let open = selected(&crate::select::UNSETTLED);
        assert!(
            open.starts_with("SEARCH calls USING INDEX calls_by_status (status=? AND id>?)"),
            "{open}"
        );
        let one = steps(&connection, STANDINGS).join("; ");
        assert!(
            one.starts_with("SEARCH calls USING INDEX sqlite_autoindex_calls_1 (id>? AND id<?)"),
            "{one}"
        );
    }
}
