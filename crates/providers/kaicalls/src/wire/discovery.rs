//! Capabilities of the API.

use serde_json::Value;
use switchboard_http::answer;

answer! {
    /// What the account may use (official Python SDK 0.1.0, `discovery.capabilities`; its answer is
    /// not documented).
    Capabilities in ["data"] {
        /// The business.
        business_id: String = ["business_id"],
        /// What is enabled, in the provider's terms.
        capabilities: Value = ["capabilities", "features"],
    }
}
