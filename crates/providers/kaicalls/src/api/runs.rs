//! `/api/v1/communication-runs`: one order that calls or writes to several people.
//!
//! Creating a run can ring many phones. So it goes out the way a single call does, once, and its
//! error says what that proves. The key that KaiCalls wants with it changes nothing about this:
//! nobody documents how long a key lives nor what a second request with it does while the first is
//! under way, so a run is not sent again with the same key either.

use serde::Serialize;
use serde_json::{Map, Value};
use switchboard_core::{Error, PlaceError, Result};
use switchboard_http::{HttpClient, Request, usable_id};

use super::{
    filters::Filters,
    parameters::{parameters, with_query},
};
use crate::wire::{
    CommunicationAttempt, CommunicationJob, CommunicationRun, Listing, RunCheck, RunPreview,
};

const PATH: &str = "/api/v1/communication-runs";
/// Longer than any key needs to be, and shorter than what a server may cut.
const LONGEST_KEY: usize = 255;

/// What a run shall do. The SDK hands it through as it is and no document describes it: ask
/// [`schemas`](super::Discovery::schemas) for the fields, and
/// [`validate`](CommunicationRuns::validate) before creating.
#[derive(Clone, Default, Serialize)]
#[serde(transparent)]
pub struct RunBody(Map<String, Value>);

impl RunBody {
    /// Without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a field.
    #[must_use]
    pub fn set(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }
}

impl From<Map<String, Value>> for RunBody {
    fn from(fields: Map<String, Value>) -> Self {
        Self(fields)
    }
}

/// The names of the fields, without the values: they are people and numbers.
impl std::fmt::Debug for RunBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("RunBody").field(&self.0.keys().collect::<Vec<_>>()).finish()
    }
}

parameters! {
    /// Which runs (official Python SDK 0.1.0, `communication_runs.list`).
    RunQuery {
        required {}
        optional {
            /// Of this business.
            business_id: String = "business_id",
            /// This run alone.
            id: String = "id",
            /// With this name of the caller's own.
            external_ref: String = "external_ref",
            /// At most this many.
            limit: u32 = "limit",
        }
    }
}

#[derive(Serialize)]
struct Action<'a> {
    id: &'a str,
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    business_id: Option<&'a str>,
}

/// Communication runs (official Python SDK 0.1.0, `communication_runs`).
#[derive(Debug, Clone, Copy)]
pub struct CommunicationRuns<'a> {
    http: &'a HttpClient,
}

impl<'a> CommunicationRuns<'a> {
    pub(crate) fn new(http: &'a HttpClient) -> Self {
        Self { http }
    }

    /// Whether a run could be made. Rings nobody.
    ///
    /// `POST /api/v1/communication-runs/validate`; scope `communication-runs:write`. Source:
    /// official Python SDK 0.1.0, `communication_runs.validate`.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors).
    #[doc(alias = "/api/v1/communication-runs/validate")]
    pub async fn validate(&self, body: &RunBody) -> Result<RunCheck> {
        let request =
            Request::post("communication_runs.validate", "/api/v1/communication-runs/validate");
        self.http.write(request.json(body)?).await?.json()
    }

    /// What a run would do. Rings nobody.
    ///
    /// `POST /api/v1/communication-runs/preview`; scope `communication-runs:write`. Source:
    /// official Python SDK 0.1.0, `communication_runs.preview`.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors).
    #[doc(alias = "/api/v1/communication-runs/preview")]
    pub async fn preview(&self, body: &RunBody) -> Result<RunPreview> {
        let request =
            Request::post("communication_runs.preview", "/api/v1/communication-runs/preview");
        self.http.write(request.json(body)?).await?.json()
    }

    /// Makes a run: phones ring, possibly many.
    ///
    /// `POST /api/v1/communication-runs` with `Idempotency-Key`; scope `communication-runs:write`.
    /// Source: official Python SDK 0.1.0, `communication_runs.create`.
    ///
    /// It is sent once and never again, with the same key as little as with another: what a key is
    /// worth is not documented, and a second run rings everybody a second time. After an error look
    /// at [`PlaceError::delivery`] first; where it is
    /// [`Unknown`](switchboard_core::Delivery::Unknown), look for the run with [`list`](Self::list)
    /// by its `external_ref`, and take its absence for no proof. It bypasses the router: no ledger,
    /// budget, do-not-call list or calling hours of ours stand before it.
    ///
    /// # Errors
    /// `InvalidRequest` for a key that is empty, longer than 255 bytes or not plain ASCII, with
    /// nothing sent. [`Delivery::Placed`](switchboard_core::Delivery::Placed) for a success that
    /// has no readable id; whatever was refused or is unknown says so.
    #[doc(alias = "/api/v1/communication-runs")]
    pub async fn create(
        &self,
        body: &RunBody,
        idempotency_key: &str,
    ) -> Result<CommunicationRun, PlaceError> {
        let plain = idempotency_key.bytes().all(|byte| byte.is_ascii_graphic());
        if idempotency_key.is_empty() || idempotency_key.len() > LONGEST_KEY || !plain {
            let message = "must be 1 to 255 printable ASCII characters without spaces: use a new UUID for each run";
            let invalid = Error::invalid("idempotency_key", message)
                .with_operation("communication_runs.create");
            return Err(PlaceError::not_sent(invalid));
        }
        let request =
            Request::post("communication_runs.create", PATH).idempotency_key(idempotency_key);
        let answer = self.http.place(request.json(body).map_err(PlaceError::not_sent)?).await?;
        let run: CommunicationRun = answer.placed()?;
        match usable_id(run.id.clone()) {
            Some(_) => Ok(run),
            None => Err(PlaceError::placed(
                answer.unusable("the run was made and the answer has no id"),
            )),
        }
    }

    /// Runs of the account.
    ///
    /// `GET /api/v1/communication-runs`; scope `communication-runs:read`. Source: official Python
    /// SDK 0.1.0, `communication_runs.list`.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/communication-runs")]
    pub async fn list(&self, query: &RunQuery) -> Result<Listing<CommunicationRun>> {
        self.http
            .read(with_query(Request::get("communication_runs.list", PATH), query))
            .await?
            .json()
    }

    /// Halts a run: calls under way go on, no new ones begin. The SDK knows no word for going on.
    ///
    /// `PATCH /api/v1/communication-runs`; scope `communication-runs:write`. Source: official
    /// Python SDK 0.1.0, `communication_runs.pause`.
    ///
    /// # Errors
    /// `InvalidRequest` for an empty id, with nothing sent; else as for every
    /// [write](crate::api#errors). After an error the run may go on.
    #[doc(alias = "/api/v1/communication-runs")]
    pub async fn pause(&self, id: &str, business_id: Option<&str>) -> Result<CommunicationRun> {
        self.act("communication_runs.pause", "pause", id, business_id).await
    }

    /// Ends a run: calls under way go on, nobody else is called.
    ///
    /// `PATCH /api/v1/communication-runs`; scope `communication-runs:write`. Source: official
    /// Python SDK 0.1.0, `communication_runs.cancel`.
    ///
    /// # Errors
    /// `InvalidRequest` for an empty id, with nothing sent; else as for every
    /// [write](crate::api#errors). After an error the run may go on.
    #[doc(alias = "/api/v1/communication-runs")]
    pub async fn cancel(&self, id: &str, business_id: Option<&str>) -> Result<CommunicationRun> {
        self.act("communication_runs.cancel", "cancel", id, business_id).await
    }

    /// The recipients of runs, and how far each is.
    ///
    /// `GET /api/v1/communication-jobs`; scope `communication-runs:read`. Source: official Python
    /// SDK 0.1.0, `communication_runs.jobs`, which takes any filter and names none.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/communication-jobs")]
    pub async fn jobs(&self, filters: &Filters) -> Result<Listing<CommunicationJob>> {
        self.http
            .read(with_query(
                Request::get("communication_runs.jobs", "/api/v1/communication-jobs"),
                filters,
            ))
            .await?
            .json()
    }

    /// Attempts to reach recipients.
    ///
    /// `GET /api/v1/communication-attempts`; scope `communication-runs:read`. Source: official
    /// Python SDK 0.1.0, `communication_runs.attempts`, which takes any filter and names none.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/communication-attempts")]
    pub async fn attempts(&self, filters: &Filters) -> Result<Listing<CommunicationAttempt>> {
        self.http
            .read(with_query(
                Request::get("communication_runs.attempts", "/api/v1/communication-attempts"),
                filters,
            ))
            .await?
            .json()
    }

    async fn act(
        &self,
        operation: &'static str,
        action: &'static str,
        id: &str,
        business_id: Option<&str>,
    ) -> Result<CommunicationRun> {
        if id.is_empty() {
            return Err(Error::invalid("id", "is empty: name the run").with_operation(operation));
        }
        let request = Request::patch(operation, PATH).json(&Action { id, action, business_id })?;
        self.http.write(request).await?.json()
    }
}
