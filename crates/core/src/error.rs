//! One error for every crate: boxed, one word wide, with a kind to branch on. What a failed placing
//! request proves about the phone stands in [`PlaceError`](crate::PlaceError).

use std::{borrow::Cow, error::Error as StdError, fmt, time::Duration};

use serde::{Deserialize, Serialize};

use crate::ProviderId;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Box<dyn StdError + Send + Sync + 'static>;

/// What went wrong, in words that a program can branch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// A request that makes no sense; [`Error::field`] names the field.
    InvalidRequest,
    /// A number that must not be called: emergency, premium rate, shared cost, short, satellite, or
    /// none at all.
    NumberNotAllowed,
    /// Missing, expired or revoked credentials.
    Unauthorized,
    /// Credentials that lack a scope, or a feature that this account may not use.
    Forbidden,
    /// Out of credit, or over a budget.
    QuotaExceeded,
    /// A person has to approve before the provider goes on.
    NeedsApproval,
    /// Too many requests; [`Error::retry_after`] says how long to wait where the provider said it.
    RateLimited,
    /// The provider does not call this country.
    CountryNotSupported,
    /// The provider's agents do not speak this language.
    LanguageNotSupported,
    /// The callee, or what would be said, is blocked: do-not-call lists, consent, safety.
    Blocked,
    /// No such call, agent, number or route.
    NotFound,
    /// The request contradicts one that is under way or done.
    Conflict,
    /// The same callee and task a moment ago; [`Error::message`] names the first call.
    PossibleDuplicate,
    /// No connection could be made.
    Connect,
    /// No answer in time.
    Timeout,
    /// The connection broke.
    Transport,
    /// An answer that could not be read; the message has its JSON path.
    Decode,
    /// The provider failed on its side (5xx), or answered something that no document names.
    Provider,
    /// No provider can take this call; the plan says why.
    NoProvider,
    /// The call was not begun while its window was open, or within the time that calls wait.
    Expired,
    /// The caller took the call back before anything was sent.
    Withdrawn,
    /// Settings that cannot work; the message names the key and the fix.
    Configuration,
    /// The provider has no such ability.
    Unsupported,
    /// The journal could not be written: sending has stopped.
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
/// Nothing printed carries a secret or a whole phone number: whoever builds an error masks both.
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
    /// An error of this kind. It says nothing about a phone: whoever places a call makes a
    /// [`PlaceError`](crate::PlaceError) of it.
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

    /// A bad value in a request: names the field and says what is wrong and how to mend it.
    pub fn invalid(
        field: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Error::new(ErrorKind::InvalidRequest, message).with_field(field)
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The provider that failed, where one was asked.
    pub fn provider(&self) -> Option<&ProviderId> {
        self.0.provider.as_ref()
    }

    /// What was being done, as `calls.place`.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// The field of the request, or the key of the configuration, that is wrong.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// The HTTP status of the provider's answer.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The provider's own error code, as `suppression_violation`.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The provider's id of the failed request, for its support.
    pub fn correlation_id(&self) -> Option<&str> {
        self.0.correlation_id.as_deref()
    }

    /// How long the provider asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// What happened, without the provider and the operation that `Display` adds.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Names the provider that was asked.
    #[must_use]
    pub fn with_provider(mut self, provider: ProviderId) -> Self {
        self.0.provider = Some(provider);
        self
    }

    /// Names what was being done.
    #[must_use]
    pub fn with_operation(mut self, operation: &'static str) -> Self {
        self.0.operation = Some(operation);
        self
    }

    /// Names the field or key.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    /// Keeps the HTTP status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Keeps the provider's error code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.0.code = Some(code.into());
        self
    }

    /// Keeps the provider's id of the request.
    #[must_use]
    pub fn with_correlation_id(mut self, id: impl Into<String>) -> Self {
        self.0.correlation_id = Some(id.into());
        self
    }

    /// Keeps how long the provider asked to wait.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Keeps the cause. Its text must hold no secret and no whole phone number.
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
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
