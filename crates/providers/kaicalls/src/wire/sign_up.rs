//! A new account.

use secrecy::SecretString;
use switchboard_http::answer;

answer! {
    /// A new account (official Python SDK 0.1.0; the answer is not documented).
    NewAccount in ["data"] {
        /// The whole key, in this answer only. It is not in `raw`.
        api_key: SecretString = ["api_key", "key"],
        /// The business.
        business_id: String = ["business_id"],
        /// The first agent.
        agent_id: String = ["agent_id"],
        /// The number of the account.
        phone_number: String = ["phone_number"],
    }
}
