//! Outbound calls (documents 002 and 003).

use futures::stream::BoxStream;
use switchboard_core::{PlaceError, ProviderCallId, Result};
use switchboard_http::{Request, usable_id};
use uuid::Uuid;

use super::{
    section::section,
    send::{act, all, look_at},
};
use crate::wire::{
    Calendar, CallRecord, CreateCall, Listing, Paging, RecordingRecord, RescheduleCall,
    TranscriptRecord, Undocumented,
};

section! {
    /// Outbound calls.
    CallsApi
}

impl CallsApi {
    /// Makes a phone ring: `POST /v1/calls`. It is answered when the phone call is over, which
    /// takes minutes; it is sent once.
    ///
    /// `key` goes out as `Idempotency-Key`. Neither its life time nor what a second request with it
    /// does is documented: store it before this is called, and do not rely on it.
    ///
    /// Needs `calls:write`. Documents 002 and 003.
    ///
    /// # Errors
    /// The error's [`delivery`](PlaceError::delivery) says whether the phone may have rung.
    /// `Placed` where an answer came and the call's id could not be read from it. A dropped future
    /// says nothing: treat it as `Unknown`.
    #[doc(alias = "/v1/calls")]
    pub async fn create(&self, call: &CreateCall, key: Uuid) -> Result<CallRecord, PlaceError> {
        let request = Request::post("calls.place", "/v1/calls")
            .idempotency_key(&key.to_string())
            .json(call)
            .map_err(PlaceError::not_sent)?;
        let answer = self.http.place(request).await?;
        let record: CallRecord = answer.placed()?;
        match usable_id(record.call_id.clone()) {
            Some(_) => Ok(record),
            None => Err(PlaceError::placed(
                answer.unusable("the call was placed, and the answer holds no call_id"),
            )),
        }
    }

    /// A part of the list, under `calls` or `items`: `GET /v1/calls`. The provider gives 50 unless
    /// asked, and at most 200.
    ///
    /// Needs `calls:read`. Documents 002 and 003.
    ///
    /// # Errors
    /// `forbidden` (403).
    #[doc(alias = "/v1/calls")]
    pub async fn list(&self, paging: &Paging) -> Result<Listing<CallRecord>> {
        let request = Request::get("calls.list", "/v1/calls")
            .query_opt("limit", paging.limit)
            .query_opt("offset", paging.offset);
        self.http.read(request).await?.json()
    }

    /// All calls, page after page of [`list`](Self::list), each once. A call that is placed
    /// meanwhile moves the others along.
    #[doc(alias = "/v1/calls")]
    pub fn all(&self, paging: Paging) -> BoxStream<'static, Result<CallRecord>> {
        all(&self.http, paging, |http, paging| async move { Self::new(http).list(&paging).await })
    }

    /// One call.
    ///
    /// `GET /v1/calls/{call_id}`. Needs `calls:read`. Documents 002 and 003.
    ///
    /// # Errors
    /// `call_not_found` (404).
    #[doc(alias = "/v1/calls/{call_id}")]
    pub async fn get(&self, id: &ProviderCallId) -> Result<CallRecord> {
        let request = Request::get("calls.get", "/v1/calls/{call_id}");
        look_at(&self.http, request, ("call_id", id.as_str()), &["call_id", "id"]).await
    }

    /// What was said. Needs the scope `transcripts:read`; `NotFound` where there is none.
    ///
    /// `GET /v1/calls/{call_id}/transcript`. Needs `transcripts:read`. Documents 002 and 003.
    ///
    /// # Errors
    /// `call_not_found`, `transcript_not_found` (404).
    #[doc(alias = "/v1/calls/{call_id}/transcript")]
    pub async fn transcript(&self, id: &ProviderCallId) -> Result<TranscriptRecord> {
        let request = Request::get("calls.transcript", "/v1/calls/{call_id}/transcript");
        look_at(&self.http, request, ("call_id", id.as_str()), &["call_id"]).await
    }

    /// Where the sound is. Needs the scope `recordings:read`; `NotFound` where there is none.
    ///
    /// `GET /v1/calls/{call_id}/recording`. Needs `recordings:read`. Document 002.
    ///
    /// # Errors
    /// `call_not_found`, `recording_not_found` (404), `forbidden` (403).
    #[doc(alias = "/v1/calls/{call_id}/recording")]
    pub async fn recording(&self, id: &ProviderCallId) -> Result<RecordingRecord> {
        let request = Request::get("calls.recording", "/v1/calls/{call_id}/recording");
        look_at(&self.http, request, ("call_id", id.as_str()), &["call_id"]).await
    }

    /// The appointment that the call made, as a calendar file.
    ///
    /// `GET /v1/calls/{call_id}/calendar.ics`. Needs `calls:read`. Documents 002 and 003.
    ///
    /// # Errors
    /// `call_not_found` (404); `Decode` for a body that is no calendar file.
    #[doc(alias = "/v1/calls/{call_id}/calendar.ics")]
    pub async fn calendar(&self, id: &ProviderCallId) -> Result<Calendar> {
        let request =
            Request::get("calls.calendar", "/v1/calls/{call_id}/calendar.ics").param("call_id", id);
        let answer = self.http.read(request.header("accept", "text/calendar")).await?;
        Calendar::parse(answer.text()?).map_err(|error| answer.failed(error))
    }

    /// Cancels a call that is scheduled or queued, before it connects.
    ///
    /// `POST /v1/calls/{call_id}/cancel`. Needs `calls:write`. Document 002; no answer is
    /// documented.
    ///
    /// # Errors
    /// `call_not_found` (404).
    #[doc(alias = "/v1/calls/{call_id}/cancel")]
    pub async fn cancel(&self, id: &ProviderCallId) -> Result<Undocumented> {
        self.act(Request::post("calls.cancel", "/v1/calls/{call_id}/cancel").param("call_id", id))
            .await
    }

    /// Moves a call.
    ///
    /// `POST /v1/calls/{call_id}/reschedule`. Needs `calls:write`. Document 002; no answer is
    /// documented.
    ///
    /// # Errors
    /// `call_not_found` (404), `scheduling_violation` (422).
    #[doc(alias = "/v1/calls/{call_id}/reschedule")]
    pub async fn reschedule(
        &self,
        id: &ProviderCallId,
        to: &RescheduleCall,
    ) -> Result<Undocumented> {
        self.act(
            Request::post("calls.reschedule", "/v1/calls/{call_id}/reschedule")
                .param("call_id", id)
                .json(to)?,
        )
        .await
    }

    /// Hangs up.
    ///
    /// `POST /v1/calls/{call_id}/stop`. Needs `calls:write`. Document 002; no answer is documented.
    ///
    /// # Errors
    /// `call_not_found` (404).
    #[doc(alias = "/v1/calls/{call_id}/stop")]
    pub async fn stop(&self, id: &ProviderCallId) -> Result<Undocumented> {
        self.act(Request::post("calls.stop", "/v1/calls/{call_id}/stop").param("call_id", id)).await
    }

    async fn act(&self, request: Request) -> Result<Undocumented> {
        act(&self.http, request).await
    }
}
