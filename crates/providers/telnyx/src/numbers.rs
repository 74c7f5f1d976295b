//! Numbers of the account.

use std::sync::Arc;

use async_trait::async_trait;
use futures::TryStreamExt;
use switchboard_core::{
    Error, ErrorKind, NumberChoice, NumberSearch, Numbers, OwnedNumber, Result,
};
use switchboard_http::{PageOf, ReadBudget, ReadLimits, pages};

use crate::{account::Account, api::NumberQuery, convert, wire};

/// [`Numbers`] on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct TelnyxNumbers(pub(crate) Arc<Account>);

#[async_trait]
impl Numbers for TelnyxNumbers {
    async fn list(&self) -> Result<Vec<OwnedNumber>> {
        let budget = ReadBudget::new(self.0.provider().clone(), ReadLimits::LIST);
        let client = self.0.client.within(&budget);
        let rows = pages(None, budget, row_id, |cursor: Option<u32>| {
            let client = client.clone();
            async move {
                let page = client.numbers().list(cursor.unwrap_or(1)).await?;
                let next = page.next();
                Ok(PageOf { items: page.items, next })
            }
        });
        let rows: Vec<wire::Number> = rows.try_collect().await?;
        Ok(rows.into_iter().map(|row| convert::number(self.0.provider(), row)).collect())
    }

    async fn available(&self, search: &NumberSearch) -> Result<Vec<OwnedNumber>> {
        let mut query = NumberQuery::new();
        if let Some(country) = &search.country {
            query = query.country_code(country.as_str());
        }
        if let Some(area) = &search.area_code {
            query = query.area_code(area);
        }
        if let Some(limit) = search.limit {
            query = query.limit(limit);
        }
        let found = self.0.client.numbers().available(&query).await?.items;
        Ok(found.into_iter().map(|row| convert::number(self.0.provider(), row)).collect())
    }

    /// The answer is an order, which may be pending: the number may appear in the list later.
    async fn rent(&self, choice: &NumberChoice) -> Result<OwnedNumber> {
        const OPERATION: &str = "numbers.create";
        let number = match choice {
            NumberChoice::Number { number, agent: None } => number,
            NumberChoice::Number { agent: Some(_), .. } => {
                let message = "cannot be given: at Telnyx, a number belongs to a connection";
                return Err(self.0.failed(OPERATION, Error::invalid("agent", message)));
            }
            NumberChoice::Any { .. } => {
                let message = "Telnyx rents a specific number: search for one first";
                let error = Error::new(ErrorKind::Unsupported, message);
                return Err(self.0.failed(OPERATION, error));
            }
        };
        let connection = self.0.config.connection_id.as_deref().ok_or_else(|| {
            let message = "is not set: a number belongs to a Call Control application";
            let error = Error::new(ErrorKind::Configuration, message).with_field("connection_id");
            self.0.failed(OPERATION, error)
        })?;
        let order = self.0.client.numbers().order(number.e164(), connection).await?;
        Ok(OwnedNumber {
            provider: self.0.provider().clone(),
            id: None,
            number: Some(*number),
            agent: None,
            created_at: None,
            raw: order.raw,
        })
    }

    async fn release(&self, number: &OwnedNumber) -> Result<()> {
        let numbers = self.0.client.numbers();
        if let Some(id) = &number.id {
            return numbers.delete(id.as_str()).await;
        }
        let Some(wanted) = number.number else {
            return Err(Error::invalid("number", "is not known: Telnyx releases by its id"));
        };
        let found = numbers.find(wanted.e164()).await?.items.into_iter();
        let mut found = found.map(|row| convert::number(self.0.provider(), row));
        let id = found.find(|row| row.number == Some(wanted)).and_then(|row| row.id);
        let Some(id) = id else {
            let error = Error::new(ErrorKind::NotFound, "the account has no such number");
            return Err(self.0.failed("numbers.delete", error));
        };
        numbers.delete(id.as_str()).await
    }
}

fn row_id(row: &wire::Number) -> String {
    row.id.clone().unwrap_or_else(|| row.raw.value().to_string())
}
