//! Placing, reading and stopping calls.

use switchboard_core::{PlaceError, Result};
use switchboard_http::{HttpClient, Request, usable_id};

use super::{create_call::CreateCall, list_calls::ListCalls};
use crate::wire::{Call, Listing};

/// Calls.
#[derive(Debug, Clone, Copy)]
pub struct Calls<'a> {
    http: &'a HttpClient,
    reads: &'a HttpClient,
}

impl<'a> Calls<'a> {
    pub(crate) fn new(http: &'a HttpClient, reads: &'a HttpClient) -> Self {
        Self { http, reads }
    }

    /// Places a call: a phone rings.
    ///
    /// `POST /v2/create-phone-call`. Source: OpenAPI, that path.
    ///
    /// It is sent once. Within an hour, the same request with the same key may be sent again without
    /// a second call; what a repeat is answered is not documented. A refusal of a repeat says
    /// nothing about the first request.
    ///
    /// # Errors
    /// [`Delivery::Placed`](switchboard_core::Delivery::Placed) for a success without a readable
    /// id; otherwise the delivery says what the failure proves.
    #[doc(alias = "/v2/create-phone-call")]
    pub async fn create(&self, call: &CreateCall) -> Result<Call, PlaceError> {
        let request = Request::post("calls.place", "/v2/create-phone-call")
            .json(call)
            .map_err(PlaceError::not_sent)?;
        let answer = self.http.place(request).await?;
        let call: Call = answer.placed()?;
        match usable_id(call.call_id.clone()) {
            Some(_) => Ok(call),
            None => Err(PlaceError::placed(
                answer.unusable("the call was placed and the answer has no id"),
            )),
        }
    }

    /// One call, with its transcript, recording, analysis and cost as far as they are known.
    ///
    /// `GET /v2/get-call/{call_id}`. Source: OpenAPI, that path.
    ///
    /// # Errors
    /// `NotFound` if this key has no call with that id; `Decode` for an answer about another call;
    /// otherwise as for every [read](crate::api#errors).
    #[doc(alias = "/v2/get-call/{call_id}")]
    pub async fn get(&self, id: &str) -> Result<Call> {
        let request = Request::get("calls.get", "/v2/get-call/{call_id}").param("call_id", id);
        self.reads.read(request).await?.about(id, &["call_id"])?.json()
    }

    /// One page of calls.
    ///
    /// `POST /v3/list-calls`, which is a read. Source: OpenAPI, that path.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/v3/list-calls")]
    pub async fn list(&self, query: &ListCalls) -> Result<Listing<Call>> {
        let request = Request::post("calls.list", "/v3/list-calls").json(query)?;
        self.reads.read(request).await?.json()
    }

    /// Ends a call, whether it is in progress or not dialled yet.
    ///
    /// `POST /v2/stop-call/{call_id}`. Source: OpenAPI, that path.
    ///
    /// # Errors
    /// `NotFound` if there is none with that id; `InvalidRequest` if it cannot be stopped, for
    /// example because it has ended; otherwise as for every [write](crate::api#errors).
    #[doc(alias = "/v2/stop-call/{call_id}")]
    pub async fn stop(&self, id: &str) -> Result<()> {
        let request = Request::post("calls.stop", "/v2/stop-call/{call_id}").param("call_id", id);
        self.http.write(request).await.map(drop)
    }
}
