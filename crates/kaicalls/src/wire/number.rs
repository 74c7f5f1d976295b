//! Phone numbers.

use super::{
    list::Listed,
    read::{Moment, answer},
};

answer! {
    /// A phone number (document 004, "Phone Numbers"; for `phone-numbers`, the official Python SDK 0.1.0, whose answers are not documented).
    Number in ["phone_number", "number", "data"] {
        /// The number's id.
        id: String = ["id", "number_id"],
        /// The number in E.164.
        phone_number: String = ["phone_number", "number"],
        /// The agent that uses it.
        agent_id: String = ["agent_id"],
        /// The business that has it.
        business_id: String = ["business_id"],
        /// When it was rented.
        created_at: Moment = ["created_at"],
    }
}

impl Listed for Number {
    const NAMES: &'static [&'static str] = &["numbers", "phone_numbers", "available_numbers", "available"];
}
