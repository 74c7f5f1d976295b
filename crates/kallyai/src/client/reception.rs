//! The reception's rules, voicemails and contacts (document 002). No answer of this section is documented.

use serde_json::json;
use switchboard_core::Result;
use switchboard_http::Request;

use super::section;
use crate::wire::{ContactDraft, RoutingRule, Undocumented};

section! {
    /// Rules, voicemails and contacts of the reception.
    ReceptionApi
}

impl ReceptionApi {
    /// The rules, by priority.
    pub async fn rules(&self) -> Result<Undocumented> {
        self.look(Request::get("reception.rules", "/v1/inbound/rules")).await
    }

    /// A new rule.
    pub async fn create_rule(&self, rule: &RoutingRule) -> Result<Undocumented> {
        self.act(Request::post("reception.create_rule", "/v1/inbound/rules").json(rule)?)
            .await
    }

    /// Replaces a rule.
    pub async fn update_rule(&self, id: &str, rule: &RoutingRule) -> Result<Undocumented> {
        self.act(
            Request::put("reception.update_rule", "/v1/inbound/rules/{rule_id}")
                .param("rule_id", id)
                .json(rule)?,
        )
        .await
    }

    /// Deletes a rule.
    pub async fn delete_rule(&self, id: &str) -> Result<Undocumented> {
        self.act(Request::delete("reception.delete_rule", "/v1/inbound/rules/{rule_id}").param("rule_id", id))
            .await
    }

    /// The voicemails.
    pub async fn voicemails(&self) -> Result<Undocumented> {
        self.look(Request::get("reception.voicemails", "/v1/inbound/voicemails")).await
    }

    /// One voicemail.
    pub async fn voicemail(&self, id: &str) -> Result<Undocumented> {
        self.look(Request::get("reception.voicemail", "/v1/inbound/voicemails/{voicemail_id}").param("voicemail_id", id))
            .await
    }

    /// Where a voicemail's sound is. The name of the field is not documented.
    pub async fn voicemail_playback(&self, id: &str) -> Result<Undocumented> {
        let request = Request::get("reception.voicemail_playback", "/v1/inbound/voicemails/{voicemail_id}/playback");
        self.look(request.param("voicemail_id", id)).await
    }

    /// The callers whom the reception knows.
    pub async fn contacts(&self) -> Result<Undocumented> {
        self.look(Request::get("reception.contacts", "/v1/inbound/contacts")).await
    }

    /// A new contact.
    pub async fn create_contact(&self, contact: &ContactDraft) -> Result<Undocumented> {
        self.act(Request::post("reception.create_contact", "/v1/inbound/contacts").json(contact)?)
            .await
    }

    /// Replaces a contact. The body is undocumented and taken to be that of a new one.
    pub async fn update_contact(&self, id: &str, contact: &ContactDraft) -> Result<Undocumented> {
        let request = Request::put("reception.update_contact", "/v1/inbound/contacts/{contact_id}");
        self.act(request.param("contact_id", id).json(contact)?).await
    }

    /// Deletes a contact.
    pub async fn delete_contact(&self, id: &str) -> Result<Undocumented> {
        self.act(Request::delete("reception.delete_contact", "/v1/inbound/contacts/{contact_id}").param("contact_id", id))
            .await
    }

    /// Takes contacts over from elsewhere, as `google`.
    pub async fn import_contacts(&self, source: &str) -> Result<Undocumented> {
        self.act(Request::post("reception.import_contacts", "/v1/inbound/contacts/import").json(&json!({"source": source}))?)
            .await
    }

    async fn look(&self, request: Request) -> Result<Undocumented> {
        Undocumented::read(&self.http.read(request).await?)
    }

    async fn act(&self, request: Request) -> Result<Undocumented> {
        Undocumented::read(&self.http.write(request).await?)
    }
}
