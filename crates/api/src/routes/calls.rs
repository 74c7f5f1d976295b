//! Placing and reading calls.

use std::time::Duration;

use axum::{
    Json as Answer,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use crate::{
    Service,
    caller::{Caller, CallsRead, CallsWrite},
    extract::{Json, Permit},
    idempotency::RequestKey,
    problem::{Problem, Result},
    routes::params::{CallPath, LONGEST_WAIT, Params, preferred_wait},
    service::{CallRecord, Until},
    wire::{self, NewCall, ProblemBody, etag},
};

pub(super) const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// Place a call
///
/// The call is durable when this is answered, and goes on by itself. A call that no provider takes
/// is no error: it has the status `refused`. The same key with the same request gives the same call
/// again, however often and whenever it is sent.
#[utoipa::path(
    post, path = "/v1/calls", operation_id = "placeCall", tag = "calls",
    security(("key" = ["calls:write"])),
    params(
        ("Idempotency-Key" = String, Header, description = "A new UUID for each call that you mean, and the same one to repeat the request. It does not expire.", example = "5f0c1b7f-6b1e-4d2a-9a55-2a100199f2f0"),
        ("Prefer" = Option<String>, Header, description = "`wait=N`: answer when the call is decided, after N seconds at most, up to 55.", example = "wait=10"),
    ),
    request_body(content = NewCall, description = "Whom to call, and what for.", example = json!({"to": "+442079460123", "task": "Book a table for two on Friday at eight, in the name of Ada.", "purpose": "reservation", "tags": ["booking"]})),
    responses(
        (status = 201, description = "The call, new or as it stands.", body = wire::Call, headers(
            ("Location" = String, description = "The call's path."),
            ("ETag" = String, description = "The call's revision."),
            ("Idempotent-Replayed" = String, description = "`true` if the same request was accepted before."),
        )),
        (status = 409, description = "`possible_duplicate`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`number_not_allowed` or `idempotency_key_reused`.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn place(
    State(service): State<Service>,
    permit: Permit<CallsWrite>,
    headers: HeaderMap,
    Json(new): Json<NewCall>,
) -> Result<Response> {
    let key = RequestKey::required(&headers)?;
    let wait = preferred_wait(&headers);
    if wait.is_some() {
        permit.be_patient();
    }
    let allowed = permit.allowed()?;
    let placed = service.place(allowed, &new, Some(&key), wait).await?;
    if let Some(left) = service.calls_left(&placed.record.call.tenant).await {
        permit.tell_calls_left(left);
    }
    let mut response = call(StatusCode::CREATED, &placed.record, allowed.caller());
    let headers = response.headers_mut();
    let replayed = if placed.replayed { "true" } else { "false" };
    headers.insert(REPLAYED, HeaderValue::from_static(replayed));
    let path = format!("/v1/calls/{}", placed.record.call.id);
    set(headers, header::LOCATION, &path);
    if let Some(wait) = wait {
        set(headers, APPLIED, &format!("wait={}", wait.as_secs()));
    }
    Ok(response)
}

/// Read a call
///
/// With `wait_for`, answers when the call is decided or settled, or as it stands when the time is
/// over.
#[utoipa::path(
    get, path = "/v1/calls/{id}", operation_id = "getCall", tag = "calls",
    security(("key" = ["calls:read"])),
    params(
        ("id" = uuid::Uuid, Path, description = "The call's id."),
        ("wait_for" = Option<String>, Query, description = "`decided`: a provider has it, or none takes it. `settled`: nothing more happens to it on its own."),
        ("timeout" = Option<u32>, Query, description = "How many seconds to wait at most, 1 to 55. The default is 30.", minimum = 1, maximum = 55),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` that you have."),
    ),
    responses(
        (status = 200, description = "The call.", body = wire::Call, headers(("ETag" = String, description = "The call's revision."))),
        (status = 304, description = "The call did not change."),
    )
)]
pub(super) async fn get(
    State(service): State<Service>,
    permit: Permit<CallsRead>,
    CallPath(id): CallPath,
    params: Params,
    headers: HeaderMap,
) -> Result<Response> {
    params.known(&["wait_for", "timeout"])?;
    let until = match params.one("wait_for")? {
        None => None,
        Some("decided") => Some(Until::Decided),
        Some("settled") => Some(Until::Settled),
        Some(_) => {
            let fix = "write decided or settled";
            return Err(Problem::invalid("wait_for", "is not known", fix));
        }
    };
    let longest = u32::try_from(LONGEST_WAIT.as_secs()).unwrap_or(u32::MAX);
    let timeout = params.number("timeout", 1, longest)?.unwrap_or(30);
    let allowed = permit.allowed()?;
    let record = match until {
        None => service.call(allowed, id).await?,
        Some(until) => {
            permit.be_patient();
            let timeout = Duration::from_secs(timeout.into());
            service.call_when(allowed, id, until, timeout).await?
        }
    };
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|tag| tag.to_str().ok());
    let tag = etag(&record.call);
    let mut known = known.flat_map(|tags| tags.split(',')).map(str::trim);
    if known.any(|one| one.trim_start_matches("W/") == tag) {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        set(response.headers_mut(), header::ETAG, &tag);
        return Ok(response);
    }
    Ok(call(StatusCode::OK, &record, allowed.caller()))
}

/// A call as an answer, with its `ETag`.
pub(super) fn call(status: StatusCode, record: &CallRecord, caller: &Caller) -> Response {
    let mut response = (status, Answer(record.seen_by(caller))).into_response();
    set(response.headers_mut(), header::ETAG, &etag(&record.call));
    response
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
