//! Numbers of the account.

use std::sync::Arc;

use async_trait::async_trait;
use switchboard_core::{
    Country, Error, ErrorKind, NumberChoice, NumberSearch, Numbers, OwnedNumber, Result,
};

use crate::{account::Account, api::CreateNumber, convert};

/// [`Numbers`] on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct VapiNumbers(pub(crate) Arc<Account>);

impl VapiNumbers {
    fn unsupported(&self, operation: &'static str, message: &'static str) -> Error {
        self.0.failed(operation, Error::new(ErrorKind::Unsupported, message))
    }
}

#[async_trait]
impl Numbers for VapiNumbers {
    async fn list(&self) -> Result<Vec<OwnedNumber>> {
        let rows = self.0.client.numbers().list().await?;
        Ok(rows.into_iter().map(|row| convert::owned_number(self.0.provider(), row)).collect())
    }

    async fn available(&self, _search: &NumberSearch) -> Result<Vec<OwnedNumber>> {
        let message =
            "Vapi does not show the numbers that it gives out: rent any number of an area code";
        Err(self.unsupported("numbers.available", message))
    }

    async fn rent(&self, choice: &NumberChoice) -> Result<OwnedNumber> {
        const OPERATION: &str = "numbers.create";
        let (country, area_code) = match choice {
            NumberChoice::Any { country, area_code } => (country, area_code),
            NumberChoice::Number { .. } => {
                let message = "Vapi gives any number of an area code, and not a specific one";
                return Err(self.unsupported(OPERATION, message));
            }
        };
        if *country != Country::US {
            let message = "Vapi gives numbers of the USA only: import others there";
            return Err(self.unsupported(OPERATION, message));
        }
        let mut order = CreateNumber::new();
        if let Some(area) = area_code {
            if area.len() != 3 || !area.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(Error::invalid("area_code", "must be three digits, for example 415"));
            }
            order = order.area_code(area);
        }
        let rented = self.0.client.numbers().create(&order).await?;
        Ok(convert::owned_number(self.0.provider(), rented))
    }

    async fn release(&self, number: &OwnedNumber) -> Result<()> {
        let id = number.id.as_ref().ok_or_else(|| {
            Error::invalid("id", "is not known: Vapi releases a number by its id")
        })?;
        self.0.client.numbers().delete(id.as_str()).await
    }
}
