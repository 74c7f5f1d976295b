//! Phone numbers.

use serde_json::{Map, Value};
use switchboard_http::{answer, fields::Object};

use super::{list::Listed, moment::Moment};

answer! {
    /// A phone number (document 004, "Phone Numbers"; for `phone-numbers`, the types of the
    /// official JavaScript SDK).
    Number in ["phone_number", "number", "data"] {
        /// The number's id.
        id: String = ["id", "number_id"],
        /// The number in E.164.
        phone_number: String = ["phone_number", "number"],
        /// The agent that uses it.
        agent_id: String = ["agent_id"],
        /// The business that has it.
        business_id: String = ["business_id"],
        /// Its capabilities, for example `{"voice": true}`.
        capabilities: Value = ["capabilities"],
        /// The state of its registration, in the provider's terms.
        compliance: Value = ["compliance"],
        /// When it was rented.
        created_at: Moment = ["created_at"],
    }
}

impl Listed for Number {
    const NAMES: &'static [&'static str] =
        &["numbers", "phone_numbers", "available_numbers", "available"];
    const ALONE: &'static [&'static str] = &["number"];

    /// Available numbers may be a list of plain texts.
    fn row(value: &Value) -> Option<Self> {
        match value {
            Value::Object(object) => Some(Self::from_object(object.clone())),
            Value::String(text) if !text.trim().is_empty() => {
                let field = ("phone_number".to_owned(), Value::String(text.clone()));
                Some(Self::from_object(Map::from_iter([field])))
            }
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => None,
        }
    }
}
