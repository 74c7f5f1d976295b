//! The trait of what is remembered about people.

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{CalleeHistory, PhoneNumber, Result, TenantId};

use super::MemoryJournal;
use crate::people::{
    ConsentId, NewConsent, OptOut, People, Person, PersonEvent, TakeBack, Withdrawal,
};

#[async_trait]
impl People for MemoryJournal {
    async fn history(
        &self,
        tenant: &TenantId,
        to: &PhoneNumber,
        since: Timestamp,
    ) -> Result<CalleeHistory> {
        let store = self.store.lock();
        Ok(store.people.history(tenant, to, store.rings_of(to, since)))
    }

    async fn opt_out(&self, to: &PhoneNumber, opt_out: &OptOut) -> Result<bool> {
        Ok(self.store.lock().people.opt_out(to, opt_out))
    }

    async fn take_back_opt_out(&self, to: &PhoneNumber, request: &TakeBack) -> Result<()> {
        self.store.lock().people.take_back(to, request)
    }

    async fn add_consent(&self, to: &PhoneNumber, consent: &NewConsent) -> Result<bool> {
        self.store.lock().people.add_consent(to, consent)
    }

    async fn withdraw_consent(
        &self,
        to: &PhoneNumber,
        id: ConsentId,
        withdrawal: &Withdrawal,
    ) -> Result<bool> {
        Ok(self.store.lock().people.withdraw_consent(to, id, withdrawal))
    }

    async fn note(&self, to: &PhoneNumber, event: &PersonEvent) -> Result<()> {
        self.store.lock().people.note(to, event);
        Ok(())
    }

    async fn person(&self, to: &PhoneNumber) -> Result<Person> {
        let store = self.store.lock();
        let mut rings = store.rings_of(to, Timestamp::MIN);
        rings.drain(..rings.len().saturating_sub(Person::MOST_RINGS));
        Ok(store.people.person(to, rings))
    }
}
