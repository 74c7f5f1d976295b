//! Errors on the wire: RFC 9457 problems with a code.
//!
//! | file | purpose |
//! |---|---|
//! | `code.rs` | the table of codes: status, title and the text of each code's page |
//! | `convert.rs` | from errors of the library to problems |
//! | `kaicalls.rs` | problems in the form of KaiCalls' errors |
//! | `page.rs` | the pages below `/problems/` |

mod code;
mod convert;
mod kaicalls;
pub(crate) mod page;

use std::{borrow::Cow, time::Duration};

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};
use switchboard::core::text::readable;
use url::Url;

pub use code::Code;
pub(crate) use kaicalls::{KAICALLS_PATH, is_kaicalls, kaicalls_error};

/// A result whose error is a [`Problem`].
pub type Result<T, E = Problem> = std::result::Result<T, E>;

/// What a failed request to place a call means for the phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// Nothing was written, so nothing will ring because of this request.
    NotSent,
    /// It is not known whether the call was written. The same request with the same key is safe.
    Unknown,
}

impl Sent {
    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Sent::NotSent => "not_sent",
            Sent::Unknown => "unknown",
        }
    }
}

/// An error as a client sees it. It contains no secret, no whole phone number and nothing that a
/// provider said.
#[derive(Debug, Clone)]
pub struct Problem(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    code: Code,
    detail: Cow<'static, str>,
    field: Option<String>,
    fix: Option<String>,
    sent: Option<Sent>,
    retry_after: Option<Duration>,
    challenge: Option<String>,
    more: Map<String, Value>,
}

impl Problem {
    /// A problem with this code. The detail is masked and put on one line.
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        let detail = match detail.into() {
            Cow::Borrowed(text) => Cow::Borrowed(text),
            Cow::Owned(text) => Cow::Owned(readable(&text)),
        };
        Self(Box::new(Inner {
            code,
            detail,
            field: None,
            fix: None,
            sent: None,
            retry_after: None,
            challenge: None,
            more: Map::new(),
        }))
    }

    /// There is nothing of this name or id, or it is another tenant's.
    pub fn not_found(what: &str) -> Self {
        Self::new(Code::NotFound, format!("there is no {what} with this id"))
    }

    /// A wrong value in a field, and how to fix it.
    pub fn invalid(
        field: impl Into<String>,
        detail: impl Into<Cow<'static, str>>,
        fix: impl Into<String>,
    ) -> Self {
        Self::new(Code::InvalidRequest, detail).field(field).fix(fix)
    }

    /// Names the field that is wrong.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    /// The same problem of a part of a request: its field is below this one.
    #[must_use]
    pub fn within(mut self, part: &str) -> Self {
        self.0.field = Some(match self.0.field.take() {
            Some(field) => format!("{part}.{field}"),
            None => part.to_owned(),
        });
        self
    }

    /// Says how to fix it.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.0.fix = Some(readable(&fix.into()));
        self
    }

    /// Says what it means for the phone.
    #[must_use]
    pub fn sent(mut self, sent: Sent) -> Self {
        self.0.sent = Some(sent);
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Says in `WWW-Authenticate` how to become somebody whom the server knows.
    #[must_use]
    pub fn challenge(mut self, challenge: impl Into<String>) -> Self {
        self.0.challenge = Some(challenge.into());
        self
    }

    /// Adds a member of this code, for example `call`.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.0.more.insert(member.to_owned(), value.into());
        self
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.0.code.status()
    }

    /// What went wrong this time.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The field that is wrong.
    pub fn wrong_field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// How to fix it.
    pub fn how_to_fix(&self) -> Option<&str> {
        self.0.fix.as_deref()
    }

    /// A member that was added by [`Problem::with`].
    pub fn member(&self, name: &str) -> Option<&Value> {
        self.0.more.get(name)
    }

    /// The same problem of a request that places calls: it always says what it means for the phone.
    #[must_use]
    pub fn of_placing(mut self) -> Self {
        let code = self.0.code;
        self.0.sent.get_or_insert(if code.is_in_doubt() { Sent::Unknown } else { Sent::NotSent });
        self
    }

    /// The problem as the JSON of `application/problem+json`.
    pub fn to_json(&self, public_url: Option<&Url>, request_id: Option<&str>) -> Value {
        let inner = &*self.0;
        let mut body = Map::new();
        body.insert("type".to_owned(), Value::String(self.kind(public_url)));
        body.insert("title".to_owned(), json!(inner.code.title()));
        body.insert("status".to_owned(), json!(inner.code.status().as_u16()));
        body.insert("detail".to_owned(), json!(inner.detail));
        body.insert("code".to_owned(), json!(inner.code.as_str()));
        let text = |text: &Option<String>| text.clone().map(Value::String);
        let optional = [
            ("field", text(&inner.field)),
            ("fix", text(&inner.fix)),
            ("request_id", request_id.map(Value::from)),
            ("delivery", inner.sent.map(|sent| json!(sent.as_str()))),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                body.insert(name.to_owned(), value);
            }
        }
        body.extend(inner.more.clone());
        Value::Object(body)
    }

    /// The URI of the problem's type. For a spent quota it is IANA's, so that any client knows it.
    fn kind(&self, public_url: Option<&Url>) -> String {
        if self.0.code == Code::RateLimited {
            return "https://iana.org/assignments/http-problem-types#quota-exceeded".to_owned();
        }
        let base = public_url.map_or("", |url| url.as_str().trim_end_matches('/'));
        format!("{base}/problems/{}", self.0.code.as_str())
    }

    /// The answer. `public_url` and `request_id` are known to the outermost layer only.
    pub(crate) fn render(&self, public_url: Option<&Url>, request_id: Option<&str>) -> Response {
        let body = self.to_json(public_url, request_id).to_string();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        self.add_headers(headers);
        response
    }

    fn add_headers(&self, headers: &mut HeaderMap) {
        if let Some(wait) = self.0.retry_after {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        let challenge = self.0.challenge.as_deref().map(HeaderValue::from_str);
        if let Some(Ok(challenge)) = challenge {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        } else if self.status() == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.render(None, None);
        // The outermost layer renders it again, with the request's id.
        response.extensions_mut().insert(self);
        response
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.0.code.as_str(), self.0.detail)
    }
}

impl std::error::Error for Problem {}
