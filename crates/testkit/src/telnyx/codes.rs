//! The errors of Telnyx: a list of them, each with a number as text, a title, a detail and the field
//! that is to blame.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

/// Each code with its status and title. `10005`, `10039`, `20100` and `90018` are not named by the documents
/// that this simulator follows.
const CODES: [(&str, u16, &str); 14] = [
    ("10001", 400, "The request is invalid"),
    ("10002", 422, "The phone number is invalid"),
    ("10005", 404, "The resource was not found"),
    ("10007", 500, "An unexpected error"),
    ("10008", 503, "The service is unavailable"),
    ("10009", 401, "Authentication failed"),
    ("10010", 403, "Not authorized"),
    ("10011", 429, "Too many requests"),
    ("10015", 422, "The value is invalid"),
    ("10016", 422, "The phone number must be E.164"),
    ("10039", 403, "The destination is not allowed"),
    ("20100", 402, "The balance is too low"),
    ("90018", 422, "The call has ended"),
    ("90103", 429, "Too many dials"),
];

/// What a request is answered with.
pub(crate) type Answer = Result<Response, Refused>;

/// An error response.
#[derive(Debug)]
pub(crate) struct Refused {
    status: u16,
    code: String,
    detail: String,
    pointer: Option<String>,
    retry_after: Option<u64>,
    limit: Option<usize>,
}

impl Refused {
    /// Creates the error response for this code. A code that is not in the table gets status 500.
    pub(crate) fn new(code: &str, detail: impl Into<String>) -> Self {
        let known = CODES.iter().find(|(known, _, _)| *known == code);
        Self {
            status: known.map_or(500, |(_, status, _)| *status),
            code: code.to_owned(),
            detail: detail.into(),
            pointer: None,
            retry_after: None,
            limit: None,
        }
    }

    /// A field has a value that is not allowed.
    pub(crate) fn value(name: &str, detail: &str) -> Self {
        Self::new("10015", format!("{name} {detail}")).at(name)
    }

    pub(crate) fn unknown(what: &str) -> Self {
        Self::new("10005", format!("{what} was not found"))
    }

    /// A configured refusal: a code, or a status and a code with a colon between them.
    pub(crate) fn configured(refusal: &str) -> Self {
        let (status, code) = refusal.split_once(':').unwrap_or(("", refusal));
        let mut refused = Self::new(code.trim(), "the simulator refuses this number").at("to");
        refused.status = status.parse().unwrap_or(refused.status);
        refused
    }

    /// Names the field that is to blame, as a path with dots.
    pub(crate) fn at(mut self, name: &str) -> Self {
        self.pointer = Some(format!("/{}", name.replace('.', "/")));
        self
    }

    /// Sets `Retry-After` in seconds, and the headers about the limit.
    pub(crate) fn after(mut self, seconds: Option<u64>, limit: usize) -> Self {
        self.retry_after = seconds;
        self.limit = Some(limit);
        self
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let known = CODES.iter().find(|(code, _, _)| *code == self.code);
        let title = known.map_or("An error", |(_, _, title)| title);
        let mut error = json!({"code": self.code, "title": title, "detail": self.detail});
        if let Some(pointer) = self.pointer {
            error["source"] = json!({"pointer": pointer});
        }
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(json!({"errors": [error]}))).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            headers.insert("x-ratelimit-reset", HeaderValue::from(seconds));
        }
        if let Some(limit) = self.limit {
            headers.insert("x-ratelimit-limit", HeaderValue::from(limit));
            headers.insert("x-ratelimit-remaining", HeaderValue::from(0));
        }
        response
    }
}
