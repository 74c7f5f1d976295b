//! Phone numbers.

use jiff::Timestamp;
use switchboard_http::answer;

answer! {
    /// A number of the account, or one that could be bought.
    Number {
        /// The id of the account's record of it.
        id: String = ["id"],
        /// The number, in E.164.
        phone_number: String = ["phone_number"],
        /// The connection that it belongs to.
        connection_id: String = ["connection_id"],
        /// When it was bought.
        purchased_at: Timestamp = ["purchased_at", "created_at"],
    }
}

answer! {
    /// An order of numbers.
    NumberOrder {
        /// Its id.
        id: String = ["id"],
        /// `pending`, `success` or `failure`.
        status: String = ["status"],
        /// The numbers.
        phone_numbers: Vec<Number> = ["phone_numbers"],
    }
}
