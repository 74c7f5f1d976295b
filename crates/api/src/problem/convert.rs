//! From errors of the library to problems.

use std::time::Duration;

use switchboard::{
    Error, ErrorKind,
    journal::{Denied, DuplicateOf, KeyReused},
};

use crate::problem::{Code, Problem};

/// How long to wait before the journal is tried again.
const JOURNAL_AGAIN: Duration = Duration::from_secs(1);

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

impl From<&Error> for Problem {
    /// An error of the library, by its kind. What a provider said is left out.
    fn from(error: &Error) -> Self {
        let code = code(error);
        let problem = match code {
            Code::ProviderFailed | Code::ProviderTimeout => Problem::new(code, of_provider(error)),
            Code::Internal => {
                tracing::error!(%error, "a request failed");
                Problem::new(code, "the request could not be served")
            }
            Code::JournalUnavailable => {
                tracing::error!(%error, "the journal failed");
                Problem::new(code, "the journal could not be read or written")
                    .retry_after(JOURNAL_AGAIN)
            }
            Code::Stopping => {
                Problem::new(code, "this process is being stopped").retry_after(JOURNAL_AGAIN)
            }
            _ => of_caller(code, error),
        };
        match error.retry_after() {
            Some(wait) => problem.retry_after(wait),
            None => problem,
        }
    }
}

fn code(error: &Error) -> Code {
    match (error.kind(), error.code()) {
        (ErrorKind::Conflict, Some("stopping")) => Code::Stopping,
        (ErrorKind::Conflict, Some("idempotency_key_reused")) => Code::IdempotencyKeyReused,
        (ErrorKind::Conflict, Some("not_settled")) => Code::NotSettled,
        (ErrorKind::Conflict, Some("too_many_endpoints")) => Code::TooManyEndpoints,
        (_, Some("too_many_waiting")) => Code::TooManyWaiting,
        (kind, _) => by_kind(kind),
    }
}

/// The code for each kind. `ErrorKind` may grow: a kind that is not known here is a fault of ours,
/// and a test asks for every kind that there is.
fn by_kind(kind: ErrorKind) -> Code {
    match kind {
        ErrorKind::InvalidRequest => Code::InvalidRequest,
        ErrorKind::NumberNotAllowed => Code::NumberNotAllowed,
        ErrorKind::NotFound => Code::NotFound,
        ErrorKind::Conflict => Code::Conflict,
        ErrorKind::PossibleDuplicate => Code::PossibleDuplicate,
        ErrorKind::Unsupported => Code::Unsupported,
        ErrorKind::Configuration => Code::ConfigurationRefused,
        ErrorKind::Journal => Code::JournalUnavailable,
        ErrorKind::Timeout => Code::ProviderTimeout,
        ErrorKind::Unauthorized
        | ErrorKind::Forbidden
        | ErrorKind::QuotaExceeded
        | ErrorKind::NeedsApproval
        | ErrorKind::RateLimited
        | ErrorKind::CountryNotSupported
        | ErrorKind::LanguageNotSupported
        | ErrorKind::Blocked
        | ErrorKind::Connect
        | ErrorKind::Transport
        | ErrorKind::Decode
        | ErrorKind::Provider => Code::ProviderFailed,
        ErrorKind::NoProvider | ErrorKind::Expired | ErrorKind::Withdrawn => Code::Conflict,
        _ => Code::Internal,
    }
}

/// Which provider failed and how, without its words.
fn of_provider(error: &Error) -> String {
    let who = error.provider().map_or("the provider", |provider| provider.as_str());
    let how = error.kind().as_str().replace('_', " ");
    match error.status() {
        Some(status) => format!("{who} answered with HTTP {status} ({how})"),
        None => format!("{who} could not be asked ({how})"),
    }
}

/// An error that is the caller's: its message names the fix behind a colon.
fn of_caller(code: Code, error: &Error) -> Problem {
    let message = error.message();
    let problem = match (error.field(), message.rsplit_once(": ")) {
        (Some(field), Some((wrong, fix))) => {
            Problem::new(code, wrong.to_owned()).field(field).fix(fix)
        }
        (Some(field), None) => Problem::new(code, message.to_owned()).field(field),
        (None, _) => Problem::new(code, message.to_owned()),
    };
    let denied = || match Denied::in_error(error) {
        Some(Denied::CalleeBusy { by: Some(call) } | Denied::OwnedBy(call)) => Some(*call),
        _ => None,
    };
    let first = DuplicateOf::in_error(error)
        .map(|of| of.call)
        .or_else(|| KeyReused::in_error(error).map(|of| of.first))
        .or_else(denied);
    match first {
        Some(call) => problem.with("call", call.to_string()),
        None => problem,
    }
}
