//! What is remembered about people, in PostgreSQL, and what it forbids.
//!
//! Whoever counts the rings of a person, or records that they opted out, holds the person's lock
//! until the transaction has ended: two processes never both take the last ring, and an opt-out
//! that was recorded is seen by every attempt that is checked after it.

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, PgConnection, Row, postgres::PgRow};
use switchboard_core::{AttemptId, CalleeHistory};
use switchboard_journal::{
    Denied, OptOut, Person, TakeBack, Withdrawal,
    people::{OptOutEvent, OptOutNews, check_take_back, opt_out_news, opted_out},
};
use switchboard_router::CalleeLimits;
use uuid::Uuid;

use crate::{
    people::{
        CONSENT_COLUMNS, ConsentColumns, ConsentRow, HistoryRow, OptOutRow, RANG, RANG_AT, moments,
        opt_out_events, person_event,
    },
    postgres::{locks, tx::TxResult},
    row::micros,
};

/// When a person who is opted out asked for it first, since it was last taken back.
const OPTED_OUT: &str = "(SELECT min(at) FROM opt_outs WHERE to_hash = $1 AND what = 'opted_out' AND number > \
                         coalesce((SELECT max(number) FROM opt_outs WHERE to_hash = $1 AND what = 'taken_back'), 0))";
const OPT_OUTS: &str = "SELECT entry FROM opt_outs WHERE to_hash = $1 ORDER BY number";
const OPT_OUT: &str = "INSERT INTO opt_outs (to_hash, what, at, entry) VALUES ($1, $2, $3, $4)";
const EVENTS: &str = "SELECT kind, at, call_id FROM person_events WHERE to_hash = $1";
const WITHDRAW_ALL: &str = "UPDATE consents SET withdrawn_at = $2, withdrawn_by = $3 WHERE to_hash = $1 AND withdrawn_at IS NULL";
const FORGET_EVIDENCE: &str =
    "UPDATE consents SET evidence = NULL WHERE to_hash = $1 AND evidence IS NOT NULL";

/// Takes the lock of a person. It is another one than that for new calls to them, which do not wait
/// for attempts.
async fn lock(connection: &mut PgConnection, person: &[u8; 32]) -> TxResult<()> {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&person[8..16]);
    locks::take(connection, &[i64::from_be_bytes(bytes)]).await
}

/// Denies an attempt whose callee is opted out, or whose phone has rung too often.
pub(super) async fn check_callee(
    connection: &mut PgConnection,
    limits: &CalleeLimits,
    person: &[u8; 32],
    attempt: AttemptId,
) -> TxResult<()> {
    lock(connection, person).await?;
    // A statement of its own sees what was committed before the lock was given.
    let sql = format!(
        "SELECT {OPTED_OUT}, ARRAY(SELECT (SELECT count(*) FROM attempts WHERE to_hash = $1 AND {RANG} AND {RANG_AT} > since AND id <> $2) \
         FROM unnest($3::bigint[]) WITH ORDINALITY AS cap (since, place) ORDER BY place)"
    );
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(person.as_slice())
        .bind(attempt.as_uuid())
        .bind(limits.caps.iter().map(|cap| micros(cap.since)).collect::<Vec<_>>())
        .fetch_one(connection)
        .await?;
    let (opted_out, rings): (Option<i64>, Vec<i64>) = (row.try_get(0)?, row.try_get(1)?);
    if opted_out.is_some() {
        return Err(Denied::OptedOut.into());
    }
    let mut reached = limits.caps.iter().zip(rings);
    match reached.find(|(cap, rings)| *rings >= i64::from(cap.fewer_than)) {
        Some((cap, _)) => Err(Denied::CapReached { rule: cap.rule.clone() }.into()),
        None => Ok(()),
    }
}

/// Withdraws a person's consents and destroys their evidence, and returns how many had any. The
/// opt-outs and how calls went stay.
pub(super) async fn forget_person(
    connection: &mut PgConnection,
    person: &[u8; 32],
    at: Timestamp,
) -> TxResult<u64> {
    withdraw_all(connection, person, at, Withdrawal::BY_ERASURE).await?;
    let gone = sqlx::query(FORGET_EVIDENCE).bind(person.as_slice()).execute(connection).await?;
    Ok(gone.rows_affected())
}

/// Deletes the consents that were recorded, withdrawn and last used until then.
pub(super) async fn forget_consents(connection: &mut PgConnection, until: i64) -> TxResult<u64> {
    let sql = format!(
        "DELETE FROM consents WHERE recorded_at <= $1 AND coalesce(withdrawn_at, recorded_at) <= $1 AND NOT EXISTS \
         (SELECT 1 FROM attempts WHERE to_hash = consents.to_hash AND {RANG} AND {RANG_AT} > $1)"
    );
    let gone = sqlx::query(AssertSqlSafe(sql)).bind(until).execute(connection).await?;
    Ok(gone.rows_affected())
}

async fn withdraw_all(
    connection: &mut PgConnection,
    person: &[u8; 32],
    at: Timestamp,
    by: &str,
) -> TxResult<()> {
    let query = sqlx::query(WITHDRAW_ALL).bind(person.as_slice()).bind(micros(at)).bind(by);
    query.execute(connection).await?;
    Ok(())
}

async fn opt_outs(connection: &mut PgConnection, person: &[u8; 32]) -> TxResult<Vec<OptOutEvent>> {
    let query = sqlx::query_scalar(OPT_OUTS).bind(person.as_slice());
    let entries: Vec<String> = query.fetch_all(connection).await?;
    Ok(opt_out_events(&entries)?)
}

async fn append(connection: &mut PgConnection, person: &[u8; 32], row: &OptOutRow) -> TxResult<()> {
    sqlx::query(OPT_OUT)
        .bind(person.as_slice())
        .bind(row.what)
        .bind(row.at)
        .bind(&row.entry)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn opt_out(
    connection: &mut PgConnection,
    person: &[u8; 32],
    opt_out: &OptOut,
) -> TxResult<bool> {
    lock(connection, person).await?;
    let news = opt_out_news(&opt_outs(connection, person).await?, opt_out);
    if news != OptOutNews::Nothing {
        append(connection, person, &OptOutRow::opted_out(opt_out)?).await?;
        withdraw_all(connection, person, opt_out.at, Withdrawal::BY_OPT_OUT).await?;
    }
    Ok(news == OptOutNews::New)
}

pub(super) async fn take_back(
    connection: &mut PgConnection,
    person: &[u8; 32],
    request: &TakeBack,
) -> TxResult<()> {
    lock(connection, person).await?;
    check_take_back(&opt_outs(connection, person).await?, request)?;
    append(connection, person, &OptOutRow::taken_back(request)?).await
}

/// One statement, because each costs a way to the server and back.
pub(super) async fn history(
    connection: &mut PgConnection,
    tenant: &str,
    person: &[u8; 32],
    since: i64,
) -> TxResult<CalleeHistory> {
    let last =
        |kind| format!("(SELECT at FROM person_events WHERE to_hash = $1 AND kind = '{kind}')");
    let given = |column| {
        format!(
            "ARRAY(SELECT {column} FROM consents WHERE to_hash = $1 AND tenant = $3 AND withdrawn_at IS NULL ORDER BY number)"
        )
    };
    let sql = format!(
        "SELECT ARRAY(SELECT {RANG_AT} FROM attempts WHERE to_hash = $1 AND {RANG} AND {RANG_AT} > $2 ORDER BY {RANG_AT}), \
         {OPTED_OUT}, {}, {}, {}, {}, {}",
        last("refused"),
        last("conversation"),
        last("abandoned"),
        given("terms"),
        given("evidence"),
    );
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(person.as_slice())
        .bind(since)
        .bind(tenant)
        .fetch_one(connection)
        .await?;
    read_history(&row)
}

fn read_history(row: &PgRow) -> TxResult<CalleeHistory> {
    let (terms, evidence): (Vec<String>, Vec<Option<String>>) = (row.try_get(5)?, row.try_get(6)?);
    let history = HistoryRow {
        rings: row.try_get(0)?,
        opted_out: row.try_get(1)?,
        refused: row.try_get(2)?,
        conversation: row.try_get(3)?,
        abandoned: row.try_get(4)?,
        consents: terms.into_iter().zip(evidence).collect(),
    };
    Ok(history.read()?)
}

pub(super) async fn person(connection: &mut PgConnection, hash: &[u8; 32]) -> TxResult<Person> {
    let mut person = Person::default();
    person.opt_outs = opt_outs(connection, hash).await?;
    person.opted_out = opted_out(&person.opt_outs);
    let sql = format!(
        "SELECT {RANG_AT} FROM attempts WHERE to_hash = $1 AND {RANG} ORDER BY {RANG_AT} DESC LIMIT {}",
        Person::MOST_RINGS
    );
    let mut rings: Vec<i64> = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(hash.as_slice())
        .fetch_all(&mut *connection)
        .await?;
    rings.reverse();
    person.rings = moments(rings)?;
    for row in sqlx::query(EVENTS).bind(hash.as_slice()).fetch_all(&mut *connection).await? {
        person.events.push(person_event(row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)?);
    }
    person.events.sort_unstable_by_key(|event| event.kind);
    let sql = format!("SELECT {CONSENT_COLUMNS} FROM consents WHERE to_hash = $1 ORDER BY number");
    let consents = sqlx::query_as::<_, ConsentColumns<Uuid>>(AssertSqlSafe(sql));
    for row in consents.bind(hash.as_slice()).fetch_all(connection).await? {
        person.consents.push(ConsentRow::of(row, |id| id).read()?);
    }
    Ok(person)
}
