//! `/api/v1/communication-runs`: runs that call or write to several people.
//!
//! Creating a run can make many phones ring. So it is sent like a single call: once, and the error
//! says what the failure proves. The idempotency key that KaiCalls requires changes nothing about
//! that: neither its lifetime nor the effect of a second request while the first is in progress is
//! documented, so a run is not sent again with the same key either.

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
/// Longer than any key needs to be, and short enough that no server truncates it.
const LONGEST_KEY: usize = 255;

/// The definition of a run. The SDK passes it through and no document describes it: see
/// [`schemas`](super::Discovery::schemas) for the fields, and use
/// [`validate`](CommunicationRuns::validate) before creating.
#[derive(Clone, Default, Serialize)]
#[serde(transparent)]
pub struct RunBody(Map<String, Value>);

impl RunBody {
    /// A definition without fields.
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

/// Shows the names of the fields without their values, which are people and numbers.
impl std::fmt::Debug for RunBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("RunBody").field(&self.0.keys().collect::<Vec<_>>()).finish()
    }
}

parameters! {
    /// A query for runs (official Python SDK 0.1.0, `communication_runs.list`).
    RunQuery {
        required {}
        optional {
            /// Only runs of this business.
            business_id: String = "business_id",
            /// Only this run.
            id: String = "id",
            /// Only runs with this reference of the caller's.
            external_ref: String = "external_ref",
            /// The maximum number of runs.
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

    /// Checks whether a run could be created. No phone rings.
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

    /// Shows what a run would do. No phone rings.
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

    /// Creates a run: phones ring, possibly many.
    ///
    /// `POST /api/v1/communication-runs` with `Idempotency-Key`; scope `communication-runs:write`.
    /// Source: official Python SDK 0.1.0, `communication_runs.create`.
    ///
    /// It is sent once and never again, not even with the same key: the effect of the key is not
    /// documented, and a second run calls everybody a second time. After an error look at
    /// [`PlaceError::delivery`] first. If it is [`Unknown`](switchboard_core::Delivery::Unknown),
    /// search for the run by its `external_ref` with [`list`](Self::list); not finding it proves
    /// nothing. It bypasses the router: no ledger, budget, do-not-call list or calling hours of
    /// ours apply.
    ///
    /// # Errors
    /// `InvalidRequest` for a key that is empty, longer than 255 bytes or not plain ASCII, with
    /// nothing sent. [`Delivery::Placed`](switchboard_core::Delivery::Placed) for a success without
    /// a readable id; otherwise the delivery says what the failure proves.
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
                answer.unusable("the run was created and the answer has no id"),
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

    /// Pauses a run: current calls continue, no new ones start. The SDK has no method to resume it.
    ///
    /// `PATCH /api/v1/communication-runs`; scope `communication-runs:write`. Source: official
    /// Python SDK 0.1.0, `communication_runs.pause`.
    ///
    /// # Errors
    /// `InvalidRequest` for an empty id, with nothing sent; otherwise as for every
    /// [write](crate::api#errors). After an error the run may continue.
    #[doc(alias = "/api/v1/communication-runs")]
    pub async fn pause(&self, id: &str, business_id: Option<&str>) -> Result<CommunicationRun> {
        self.act("communication_runs.pause", "pause", id, business_id).await
    }

    /// Cancels a run: current calls continue, nobody else is called.
    ///
    /// `PATCH /api/v1/communication-runs`; scope `communication-runs:write`. Source: official
    /// Python SDK 0.1.0, `communication_runs.cancel`.
    ///
    /// # Errors
    /// `InvalidRequest` for an empty id, with nothing sent; otherwise as for every
    /// [write](crate::api#errors). After an error the run may continue.
    #[doc(alias = "/api/v1/communication-runs")]
    pub async fn cancel(&self, id: &str, business_id: Option<&str>) -> Result<CommunicationRun> {
        self.act("communication_runs.cancel", "cancel", id, business_id).await
    }

    /// The recipients of runs and their progress.
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
