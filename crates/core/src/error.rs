//! One error for every crate: boxed, one word wide, with a kind to branch on. What a failed placing
//! request proves about the phone is in [`PlaceError`](crate::PlaceError).

use std::{borrow::Cow, error::Error as StdError, fmt, time::Duration};

use serde::{Deserialize, Serialize};

use crate::ProviderId;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Box<dyn StdError + Send + Sync + 'static>;

/// The category of a failure, for programs to branch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request is invalid; [`Error::field`] names the field.
    InvalidRequest,
    /// The number must not be called: emergency, premium rate, shared cost, short code, satellite,
    /// or not a valid number.
    NumberNotAllowed,
    /// Missing, expired or revoked credentials.
    Unauthorized,
    /// The credentials lack a scope, or the account may not use this feature.
    Forbidden,
    /// The account is out of credit, or a budget is spent.
    QuotaExceeded,
    /// A person has to approve before the provider continues.
    NeedsApproval,
    /// Too many requests; [`Error::retry_after`] is how long to wait, if the provider specified it.
    RateLimited,
    /// The provider does not call this country.
    CountryNotSupported,
    /// The provider's agents do not speak this language.
    LanguageNotSupported,
    /// The callee or the content is blocked, for example by a do-not-call list, missing consent or
    /// a safety rule.
    Blocked,
    /// The call, agent, number or route does not exist.
    NotFound,
    /// The request conflicts with one that is in progress or finished.
    Conflict,
    /// The same callee was called with the same task a moment ago; [`Error::message`] names that
    /// call.
    PossibleDuplicate,
    /// No connection could be established.
    Connect,
    /// No response arrived in time.
    Timeout,
    /// The connection broke.
    Transport,
    /// The response could not be decoded; the message contains the JSON path.
    Decode,
    /// The provider failed (5xx), or sent a response that its documentation does not describe.
    Provider,
    /// No provider can take this call; the plan contains the reasons.
    NoProvider,
    /// The call could not be started before its window closed or its maximum waiting time passed.
    Expired,
    /// The caller withdrew the call before anything was sent.
    Withdrawn,
    /// The configuration is invalid; the message names the key and how to fix it.
    Configuration,
    /// The provider does not support this operation.
    Unsupported,
    /// The journal could not be written, so nothing more is sent.
    Journal,
}

impl ErrorKind {
    /// The word used in JSON, logs and journals.
    pub const fn as_str(self) -> &'static str {
        match self {
            ErrorKind::InvalidRequest => "invalid_request",
            ErrorKind::NumberNotAllowed => "number_not_allowed",
            ErrorKind::Unauthorized => "unauthorized",
            ErrorKind::Forbidden => "forbidden",
            ErrorKind::QuotaExceeded => "quota_exceeded",
            ErrorKind::NeedsApproval => "needs_approval",
            ErrorKind::RateLimited => "rate_limited",
            ErrorKind::CountryNotSupported => "country_not_supported",
            ErrorKind::LanguageNotSupported => "language_not_supported",
            ErrorKind::Blocked => "blocked",
            ErrorKind::NotFound => "not_found",
            ErrorKind::Conflict => "conflict",
            ErrorKind::PossibleDuplicate => "possible_duplicate",
            ErrorKind::Connect => "connect",
            ErrorKind::Timeout => "timeout",
            ErrorKind::Transport => "transport",
            ErrorKind::Decode => "decode",
            ErrorKind::Provider => "provider",
            ErrorKind::NoProvider => "no_provider",
            ErrorKind::Expired => "expired",
            ErrorKind::Withdrawn => "withdrawn",
            ErrorKind::Configuration => "configuration",
            ErrorKind::Unsupported => "unsupported",
            ErrorKind::Journal => "journal",
        }
    }
}

/// A failure. Build one with [`Error::new`] and the `with_…` setters.
///
/// `Display` prints what happened and never the source; walk [`StdError::source`] for the chain.
/// Neither contains a secret or a whole phone number: the code that builds an error has to mask
/// both.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: Cow<'static, str>,
    provider: Option<ProviderId>,
    operation: Option<&'static str>,
    field: Option<Cow<'static, str>>,
    status: Option<u16>,
    code: Option<String>,
    correlation_id: Option<String>,
    retry_after: Option<Duration>,
    source: Option<Source>,
}

impl Error {
    /// Creates an error of this kind. It makes no claim about whether a phone rang; code that
    /// places a call wraps it in a [`PlaceError`](crate::PlaceError).
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Error(Box::new(Inner {
            kind,
            message: message.into(),
            provider: None,
            operation: None,
            field: None,
            status: None,
            code: None,
            correlation_id: None,
            retry_after: None,
            source: None,
        }))
    }

    /// Creates an error for an invalid value in a request. The message says what is wrong and how
    /// to fix it.
    pub fn invalid(
        field: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Error::new(ErrorKind::InvalidRequest, message).with_field(field)
    }

    /// The category of the failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The provider that failed, if one was involved.
    pub fn provider(&self) -> Option<&ProviderId> {
        self.0.provider.as_ref()
    }

    /// The operation that failed, for example `calls.place`.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// The invalid field of the request or key of the configuration.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// The HTTP status of the provider's response.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The provider's own error code, for example `suppression_violation`.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The provider's id of the failed request, to give to its support.
    pub fn correlation_id(&self) -> Option<&str> {
        self.0.correlation_id.as_deref()
    }

    /// How long the provider asked to wait before the next request.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The message without the provider and the operation that `Display` adds.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Sets the provider.
    #[must_use]
    pub fn with_provider(mut self, provider: ProviderId) -> Self {
        self.0.provider = Some(provider);
        self
    }

    /// Sets the operation.
    #[must_use]
    pub fn with_operation(mut self, operation: &'static str) -> Self {
        self.0.operation = Some(operation);
        self
    }

    /// Sets the invalid field or key.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    /// Sets the HTTP status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Sets the provider's error code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.0.code = Some(code.into());
        self
    }

    /// Sets the provider's id of the request.
    #[must_use]
    pub fn with_correlation_id(mut self, id: impl Into<String>) -> Self {
        self.0.correlation_id = Some(id.into());
        self
    }

    /// Sets how long the provider asked to wait.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Sets the cause. Its text must not contain a secret or a whole phone number.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.0.source = Some(source.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        match (&inner.provider, inner.operation) {
            (Some(provider), Some(operation)) => write!(f, "{provider}: {operation}: ")?,
            (Some(provider), None) => write!(f, "{provider}: ")?,
            (None, Some(operation)) => write!(f, "{operation}: ")?,
            (None, None) => {}
        }
        if let Some(field) = &inner.field {
            write!(f, "{field}: ")?;
        }
        f.write_str(&inner.message)?;
        match (inner.status, &inner.code) {
            (Some(status), Some(code)) => write!(f, " (HTTP {status}, {code})"),
            (Some(status), None) => write!(f, " (HTTP {status})"),
            (None, Some(code)) => write!(f, " ({code})"),
            (None, None) => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    /// `{:?}` is the text of `Display`, because it is what a program prints whose `main` returns the
    /// error. `{:#?}` has every field.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return fmt::Display::fmt(self, f);
        }
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("message", &inner.message)
            .field("provider", &inner.provider)
            .field("operation", &inner.operation)
            .field("field", &inner.field)
            .field("status", &inner.status)
            .field("code", &inner.code)
            .field("correlation_id", &inner.correlation_id)
            .field("retry_after", &inner.retry_after)
            .field("source", &inner.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}

const _: () = assert!(std::mem::size_of::<Error>() == std::mem::size_of::<usize>());
