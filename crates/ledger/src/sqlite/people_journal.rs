//! The trait of what is remembered about people, in SQLite.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::params;
use switchboard_core::{CalleeHistory, PhoneNumber, Result, TenantId};
use switchboard_journal::{
    ConsentId, NewConsent, OptOut, People, Person, PersonEvent, TakeBack, Withdrawal,
};

use crate::{
    people::{ConsentRow, kept_opt_out, kept_take_back},
    row::micros,
    sqlite::{
        SqliteJournal,
        people::{history, opt_out, person, take_back},
    },
};

const NOTE: &str = "INSERT INTO person_events (to_hash, kind, at, call_id) VALUES (?1, ?2, ?3, ?4) \
                    ON CONFLICT (to_hash, kind) DO UPDATE SET at = excluded.at, call_id = excluded.call_id \
                    WHERE excluded.at > person_events.at";
const CONSENT: &str = "INSERT INTO consents (id, to_hash, tenant, terms, evidence, recorded_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
                       ON CONFLICT (id) DO NOTHING";
const WITHDRAW: &str = "UPDATE consents SET withdrawn_at = ?3, withdrawn_by = ?4 WHERE to_hash = ?1 AND id = ?2 AND withdrawn_at IS NULL";

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
