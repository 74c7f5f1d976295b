//! API keys, and the plain confirmation.

use secrecy::SecretString;
use switchboard_http::answer;

use super::{list::Listed, moment::Moment};

answer! {
    /// An API key (document 004, "API Keys").
    ApiKey in ["data"] {
        /// The key's id.
        id: String = ["id"],
        /// The whole key, in the answer to creating it only. It is not in `raw`.
        key: SecretString = ["key"],
        /// The first characters of the key.
        prefix: String = ["prefix"],
        /// Its name.
        name: String = ["name"],
        /// The scopes.
        scopes: Vec<String> = ["scopes"],
        /// The business it is bound to; `None`: all.
        business_id: String = ["business_id"],
        /// When it was created.
        created_at: Moment = ["created_at"],
        /// When it was last used.
        last_used_at: Moment = ["last_used_at"],
        /// When it expires.
        expires_at: Moment = ["expires_at"],
        /// Whether it is active.
        is_active: bool = ["is_active"],
    }
}

impl Listed for ApiKey {
    const NAMES: &'static [&'static str] = &["keys"];
}

answer! {
    /// A confirmation, for example `{"success": true}` (document 004).
    Acknowledgement in ["data"] {
        /// Whether the action was carried out.
        success: bool = ["success", "ok", "deleted"],
    }
}
