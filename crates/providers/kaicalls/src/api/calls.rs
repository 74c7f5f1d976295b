//! `/api/v1/calls`.

use switchboard_core::{Error, PlaceError, Result};
use switchboard_http::{HttpClient, Request, is_asked_for, usable_id};

use super::parameters::{parameters, with_query};
use crate::wire::{Call, Listing};

const PATH: &str = "/api/v1/calls";

parameters! {
    /// A call to place (document 004, "Make an outbound call").
    CreateCall {
        required {
            /// The agent that calls.
            agent_id: String = "agent_id",
            /// The number to call, in E.164.
            to: String = "to",
        }
        optional {
            /// The callee's name, which the agent uses in the greeting.
            name: String = "name",
            /// What the agent should know: the task, appointments, notes.
            context: String = "context",
            /// The agent's opening line.
            first_message: String = "firstMessage",
            /// The lead in the CRM.
            lead_id: String = "lead_id",
            /// The URL that this call's events are delivered to.
            webhook_url: String = "webhook_url",
            /// The maximum length of the call, in seconds; the provider's default is 600.
            max_duration: u64 = "max_duration",
        }
    }
}

parameters! {
    /// A query for calls (document 004, "List calls").
    CallQuery {
        required {}
        optional {
            /// The maximum number of calls: 50 by default, 100 at most.
            limit: u32 = "limit",
            /// Only calls of this agent.
            agent_id: String = "agent_id",
            /// Only calls with this status.
            status: String = "status",
            /// Only calls older than this `created_at`.
            after: String = "after",
        }
    }
}

/// Placing and reading calls (document 004, "Calls").
#[derive(Debug, Clone, Copy)]
pub struct Calls<'a> {
    http: &'a HttpClient,
}

impl<'a> Calls<'a> {
    pub(crate) fn new(http: &'a HttpClient) -> Self {
        Self { http }
    }

    /// Places a call: a phone rings.
    ///
    /// `POST /api/v1/calls`; scope `calls:write`; 60 a minute. Source: document 004, "Make an
    /// outbound call".
    ///
    /// It is sent once. KaiCalls has no idempotency key, so a second request is a second call: look
    /// at [`PlaceError::delivery`] first, and never send again unless it [proves that no phone
    /// rang](switchboard_core::Delivery::proves_no_ring).
    ///
    /// # Errors
    /// [`Delivery::Placed`](switchboard_core::Delivery::Placed) for a success without a readable
    /// id; otherwise the delivery says what the failure proves.
    #[doc(alias = "/api/v1/calls")]
    pub async fn create(&self, call: &CreateCall) -> Result<Call, PlaceError> {
        let request =
            Request::post("calls.place", PATH).json(call).map_err(PlaceError::not_sent)?;
        let answer = self.http.place(request).await?;
        let call: Call = answer.placed()?;
        match usable_id(call.id.clone()) {
            Some(_) => Ok(call),
            None => Err(PlaceError::placed(
                answer.unusable("the call was placed and the answer has no id"),
            )),
        }
    }

    /// One call with its summary, recording and quality.
    ///
    /// `GET /api/v1/calls?id=`; scope `calls:read`; 300 reads a minute. Source: document 004, "Get
    /// call details".
    ///
    /// # Errors
    /// `NotFound` if there is none with that id; `InvalidRequest` for an empty id, with nothing
    /// sent; otherwise as for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/calls")]
    pub async fn get(&self, id: &str) -> Result<Call> {
        if id.is_empty() {
            return Err(Error::invalid("id", "is empty: an empty id would list all calls"));
        }
        let answer = self.http.read(Request::get("calls.get", PATH).query("id", id)).await?;
        let call: Call = answer.json()?;
        if is_asked_for(id, call.id.as_deref()) { Ok(call) } else { Err(answer.another()) }
    }

    /// Calls of all businesses, newest first.
    ///
    /// `GET /api/v1/calls`; scope `calls:read`; 300 reads a minute. Source: document 004, "List
    /// calls".
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/calls")]
    pub async fn list(&self, query: &CallQuery) -> Result<Listing<Call>> {
        self.http.read(with_query(Request::get("calls.list", PATH), query)).await?.json()
    }
}
