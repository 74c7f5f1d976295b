//! What a surface outside this crate takes from a request: who sends it, with its limits counted,
//! and its body within the bounds that hold everywhere.

use std::{fmt, sync::Arc};

use axum::extract::{FromRequestParts, Request};
use bytes::Bytes;
use http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    Service,
    caller::{Anything, Caller},
    extract::{self, Permit},
    problem::{Problem, Result},
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
        extract::is_plain(&parts.headers)?;
        let body = extract::read_in_time(service, body, LARGEST_BODY).await?;
        Ok(Self { caller: permit.caller(), parts, body, permit })
    }

    /// The request may take longer than others, because it waits for a call or is a stream.
    pub fn be_patient(&self) {
        self.permit.be_patient();
    }
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
