//! The error codes of CALL-E and their statuses.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// Each code with its status. The documents name the statuses of the endpoints and not of each
/// code, so some of these are a choice: above all those of `recipient_blocked` and
/// `policy_violation`. `not_found`, `key_of_failed_call` and `service_unavailable` are inventions.
const CODES: [(&str, u16); 25] = [
    ("invalid_request", 400),
    ("no_recipients", 400),
    ("unauthorized", 401),
    ("insufficient_balance", 402),
    ("forbidden", 403),
    ("recipient_blocked", 403),
    ("not_found", 404),
    ("call_cannot_cancel", 409),
    ("idempotency_conflict", 409),
    ("input_incomplete", 422),
    ("invalid_phone", 422),
    ("invalid_recipient", 422),
    ("policy_violation", 422),
    ("result_schema_invalid", 422),
    ("unsupported_region", 422),
    ("unsupported_language", 422),
    ("key_of_failed_call", 422),
    ("account_concurrency_exceeded", 429),
    ("llm_token_budget_exceeded", 429),
    ("rate_limit_exceeded", 429),
    ("internal_error", 500),
    ("account_concurrency_unavailable", 503),
    ("llm_token_budget_unavailable", 503),
    ("provider_unavailable", 503),
    ("service_unavailable", 503),
];

/// What a request is answered with.
pub(crate) type Answer = Result<Response, Refused>;

/// An error response.
#[derive(Debug)]
pub(crate) struct Refused {
    code: String,
    message: String,
    details: Value,
    retry_after: Option<u64>,
}

impl Refused {
    /// Creates the error response for this code. A code that is not in the table gets status 500.
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            details: json!({}),
            retry_after: None,
        }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new("invalid_request", message)
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new("not_found", format!("{what} was not found"))
    }

    /// A refusal that is configured for a number.
    pub(crate) fn configured(code: &str) -> Self {
        let refused = Self::new(code, "this number is refused by the simulator");
        match code {
            "input_incomplete" => refused.with(json!({"missing_inputs": ["callback_number"]})),
            "account_concurrency_exceeded" => {
                refused.with(json!({"max_active_tasks": 1, "line_type": "platform_default"}))
            }
            _ => refused,
        }
    }

    /// Sets the details.
    pub(crate) fn with(mut self, details: Value) -> Self {
        self.details = details;
        self
    }

    /// Sets `Retry-After` in seconds.
    pub(crate) fn after(mut self, seconds: Option<u64>) -> Self {
        self.retry_after = seconds;
        self
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let known = CODES.iter().find(|(code, _)| *code == self.code);
        let status = known.and_then(|(_, status)| StatusCode::from_u16(*status).ok());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = json!({"error": {
            "code": self.code, "message": self.message, "details": self.details,
        }});
        let mut response = (status, axum::Json(body)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
