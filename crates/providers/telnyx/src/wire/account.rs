//! The account.

use rust_decimal::Decimal;
use switchboard_http::answer;

answer! {
    /// What is left of the account's money (`telnyx` 4.189.0, `balance_retrieve_response`).
    Balance {
        /// The balance.
        balance: Decimal = ["balance"],
        /// The balance and the credit limit together.
        available_credit: Decimal = ["available_credit"],
        /// How far the balance may fall below zero.
        credit_limit: Decimal = ["credit_limit"],
        /// The currency of all of these.
        currency: String = ["currency"],
    }
}
