//! The user (documents 000, 001 and 003). Document 002 dropped this section for
//! `/v1/subscriptions/status`.

use switchboard_core::Result;
use switchboard_http::Request;

use super::section::section;
use crate::wire::{AccountSubscription, Statistics};

section! {
    /// The user's subscription and usage counters.
    UsersApi
}

impl UsersApi {
    /// The subscription: `GET /v1/users/me/subscription`.
    ///
    /// Needs `subscription:read`. Documents 000, 001 and 003.
    ///
    /// # Errors
    /// `forbidden` (403).
    #[doc(alias = "/v1/users/me/subscription")]
    pub async fn subscription(&self) -> Result<AccountSubscription> {
        self.http
            .read(Request::get("users.subscription", "/v1/users/me/subscription"))
            .await?
            .json()
    }

    /// Minutes and calls of this period: `GET /v1/users/me/statistics` (document 003 alone).
    ///
    /// No scope is documented. Document 003 alone.
    ///
    /// # Errors
    /// `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/users/me/statistics")]
    pub async fn statistics(&self) -> Result<Statistics> {
        self.http.read(Request::get("users.statistics", "/v1/users/me/statistics")).await?.json()
    }
}
