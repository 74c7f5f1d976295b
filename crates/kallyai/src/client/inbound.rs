//! Calls that come in (document 002). No answer of this section is documented.

use jiff::civil::Date;
use serde_json::json;
use switchboard_core::{Error, PhoneNumber, ProviderCallId, Result};
use switchboard_http::Request;

use super::{
    events::{self, InboundEvents},
    section,
};
use crate::wire::{DeleteAllInboundCalls, InboundCall, InboundFilter, Listing, Paging, RecordingRecord, TranscriptRecord, Undocumented};

section! {
    /// Calls that come in.
    InboundApi
}

impl InboundApi {
    /// A part of the list. The provider gives 20 unless asked, and at most 100.
    pub async fn list(&self, filter: &InboundFilter, paging: &Paging) -> Result<Listing<InboundCall>> {
        let request = Request::get("inbound.list", "/v1/inbound/calls")
            .query_opt("limit", paging.limit)
            .query_opt("offset", paging.offset)
            .query_opt("status", filter.status.map(|status| status.as_str()))
            .query_opt("vip_only", filter.vip_only)
            .query_opt("date_from", filter.date_from)
            .query_opt("date_to", filter.date_to);
        Listing::read(&self.http.read(request).await?, &["calls", "items", "data"])
    }

    /// Deletes records in bulk. No selector is documented: it may be all of them, so it wants the wish spoken out.
    pub async fn delete_all(&self, confirmation: DeleteAllInboundCalls) -> Result<Undocumented> {
        match confirmation {
            DeleteAllInboundCalls::Confirmed => self.act(Request::delete("inbound.delete_all", "/v1/inbound/calls")).await,
        }
    }

    /// How many came in, were answered and were missed, and how long they took.
    pub async fn summary(&self) -> Result<Undocumented> {
        self.look(Request::get("inbound.summary", "/v1/inbound/calls/summary")).await
    }

    /// The same over a range of days.
    pub async fn analytics(&self, from: Option<Date>, to: Option<Date>) -> Result<Undocumented> {
        let request = Request::get("inbound.analytics", "/v1/inbound/calls/analytics");
        self.look(request.query_opt("date_from", from).query_opt("date_to", to)).await
    }

    /// One call.
    pub async fn get(&self, id: &ProviderCallId) -> Result<InboundCall> {
        self.http
            .read(Request::get("inbound.get", "/v1/inbound/calls/{call_id}").param("call_id", id))
            .await?
            .json()
    }

    /// What was said.
    pub async fn transcript(&self, id: &ProviderCallId) -> Result<TranscriptRecord> {
        self.http
            .read(Request::get("inbound.transcript", "/v1/inbound/calls/{call_id}/transcript").param("call_id", id))
            .await?
            .json()
    }

    /// Where the sound is.
    pub async fn recording(&self, id: &ProviderCallId) -> Result<RecordingRecord> {
        self.http
            .read(Request::get("inbound.recording", "/v1/inbound/calls/{call_id}/recording").param("call_id", id))
            .await?
            .json()
    }

    /// Sets the status of one of the call's action items, as `completed`. Whether they count from 0 or from 1 is not documented.
    pub async fn update_action_item(&self, id: &ProviderCallId, index: u32, status: &str) -> Result<Undocumented> {
        let request = Request::patch("inbound.update_action_item", "/v1/inbound/calls/{call_id}/action-items/{index}");
        self.act(
            request
                .param("call_id", id)
                .param("index", index)
                .json(&json!({"status": status}))?,
        )
        .await
    }

    /// Hands a live call to another number. That number rings: it is sent once, over the placing client, and the error's
    /// [`delivery`](switchboard_core::Error::delivery) says whether it may have rung.
    pub async fn transfer(&self, id: &ProviderCallId, to: &PhoneNumber) -> Result<Undocumented> {
        let request = Request::post("inbound.transfer", "/v1/inbound/calls/{call_id}/transfer").param("call_id", id);
        Undocumented::read(&self.http.place(request.json(&json!({"target_number": to}))?).await?)
    }

    /// Takes a live call over from the agent. It may ring the user's own phone, so it is sent once, as [`transfer`](Self::transfer).
    pub async fn take_over(&self, id: &ProviderCallId) -> Result<Undocumented> {
        let request = Request::post("inbound.take_over", "/v1/inbound/calls/{call_id}/takeover").param("call_id", id);
        Undocumented::read(&self.http.place(request.json(&json!({}))?).await?)
    }

    /// Turns a live call away. `reason` is the provider's word, as `user_rejected`.
    pub async fn reject(&self, id: &ProviderCallId, reason: &str) -> Result<Undocumented> {
        let request = Request::post("inbound.reject", "/v1/inbound/calls/{call_id}/reject").param("call_id", id);
        self.act(request.json(&json!({"reason": reason}))?).await
    }

    /// What happens, as it happens where the provider streams, or a list of what happened where it does not: `GET /v1/inbound/events`.
    pub async fn events(&self) -> Result<InboundEvents> {
        self.open("text/event-stream, application/json;q=0.5").await
    }

    /// What happened, in one look. Empty where the provider insists on streaming.
    pub async fn recent_events(&self) -> Result<Vec<events::InboundEvent>> {
        match self.open("application/json").await? {
            InboundEvents::Recent(recent) => Ok(recent),
            InboundEvents::Live(_) => Ok(Vec::new()),
        }
    }

    /// Where the stream of events is.
    pub async fn stream_info(&self) -> Result<Undocumented> {
        self.look(Request::get("inbound.stream_info", "/v1/inbound/stream/info")).await
    }

    async fn open(&self, accept: &str) -> Result<InboundEvents> {
        let request = Request::get("inbound.events", "/v1/inbound/events").header("accept", accept);
        let named = |error: Error| error.with_provider(self.http.provider().clone()).with_operation("inbound.events");
        events::read(self.http.stream(request).await?).await.map_err(named)
    }

    async fn look(&self, request: Request) -> Result<Undocumented> {
        Undocumented::read(&self.http.read(request).await?)
    }

    async fn act(&self, request: Request) -> Result<Undocumented> {
        Undocumented::read(&self.http.write(request).await?)
    }
}
