//! What is remembered about people, in SQLite, and what it forbids.
//!
//! There is one writer, so what is counted and what is written are one step.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use switchboard_core::{AttemptId, CalleeHistory, PhoneNumber, Result, TenantId};
use switchboard_journal::{
    ConsentId, Denied, NewConsent, OptOut, People, Person, PersonEvent, TakeBack, Withdrawal,
    people::{OptOutEvent, OptOutNews, check_take_back, opt_out_news, opted_out},
};
use switchboard_router::CalleeLimits;
use uuid::Uuid;

use crate::{
    people::{
        ConsentRow, HistoryRow, OptOutRow, RANG, RANG_AT, kept_opt_out, kept_take_back, moments,
        opt_out_events, person_event,
    },
    row::micros,
    sqlite::{SqliteJournal, tx::TxResult},
};

/// When a person who is opted out asked for it first, since it was last taken back.
const OPTED_OUT: &str = "SELECT min(at) FROM opt_outs WHERE to_hash = ?1 AND what = 'opted_out' AND number > \
                         coalesce((SELECT max(number) FROM opt_outs WHERE to_hash = ?1 AND what = 'taken_back'), 0)";
const OPT_OUTS: &str = "SELECT entry FROM opt_outs WHERE to_hash = ?1 ORDER BY number";
const OPT_OUT: &str = "INSERT INTO opt_outs (to_hash, what, at, entry) VALUES (?1, ?2, ?3, ?4)";
const EVENTS: &str = "SELECT kind, at, call_id FROM person_events WHERE to_hash = ?1";
const NOTE: &str = "INSERT INTO person_events (to_hash, kind, at, call_id) VALUES (?1, ?2, ?3, ?4) \
                    ON CONFLICT (to_hash, kind) DO UPDATE SET at = excluded.at, call_id = excluded.call_id \
                    WHERE excluded.at > person_events.at";
const CONSENTS: &str = "SELECT id, tenant, terms, evidence, recorded_at, withdrawn_at, withdrawn_by FROM consents \
                        WHERE to_hash = ?1 ORDER BY number";
const GIVEN: &str = "SELECT terms, evidence FROM consents WHERE to_hash = ?1 AND tenant = ?2 AND withdrawn_at IS NULL ORDER BY number";
const CONSENT: &str = "INSERT INTO consents (id, to_hash, tenant, terms, evidence, recorded_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
                       ON CONFLICT (id) DO NOTHING";
const WITHDRAW: &str = "UPDATE consents SET withdrawn_at = ?3, withdrawn_by = ?4 WHERE to_hash = ?1 AND id = ?2 AND withdrawn_at IS NULL";
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

fn opt_out(connection: &Connection, person: &[u8; 32], opt_out: &OptOut) -> TxResult<bool> {
    let news = opt_out_news(&opt_outs(connection, person)?, opt_out);
    if news != OptOutNews::Nothing {
        append(connection, person, &OptOutRow::opted_out(opt_out)?)?;
        withdraw_all(connection, person, opt_out.at, Withdrawal::BY_OPT_OUT)?;
    }
    Ok(news == OptOutNews::New)
}

fn take_back(connection: &Connection, person: &[u8; 32], request: &TakeBack) -> TxResult<()> {
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

fn history(
    connection: &Connection,
    tenant: &str,
    person: &[u8; 32],
    since: i64,
) -> TxResult<CalleeHistory> {
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

fn person(connection: &Connection, hash: &[u8; 32]) -> TxResult<Person> {
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
    let mut statement = connection.prepare_cached(CONSENTS)?;
    let rows = statement.query_map([hash], consent_row)?;
    for row in rows {
        person.consents.push(row?.read()?);
    }
    Ok(person)
}

fn consent_row(row: &Row<'_>) -> rusqlite::Result<ConsentRow> {
    Ok(ConsentRow {
        id: Uuid::from_bytes(row.get(0)?),
        tenant: row.get(1)?,
        terms: row.get(2)?,
        evidence: row.get(3)?,
        recorded_at: row.get(4)?,
        withdrawn_at: row.get(5)?,
        withdrawn_by: row.get(6)?,
    })
}

#[async_trait]
impl People for SqliteJournal {
    async fn history(
        &self,
        tenant: &TenantId,
        to: &PhoneNumber,
        since: Timestamp,
    ) -> Result<CalleeHistory> {
        let (tenant, person) = (tenant.clone(), self.key.person(to));
        self.read(move |connection| history(connection, tenant.as_str(), &person, micros(since)))
            .await
    }

    async fn opt_out(&self, to: &PhoneNumber, asked: &OptOut) -> Result<bool> {
        let (person, asked) = (self.key.person(to), kept_opt_out(asked));
        self.writer.run(move |connection| opt_out(connection, &person, &asked)).await
    }

    async fn take_back_opt_out(&self, to: &PhoneNumber, request: &TakeBack) -> Result<()> {
        let (person, request) = (self.key.person(to), kept_take_back(request)?);
        self.writer.run(move |connection| take_back(connection, &person, &request)).await
    }

    async fn add_consent(&self, to: &PhoneNumber, consent: &NewConsent) -> Result<bool> {
        let (person, row) = (self.key.person(to), ConsentRow::new(consent)?);
        self.writer
            .run(move |connection| {
                let added = connection.prepare_cached(CONSENT)?.execute(params![
                    row.id.as_bytes(),
                    person,
                    row.tenant,
                    row.terms,
                    row.evidence,
                    row.recorded_at,
                ])?;
                Ok(added > 0)
            })
            .await
    }

    async fn withdraw_consent(
        &self,
        to: &PhoneNumber,
        id: ConsentId,
        withdrawal: &Withdrawal,
    ) -> Result<bool> {
        let (person, withdrawal) = (self.key.person(to), withdrawal.clone().into_kept());
        self.writer
            .run(move |connection| {
                let withdrawn = connection.prepare_cached(WITHDRAW)?.execute(params![
                    person,
                    id.as_bytes(),
                    micros(withdrawal.at),
                    withdrawal.by
                ])?;
                Ok(withdrawn > 0)
            })
            .await
    }

    async fn note(&self, to: &PhoneNumber, event: &PersonEvent) -> Result<()> {
        let (person, event) = (self.key.person(to), *event);
        self.writer
            .run(move |connection| {
                connection.prepare_cached(NOTE)?.execute(params![
                    person,
                    event.kind.as_str(),
                    micros(event.at),
                    event.call.as_ref().map(|call| call.as_uuid().into_bytes()),
                ])?;
                Ok(())
            })
            .await
    }

    async fn person(&self, to: &PhoneNumber) -> Result<Person> {
        let hash = self.key.person(to);
        self.read(move |connection| person(connection, &hash)).await
    }
}
