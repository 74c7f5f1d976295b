//! Numbers of the account.

use std::sync::Arc;

use async_trait::async_trait;
use futures::TryStreamExt;
use serde_json::Value;
use switchboard_core::{
    Country, Error, ErrorKind, NumberChoice, NumberSearch, Numbers, OwnedNumber, Result,
};
use switchboard_http::{PageOf, ReadBudget, ReadLimits, pages};

use crate::{account::Account, api::CreateNumber, convert, wire};

/// [`Numbers`] on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct RetellNumbers(pub(crate) Arc<Account>);

impl RetellNumbers {
    fn unsupported(&self, operation: &'static str, message: &'static str) -> Error {
        self.0.failed(operation, Error::new(ErrorKind::Unsupported, message))
    }
}

#[async_trait]
impl Numbers for RetellNumbers {
    async fn list(&self) -> Result<Vec<OwnedNumber>> {
        let budget = ReadBudget::new(self.0.provider().clone(), ReadLimits::LIST);
        let client = self.0.client.within(&budget);
        let rows = pages(None, budget, row_id, |cursor: Option<String>| {
            let client = client.clone();
            async move {
                let page = client.numbers().list(cursor.as_deref()).await?;
                let next = page.next();
                Ok(PageOf { items: page.items, next })
            }
        });
        let rows: Vec<wire::Number> = rows.try_collect().await?;
        Ok(rows.into_iter().map(|row| convert::owned_number(self.0.provider(), row)).collect())
    }

    async fn available(&self, _search: &NumberSearch) -> Result<Vec<OwnedNumber>> {
        let message = "Retell does not show the numbers that it rents out: rent any number of a country and area code";
        Err(self.unsupported("numbers.available", message))
    }

    async fn rent(&self, choice: &NumberChoice) -> Result<OwnedNumber> {
        const OPERATION: &str = "numbers.create";
        let (country, area_code) = match choice {
            NumberChoice::Any { country, area_code } => (country, area_code),
            NumberChoice::Number { .. } => {
                let message =
                    "Retell rents any number of a country and area code, and not a specific one";
                return Err(self.unsupported(OPERATION, message));
            }
        };
        if ![Country::US, Country::CA].contains(country) {
            let message = "Retell rents numbers of the USA and Canada only";
            return Err(self.unsupported(OPERATION, message));
        }
        let mut order = CreateNumber::new().country_code(country.as_str());
        if let Some(area) = area_code {
            let three = area.len() == 3 && area.bytes().all(|byte| byte.is_ascii_digit());
            let digits = area.parse().ok().filter(|_| three);
            order = order.area_code(digits.ok_or_else(|| {
                Error::invalid("area_code", "must be three digits, for example 415")
            })?);
        }
        let rented = self.0.client.numbers().create(&order).await?;
        Ok(convert::owned_number(self.0.provider(), rented))
    }

    async fn release(&self, number: &OwnedNumber) -> Result<()> {
        let text = match &number.number {
            Some(number) => number.e164(),
            None => {
                number.raw.value().get("phone_number").and_then(Value::as_str).unwrap_or_default()
            }
        };
        if text.is_empty() {
            return Err(Error::invalid("number", "is not known: Retell releases by the number"));
        }
        self.0.client.numbers().delete(text).await
    }
}

fn row_id(row: &wire::Number) -> String {
    row.phone_number.clone().unwrap_or_else(|| row.raw.value().to_string())
}
