//! Placing, reading, ending and deleting calls.

use secrecy::SecretString;
use switchboard_core::{PlaceError, Result};
use switchboard_http::{HttpClient, Request, usable_id};

use super::{create_call::CreateCall, list_calls::ListCalls};
use crate::{
    control::Control,
    wire::{Call, Listing},
};

/// Calls.
#[derive(Debug, Clone, Copy)]
pub struct Calls<'a> {
    http: &'a HttpClient,
    reads: &'a HttpClient,
    control: &'a Control,
}

impl<'a> Calls<'a> {
    pub(crate) fn new(http: &'a HttpClient, reads: &'a HttpClient, control: &'a Control) -> Self {
        Self { http, reads, control }
    }

    /// Places a call: a phone rings.
    ///
    /// `POST /call`. Source: OpenAPI, that path.
    ///
    /// It is sent once. Vapi takes no idempotency key: the same request again is a second call.
    ///
    /// # Errors
    /// [`Delivery::Placed`](switchboard_core::Delivery::Placed) for a success without a readable
    /// id; otherwise the delivery says what the failure proves.
    #[doc(alias = "/call")]
    pub async fn create(&self, call: &CreateCall) -> Result<Call, PlaceError> {
        let request =
            Request::post("calls.place", "/call").json(call).map_err(PlaceError::not_sent)?;
        let answer = self.http.place(request).await?;
        let call: Call = answer.placed()?;
        match usable_id(call.id.clone()) {
            Some(_) => Ok(call),
            None => Err(PlaceError::placed(
                answer.unusable("the call was placed and the answer has no id"),
            )),
        }
    }

    /// One call, with its transcript, recording, analysis and cost as far as they are known.
    ///
    /// `GET /call/{id}`. Source: OpenAPI, that path.
    ///
    /// # Errors
    /// `NotFound` if this key has no call with that id; `Decode` for an answer about another call;
    /// otherwise as for every [read](crate::api#errors).
    #[doc(alias = "/call/{id}")]
    pub async fn get(&self, id: &str) -> Result<Call> {
        let request = Request::get("calls.get", "/call/{id}").param("id", id);
        self.reads.read(request).await?.about(id, &["id"])?.json()
    }

    /// Calls that match a query.
    ///
    /// `GET /call`. Source: OpenAPI, that path.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/call")]
    pub async fn list(&self, query: &ListCalls) -> Result<Vec<Call>> {
        let request = query.apply(Request::get("calls.list", "/call"));
        let rows: Listing<Call> = self.reads.read(request).await?.json()?;
        Ok(rows.0)
    }

    /// Deletes the data of a call. A call that is scheduled is cancelled by it; one that is in
    /// progress goes on.
    ///
    /// `DELETE /call/{id}`. Source: OpenAPI, that path.
    ///
    /// # Errors
    /// `NotFound` if this key has no call with that id; otherwise as for every
    /// [write](crate::api#errors).
    #[doc(alias = "/call/{id}")]
    pub async fn delete(&self, id: &str) -> Result<()> {
        let request = Request::delete("calls.delete", "/call/{id}").param("id", id);
        self.http.write(request).await.map(drop)
    }

    /// Ends a live call by the control URL of its record, which is not an address of the API and takes
    /// no key (page calls/call-features).
    pub(crate) async fn end(&self, control_url: &SecretString) -> Result<()> {
        self.control.end_call(control_url).await
    }
}
