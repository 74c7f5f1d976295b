//! The receptionist for inbound calls: routing rules, voicemails and contacts (document 002). No
//! answer of this section is documented.

use serde_json::json;
use switchboard_core::Result;
use switchboard_http::Request;

use super::{
    section::section,
    send::{read, read_by_id, write},
};
use crate::wire::{ContactDraft, RoutingRule, Undocumented};

section! {
    /// Routing rules.
    RulesApi
}

impl RulesApi {
    /// The rules, by priority: `GET /v1/inbound/rules`. Document 002.
    ///
    /// # Errors
    /// `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/inbound/rules")]
    pub async fn list(&self) -> Result<Undocumented> {
        read(&self.http, Request::get("inbound.rules.list", "/v1/inbound/rules")).await
    }

    /// A new rule: `POST /v1/inbound/rules`. Document 002.
    ///
    /// # Errors
    /// 400 for a rule that the provider rejects.
    #[doc(alias = "/v1/inbound/rules")]
    pub async fn create(&self, rule: &RoutingRule) -> Result<Undocumented> {
        write(&self.http, Request::post("inbound.rules.create", "/v1/inbound/rules").json(rule)?)
            .await
    }

    /// Replaces a rule: `PUT /v1/inbound/rules/{rule_id}`. Document 002; the body is undocumented
    /// and taken to be that of a new one.
    ///
    /// # Errors
    /// 404 if there is none.
    #[doc(alias = "/v1/inbound/rules/{rule_id}")]
    pub async fn update(&self, rule_id: &str, rule: &RoutingRule) -> Result<Undocumented> {
        let request = Request::put("inbound.rules.update", "/v1/inbound/rules/{rule_id}");
        write(&self.http, request.param("rule_id", rule_id).json(rule)?).await
    }

    /// Deletes a rule: `DELETE /v1/inbound/rules/{rule_id}`. Document 002.
    ///
    /// # Errors
    /// 404 if there is none.
    #[doc(alias = "/v1/inbound/rules/{rule_id}")]
    pub async fn delete(&self, rule_id: &str) -> Result<Undocumented> {
        let request = Request::delete("inbound.rules.delete", "/v1/inbound/rules/{rule_id}");
        write(&self.http, request.param("rule_id", rule_id)).await
    }
}

section! {
    /// Voicemails.
    VoicemailsApi
}

impl VoicemailsApi {
    /// The voicemails: `GET /v1/inbound/voicemails`. Document 002.
    ///
    /// # Errors
    /// `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/inbound/voicemails")]
    pub async fn list(&self) -> Result<Undocumented> {
        read(&self.http, Request::get("inbound.voicemails.list", "/v1/inbound/voicemails")).await
    }

    /// One voicemail: `GET /v1/inbound/voicemails/{voicemail_id}`. Document 002.
    ///
    /// # Errors
    /// 404 if there is none.
    #[doc(alias = "/v1/inbound/voicemails/{voicemail_id}")]
    pub async fn get(&self, voicemail_id: &str) -> Result<Undocumented> {
        let request =
            Request::get("inbound.voicemails.get", "/v1/inbound/voicemails/{voicemail_id}");
        read_by_id(&self.http, request, ("voicemail_id", voicemail_id), &["voicemail_id", "id"])
            .await
    }

    /// Where its recording is: `GET /v1/inbound/voicemails/{voicemail_id}/playback`. Document 002,
    /// which does not name the field.
    ///
    /// # Errors
    /// 404 if there is none.
    #[doc(alias = "/v1/inbound/voicemails/{voicemail_id}/playback")]
    pub async fn playback(&self, voicemail_id: &str) -> Result<Undocumented> {
        let request = Request::get(
            "inbound.voicemails.playback",
            "/v1/inbound/voicemails/{voicemail_id}/playback",
        );
        read_by_id(&self.http, request, ("voicemail_id", voicemail_id), &["voicemail_id"]).await
    }
}

section! {
    /// Contacts that the receptionist knows.
    ContactsApi
}

impl ContactsApi {
    /// The contacts: `GET /v1/inbound/contacts`. Document 002.
    ///
    /// # Errors
    /// `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/inbound/contacts")]
    pub async fn list(&self) -> Result<Undocumented> {
        read(&self.http, Request::get("inbound.contacts.list", "/v1/inbound/contacts")).await
    }

    /// A new contact: `POST /v1/inbound/contacts`. Document 002.
    ///
    /// # Errors
    /// 400 for a contact that the provider rejects.
    #[doc(alias = "/v1/inbound/contacts")]
    pub async fn create(&self, contact: &ContactDraft) -> Result<Undocumented> {
        write(
            &self.http,
            Request::post("inbound.contacts.create", "/v1/inbound/contacts").json(contact)?,
        )
        .await
    }

    /// Replaces a contact: `PUT /v1/inbound/contacts/{contact_id}`. Document 002; the body is
    /// undocumented and taken to be that of a new one.
    ///
    /// # Errors
    /// 404 if there is none.
    #[doc(alias = "/v1/inbound/contacts/{contact_id}")]
    pub async fn update(&self, contact_id: &str, contact: &ContactDraft) -> Result<Undocumented> {
        let request = Request::put("inbound.contacts.update", "/v1/inbound/contacts/{contact_id}");
        write(&self.http, request.param("contact_id", contact_id).json(contact)?).await
    }

    /// Deletes a contact: `DELETE /v1/inbound/contacts/{contact_id}`. Document 002.
    ///
    /// # Errors
    /// 404 if there is none.
    #[doc(alias = "/v1/inbound/contacts/{contact_id}")]
    pub async fn delete(&self, contact_id: &str) -> Result<Undocumented> {
        let request =
            Request::delete("inbound.contacts.delete", "/v1/inbound/contacts/{contact_id}");
        write(&self.http, request.param("contact_id", contact_id)).await
    }

    /// Imports contacts from another service, for example `google`: `POST
    /// /v1/inbound/contacts/import`. Document 002, which names no other source.
    ///
    /// # Errors
    /// 400 for an unknown source.
    #[doc(alias = "/v1/inbound/contacts/import")]
    pub async fn import(&self, source: &str) -> Result<Undocumented> {
        let request = Request::post("inbound.contacts.import", "/v1/inbound/contacts/import");
        write(&self.http, request.json(&json!({"source": source}))?).await
    }
}
