//! Placing, reading and cancelling calls.

use switchboard_core::{PlaceError, Result};
use switchboard_http::{HttpClient, Request, usable_id};
use uuid::Uuid;

use super::create_call::CreateCall;
use crate::wire::Call;

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

    /// Places a call: a phone rings. The answer comes after the task was prepared, which takes up to
    /// 25 seconds.
    ///
    /// `POST /v2/calls`. Source: `calle-ai` 1.0.1, that path.
    ///
    /// It is sent once. The same request under the same key is answered with the call that the first
    /// one placed; another request under that key is refused with `idempotency_conflict`.
    ///
    /// # Errors
    /// [`Delivery::Placed`](switchboard_core::Delivery::Placed) for a success without a readable
    /// id; otherwise the delivery says what the failure proves.
    #[doc(alias = "/v2/calls")]
    pub async fn create(&self, call: &CreateCall, key: Uuid) -> Result<Call, PlaceError> {
        let request = Request::post("calls.place", "/v2/calls")
            .idempotency_key(&key.to_string())
            .json(call)
            .map_err(PlaceError::not_sent)?;
        let answer = self.http.place(request).await?;
        let call: Call = answer.placed()?;
        match usable_id(call.id.clone()) {
            Some(_) => Ok(call),
            None => Err(PlaceError::placed(
                answer.unusable("the call was placed and the answer has no id"),
            )),
        }
    }

    /// One call, with its transcript and result as far as they are known.
    ///
    /// `GET /v2/calls/{id}`. Source: `calle-ai` 1.0.1, that path.
    ///
    /// # Errors
    /// `NotFound` if this key has no call with that id; `Decode` for an answer about another call;
    /// otherwise as for every [read](crate::api#errors).
    #[doc(alias = "/v2/calls/{id}")]
    pub async fn get(&self, id: &str) -> Result<Call> {
        let request = Request::get("calls.get", "/v2/calls/{id}").param("id", id);
        self.reads.read(request).await?.about(id, &["id"])?.json()
    }

    /// Cancels a call.
    ///
    /// `POST /v2/calls/{id}/cancel`. Source: `calle-ai` 1.0.1, that path.
    ///
    /// # Errors
    /// `NotFound` if there is none with that id; `Conflict` (`call_cannot_cancel`) if it is too late
    /// for that; otherwise as for every [write](crate::api#errors).
    #[doc(alias = "/v2/calls/{id}/cancel")]
    pub async fn cancel(&self, id: &str) -> Result<()> {
        let request = Request::post("calls.cancel", "/v2/calls/{id}/cancel").param("id", id);
        self.http.write(request).await.map(drop)
    }
}
