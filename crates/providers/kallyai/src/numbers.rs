//! Numbers that the account rents. The documents show no answer of this section, so reading is
//! lenient and the raw answer is authoritative.

use std::sync::Arc;

use async_trait::async_trait;
use switchboard_core::{
    Error, ErrorKind, NumberChoice, NumberId, NumberSearch, Numbers, OwnedNumber, PhoneNumber,
    Result,
};
use switchboard_http::usable_id;

use crate::{
    account::Account,
    wire::{NumberRecord, ProvisionNumber, ReadJson},
};

#[derive(Debug, Clone)]
pub(crate) struct KallyAiNumbers(pub(crate) Arc<Account>);

impl KallyAiNumbers {
    fn owned(&self, record: NumberRecord) -> OwnedNumber {
        let raw = record.raw().clone();
        OwnedNumber {
            provider: self.0.provider().clone(),
            id: usable_id(record.id).map(NumberId::from),
            number: record
                .phone_number
                .as_deref()
                .and_then(|number| PhoneNumber::parse(number).ok()),
            agent: None,
            created_at: record.created_at,
            raw,
        }
    }
}

#[async_trait]
impl Numbers for KallyAiNumbers {
    async fn list(&self) -> Result<Vec<OwnedNumber>> {
        let records = self.0.client.phone_numbers().list().await?;
        Ok(records.into_iter().map(|record| self.owned(record)).collect())
    }

    async fn available(&self, search: &NumberSearch) -> Result<Vec<OwnedNumber>> {
        let records = self
            .0
            .client
            .phone_numbers()
            .available(search.country, search.area_code.as_deref())
            .await?;
        let most =
            search.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(records.into_iter().take(most).map(|record| self.owned(record)).collect())
    }

    async fn rent(&self, choice: &NumberChoice) -> Result<OwnedNumber> {
        let (country, area_code) = match choice {
            NumberChoice::Any { country, area_code } => (*country, area_code.clone()),
            NumberChoice::Number { .. } => {
                let message = "KallyAI chooses the number itself: ask for any number of a country";
                return Err(self
                    .0
                    .failed("numbers.rent", Error::new(ErrorKind::Unsupported, message)));
            }
        };
        let wanted = ProvisionNumber::new(country);
        let wanted = match area_code {
            Some(code) => wanted.area_code(code),
            None => wanted,
        };
        let answer = self.0.client.phone_numbers().provision(&wanted).await?;
        // At the top or one level down: it is not documented.
        let inner = ["phone_number", "number", "data"]
            .iter()
            .find_map(|key| answer.value().get(*key))
            .filter(|value| value.is_object());
        let mut number = self
            .owned(NumberRecord::read_json(inner.unwrap_or(answer.value())).unwrap_or_default());
        number.raw = answer.into_value().into();
        Ok(number)
    }

    async fn release(&self, number: &OwnedNumber) -> Result<()> {
        let id = number.id.as_ref().ok_or_else(|| {
            let message = "is missing: take the number from a list, which has the provider's id";
            self.0.failed("numbers.release", Error::invalid("id", message))
        })?;
        self.0.client.phone_numbers().release(id).await.map(drop)
    }
}
