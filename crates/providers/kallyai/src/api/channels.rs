//! How KallyAI and its user reach each other (document 002). A "webhook channel" here is a
//! messenger, and nothing that tells of events.

use secrecy::{ExposeSecret, SecretString};
use switchboard_core::Result;
use switchboard_http::Request;

use super::{
    section::section,
    send::{act, look},
};
use crate::wire::{
    ChannelStatuses, ContactEmail, ContactEmailUpdate, ContactEmails, Mailbox, Messenger,
    MessengerCredentials, MessengerOutcome, NewContactEmail, Undocumented,
};

section! {
    /// How KallyAI and its user reach each other. No scope is documented.
    ChannelsApi
}

impl ChannelsApi {
    /// All channels, and which are connected: `GET /v1/channels/status`. Document 002.
    ///
    /// # Errors
    /// `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/channels/status")]
    pub async fn status(&self) -> Result<ChannelStatuses> {
        look(&self.http, Request::get("channels.status", "/v1/channels/status")).await
    }

    /// Adds an address of the user, who is sent an email to prove that it is theirs: `POST
    /// /v1/channels/email/add`. Document 002.
    ///
    /// # Errors
    /// `Conflict` (409) where it is registered already.
    #[doc(alias = "/v1/channels/email/add")]
    pub async fn add_email(&self, email: &NewContactEmail) -> Result<ContactEmail> {
        act(&self.http, Request::post("channels.add_email", "/v1/channels/email/add").json(email)?)
            .await
    }

    /// The user's addresses: `GET /v1/channels/email/list`. Document 002, without paging.
    ///
    /// # Errors
    /// `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/channels/email/list")]
    pub async fn emails(&self) -> Result<ContactEmails> {
        look(&self.http, Request::get("channels.emails", "/v1/channels/email/list")).await
    }

    /// Changes an address: `PUT /v1/channels/email/{email_id}`. Document 002; no answer is
    /// documented.
    ///
    /// # Errors
    /// 404 where there is none.
    #[doc(alias = "/v1/channels/email/{email_id}")]
    pub async fn update_email(
        &self,
        email_id: &str,
        change: &ContactEmailUpdate,
    ) -> Result<Undocumented> {
        let request = Request::put("channels.update_email", "/v1/channels/email/{email_id}");
        act(&self.http, request.param("email_id", email_id).json(change)?).await
    }

    /// Removes an address: `DELETE /v1/channels/email/{email_id}`, answered by 204 without a body.
    /// Document 002.
    ///
    /// # Errors
    /// 404 where there is none.
    #[doc(alias = "/v1/channels/email/{email_id}")]
    pub async fn delete_email(&self, email_id: &str) -> Result<Undocumented> {
        let request = Request::delete("channels.delete_email", "/v1/channels/email/{email_id}");
        act(&self.http, request.param("email_id", email_id)).await
    }

    /// Proves that an address is the user's, by the token of the email that it was sent: `GET
    /// /v1/channels/email/verify`. Public. Document 002.
    ///
    /// The provider answers by sending a browser to its settings page, whether the token was good
    /// or not. So `Ok` says that it was looked at, and [`emails`](Self::emails) says whether the
    /// address is `verified`. The redirect is not followed.
    ///
    /// # Errors
    /// As every read, for everything but a redirect.
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

    /// The assistant's own address: `GET /v1/channels/mailbox`. Document 002.
    ///
    /// # Errors
    /// `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/channels/mailbox")]
    pub async fn mailbox(&self) -> Result<Mailbox> {
        look(&self.http, Request::get("channels.mailbox", "/v1/channels/mailbox")).await
    }

    /// Connects a messenger: `POST /v1/channels/webhook/{channel}/connect`. Document 002.
    ///
    /// # Errors
    /// 400 for credentials that open nothing.
    #[doc(alias = "/v1/channels/webhook/{channel}/connect")]
    pub async fn connect(&self, credentials: &MessengerCredentials) -> Result<MessengerOutcome> {
        let request = Request::post("channels.connect", "/v1/channels/webhook/{channel}/connect");
        let request =
            request.param("channel", credentials.messenger().as_str()).secret(credentials.secret());
        act(&self.http, request.json(credentials)?).await
    }

    /// Tries a messenger's credentials and keeps nothing: `POST
    /// /v1/channels/webhook/{channel}/test`. Document 002.
    ///
    /// # Errors
    /// 400 for credentials that open nothing.
    #[doc(alias = "/v1/channels/webhook/{channel}/test")]
    pub async fn test(&self, credentials: &MessengerCredentials) -> Result<MessengerOutcome> {
        let request = Request::post("channels.test", "/v1/channels/webhook/{channel}/test");
        let request =
            request.param("channel", credentials.messenger().as_str()).secret(credentials.secret());
        act(&self.http, request.json(credentials)?).await
    }

    /// Disconnects a messenger: `POST /v1/channels/disconnect/{channel}`. Document 002. For an
    /// address use [`delete_email`](Self::delete_email).
    ///
    /// # Errors
    /// 404 where it is not connected.
    #[doc(alias = "/v1/channels/disconnect/{channel}")]
    pub async fn disconnect(&self, messenger: Messenger) -> Result<MessengerOutcome> {
        let request = Request::post("channels.disconnect", "/v1/channels/disconnect/{channel}");
        act(&self.http, request.param("channel", messenger.as_str())).await
    }
}
