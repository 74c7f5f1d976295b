//! Problems in the form of KaiCalls' errors, for its own clients.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};

use crate::problem::{Code, Problem};

/// Everything below this path speaks KaiCalls' words.
pub(crate) const KAICALLS_PATH: &str = "/compat/kaicalls";

/// True if a path is one of KaiCalls'.
pub(crate) fn is_kaicalls(path: &str) -> bool {
    path.strip_prefix(KAICALLS_PATH).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// An error in KaiCalls' form.
pub(crate) fn kaicalls_error(status: StatusCode, code: &str, message: &str) -> Response {
    error(status, code, message, Map::new())
}

fn error(status: StatusCode, code: &str, message: &str, more: Map<String, Value>) -> Response {
    let mut about = Map::new();
    about.insert("code".to_owned(), json!(code));
    about.insert("message".to_owned(), json!(message));
    about.extend(more);
    let mut response = Response::new(Body::from(json!({ "error": about }).to_string()));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

impl Problem {
    /// The answer in KaiCalls' form. What KaiCalls has no code for is named in the message.
    pub(crate) fn render_kaicalls(&self) -> Response {
        let (status, word) = self.in_kaicalls_words();
        let mut message = match self.wrong_field() {
            Some(field) => format!("{field} {}", self.detail()),
            None => self.detail().to_owned(),
        };
        if let Some(fix) = &self.0.fix
            && !message.contains(fix.as_str())
        {
            message.push_str(": ");
            message.push_str(fix);
        }
        if word != self.code().as_str() {
            message.push_str(&format!(" ({})", self.code().as_str()));
        }
        let mut more = self.0.more.clone();
        if let Some(call) = more.remove("call") {
            more.insert("call_id".to_owned(), call);
        }
        if let Some(sent) = self.0.sent {
            more.insert("delivery".to_owned(), json!(sent.as_str()));
        }
        let mut response = error(status, word, &message, more);
        self.add_headers(response.headers_mut());
        response
    }

    /// Never `call_failed`: it does not say whether a phone rang.
    fn in_kaicalls_words(&self) -> (StatusCode, &'static str) {
        let status = self.status();
        let word = match status {
            StatusCode::UNAUTHORIZED => "unauthorized",
            StatusCode::FORBIDDEN => "forbidden",
            StatusCode::NOT_FOUND => "not_found",
            StatusCode::CONFLICT if self.code() == Code::PossibleDuplicate => "possible_duplicate",
            StatusCode::CONFLICT => "conflict",
            StatusCode::TOO_MANY_REQUESTS => "rate_limited",
            StatusCode::UNPROCESSABLE_ENTITY => {
                return (StatusCode::BAD_REQUEST, "invalid_request");
            }
            _ if status.is_server_error() => "internal_error",
            _ => "invalid_request",
        };
        (status, word)
    }
}
