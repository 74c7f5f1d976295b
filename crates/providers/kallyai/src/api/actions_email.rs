//! Outgoing email (document 002): queued, reviewed by a person, sent.

use switchboard_core::Result;
use switchboard_http::Request;

use super::{
    section::section,
    send::{read, read_by_id, write},
};
use crate::wire::{Listing, OutboxEmail, OutgoingEmail, Undocumented};

section! {
    /// Outgoing email. Reading needs the scope `email:read`, the rest `email:write` (document 002).
    EmailActionsApi
}

impl EmailActionsApi {
    /// Queues an email for approval: `POST /v1/actions/email/send`. Nothing is sent yet. Needs
    /// `email:write`. Document 002; no answer is documented.
    ///
    /// # Errors
    /// `email_not_connected` (400), `safety_violation` (422).
    #[doc(alias = "/v1/actions/email/send")]
    pub async fn send(&self, email: &OutgoingEmail) -> Result<Undocumented> {
        write(
            &self.http,
            Request::post("actions.email.send", "/v1/actions/email/send").json(email)?,
        )
        .await
    }

    /// Sends a queued email: `POST /v1/actions/email/{email_id}/approve`. Needs `email:write`.
    /// Document 002; no answer is documented.
    ///
    /// # Errors
    /// `email_not_connected` (400), `email_send_failed` (500): whether it went out is then unknown.
    #[doc(alias = "/v1/actions/email/{email_id}/approve")]
    pub async fn approve(&self, email_id: &str) -> Result<Undocumented> {
        let request =
            Request::post("actions.email.approve", "/v1/actions/email/{email_id}/approve");
        write(&self.http, request.param("email_id", email_id)).await
    }

    /// Cancels a queued email: `POST /v1/actions/email/{email_id}/cancel`. Needs `email:write`.
    /// Document 002; no answer is documented.
    ///
    /// # Errors
    /// 404 if there is none.
    #[doc(alias = "/v1/actions/email/{email_id}/cancel")]
    pub async fn cancel(&self, email_id: &str) -> Result<Undocumented> {
        let request = Request::post("actions.email.cancel", "/v1/actions/email/{email_id}/cancel");
        write(&self.http, request.param("email_id", email_id)).await
    }

    /// Queued and sent emails: `GET /v1/actions/email/outbox`. Needs `email:read`. Document 002,
    /// without paging.
    ///
    /// # Errors
    /// `forbidden` (403).
    #[doc(alias = "/v1/actions/email/outbox")]
    pub async fn outbox(&self) -> Result<Listing<OutboxEmail>> {
        read(&self.http, Request::get("actions.email.outbox", "/v1/actions/email/outbox")).await
    }

    /// The replies to an email: `GET /v1/actions/email/{email_id}/replies`. Needs `email:read`.
    /// Document 002; no answer is documented.
    ///
    /// # Errors
    /// 404 if there is no such email.
    #[doc(alias = "/v1/actions/email/{email_id}/replies")]
    pub async fn replies(&self, email_id: &str) -> Result<Undocumented> {
        let request = Request::get("actions.email.replies", "/v1/actions/email/{email_id}/replies");
        read_by_id(&self.http, request, ("email_id", email_id), &["email_id"]).await
    }
}
