//! What is remembered about people.

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{CalleeHistory, Error, ErrorKind, PhoneNumber, Result, TenantId};
use switchboard_journal::{
    ConsentId, NewConsent, OptOut, People, Person, PersonEvent, TakeBack, Withdrawal,
};

use crate::sqlite::SqliteJournal;

fn missing<T>() -> Result<T> {
    Err(Error::new(ErrorKind::Unsupported, "this ledger does not remember people yet"))
}

#[async_trait]
impl People for SqliteJournal {
    async fn history(&self, _: &TenantId, _: &PhoneNumber, _: Timestamp) -> Result<CalleeHistory> {
        missing()
    }

    async fn opt_out(&self, _: &PhoneNumber, _: &OptOut) -> Result<bool> {
        missing()
    }

    async fn take_back_opt_out(&self, _: &PhoneNumber, _: &TakeBack) -> Result<()> {
        missing()
    }

    async fn add_consent(&self, _: &PhoneNumber, _: &NewConsent) -> Result<bool> {
        missing()
    }

    async fn withdraw_consent(
        &self,
        _: &PhoneNumber,
        _: ConsentId,
        _: &Withdrawal,
    ) -> Result<bool> {
        missing()
    }

    async fn note(&self, _: &PhoneNumber, _: &PersonEvent) -> Result<()> {
        missing()
    }

    async fn person(&self, _: &PhoneNumber) -> Result<Person> {
        missing()
    }
}
