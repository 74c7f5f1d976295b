//! The error codes of KaiCalls and their statuses (document 004, "Errors").

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use crate::fault::Envelope;

/// Each code with its status and message. After the line: codes from the provider's public pages
/// that are not in document 004.
const CODES: &[(&str, u16, &str)] = &[
    ("unauthorized", 401, "Invalid, missing, expired, or revoked API key"),
    ("forbidden", 403, "Key doesn't have the required scope"),
    ("not_found", 404, "Agent, call, or resource not found"),
    ("invalid_request", 400, "Missing required fields or invalid JSON"),
    ("call_failed", 500, "Vapi failed to initiate the call"),
    ("internal_error", 500, "Unexpected server error"),
    ("rate_limited", 429, "Too many requests"),
    // ---
    ("vapi_error", 500, "The voice platform failed"),
    ("payment_required", 402, "The subscription does not cover this call"),
    ("content_blocked", 400, "The content is not allowed"),
    ("number_opted_out", 400, "The number has opted out"),
    ("number_on_dnc", 400, "The number is on a do-not-call list"),
    ("tcpa_violation", 400, "Not at this time of day"),
    // Not documented: the response to a key that was already used with another body.
    ("idempotency_conflict", 409, "The Idempotency-Key was used with another body"),
];

/// An error response.
#[derive(Debug)]
pub(crate) struct Refused {
    code: String,
    detail: String,
    retry_after: Option<u64>,
}

impl Refused {
    /// Creates the error response for this code. A code that is not in the table gets status 500.
    pub(crate) fn new(code: &str, detail: impl Into<String>) -> Self {
        Self { code: code.to_owned(), detail: detail.into(), retry_after: None }
    }

    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Self::new("invalid_request", detail)
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new("not_found", format!("{what} not found"))
    }

    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// Sets `Retry-After` in seconds.
    pub(crate) fn after(mut self, seconds: Option<u64>) -> Self {
        self.retry_after = seconds;
        self
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let known = CODES.iter().find(|(code, _, _)| *code == self.code);
        let (status, message) =
            known.map_or((500, "An unknown code"), |(_, status, message)| (*status, *message));
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let message = format!("{message}: {}", self.detail);
        let body = Envelope::Plain.render(status, &self.code, &message, "");
        let mut response = (status, axum::Json(body)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
