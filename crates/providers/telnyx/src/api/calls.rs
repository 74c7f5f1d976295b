//! Placing calls, reading whether they are alive, and steering them.

use serde_json::json;
use switchboard_core::{PlaceError, Result};
use switchboard_http::{HttpClient, Request, usable_id};

use super::dial::Dial;
use crate::wire::{Call, Listing, Wrapped};

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

    /// Places a call: a phone rings. The answer comes before it is dialled.
    ///
    /// `POST /v2/calls`. Source: `telnyx` 4.189.0, that path.
    ///
    /// It is sent once. Within 60 seconds, another Dial command with the same `command_id` is ignored;
    /// what it is answered is not documented.
    ///
    /// # Errors
    /// [`Delivery::Placed`](switchboard_core::Delivery::Placed) for a success without a readable
    /// id; otherwise the delivery says what the failure proves.
    #[doc(alias = "/v2/calls")]
    pub async fn dial(&self, dial: &Dial) -> Result<Call, PlaceError> {
        let request =
            Request::post("calls.place", "/v2/calls").json(dial).map_err(PlaceError::not_sent)?;
        let answer = self.http.place(request).await?;
        let call = answer.placed::<Wrapped<Call>>()?.data;
        match usable_id(call.call_control_id.clone()) {
            Some(_) => Ok(call),
            None => Err(PlaceError::placed(
                answer.unusable("the call was placed and the answer has no id"),
            )),
        }
    }

    /// Whether a call is alive, and its times. It does not say how a call ended.
    ///
    /// `GET /v2/calls/{call_control_id}`. Source: `telnyx` 4.189.0, that path.
    ///
    /// # Errors
    /// `NotFound` if the account has no call with that id; otherwise as for every
    /// [read](crate::api#errors).
    #[doc(alias = "/v2/calls/{call_control_id}")]
    pub async fn get(&self, id: &str) -> Result<Call> {
        let request =
            Request::get("calls.get", "/v2/calls/{call_control_id}").param("call_control_id", id);
        let wrapped: Wrapped<Call> = self.reads.read(request).await?.json()?;
        Ok(wrapped.data)
    }

    /// The calls of a connection that are up now.
    ///
    /// `GET /v2/connections/{connection_id}/active_calls`. Source: `telnyx` 4.189.0, that path.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/v2/connections/{connection_id}/active_calls")]
    pub async fn active(&self, connection: &str) -> Result<Listing<Call>> {
        let request = Request::get("calls.active", "/v2/connections/{connection_id}/active_calls")
            .param("connection_id", connection);
        self.reads.read(request).await?.json()
    }

    /// Hangs up.
    ///
    /// `POST /v2/calls/{call_control_id}/actions/hangup`. Source: `telnyx` 4.189.0, that path.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors).
    #[doc(alias = "/v2/calls/{call_control_id}/actions/hangup")]
    pub async fn hangup(&self, id: &str) -> Result<()> {
        let request = Request::post("calls.stop", "/v2/calls/{call_control_id}/actions/hangup")
            .param("call_control_id", id)
            .json(&json!({}))?;
        self.http.write(request).await.map(drop)
    }

    /// Transfers a live call to a number in E.164, whose phone rings.
    ///
    /// `POST /v2/calls/{call_control_id}/actions/transfer`. Source: `telnyx` 4.189.0, that path.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors).
    #[doc(alias = "/v2/calls/{call_control_id}/actions/transfer")]
    pub async fn transfer(&self, id: &str, to: &str) -> Result<()> {
        let request =
            Request::post("calls.transfer", "/v2/calls/{call_control_id}/actions/transfer")
                .param("call_control_id", id)
                .json(&json!({"to": to}))?;
        self.http.write(request).await.map(drop)
    }
}
