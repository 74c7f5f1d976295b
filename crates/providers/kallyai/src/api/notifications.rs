//! Notifications that wait for the user (document 002).

use switchboard_core::Result;
use switchboard_http::Request;

use super::section::section;
use crate::wire::PendingNotifications;

section! {
    /// Notifications that wait for the user.
    NotificationsApi
}

impl NotificationsApi {
    /// Pending actions, goals and messages: `GET /v1/notifications/pending`.
    ///
    /// No scope is documented. Document 002.
    ///
    /// # Errors
    /// `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/notifications/pending")]
    pub async fn pending(&self) -> Result<PendingNotifications> {
        self.http
            .read(Request::get("notifications.pending", "/v1/notifications/pending"))
            .await?
            .json()
    }
}
