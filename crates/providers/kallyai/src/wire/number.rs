//! Numbers that the account rents (document 002). No answer of this section is documented.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use switchboard_core::Country;

use super::{ReadJson, listed, record};

record! {
    /// A number. No document shows one: the fields are read under the names that the requests use.
    NumberRecord {
        /// The provider's id.
        id: String = ["phone_number_id", "id"],
        /// The number.
        phone_number: String = ["phone_number", "number", "e164"],
        /// The country or region.
        country: String = ["country", "country_code"],
        /// When it was rented.
        created_at: Timestamp = ["created_at", "provisioned_at"],
    }
}

/// An entry of a list of numbers: an object, or the number alone.
pub(crate) struct NumberEntry(pub(crate) NumberRecord);

impl ReadJson for NumberEntry {
    fn read_json(value: &Value) -> Option<Self> {
        let record = match value {
            Value::String(number) => NumberRecord {
                phone_number: Some(number.clone()),
                raw: value.clone().into(),
                ..NumberRecord::default()
            },
            Value::Object(_)
            | Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_) => NumberRecord::read_json(value)?,
        };
        Some(Self(record))
    }

    fn unread(value: &Value, at: &str, places: &mut Vec<String>) {
        if value.is_object() {
            <NumberRecord as ReadJson>::unread(value, at, places);
        }
    }
}

listed!(NumberEntry = ["phone_numbers", "numbers", "available_numbers", "items", "data"]);

/// A request for a number: `POST /v1/phone-numbers/provision`. The provider chooses which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProvisionNumber {
    country: Country,
    #[serde(skip_serializing_if = "Option::is_none")]
    area_code: Option<String>,
}

impl ProvisionNumber {
    /// Any number of this country.
    pub const fn new(country: Country) -> Self {
        Self { country, area_code: None }
    }

    /// Sets the area code, for example `415`.
    #[must_use]
    pub fn area_code(mut self, code: impl Into<String>) -> Self {
        self.area_code = Some(code.into());
        self
    }
}
