//! The account: balance, usage log, health.

use rust_decimal::Decimal;

use super::{
    list::Listed,
    read::{Moment, answer},
};

answer! {
    /// The standing of one business (document 004, "Account").
    BusinessBalance in [] {
        /// The business.
        business_id: String = ["business_id", "id"],
        /// Minutes used in this period.
        minutes_used: Decimal = ["minutes_used"],
        /// How many numbers it has.
        phone_numbers: u64 = ["phone_numbers"],
        /// As `active`.
        subscription_status: String = ["subscription_status"],
    }
}

impl Listed for BusinessBalance {
    const NAMES: &'static [&'static str] = &["businesses"];
}

answer! {
    /// One request to the API, as its log shows it (document 004, "Get API usage log").
    UsageRow in [] {
        /// The row's id.
        id: String = ["id"],
        /// The path, as `/v1/calls`.
        endpoint: String = ["endpoint"],
        /// The method, as `POST`.
        method: String = ["method"],
        /// The status that was answered.
        status_code: u64 = ["status_code"],
        /// The call that the request was about.
        call_id: String = ["call_id"],
        /// What it cost, in hundredths of a dollar.
        cost_cents: Decimal = ["cost_cents"],
        /// When.
        created_at: Moment = ["created_at"],
    }
}

impl Listed for UsageRow {
    const NAMES: &'static [&'static str] = &["usage"];
}

answer! {
    /// Whether the service is well (official Python SDK 0.1.0, `discovery.health`).
    Health in ["data"] {
        /// In the provider's word, as `ok`.
        status: String = ["status"],
    }
}
