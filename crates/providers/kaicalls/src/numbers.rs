//! Numbers of the account.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use switchboard_core::{
    Error, ErrorKind, NumberChoice, NumberSearch, Numbers, OwnedNumber, Result,
};

use crate::{
    account::Account,
    api::{AssignNumber, AvailableQuery},
    convert,
};

/// [`Numbers`] on the typed client. The list is in document 004; searching, renting and releasing
/// are in the SDK.
#[derive(Debug, Clone)]
pub(crate) struct KaiCallsNumbers(pub(crate) Arc<Account>);

#[async_trait]
impl Numbers for KaiCallsNumbers {
    async fn list(&self) -> Result<Vec<OwnedNumber>> {
        let numbers = self.0.client.numbers().list().await?.items;
        Ok(numbers
            .into_iter()
            .map(|number| convert::owned_number(self.0.provider(), number))
            .collect())
    }

    async fn available(&self, search: &NumberSearch) -> Result<Vec<OwnedNumber>> {
        let mut query = AvailableQuery::new();
        if let Some(country) = &search.country {
            query = query.country(country.as_str());
        }
        if let Some(area_code) = &search.area_code {
            query = query.area_code(area_code.as_str());
        }
        if let Some(limit) = search.limit {
            query = query.limit(limit);
        }
        let numbers = self.0.client.phone_numbers().available(&query).await?.items;
        Ok(numbers
            .into_iter()
            .map(|number| convert::owned_number(self.0.provider(), number))
            .collect())
    }

    async fn rent(&self, choice: &NumberChoice) -> Result<OwnedNumber> {
        let (number, agent) = match choice {
            NumberChoice::Number { number, agent } => (number, agent),
            NumberChoice::Any { .. } => {
                let message =
                    "KaiCalls rents a specific number: search the available ones and choose one";
                let error = Error::new(ErrorKind::Unsupported, message);
                return Err(self.0.failed("phone_numbers.assign", error));
            }
        };
        let mut order = AssignNumber::new(number.e164());
        if let Some(agent) = agent {
            order = order.agent_id(agent.as_str());
        }
        if let Some(business) = self.0.business() {
            order = order.business_id(business);
        }
        let mut rented = convert::owned_number(
            self.0.provider(),
            self.0.client.phone_numbers().assign(&order).await?,
        );
        // The answer to renting a number need not repeat it.
        rented.number.get_or_insert(*number);
        Ok(rented)
    }

    async fn release(&self, number: &OwnedNumber) -> Result<()> {
        let text = match &number.number {
            Some(number) => number.e164(),
            None => {
                number.raw.value().get("phone_number").and_then(Value::as_str).unwrap_or_default()
            }
        };
        if text.is_empty() {
            return Err(Error::invalid(
                "number",
                "is not known: KaiCalls releases by the number itself, not by its id",
            ));
        }
        let answer = self.0.client.phone_numbers().release(text, self.0.business()).await?;
        if answer.success == Some(false) {
            let error = Error::new(ErrorKind::Provider, "the number was not released");
            return Err(self.0.failed("phone_numbers.release", error));
        }
        Ok(())
    }
}
