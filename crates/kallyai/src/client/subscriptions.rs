//! The subscription (document 002). Changing plans belongs here and has no typed method yet.

use switchboard_core::Result;
use switchboard_http::Request;

use super::section;
use crate::wire::SubscriptionStatus;

section! {
    /// The subscription as document 002 has it.
    SubscriptionsApi
}

impl SubscriptionsApi {
    /// Plan, period and what is to change: `GET /v1/subscriptions/status`.
    pub async fn status(&self) -> Result<SubscriptionStatus> {
        self.http
            .read(Request::get("subscriptions.status", "/v1/subscriptions/status"))
            .await?
            .json()
    }
}
