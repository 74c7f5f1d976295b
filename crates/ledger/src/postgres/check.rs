//! The consistency check of a PostgreSQL ledger, with its SQL.

use sqlx::{AssertSqlSafe, PgConnection, Row};
use switchboard_core::{CallId, Result};
use uuid::Uuid;

use crate::{
    key::HashKey,
    maintenance::{Check, CheckProgress, CheckStep, MOST, Sheet, Standing, Tell},
    postgres::{
        PostgresJournal,
        queries::{self},
        read, schema,
        tx::{TxError, TxResult},
    },
    select::HOLDS_CALLEE,
};

/// How many calls are read in one transaction.
const PAGE: i64 = 128;

const COUNTS: &str = "SELECT (SELECT count(*) FROM calls), (SELECT count(*) FROM attempts), (SELECT count(*) FROM events)";
const BY_STATUS: &str = "SELECT status, count(*) FROM calls GROUP BY status ORDER BY status";
const STANDINGS: &str = "SELECT id, status, outcome, (SELECT state FROM attempts WHERE call_id = calls.id ORDER BY position DESC LIMIT 1), \
                         to_number IS NOT NULL, request IS NOT NULL, content IS NOT NULL, to_hash, \
                         (SELECT doubt FROM attempts WHERE call_id = calls.id ORDER BY position DESC LIMIT 1) FROM calls \
                         WHERE id > $1 ORDER BY id LIMIT $2";
/// Queries for calls that break a rule, with a description of the rule. Foreign keys prevent
/// orphaned rows, but they are checked as well.
const RULES: [(&str, &str); 12] = [
    (
        "SELECT (array_agg(id))[1] FROM calls WHERE {holds_callee} GROUP BY tenant, to_hash HAVING count(*) > 1",
        "is one of several active calls to one person",
    ),
    (
        "SELECT call_id FROM attempts WHERE state <> 'not_placed' GROUP BY call_id, ring HAVING count(*) > 1",
        "has two live attempts",
    ),
    (
        "SELECT id FROM calls AS c WHERE c.provider IS NOT NULL AND c.provider_call_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM provider_calls AS p \
         WHERE p.provider = c.provider AND p.provider_call_id = c.provider_call_id AND p.call_id = c.id)",
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
        "SELECT DISTINCT e.call_id FROM calls AS c JOIN events AS e ON e.call_id = c.id WHERE c.to_number IS NULL AND e.content IS NOT NULL",
        "was erased, and an event of it was not",
    ),
    (
        "SELECT NULL::uuid FROM budgets AS b LEFT JOIN (SELECT j ->> 'name' AS name, (j ->> 'period')::bigint AS period, \
         sum(CASE WHEN h.released_at IS NULL THEN h.micros ELSE coalesce(h.billed_micros, 0) END) AS micros, \
         sum(CASE WHEN h.released_at IS NULL THEN h.micros ELSE 0 END) AS held \
         FROM holds AS h, jsonb_array_elements(h.budgets::jsonb) AS j GROUP BY 1, 2) AS made ON made.name = b.name AND made.period = b.period \
         WHERE b.micros <> coalesce(made.micros, 0) OR b.held <> coalesce(made.held, 0)",
        "a budget is not the sum of what was held and billed",
    ),
    (
        "SELECT a.call_id FROM attempts AS a WHERE NOT EXISTS (SELECT 1 FROM calls AS c WHERE c.id = a.call_id)",
        "has an attempt and is not there",
    ),
    (
        "SELECT DISTINCT e.call_id FROM events AS e WHERE NOT EXISTS (SELECT 1 FROM calls AS c WHERE c.id = e.call_id)",
        "has an event and is not there",
    ),
    (
        "SELECT a.call_id FROM attempts AS a JOIN calls AS c ON c.id = a.call_id WHERE a.to_hash <> c.to_hash",
        "has an attempt that counts as another person's ring",
    ),
    (
        "SELECT NULL::uuid WHERE NOT EXISTS (SELECT 1 FROM feed_head AS h WHERE (SELECT count(*) FROM feed AS f WHERE f.position > h.forgotten) \
         = h.position - h.forgotten)",
        "the feed leaves a position out",
    ),
    (
        "SELECT NULL::uuid FROM number_lists AS l WHERE l.count <> \
         (SELECT coalesce(sum(octet_length(b.numbers)), 0) / 8 FROM number_list_blocks AS b WHERE b.import = l.import)",
        "a list of numbers has more or fewer than it says",
    ),
];

impl PostgresJournal {
    pub(crate) async fn check(&self, tell: Tell<'_>) -> Result<Check> {
        let inner = &self.inner;
        tell(CheckProgress { step: CheckStep::Rules, done: 0, of: 0 });
        let mut snapshot = inner.snapshot().await?;
        let mut check = read(counted(&mut snapshot).await)?;
        if let Err(error) = schema::check(&mut snapshot).await {
            check.found(None, error.message());
        }
        drop(snapshot);
        for (sql, what) in RULES {
            let mut snapshot = inner.snapshot().await?;
            for call in read(breaches(&mut snapshot, sql).await)? {
                check.found(call, what);
            }
        }
        let (mut after, mut done) = (Uuid::nil(), 0);
        while !check.is_full() {
            let mut snapshot = inner.snapshot().await?;
            let page = read(page(&mut snapshot, &inner.key, after).await)?;
            let Some((last, _)) = page.last() else { break };
            after = last.as_uuid();
            done += page.len() as u64;
            tell(CheckProgress { step: CheckStep::Calls, done, of: check.calls });
            for (call, problems) in page {
                for problem in problems {
                    check.found(Some(call), problem);
                }
            }
        }
        Ok(check)
    }
}

async fn counted(connection: &mut PgConnection) -> TxResult<Check> {
    let mut check = Check::default();
    let row = sqlx::query(COUNTS).fetch_one(&mut *connection).await?;
    (check.calls, check.attempts, check.events) =
        (count(row.try_get(0)?), count(row.try_get(1)?), count(row.try_get(2)?));
    check.received();
    for row in sqlx::query(BY_STATUS).fetch_all(connection).await? {
        check.counted(row.try_get(0)?, count(row.try_get(1)?));
    }
    Ok(check)
}

fn count(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or(0)
}

async fn breaches(connection: &mut PgConnection, sql: &str) -> TxResult<Vec<Option<CallId>>> {
    let sql = format!("{} LIMIT {MOST}", sql.replace("{holds_callee}", HOLDS_CALLEE));
    let calls: Vec<Option<Uuid>> =
        sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(connection).await?;
    Ok(calls.into_iter().map(|call| call.map(CallId::new)).collect())
}

/// Checks the next page of calls.
async fn page(
    connection: &mut PgConnection,
    key: &HashKey,
    after: Uuid,
) -> TxResult<Vec<(CallId, Vec<String>)>> {
    let rows = sqlx::query(STANDINGS).bind(after).bind(PAGE).fetch_all(&mut *connection).await?;
    let mut page = Vec::with_capacity(rows.len());
    for row in rows {
        let call = CallId::new(row.try_get(0)?);
        let standing = Standing {
            status: row.try_get(1)?,
            outcome: row.try_get(2)?,
            attempt: row.try_get(3)?,
            personal: [row.try_get(4)?, row.try_get(5)?, row.try_get(6)?],
            to_hash: row.try_get(7)?,
            doubt: row.try_get(8)?,
        };
        let problems = match sheet(connection, call, standing).await {
            Ok(sheet) => sheet.problems(key),
            Err(TxError::Refused(error)) => vec![error.message().to_owned()],
            Err(stop) => return Err(stop),
        };
        page.push((call, problems));
    }
    Ok(page)
}

async fn sheet(connection: &mut PgConnection, id: CallId, standing: Standing) -> TxResult<Sheet> {
    Ok(Sheet {
        standing,
        call: queries::call(connection, id).await?,
        request: queries::request(connection, id).await?,
        history: queries::history(connection, id).await?,
    })
}
