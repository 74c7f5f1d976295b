//! The user's mailboxes (document 002).

use switchboard_core::Result;
use switchboard_http::Request;

use super::{
    section::section,
    send::{read, read_by_id, write},
};
use crate::wire::{EmailAccount, EmailClass, EmailProvider, EmailResponse, Listing, Undocumented};

section! {
    /// The user's mailboxes. Reading needs the scope `email:read`, the rest `email:write` (document
    /// 002).
    EmailApi
}

impl EmailApi {
    /// The connected mailboxes: `GET /v1/email/accounts`. Needs `email:read`. Document 002, without
    /// paging.
    ///
    /// # Errors
    /// `forbidden` (403).
    #[doc(alias = "/v1/email/accounts")]
    pub async fn accounts(&self) -> Result<Listing<EmailAccount>> {
        read(&self.http, Request::get("email.accounts", "/v1/email/accounts")).await
    }

    /// The page where a user connects a mailbox: `GET /v1/email/oauth/gmail/url` and `GET
    /// /v1/email/oauth/outlook/url`. Needs `email:write`. Document 002, which does not name the
    /// field with the URL.
    ///
    /// # Errors
    /// `forbidden` (403).
    #[doc(alias = "/v1/email/oauth/gmail/url")]
    #[doc(alias = "/v1/email/oauth/outlook/url")]
    pub async fn connect_url(&self, provider: EmailProvider) -> Result<Undocumented> {
        let request = match provider {
            EmailProvider::Gmail => {
                Request::get("email.connect_gmail", "/v1/email/oauth/gmail/url")
            }
            EmailProvider::Outlook => {
                Request::get("email.connect_outlook", "/v1/email/oauth/outlook/url")
            }
        };
        read(&self.http, request).await
    }

    /// Disconnects a mailbox: `DELETE /v1/email/accounts/{account_id}`. Needs `email:write`.
    /// Document 002; no answer is documented.
    ///
    /// # Errors
    /// 404 if there is none.
    #[doc(alias = "/v1/email/accounts/{account_id}")]
    pub async fn disconnect(&self, account_id: &str) -> Result<Undocumented> {
        let request = Request::delete("email.disconnect", "/v1/email/accounts/{account_id}");
        write(&self.http, request.param("account_id", account_id)).await
    }

    /// Emails: `GET /v1/email/messages`. Needs `email:read`. Document 002, which has a limit and no
    /// offset; no answer is documented.
    ///
    /// # Errors
    /// `email_not_connected` (400).
    #[doc(alias = "/v1/email/messages")]
    pub async fn messages(
        &self,
        classification: Option<EmailClass>,
        limit: Option<u32>,
    ) -> Result<Undocumented> {
        let request = Request::get("email.messages", "/v1/email/messages")
            .query_opt("classification", classification)
            .query_opt("limit", limit);
        read(&self.http, request).await
    }

    /// One email with headers, text and the names of its attachments: `GET
    /// /v1/email/messages/{message_id}`. Needs `email:read`. Document 002; no answer is documented.
    ///
    /// # Errors
    /// 404 if there is none; `email_not_connected` (400).
    #[doc(alias = "/v1/email/messages/{message_id}")]
    pub async fn message(&self, message_id: &str) -> Result<Undocumented> {
        let request = Request::get("email.message", "/v1/email/messages/{message_id}");
        read_by_id(&self.http, request, ("message_id", message_id), &["id", "message_id"]).await
    }

    /// Writes a reply in the user's voice: `POST /v1/email/messages/{message_id}/respond`. Needs
    /// `email:write`. Document 002; no answer is documented.
    ///
    /// # Errors
    /// 404 if there is no such email; `email_not_connected` (400), `email_send_failed` (500).
    #[doc(alias = "/v1/email/messages/{message_id}/respond")]
    pub async fn respond(
        &self,
        message_id: &str,
        response: &EmailResponse,
    ) -> Result<Undocumented> {
        let request = Request::post("email.respond", "/v1/email/messages/{message_id}/respond");
        write(&self.http, request.param("message_id", message_id).json(response)?).await
    }

    /// The user's writing style: `GET /v1/email/voice-profile`. Needs `email:read`. Document 002;
    /// no answer is documented.
    ///
    /// # Errors
    /// `email_not_connected` (400).
    #[doc(alias = "/v1/email/voice-profile")]
    pub async fn voice_profile(&self) -> Result<Undocumented> {
        read(&self.http, Request::get("email.voice_profile", "/v1/email/voice-profile")).await
    }

    /// Learns the user's writing style from their sent emails: `POST
    /// /v1/email/voice-profile/train`. Needs `email:write`. Document 002; no answer is documented.
    ///
    /// # Errors
    /// `email_not_connected` (400).
    #[doc(alias = "/v1/email/voice-profile/train")]
    pub async fn train_voice_profile(&self) -> Result<Undocumented> {
        write(
            &self.http,
            Request::post("email.train_voice_profile", "/v1/email/voice-profile/train"),
        )
        .await
    }
}
