//! The account: balance, usage log, health.

use rust_decimal::Decimal;
use switchboard_http::answer;

use super::{list::Listed, moment::Moment};

answer! {
    /// The balance of one business (document 004, "Account").
    BusinessBalance in [] {
        /// The business.
        business_id: String = ["business_id", "id"],
        /// Minutes used in this period.
        minutes_used: Decimal = ["minutes_used"],
        /// The number of phone numbers it has.
        phone_numbers: u64 = ["phone_numbers"],
        /// The subscription's status, for example `active`.
        subscription_status: String = ["subscription_status"],
    }
}

impl Listed for BusinessBalance {
    const NAMES: &'static [&'static str] = &["businesses"];
}

answer! {
    /// One request in the usage log (document 004, "Get API usage log").
    UsageRow in [] {
        /// The row's id.
        id: String = ["id"],
        /// The path, for example `/v1/calls`.
        endpoint: String = ["endpoint"],
        /// The method, for example `POST`.
        method: String = ["method"],
        /// The HTTP status of the answer.
        status_code: u64 = ["status_code"],
        /// The call that the request was about.
        call_id: String = ["call_id"],
        /// The cost in cents.
        cost_cents: Decimal = ["cost_cents"],
        /// When the request was made.
        created_at: Moment = ["created_at"],
    }
}

impl Listed for UsageRow {
    const NAMES: &'static [&'static str] = &["usage"];
}

answer! {
    /// The health of the service (official Python SDK 0.1.0, `discovery.health`).
    Health in ["data"] {
        /// The provider's word, for example `ok`.
        status: String = ["status"],
    }
}
