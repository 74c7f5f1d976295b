//! What a surface outside this crate takes from a request: who sends it, with its limits counted,
//! and its body within the bounds that hold everywhere. And what is as it is below `/v1`: the
//! stream of events.

use std::{fmt, net::IpAddr, sync::Arc};

use axum::{
    body::Body,
    extract::{FromRequestParts, Request},
    response::Response,
};
use bytes::Bytes;
use http::{Extensions, request::Parts};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    RequestId, Service,
    caller::{Allowed, Anything, Caller, EventsRead, client_address},
    context::Context,
    extract::{self, Permit},
    limits::RequestPermit,
    problem::{Problem, Result},
    routes,
    service::{EventQuery, SessionSecret},
};

/// The largest body: 64 KiB.
pub const LARGEST_BODY: usize = 64 * 1024;

/// A request whose caller is known. The request counts until this is dropped.
#[non_exhaustive]
pub struct Entered {
    /// Who sent it.
    pub caller: Arc<Caller>,
    /// Everything but the body.
    pub parts: Parts,
    /// The body.
    pub body: Bytes,
    permit: Permit<Anything>,
}

impl fmt::Debug for Entered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entered").field("caller", self.caller.id()).finish_non_exhaustive()
    }
}

impl Entered {
    /// Verifies the key of a request, counts it, and reads its body.
    ///
    /// # Errors
    /// Those of [`Service::caller`]; `rate_limited`, `unsupported_media_type`, `body_too_large`,
    /// `request_timeout`.
    pub async fn new(service: &Service, request: Request) -> Result<Self> {
        let (mut parts, body) = request.into_parts();
        let permit = Permit::<Anything>::from_request_parts(&mut parts, service).await?;
        Self::of(service, parts, body, permit).await
    }

    /// The same for a surface that also takes access tokens, where the server does.
    ///
    /// # Errors
    /// As [`Entered::new`]; `invalid_token`, `issuer_unavailable`; `missing_scope` if none of the
    /// token's scopes allows anything.
    pub async fn with_token(service: &Service, request: Request) -> Result<Self> {
        let (parts, body) = request.into_parts();
        let from = address(service, &parts);
        let caller = service.caller_with_token(&parts.headers, from).await?;
        let permit = Permit::<Anything>::of(&parts, service, caller)?;
        Self::of(service, parts, body, permit).await
    }

    async fn of(
        service: &Service,
        parts: Parts,
        body: Body,
        permit: Permit<Anything>,
    ) -> Result<Self> {
        extract::is_plain(&parts.headers)?;
        let body = extract::read_in_time(service, body, LARGEST_BODY).await?;
        Ok(Self { caller: permit.caller(), parts, body, permit })
    }

    /// The request may take longer than others, because it waits for a call or is a stream.
    pub fn be_patient(&self) {
        self.permit.be_patient();
    }
}

/// A request of somebody who is signed in. It counts until this is dropped.
#[non_exhaustive]
pub struct Visit {
    /// Who sent it.
    pub caller: Arc<Caller>,
    _request: RequestPermit,
}

impl fmt::Debug for Visit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visit").field("caller", self.caller.id()).finish_non_exhaustive()
    }
}

impl Visit {
    /// Looks up who is signed in with this secret, and counts the request among those of their key.
    /// `None`: they have to sign in again.
    ///
    /// # Errors
    /// Those of [`Service::session`]; `rate_limited`.
    pub async fn new(
        service: &Service,
        parts: &Parts,
        secret: &SessionSecret,
    ) -> Result<Option<Self>> {
        match service.session(secret, address(service, parts)).await? {
            Some(caller) => Self::of(service, parts, caller).map(Some),
            None => Ok(None),
        }
    }

    /// Counts a request of this caller, whom [`Service::person`] found.
    ///
    /// # Errors
    /// `rate_limited`.
    pub fn of(service: &Service, parts: &Parts, caller: Arc<Caller>) -> Result<Self> {
        let (left, request) = service.count_request(&caller);
        if let Some(context) = parts.extensions.get::<Arc<Context>>() {
            context.left.get_or_init(|| left);
            context.caller.get_or_init(|| Arc::clone(&caller));
        }
        Ok(Self { caller, _request: request? })
    }
}

/// Where a request comes from, if that is known.
pub fn address(service: &Service, parts: &Parts) -> Option<IpAddr> {
    client_address(&parts.extensions, &parts.headers, service.trusted_proxies())
}

/// The id of a request, as its answer and the log have it.
pub fn request_id(extensions: &Extensions) -> Option<RequestId> {
    extensions.get::<Arc<Context>>().map(|context| context.id)
}

/// Reads a body of at most this many bytes within the time that it may take.
///
/// # Errors
/// `unsupported_media_type` if it is compressed, `body_too_large`, `request_timeout`.
pub async fn read_body(
    service: &Service,
    parts: &Parts,
    body: Body,
    largest: usize,
) -> Result<Bytes> {
    extract::is_plain(&parts.headers)?;
    extract::read_in_time(service, body, largest).await
}

/// The stream of events, as `GET /v1/events/stream` answers.
///
/// # Errors
/// `cursor_invalid`; `events_gone`; `too_many_streams`; `stopping`.
pub async fn follow_events(
    service: &Service,
    by: Allowed<'_, EventsRead>,
    query: EventQuery,
) -> Result<Response> {
    routes::stream(service, by, query).await
}

/// Reads a value as a request's body is read: what does not fit is a problem that names the field
/// and the fix, and repeats nothing of the value.
///
/// # Errors
/// `invalid_request`, `unknown_field`, `malformed_json` for a value that is nested too deep.
pub fn read_value<T: DeserializeOwned>(value: &Value) -> Result<T> {
    extract::parse(value.to_string().as_bytes())
}

/// The problem of a field that is not known, with the nearest of those that are.
pub fn unknown_field(name: &str, known: &[&str]) -> Problem {
    extract::unknown_field(name, name, known.iter().copied())
}
