//! The errors of Retell: a status and a message, without a code.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use crate::fault::Envelope;

/// What a request is answered with.
pub(crate) type Answer = Result<Response, Refused>;

/// An error response.
#[derive(Debug)]
pub(crate) struct Refused {
    status: u16,
    message: String,
    retry_after: Option<u64>,
}

impl Refused {
    pub(crate) fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), retry_after: None }
    }

    /// The request is malformed.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    /// Something that the request names does not exist.
    pub(crate) fn unknown(what: &str) -> Self {
        Self::new(422, format!("Item {what} not found"))
    }

    /// The ring ledger could not be written.
    pub(crate) fn no_ledger() -> Self {
        Self::new(500, "Internal server error")
    }

    /// A configured refusal, by its status.
    pub(crate) fn configured(status: &str) -> Self {
        let status = status.parse().unwrap_or(500);
        Self::new(
            status,
            match status {
                400 => "The number is on the do-not-call list",
                401 => "Invalid API key",
                402 => "Trial has ended, please add a payment method",
                422 => "Item not found",
                429 => "Too many requests",
                _ => "Internal server error",
            },
        )
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
        let body = Envelope::Status.render(status, "", &self.message, "");
        let mut response = (status, axum::Json(body)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
