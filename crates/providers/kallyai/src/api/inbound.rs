//! Calls that come in, and the reception that answers them (document 002). No answer of this
//! section is documented.

use std::sync::Arc;

use futures::stream::BoxStream;
use jiff::civil::Date;
use serde_json::json;
use switchboard_core::{Clock, Error, PhoneNumber, PlaceError, ProviderCallId, Result};
use switchboard_http::{HttpClient, Request};

use super::{
    events::{self, InboundEvent, InboundEvents},
    reception::{ContactsApi, RulesApi, VoicemailsApi},
    send::{act, all, look, look_at, ring},
};
use crate::wire::{
    DeleteAllInboundCalls, InboundCall, InboundFilter, Listing, Paging, RecordingRecord,
    TranscriptRecord, Undocumented,
};

/// Calls that come in. The documents name no scope for this section; those of calls are the likely
/// ones.
#[derive(Debug, Clone)]
pub struct InboundApi {
    http: HttpClient,
    pub(super) clock: Arc<dyn Clock>,
}

impl InboundApi {
    pub(crate) fn new(http: HttpClient, clock: Arc<dyn Clock>) -> Self {
        Self { http, clock }
    }

    /// Who is put through: `/v1/inbound/rules`.
    #[doc(alias = "/v1/inbound/rules")]
    pub fn rules(&self) -> RulesApi {
        RulesApi::new(self.http.clone())
    }

    /// What callers left: `/v1/inbound/voicemails`.
    #[doc(alias = "/v1/inbound/voicemails")]
    pub fn voicemails(&self) -> VoicemailsApi {
        VoicemailsApi::new(self.http.clone())
    }

    /// Whom the reception knows: `/v1/inbound/contacts`.
    #[doc(alias = "/v1/inbound/contacts")]
    pub fn contacts(&self) -> ContactsApi {
        ContactsApi::new(self.http.clone())
    }

    /// A part of the list: `GET /v1/inbound/calls`. Document 002; the provider gives 20 unless
    /// asked, and at most 100.
    ///
    /// # Errors
    /// 400 for a filter that the provider does not like.
    #[doc(alias = "/v1/inbound/calls")]
    pub async fn list(
        &self,
        filter: &InboundFilter,
        paging: &Paging,
    ) -> Result<Listing<InboundCall>> {
        let request = Request::get("inbound.list", "/v1/inbound/calls")
            .query_opt("limit", paging.limit)
            .query_opt("offset", paging.offset)
            .query_opt("status", filter.status.map(|status| status.as_str()))
            .query_opt("vip_only", filter.vip_only)
            .query_opt("date_from", filter.date_from)
            .query_opt("date_to", filter.date_to);
        look(&self.http, request).await
    }

    /// All calls that pass the filter, page after page of [`list`](Self::list), each once.
    #[doc(alias = "/v1/inbound/calls")]
    pub fn all(
        &self,
        filter: InboundFilter,
        paging: Paging,
    ) -> BoxStream<'static, Result<InboundCall>> {
        let clock = Arc::clone(&self.clock);
        all(&self.http, paging, move |http, paging| {
            let api = Self::new(http, Arc::clone(&clock));
            async move { api.list(&filter, &paging).await }
        })
    }

    /// Deletes records in bulk: `DELETE /v1/inbound/calls`. Document 002 names no selector: it may
    /// be all of them, so it wants the wish spoken out.
    ///
    /// # Errors
    /// `forbidden` (403).
    #[doc(alias = "/v1/inbound/calls")]
    pub async fn delete_all(&self, confirmation: DeleteAllInboundCalls) -> Result<Undocumented> {
        match confirmation {
            DeleteAllInboundCalls::Confirmed => {
                act(&self.http, Request::delete("inbound.delete_all", "/v1/inbound/calls")).await
            }
        }
    }

    /// How many came in, were answered and were missed, and how long they took: `GET
    /// /v1/inbound/calls/summary`. Document 002.
    ///
    /// # Errors
    /// `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/inbound/calls/summary")]
    pub async fn summary(&self) -> Result<Undocumented> {
        look(&self.http, Request::get("inbound.summary", "/v1/inbound/calls/summary")).await
    }

    /// The same over a range of days: `GET /v1/inbound/calls/analytics`. Document 002.
    ///
    /// # Errors
    /// 400 for a range that the provider does not like.
    #[doc(alias = "/v1/inbound/calls/analytics")]
    pub async fn analytics(&self, from: Option<Date>, to: Option<Date>) -> Result<Undocumented> {
        let request = Request::get("inbound.analytics", "/v1/inbound/calls/analytics");
        look(&self.http, request.query_opt("date_from", from).query_opt("date_to", to)).await
    }

    /// One call with its caller, summary and action items: `GET /v1/inbound/calls/{call_id}`.
    /// Document 002.
    ///
    /// # Errors
    /// `call_not_found` (404).
    #[doc(alias = "/v1/inbound/calls/{call_id}")]
    pub async fn get(&self, id: &ProviderCallId) -> Result<InboundCall> {
        let request = Request::get("inbound.get", "/v1/inbound/calls/{call_id}");
        look_at(&self.http, request, ("call_id", id.as_str()), &["call_id", "id"]).await
    }

    /// What was said: `GET /v1/inbound/calls/{call_id}/transcript`. Document 002; it is read as an
    /// outbound call's.
    ///
    /// # Errors
    /// `call_not_found`, `transcript_not_found` (404).
    #[doc(alias = "/v1/inbound/calls/{call_id}/transcript")]
    pub async fn transcript(&self, id: &ProviderCallId) -> Result<TranscriptRecord> {
        let request = Request::get("inbound.transcript", "/v1/inbound/calls/{call_id}/transcript");
        look_at(&self.http, request, ("call_id", id.as_str()), &["call_id"]).await
    }

    /// Where the sound is: `GET /v1/inbound/calls/{call_id}/recording`. Document 002; it is read as
    /// an outbound call's.
    ///
    /// # Errors
    /// `call_not_found`, `recording_not_found` (404).
    #[doc(alias = "/v1/inbound/calls/{call_id}/recording")]
    pub async fn recording(&self, id: &ProviderCallId) -> Result<RecordingRecord> {
        let request = Request::get("inbound.recording", "/v1/inbound/calls/{call_id}/recording");
        look_at(&self.http, request, ("call_id", id.as_str()), &["call_id"]).await
    }

    /// Sets the status of one of the call's action items, as `completed`: `PATCH
    /// /v1/inbound/calls/{call_id}/action-items/{index}`. Document 002, which does not say whether
    /// they count from 0 or from 1.
    ///
    /// # Errors
    /// `call_not_found` (404).
    #[doc(alias = "/v1/inbound/calls/{call_id}/action-items/{index}")]
    pub async fn update_action_item(
        &self,
        id: &ProviderCallId,
        index: u32,
        status: &str,
    ) -> Result<Undocumented> {
        let request = Request::patch(
            "inbound.update_action_item",
            "/v1/inbound/calls/{call_id}/action-items/{index}",
        )
        .param("call_id", id)
        .param("index", index.to_string());
        act(&self.http, request.json(&json!({"status": status}))?).await
    }

    /// Hands a live call to another number: `POST /v1/inbound/calls/{call_id}/transfer`.
    /// Document 002.
    ///
    /// **It makes a phone ring**: that number. It is sent once, over a connection of its own.
    ///
    /// # Errors
    /// The error's [`delivery`](PlaceError::delivery) says whether it may have rung.
    /// `call_not_found` (404), and the codes of placing a call.
    #[doc(alias = "/v1/inbound/calls/{call_id}/transfer")]
    pub async fn transfer(
        &self,
        id: &ProviderCallId,
        to: &PhoneNumber,
    ) -> Result<Undocumented, PlaceError> {
        let request = Request::post("inbound.transfer", "/v1/inbound/calls/{call_id}/transfer")
            .param("call_id", id);
        ring(&self.http, request.json(&json!({"target_number": to}))).await
    }

    /// Takes a live call over from the agent: `POST /v1/inbound/calls/{call_id}/takeover`.
    /// Document 002.
    ///
    /// **It may make a phone ring**: the user's own. It is sent once, as
    /// [`transfer`](Self::transfer).
    ///
    /// # Errors
    /// As [`transfer`](Self::transfer).
    #[doc(alias = "/v1/inbound/calls/{call_id}/takeover")]
    pub async fn take_over(&self, id: &ProviderCallId) -> Result<Undocumented, PlaceError> {
        let request = Request::post("inbound.take_over", "/v1/inbound/calls/{call_id}/takeover")
            .param("call_id", id);
        ring(&self.http, request.json(&json!({}))).await
    }

    /// Turns a live call away: `POST /v1/inbound/calls/{call_id}/reject`. `reason` is the
    /// provider's word, as `user_rejected`. Document 002.
    ///
    /// # Errors
    /// `call_not_found` (404).
    #[doc(alias = "/v1/inbound/calls/{call_id}/reject")]
    pub async fn reject(&self, id: &ProviderCallId, reason: &str) -> Result<Undocumented> {
        let request = Request::post("inbound.reject", "/v1/inbound/calls/{call_id}/reject")
            .param("call_id", id);
        act(&self.http, request.json(&json!({"reason": reason}))?).await
    }

    /// What the endpoint answers to one request: `GET /v1/inbound/events`. Events as they happen
    /// where the provider streams, until the connection breaks, or a list of what happened where it
    /// does not. Document 002. [`follow`](Self::follow) mends what breaks.
    ///
    /// # Errors
    /// As every read; `Decode` for an answer that holds neither.
    #[doc(alias = "/v1/inbound/events")]
    pub async fn events(&self) -> Result<InboundEvents> {
        self.open("text/event-stream, application/json;q=0.5").await
    }

    /// What happened, in one look: `GET /v1/inbound/events`. Empty where the provider insists on
    /// streaming. Document 002.
    ///
    /// # Errors
    /// As [`events`](Self::events).
    #[doc(alias = "/v1/inbound/events")]
    pub async fn recent_events(&self) -> Result<Vec<InboundEvent>> {
        match self.open("application/json").await? {
            InboundEvents::Recent(recent) => Ok(recent),
            InboundEvents::Live(_) => Ok(Vec::new()),
        }
    }

    /// Where the stream of events is: `GET /v1/inbound/stream/info`. Document 002.
    ///
    /// # Errors
    /// `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/inbound/stream/info")]
    pub async fn stream_info(&self) -> Result<Undocumented> {
        look(&self.http, Request::get("inbound.stream_info", "/v1/inbound/stream/info")).await
    }

    async fn open(&self, accept: &str) -> Result<InboundEvents> {
        let named = |error: Error| {
            error.with_provider(self.http.provider().clone()).with_operation("inbound.events")
        };
        events::read(self.answer(accept, None).await?).await.map_err(named)
    }

    /// The answer before it is read. `last` is the id of the last event that was told.
    pub(super) async fn answer(
        &self,
        accept: &str,
        last: Option<&str>,
    ) -> Result<switchboard_http::StreamAnswer> {
        let mut request =
            Request::get("inbound.events", "/v1/inbound/events").header("accept", accept);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        self.http.stream(request).await
    }
}
