//! Inbound calls, and the receptionist that answers them (document 002). No answer of this section
//! is documented.

use std::sync::Arc;

use futures::stream::BoxStream;
use jiff::civil::Date;
use serde_json::json;
use switchboard_core::{Clock, Error, PhoneNumber, PlaceError, ProviderCallId, Result};
use switchboard_http::{HttpClient, Request};

use super::{
    events::{self, InboundEvent, InboundEvents},
    reception::{ContactsApi, RulesApi, VoicemailsApi},
    send::{all, place, read, read_by_id, write},
};
use crate::wire::{
    DeleteAllInboundCalls, InboundCall, InboundFilter, Listing, Paging, RecordingRecord,
    TranscriptRecord, Undocumented,
};

/// Inbound calls. The documents name no scope for this section; it probably needs those of calls.
#[derive(Debug, Clone)]
pub struct InboundApi {
    http: HttpClient,
    pub(super) clock: Arc<dyn Clock>,
}

impl InboundApi {
    pub(crate) fn new(http: HttpClient, clock: Arc<dyn Clock>) -> Self {
        Self { http, clock }
    }

    /// Routing rules: `/v1/inbound/rules`.
    #[doc(alias = "/v1/inbound/rules")]
    pub fn rules(&self) -> RulesApi {
        RulesApi::new(self.http.clone())
    }

    /// Voicemails: `/v1/inbound/voicemails`.
    #[doc(alias = "/v1/inbound/voicemails")]
    pub fn voicemails(&self) -> VoicemailsApi {
        VoicemailsApi::new(self.http.clone())
    }

    /// Contacts: `/v1/inbound/contacts`.
    #[doc(alias = "/v1/inbound/contacts")]
    pub fn contacts(&self) -> ContactsApi {
        ContactsApi::new(self.http.clone())
    }

    /// One page of the list: `GET /v1/inbound/calls`. Document 002; the provider returns 20 by
    /// default and at most 100.
    ///
    /// # Errors
    /// 400 for a filter that the provider rejects.
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
        read(&self.http, request).await
    }

    /// All calls that match the filter, page by page with [`list`](Self::list), each once.
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

    /// Deletes records in bulk: `DELETE /v1/inbound/calls`. Document 002 names no selector, so it
    /// may delete all of them and needs an explicit confirmation.
    ///
    /// # Errors
    /// `forbidden` (403).
    #[doc(alias = "/v1/inbound/calls")]
    pub async fn delete_all(&self, confirmation: DeleteAllInboundCalls) -> Result<Undocumented> {
        match confirmation {
            DeleteAllInboundCalls::Confirmed => {
                write(&self.http, Request::delete("inbound.delete_all", "/v1/inbound/calls")).await
            }
        }
    }

    /// Numbers of inbound, answered and missed calls, and their duration: `GET
    /// /v1/inbound/calls/summary`. Document 002.
    ///
    /// # Errors
    /// `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/inbound/calls/summary")]
    pub async fn summary(&self) -> Result<Undocumented> {
        read(&self.http, Request::get("inbound.summary", "/v1/inbound/calls/summary")).await
    }

    /// The same for a range of days: `GET /v1/inbound/calls/analytics`. Document 002.
    ///
    /// # Errors
    /// 400 for a range that the provider rejects.
    #[doc(alias = "/v1/inbound/calls/analytics")]
    pub async fn analytics(&self, from: Option<Date>, to: Option<Date>) -> Result<Undocumented> {
        let request = Request::get("inbound.analytics", "/v1/inbound/calls/analytics");
        read(&self.http, request.query_opt("date_from", from).query_opt("date_to", to)).await
    }

    /// One call with its caller, summary and action items: `GET /v1/inbound/calls/{call_id}`.
    /// Document 002.
    ///
    /// # Errors
    /// `call_not_found` (404).
    #[doc(alias = "/v1/inbound/calls/{call_id}")]
    pub async fn get(&self, id: &ProviderCallId) -> Result<InboundCall> {
        let request = Request::get("inbound.get", "/v1/inbound/calls/{call_id}");
        read_by_id(&self.http, request, ("call_id", id.as_str()), &["call_id", "id"]).await
    }

    /// The transcript: `GET /v1/inbound/calls/{call_id}/transcript`. Document 002; it is read like
    /// an outbound call's.
    ///
    /// # Errors
    /// `call_not_found`, `transcript_not_found` (404).
    #[doc(alias = "/v1/inbound/calls/{call_id}/transcript")]
    pub async fn transcript(&self, id: &ProviderCallId) -> Result<TranscriptRecord> {
        let request = Request::get("inbound.transcript", "/v1/inbound/calls/{call_id}/transcript");
        read_by_id(&self.http, request, ("call_id", id.as_str()), &["call_id"]).await
    }

    /// Where the recording is: `GET /v1/inbound/calls/{call_id}/recording`. Document 002; it is
    /// read like an outbound call's.
    ///
    /// # Errors
    /// `call_not_found`, `recording_not_found` (404).
    #[doc(alias = "/v1/inbound/calls/{call_id}/recording")]
    pub async fn recording(&self, id: &ProviderCallId) -> Result<RecordingRecord> {
        let request = Request::get("inbound.recording", "/v1/inbound/calls/{call_id}/recording");
        read_by_id(&self.http, request, ("call_id", id.as_str()), &["call_id"]).await
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
        write(&self.http, request.json(&json!({"status": status}))?).await
    }

    /// Transfers a live call to another number: `POST /v1/inbound/calls/{call_id}/transfer`.
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
        place(&self.http, request.json(&json!({"target_number": to}))).await
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
        place(&self.http, request.json(&json!({}))).await
    }

    /// Rejects a live call: `POST /v1/inbound/calls/{call_id}/reject`. `reason` is the provider's
    /// word, for example `user_rejected`. Document 002.
    ///
    /// # Errors
    /// `call_not_found` (404).
    #[doc(alias = "/v1/inbound/calls/{call_id}/reject")]
    pub async fn reject(&self, id: &ProviderCallId, reason: &str) -> Result<Undocumented> {
        let request = Request::post("inbound.reject", "/v1/inbound/calls/{call_id}/reject")
            .param("call_id", id);
        write(&self.http, request.json(&json!({"reason": reason}))?).await
    }

    /// Events from one request: `GET /v1/inbound/events`. A live stream until the connection
    /// breaks, or a list of recent events if the provider does not stream. Document 002.
    /// [`follow`](Self::follow) reconnects.
    ///
    /// # Errors
    /// As for every read; `Decode` for an answer that is neither.
    #[doc(alias = "/v1/inbound/events")]
    pub async fn events(&self) -> Result<InboundEvents> {
        self.open("text/event-stream, application/json;q=0.5").await
    }

    /// Recent events: `GET /v1/inbound/events`. Empty if the provider insists on streaming.
    /// Document 002.
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

    /// The address of the event stream: `GET /v1/inbound/stream/info`. Document 002.
    ///
    /// # Errors
    /// `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/inbound/stream/info")]
    pub async fn stream_info(&self) -> Result<Undocumented> {
        read(&self.http, Request::get("inbound.stream_info", "/v1/inbound/stream/info")).await
    }

    async fn open(&self, accept: &str) -> Result<InboundEvents> {
        let named = |error: Error| {
            error.with_provider(self.http.provider().clone()).with_operation("inbound.events")
        };
        events::read(self.answer(accept, None).await?).await.map_err(named)
    }

    /// The unread answer. `last` is the id of the last event that was received.
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
