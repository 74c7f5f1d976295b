//! Phone numbers of the account.

use jiff::Timestamp;
use switchboard_http::answer;

answer! {
    /// A number (OpenAPI, `/phone-number/{id}`).
    Number {
        /// Vapi's id of the number.
        id: String = ["id"],
        /// The number, in E.164, once it has one.
        number: String = ["number"],
        /// `vapi`, or the carrier that it was imported from.
        provider: String = ["provider"],
        /// `active`, `activating` or `blocked`.
        status: String = ["status"],
        /// The assistant that answers it.
        assistant_id: String = ["assistantId"],
        /// When it was added.
        created_at: Timestamp = ["createdAt"],
    }
}
