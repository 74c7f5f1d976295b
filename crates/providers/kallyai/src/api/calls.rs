//! Outbound calls (documents 002 and 003).

use futures::stream::BoxStream;
use switchboard_core::{PlaceError, ProviderCallId, Result};
use switchboard_http::{Request, usable_id};
use uuid::Uuid;

use super::{
    section::section,
    send::{all, read_by_id, write},
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
    /// Places a call, so that a phone rings: `POST /v1/calls`. It is answered when the phone call
    /// is over, which takes minutes, and it is sent once.
    ///
    /// `key` is sent as `Idempotency-Key`. Neither its lifetime nor the effect of a second request
    /// with it is documented: store it before calling this, and do not rely on it.
    ///
    /// Needs `calls:write`. Documents 002 and 003.
    ///
    /// # Errors
    /// The error's [`delivery`](PlaceError::delivery) says whether the phone may have rung. It is
    /// `Placed` if an answer came from which the call's id could not be read. If this future is
    /// dropped, treat the request as `Unknown`.
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
                answer.unusable("the call was placed, and the answer has no call_id"),
            )),
        }
    }

    /// One page of the list: `GET /v1/calls`. The answer holds it under `calls` or `items`. The
    /// provider returns 50 by default and at most 200.
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

    /// All calls, page by page with [`list`](Self::list), each once. A call placed in the meantime
    /// shifts the others.
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
        read_by_id(&self.http, request, ("call_id", id.as_str()), &["call_id", "id"]).await
    }

    /// The transcript; `NotFound` if there is none.
    ///
    /// `GET /v1/calls/{call_id}/transcript`. Needs `transcripts:read`. Documents 002 and 003.
    ///
    /// # Errors
    /// `call_not_found`, `transcript_not_found` (404).
    #[doc(alias = "/v1/calls/{call_id}/transcript")]
    pub async fn transcript(&self, id: &ProviderCallId) -> Result<TranscriptRecord> {
        let request = Request::get("calls.transcript", "/v1/calls/{call_id}/transcript");
        read_by_id(&self.http, request, ("call_id", id.as_str()), &["call_id"]).await
    }

    /// Where the recording is; `NotFound` if there is none.
    ///
    /// `GET /v1/calls/{call_id}/recording`. Needs `recordings:read`. Document 002.
    ///
    /// # Errors
    /// `call_not_found`, `recording_not_found` (404), `forbidden` (403).
    #[doc(alias = "/v1/calls/{call_id}/recording")]
    pub async fn recording(&self, id: &ProviderCallId) -> Result<RecordingRecord> {
        let request = Request::get("calls.recording", "/v1/calls/{call_id}/recording");
        read_by_id(&self.http, request, ("call_id", id.as_str()), &["call_id"]).await
    }

    /// The appointment made in the call, as a calendar file.
    ///
    /// `GET /v1/calls/{call_id}/calendar.ics`. Needs `calls:read`. Documents 002 and 003.
    ///
    /// # Errors
    /// `call_not_found` (404); `Decode` for a body that is not a calendar file.
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
        self.write(Request::post("calls.cancel", "/v1/calls/{call_id}/cancel").param("call_id", id))
            .await
    }

    /// Moves a scheduled call to another time.
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
        self.write(
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
        self.write(Request::post("calls.stop", "/v1/calls/{call_id}/stop").param("call_id", id))
            .await
    }

    async fn write(&self, request: Request) -> Result<Undocumented> {
        write(&self.http, request).await
    }
}
