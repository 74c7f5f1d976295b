//! What is remembered about people, in SQLite, and what it forbids.
//!
//! There is one writer, so what is counted and what is written are one step.

use std::sync::LazyLock;

use jiff::Timestamp;
use rusqlite::{Connection, params};
use switchboard_core::{AttemptId, CalleeHistory};
use switchboard_journal::{
    Denied, OptOut, Person, TakeBack, Withdrawal,
    people::{OptOutEvent, OptOutNews, check_take_back, opt_out_news, opted_out},
};
use switchboard_router::CalleeLimits;
use uuid::Uuid;

use crate::{
    people::{
        CONSENT_COLUMNS, ConsentColumns, ConsentRow, HistoryRow, OptOutRow, RANG, RANG_AT,
        is_known, moments, opt_out_events, person_event,
    },
    row::micros,
    sqlite::tx::TxResult,
};

/// When a person who is opted out asked for it first, since it was last taken back.
const OPTED_OUT: &str = "SELECT min(at) FROM opt_outs WHERE to_hash = ?1 AND what = 'opted_out' AND number > \
                         coalesce((SELECT max(number) FROM opt_outs WHERE to_hash = ?1 AND what = 'taken_back'), 0)";
const OPT_OUTS: &str = "SELECT entry FROM opt_outs WHERE to_hash = ?1 ORDER BY number";
const OPT_OUT: &str = "INSERT INTO opt_outs (to_hash, what, at, entry) VALUES (?1, ?2, ?3, ?4)";
const EVENTS: &str = "SELECT kind, at, call_id FROM person_events WHERE to_hash = ?1";
/// True of a person about whom a [`CalleeHistory`] says anything.
static IS_KNOWN: LazyLock<String> = LazyLock::new(|| format!("SELECT {}", is_known("?1")));
const GIVEN: &str = "SELECT terms, evidence FROM consents WHERE to_hash = ?1 AND tenant = ?2 AND withdrawn_at IS NULL ORDER BY number";
const WITHDRAW_ALL: &str = "UPDATE consents SET withdrawn_at = ?2, withdrawn_by = ?3 WHERE to_hash = ?1 AND withdrawn_at IS NULL";
const FORGET_EVIDENCE: &str =
    "UPDATE consents SET evidence = NULL WHERE to_hash = ?1 AND evidence IS NOT NULL";

/// Denies an attempt whose callee is opted out, or whose phone has rung too often.
pub(crate) fn check_callee(
    connection: &Connection,
    limits: &CalleeLimits,
    person: &[u8; 32],
    attempt: AttemptId,
) -> TxResult<()> {
    if opted_out_at(connection, person)?.is_some() {
        return Err(Denied::OptedOut.into());
    }
    let count = format!(
        "SELECT count(*) FROM (SELECT 1 FROM attempts WHERE to_hash = ?1 AND {RANG} AND {RANG_AT} > ?2 AND id <> ?3 LIMIT ?4)"
    );
    for cap in &limits.caps {
        let attempt = attempt.as_uuid();
        let rings: u32 = connection.prepare_cached(&count)?.query_row(
            params![person, micros(cap.since), attempt.as_bytes(), cap.fewer_than],
            |row| row.get(0),
        )?;
        if rings >= cap.fewer_than {
            return Err(Denied::CapReached { rule: cap.rule.clone() }.into());
        }
    }
    Ok(())
}

/// Withdraws a person's consents and destroys their evidence, and returns how many had any. The
/// opt-outs and how calls went stay.
pub(crate) fn forget_person(
    connection: &Connection,
    person: &[u8; 32],
    at: Timestamp,
) -> TxResult<u64> {
    withdraw_all(connection, person, at, Withdrawal::BY_ERASURE)?;
    Ok(connection.prepare_cached(FORGET_EVIDENCE)?.execute([person])? as u64)
}

/// Deletes the consents that were recorded, withdrawn and last used until then.
pub(crate) fn forget_consents(connection: &Connection, until: i64) -> TxResult<u64> {
    let sql = format!(
        "DELETE FROM consents WHERE recorded_at <= ?1 AND coalesce(withdrawn_at, recorded_at) <= ?1 AND NOT EXISTS \
         (SELECT 1 FROM attempts WHERE to_hash = consents.to_hash AND {RANG} AND {RANG_AT} > ?1)"
    );
    Ok(connection.prepare_cached(&sql)?.execute([until])? as u64)
}

fn withdraw_all(
    connection: &Connection,
    person: &[u8; 32],
    at: Timestamp,
    by: &str,
) -> TxResult<()> {
    connection.prepare_cached(WITHDRAW_ALL)?.execute(params![person, micros(at), by])?;
    Ok(())
}

fn opted_out_at(connection: &Connection, person: &[u8; 32]) -> rusqlite::Result<Option<i64>> {
    connection.prepare_cached(OPTED_OUT)?.query_row([person], |row| row.get(0))
}

fn opt_outs(connection: &Connection, person: &[u8; 32]) -> TxResult<Vec<OptOutEvent>> {
    let mut statement = connection.prepare_cached(OPT_OUTS)?;
    let entries = statement.query_map([person], |row| row.get(0))?;
    Ok(opt_out_events(&entries.collect::<rusqlite::Result<Vec<_>>>()?)?)
}

fn append(connection: &Connection, person: &[u8; 32], row: &OptOutRow) -> TxResult<()> {
    connection.prepare_cached(OPT_OUT)?.execute(params![person, row.what, row.at, row.entry])?;
    Ok(())
}

pub(super) fn opt_out(
    connection: &Connection,
    person: &[u8; 32],
    opt_out: &OptOut,
) -> TxResult<bool> {
    let news = opt_out_news(&opt_outs(connection, person)?, opt_out);
    if news != OptOutNews::Nothing {
        append(connection, person, &OptOutRow::opted_out(opt_out)?)?;
        withdraw_all(connection, person, opt_out.at, Withdrawal::BY_OPT_OUT)?;
    }
    Ok(news == OptOutNews::New)
}

pub(super) fn take_back(
    connection: &Connection,
    person: &[u8; 32],
    request: &TakeBack,
) -> TxResult<()> {
    check_take_back(&opt_outs(connection, person)?, request)?;
    append(connection, person, &OptOutRow::taken_back(request)?)
}

fn rings(
    connection: &Connection,
    person: &[u8; 32],
    since: i64,
    most: Option<usize>,
) -> rusqlite::Result<Vec<i64>> {
    let sql = format!(
        "SELECT {RANG_AT} FROM attempts WHERE to_hash = ?1 AND {RANG} AND {RANG_AT} > ?2 ORDER BY {RANG_AT} DESC LIMIT ?3"
    );
    let most = most.map_or(-1, |most| i64::try_from(most).unwrap_or(i64::MAX));
    let mut statement = connection.prepare_cached(&sql)?;
    let rings = statement.query_map(params![person, since, most], |row| row.get(0))?;
    let mut rings = rings.collect::<rusqlite::Result<Vec<_>>>()?;
    rings.reverse();
    Ok(rings)
}

pub(super) fn history(
    connection: &Connection,
    tenant: &str,
    person: &[u8; 32],
    since: i64,
) -> TxResult<CalleeHistory> {
    // Most callees are called for the first time.
    let is_known: bool =
        connection.prepare_cached(&IS_KNOWN)?.query_row([person], |row| row.get(0))?;
    if !is_known {
        return Ok(CalleeHistory::default());
    }
    let mut history = HistoryRow {
        rings: rings(connection, person, since, None)?,
        opted_out: opted_out_at(connection, person)?,
        ..HistoryRow::default()
    };
    let mut statement = connection.prepare_cached(EVENTS)?;
    let mut rows = statement.query([person])?;
    while let Some(row) = rows.next()? {
        let at = Some(row.get(1)?);
        match row.get_ref(0)?.as_str().unwrap_or_default() {
            "refused" => history.refused = at,
            "conversation" => history.conversation = at,
            "abandoned" => history.abandoned = at,
            _ => {}
        }
    }
    let mut statement = connection.prepare_cached(GIVEN)?;
    let given = statement.query_map((person, tenant), |row| Ok((row.get(0)?, row.get(1)?)))?;
    history.consents = given.collect::<rusqlite::Result<_>>()?;
    Ok(history.read()?)
}

pub(super) fn person(connection: &Connection, hash: &[u8; 32]) -> TxResult<Person> {
    let mut person = Person::default();
    person.opt_outs = opt_outs(connection, hash)?;
    person.opted_out = opted_out(&person.opt_outs);
    person.rings = moments(rings(connection, hash, i64::MIN, Some(Person::MOST_RINGS))?)?;
    let mut statement = connection.prepare_cached(EVENTS)?;
    let mut rows = statement.query([hash])?;
    while let Some(row) = rows.next()? {
        let (kind, call): (String, Option<[u8; 16]>) = (row.get(0)?, row.get(2)?);
        person.events.push(person_event(&kind, row.get(1)?, call.map(Uuid::from_bytes))?);
    }
    person.events.sort_unstable_by_key(|event| event.kind);
    let sql = format!("SELECT {CONSENT_COLUMNS} FROM consents WHERE to_hash = ?1 ORDER BY number");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([hash], |row| ConsentColumns::<[u8; 16]>::try_from(row))?;
    for row in rows {
        person.consents.push(ConsentRow::of(row?, Uuid::from_bytes).read()?);
    }
    Ok(person)
}
