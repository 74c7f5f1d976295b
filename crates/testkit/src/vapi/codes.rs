//! The errors of Vapi: a message or a list of them, the phrase of the status, and the status.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// What a request is answered with.
pub(crate) type Answer = Result<Response, Refused>;

/// An error response.
#[derive(Debug)]
pub(crate) struct Refused {
    status: u16,
    message: Value,
    retry_after: Option<u64>,
}

impl Refused {
    pub(crate) fn new(status: u16, message: impl Into<Value>) -> Self {
        Self { status, message: message.into(), retry_after: None }
    }

    /// The request is malformed. Such errors come as a list of messages.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, json!([message.into()]))
    }

    pub(crate) fn unknown(what: &str) -> Self {
        Self::new(404, format!("{what} was not found"))
    }

    /// A configured refusal: its status, and after a colon, its message.
    pub(crate) fn configured(refusal: &str) -> Self {
        let (status, message) = refusal.split_once(':').unwrap_or((refusal, ""));
        let status = status.parse().unwrap_or(500);
        let usual = match status {
            402 => "There is no credit left.",
            403 => "This key may not do that.",
            429 => "Too many requests.",
            _ => "The simulator refuses this number.",
        };
        let message = message.trim();
        Self::new(status, if message.is_empty() { usual } else { message })
    }

    /// Sets `Retry-After` in seconds.
    pub(crate) fn after(mut self, seconds: Option<u64>) -> Self {
        self.retry_after = seconds;
        self
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = json!({
            "message": self.message, "error": status.canonical_reason().unwrap_or("Error"),
            "statusCode": status.as_u16(),
        });
        let mut response = (status, axum::Json(body)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
