//! The channels between KallyAI and its user (document 002). A "webhook channel" here is a
//! messenger and has nothing to do with webhooks for events.

use secrecy::{ExposeSecret, SecretString};
use switchboard_core::Result;
use switchboard_http::Request;

use super::{
    section::section,
    send::{read, write},
};
use crate::wire::{
    ChannelStatuses, ContactEmail, ContactEmailUpdate, ContactEmails, Mailbox, Messenger,
    MessengerCredentials, MessengerOutcome, NewContactEmail, Undocumented,
};

section! {
    /// The channels between KallyAI and its user. No scope is documented.
    ChannelsApi
}

impl ChannelsApi {
    /// All channels, and which are connected: `GET /v1/channels/status`. Document 002.
    ///
    /// # Errors
    /// `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/channels/status")]
    pub async fn status(&self) -> Result<ChannelStatuses> {
        read(&self.http, Request::get("channels.status", "/v1/channels/status")).await
    }

    /// Adds an email address of the user and sends it a message to verify: `POST
    /// /v1/channels/email/add`. Document 002.
    ///
    /// # Errors
    /// `Conflict` (409) if it is already registered.
    #[doc(alias = "/v1/channels/email/add")]
    pub async fn add_email(&self, email: &NewContactEmail) -> Result<ContactEmail> {
        write(
            &self.http,
            Request::post("channels.add_email", "/v1/channels/email/add").json(email)?,
        )
        .await
    }

    /// The user's addresses: `GET /v1/channels/email/list`. Document 002, without paging.
    ///
    /// # Errors
    /// `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/channels/email/list")]
    pub async fn emails(&self) -> Result<ContactEmails> {
        read(&self.http, Request::get("channels.emails", "/v1/channels/email/list")).await
    }

    /// Changes an address: `PUT /v1/channels/email/{email_id}`. Document 002; no answer is
    /// documented.
    ///
    /// # Errors
    /// 404 if there is none.
    #[doc(alias = "/v1/channels/email/{email_id}")]
    pub async fn update_email(
        &self,
        email_id: &str,
        change: &ContactEmailUpdate,
    ) -> Result<Undocumented> {
        let request = Request::put("channels.update_email", "/v1/channels/email/{email_id}");
        write(&self.http, request.param("email_id", email_id).json(change)?).await
    }

    /// Removes an address: `DELETE /v1/channels/email/{email_id}`, answered by 204 without a body.
    /// Document 002.
    ///
    /// # Errors
    /// 404 if there is none.
    #[doc(alias = "/v1/channels/email/{email_id}")]
    pub async fn delete_email(&self, email_id: &str) -> Result<Undocumented> {
        let request = Request::delete("channels.delete_email", "/v1/channels/email/{email_id}");
        write(&self.http, request.param("email_id", email_id)).await
    }

    /// Verifies an email address with the token from the message: `GET /v1/channels/email/verify`.
    /// Public. Document 002.
    ///
    /// The provider answers with a redirect to its settings page, whether the token was valid or
    /// not. So `Ok` only means that it was checked; [`emails`](Self::emails) says whether the
    /// address is `verified`. The redirect is not followed.
    ///
    /// # Errors
    /// As for every read, except for a redirect.
    #[doc(alias = "/v1/channels/email/verify")]
    pub async fn verify_email(&self, token: &SecretString) -> Result<()> {
        let request = Request::get("channels.verify_email", "/v1/channels/email/verify")
            .query("token", token.expose_secret())
            .secret(token)
            .public();
        match self.http.read(request).await {
            Ok(_) => Ok(()),
            Err(error) if error.status().is_some_and(|status| (300..400).contains(&status)) => {
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// The assistant's own email address: `GET /v1/channels/mailbox`. Document 002.
    ///
    /// # Errors
    /// `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/channels/mailbox")]
    pub async fn mailbox(&self) -> Result<Mailbox> {
        read(&self.http, Request::get("channels.mailbox", "/v1/channels/mailbox")).await
    }

    /// Connects a messenger: `POST /v1/channels/webhook/{channel}/connect`. Document 002.
    ///
    /// # Errors
    /// 400 for invalid credentials.
    #[doc(alias = "/v1/channels/webhook/{channel}/connect")]
    pub async fn connect(&self, credentials: &MessengerCredentials) -> Result<MessengerOutcome> {
        let request = Request::post("channels.connect", "/v1/channels/webhook/{channel}/connect");
        let request =
            request.param("channel", credentials.messenger().as_str()).secret(credentials.secret());
        write(&self.http, request.json(credentials)?).await
    }

    /// Tests a messenger's credentials without saving them: `POST
    /// /v1/channels/webhook/{channel}/test`. Document 002.
    ///
    /// # Errors
    /// 400 for invalid credentials.
    #[doc(alias = "/v1/channels/webhook/{channel}/test")]
    pub async fn test(&self, credentials: &MessengerCredentials) -> Result<MessengerOutcome> {
        let request = Request::post("channels.test", "/v1/channels/webhook/{channel}/test");
        let request =
            request.param("channel", credentials.messenger().as_str()).secret(credentials.secret());
        write(&self.http, request.json(credentials)?).await
    }

    /// Disconnects a messenger: `POST /v1/channels/disconnect/{channel}`. Document 002. For an
    /// address use [`delete_email`](Self::delete_email).
    ///
    /// # Errors
    /// 404 if it is not connected.
    #[doc(alias = "/v1/channels/disconnect/{channel}")]
    pub async fn disconnect(&self, messenger: Messenger) -> Result<MessengerOutcome> {
        let request = Request::post("channels.disconnect", "/v1/channels/disconnect/{channel}");
        write(&self.http, request.param("channel", messenger.as_str())).await
    }
}
