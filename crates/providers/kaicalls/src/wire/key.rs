//! API keys, and the answer that says no more than that it worked.

use secrecy::SecretString;

use super::{
    list::Listed,
    read::{Moment, answer},
};

answer! {
    /// An API key (document 004, "API Keys").
    ApiKey in ["data"] {
        /// The key's id.
        id: String = ["id"],
        /// The whole key, in the answer to creating it only. It is not in `raw`.
        key: SecretString = ["key"],
        /// Its first characters.
        prefix: String = ["prefix"],
        /// Its name.
        name: String = ["name"],
        /// What it may do.
        scopes: Vec<String> = ["scopes"],
        /// The business it is bound to; `None`: all.
        business_id: String = ["business_id"],
        /// When it was made.
        created_at: Moment = ["created_at"],
        /// When it was last used.
        last_used_at: Moment = ["last_used_at"],
        /// When it ends.
        expires_at: Moment = ["expires_at"],
        /// Whether it works.
        is_active: bool = ["is_active"],
    }
}

impl Listed for ApiKey {
    const NAMES: &'static [&'static str] = &["keys"];
}

answer! {
    /// That something was done, as `{"success": true}` (document 004).
    Acknowledgement in ["data"] {
        /// Whether it was done.
        success: bool = ["success", "ok", "deleted"],
    }
}
