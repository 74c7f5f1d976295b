//! The trait of what is remembered about people, in PostgreSQL.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{CallId, CalleeHistory, PhoneNumber, Result, TenantId};
use switchboard_journal::{
    ConsentId, NewConsent, OptOut, People, Person, PersonEvent, TakeBack, Withdrawal,
};

use crate::{
    people::{ConsentRow, kept_opt_out, kept_take_back},
    postgres::{
        PostgresJournal, carry_out,
        people::{history, opt_out, person, take_back},
        read,
    },
    row::micros,
};

const NOTE: &str = "INSERT INTO person_events (to_hash, kind, at, call_id) VALUES ($1, $2, $3, $4) \
                    ON CONFLICT (to_hash, kind) DO UPDATE SET at = excluded.at, call_id = excluded.call_id \
                    WHERE excluded.at > person_events.at";
const CONSENT: &str = "INSERT INTO consents (id, to_hash, tenant, terms, evidence, recorded_at) VALUES ($1, $2, $3, $4, $5, $6) \
                       ON CONFLICT (id) DO NOTHING";
const WITHDRAW: &str = "UPDATE consents SET withdrawn_at = $3, withdrawn_by = $4 WHERE to_hash = $1 AND id = $2 AND withdrawn_at IS NULL";

#[async_trait]
impl People for PostgresJournal {
    async fn history(
        &self,
        tenant: &TenantId,
        to: &PhoneNumber,
        since: Timestamp,
    ) -> Result<CalleeHistory> {
        let person = self.inner.key.person(to);
        let (mut connection, _turn) = self.inner.single().await?;
        read(history(&mut connection, tenant.as_str(), &person, micros(since)).await)
    }

    async fn opt_out(&self, to: &PhoneNumber, asked: &OptOut) -> Result<bool> {
        let (inner, person) = (Arc::clone(&self.inner), self.inner.key.person(to));
        let asked = Arc::new(kept_opt_out(asked));
        carry_out(async move {
            inner
                .change(|connection| {
                    let asked = Arc::clone(&asked);
                    Box::pin(async move { opt_out(connection, &person, &asked).await })
                })
                .await
        })
        .await
    }

    async fn take_back_opt_out(&self, to: &PhoneNumber, request: &TakeBack) -> Result<()> {
        let (inner, person) = (Arc::clone(&self.inner), self.inner.key.person(to));
        let request = Arc::new(kept_take_back(request)?);
        carry_out(async move {
            inner
                .change(|connection| {
                    let request = Arc::clone(&request);
                    Box::pin(async move { take_back(connection, &person, &request).await })
                })
                .await
        })
        .await
    }

    async fn add_consent(&self, to: &PhoneNumber, consent: &NewConsent) -> Result<bool> {
        let (inner, person) = (Arc::clone(&self.inner), self.inner.key.person(to));
        let row = ConsentRow::new(consent)?;
        carry_out(async move {
            let mut change = inner.begin().await?;
            let added = sqlx::query(CONSENT)
                .bind(row.id)
                .bind(person.as_slice())
                .bind(&row.tenant)
                .bind(&row.terms)
                .bind(&row.evidence)
                .bind(row.recorded_at)
                .execute(&mut *change)
                .await;
            let answer = added.map(|added| added.rows_affected() > 0).map_err(Into::into);
            inner.ended_beside(change, answer).await
        })
        .await
    }

    async fn withdraw_consent(
        &self,
        to: &PhoneNumber,
        id: ConsentId,
        withdrawal: &Withdrawal,
    ) -> Result<bool> {
        let (inner, person) = (Arc::clone(&self.inner), self.inner.key.person(to));
        let withdrawal = withdrawal.clone().into_kept();
        carry_out(async move {
            let mut change = inner.begin().await?;
            let withdrawn = sqlx::query(WITHDRAW)
                .bind(person.as_slice())
                .bind(id)
                .bind(micros(withdrawal.at))
                .bind(&withdrawal.by)
                .execute(&mut *change)
                .await;
            let answer = withdrawn.map(|done| done.rows_affected() > 0).map_err(Into::into);
            inner.ended_beside(change, answer).await
        })
        .await
    }

    async fn note(&self, to: &PhoneNumber, event: &PersonEvent) -> Result<()> {
        let (inner, person) = (Arc::clone(&self.inner), self.inner.key.person(to));
        let event = *event;
        carry_out(async move {
            let mut change = inner.begin().await?;
            let noted = sqlx::query(NOTE)
                .bind(person.as_slice())
                .bind(event.kind.as_str())
                .bind(micros(event.at))
                .bind(event.call.map(CallId::as_uuid))
                .execute(&mut *change)
                .await;
            inner.ended_beside(change, noted.map(|_| ()).map_err(Into::into)).await
        })
        .await
    }

    async fn person(&self, to: &PhoneNumber) -> Result<Person> {
        let mut snapshot = self.inner.snapshot().await?;
        read(person(&mut snapshot, &self.inner.key.person(to)).await)
    }
}
