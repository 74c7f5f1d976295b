//! What a failure proves about the phone.
//!
//! The rows for transport failures and statuses are the same for every provider and are defined
//! here. Where providers use the same status for different things, the backend's [`Codes`] decide.
//! There is no default: every status from 0 to 65535 is matched explicitly, and one that no
//! document names is [`Delivery::Unknown`]. A 501 counts as a refusal, not as one of the unknown
//! 5xx: the provider does not implement the request.
//!
//! A backend can make a refusal stricter or give it a kind; it cannot turn an `Unknown` into a
//! proof. A refusal about the person or the content binds every provider, whatever the row says:
//! see [`binds_everyone`].

use std::fmt::Debug;

use switchboard_core::{Delivery, ErrorKind, Refusal};

use crate::ErrorBody;

/// What a failure means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The kind of failure, for callers to branch on.
    pub kind: ErrorKind,
    /// What it proves about the phone.
    pub delivery: Delivery,
}

impl Verdict {
    /// A verdict from its two parts.
    pub const fn new(kind: ErrorKind, delivery: Delivery) -> Self {
        Self { kind, delivery }
    }

    /// This provider refuses; another may be asked.
    pub const fn refused(kind: ErrorKind) -> Self {
        Self::new(kind, Delivery::Refused(Refusal::ThisProvider))
    }

    /// No provider may place the call: the refusal is about the callee or the content.
    pub const fn refused_for_everyone(kind: ErrorKind) -> Self {
        Self::new(kind, Delivery::Refused(Refusal::Everyone))
    }

    /// The phone may have rung.
    pub const fn unknown(kind: ErrorKind) -> Self {
        Self::new(kind, Delivery::Unknown)
    }
}

/// A backend's rows: what a status and code mean where the shared table leaves it to the provider
/// (400, 401, 402, 403, 422), and a more precise kind or a stricter refusal elsewhere.
pub trait Codes: Debug + Send + Sync {
    /// The row for this status and code. `None` leaves it to the shared table, where anything not
    /// listed is `Unknown`.
    fn verdict(&self, status: u16, code: Option<&str>) -> Option<Verdict>;

    /// The same for a provider whose code alone does not say what a refusal means, but its words or
    /// the place in the request that it points to.
    fn verdict_on(&self, status: u16, body: &ErrorBody) -> Option<Verdict> {
        self.verdict(status, body.code.as_deref())
    }
}

/// No rows of its own: the shared table alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoCodes;

impl Codes for NoCodes {
    fn verdict(&self, _status: u16, _code: Option<&str>) -> Option<Verdict> {
        None
    }
}

/// How a request failed before its status line was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportFailure {
    /// The request could not be built.
    Unbuilt,
    /// Name resolution, connection, TLS, or the connect timeout.
    Connect,
    /// Connected, or about to be, but the body was never polled.
    Unpolled {
        /// Whether the cause was a timeout.
        timed_out: bool,
    },
    /// Timed out after the body had been polled.
    TimedOut,
    /// The connection broke, or carried something other than HTTP, after the body had been polled.
    Broken,
}

/// The verdict on a transport failure.
pub const fn transport(failure: TransportFailure) -> Verdict {
    match failure {
        TransportFailure::Unbuilt => Verdict::new(ErrorKind::InvalidRequest, Delivery::NotSent),
        TransportFailure::Connect => Verdict::new(ErrorKind::Connect, Delivery::NotSent),
        TransportFailure::Unpolled { timed_out: true } => {
            Verdict::new(ErrorKind::Timeout, Delivery::NotSent)
        }
        TransportFailure::Unpolled { timed_out: false } => {
            Verdict::new(ErrorKind::Transport, Delivery::NotSent)
        }
        TransportFailure::TimedOut => Verdict::unknown(ErrorKind::Timeout),
        TransportFailure::Broken => Verdict::unknown(ErrorKind::Transport),
    }
}

/// A row of the shared table of statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Row {
    /// A call exists.
    Success,
    /// Refused because of our request; a backend may be more precise.
    Ours(ErrorKind),
    /// Too many requests: refused for now.
    TooMany,
    /// The backend decides; unknown if it does not.
    Backend(ErrorKind),
    /// Unknown, regardless of the body.
    Unknown(ErrorKind),
}

const fn row(status: u16) -> Row {
    match status {
        200..=299 => Row::Success,
        300..=399 => Row::Ours(ErrorKind::Configuration),
        400 | 422 => Row::Backend(ErrorKind::InvalidRequest),
        401 => Row::Backend(ErrorKind::Unauthorized),
        402 => Row::Backend(ErrorKind::QuotaExceeded),
        403 => Row::Backend(ErrorKind::Forbidden),
        404 => Row::Ours(ErrorKind::NotFound),
        405 | 406 | 411 | 415 | 501 => Row::Ours(ErrorKind::Unsupported),
        413 | 414 | 431 => Row::Ours(ErrorKind::InvalidRequest),
        408 => Row::Unknown(ErrorKind::Timeout),
        409 | 423 => Row::Unknown(ErrorKind::Conflict),
        424 | 425 => Row::Unknown(ErrorKind::Provider),
        429 => Row::TooMany,
        500 | 502..=599 => Row::Unknown(ErrorKind::Provider),
        // In no provider's documents.
        0..=199 | 407 | 410 | 412 | 416..=421 | 426..=428 | 430 | 432..=499 | 600..=u16::MAX => {
            Row::Unknown(ErrorKind::Provider)
        }
    }
}

/// The verdict on an answer with this status and error body.
///
/// A truncated body hides its code. Where the code decides, such an answer is `Unknown`: it might
/// have named a do-not-call list, and then no other provider may be asked.
pub fn answer(codes: &dyn Codes, status: u16, body: &ErrorBody) -> Verdict {
    let refused = |shared: Verdict| {
        if let Some(kind) = everyone(body) {
            return Verdict::refused_for_everyone(kind);
        }
        match codes.verdict_on(status, body) {
            Some(verdict) => admissible(verdict),
            None => shared,
        }
    };
    match row(status) {
        Row::Success => Verdict::new(ErrorKind::Decode, Delivery::Placed),
        Row::Ours(kind) => refused(Verdict::refused(kind)),
        Row::TooMany => {
            refused(Verdict::new(ErrorKind::RateLimited, Delivery::Refused(Refusal::RateLimited)))
        }
        Row::Backend(kind) if body.complete || status == 401 => refused(Verdict::unknown(kind)),
        Row::Backend(kind) => Verdict::unknown(kind),
        Row::Unknown(kind) => Verdict::unknown(kind),
    }
}

/// An answer was read, so the request was sent, and a refusal is not a call. A backend's row that
/// claims otherwise is overruled.
const fn admissible(verdict: Verdict) -> Verdict {
    match verdict.delivery {
        Delivery::Refused(_) | Delivery::Unknown => verdict,
        Delivery::NotSent | Delivery::Placed => Verdict::unknown(verdict.kind),
    }
}

/// The code of a refusal: the word that binds everyone, wherever the body has it, or else its code.
pub(crate) fn code(body: &ErrorBody) -> Option<&str> {
    let mut words = [&body.code, &body.reason].into_iter().flatten().map(String::as_str);
    words.find(|word| binds_everyone(word).is_some()).or(body.code.as_deref())
}

fn everyone(body: &ErrorBody) -> Option<ErrorKind> {
    [&body.code, &body.reason].into_iter().flatten().find_map(|word| binds_everyone(word))
}

/// The kind of a refusal about the person or the content; `None` for any other code. It lists the
/// codes of both providers, whichever of them answered: to ask the next provider after such a
/// refusal would be to shop around a do-not-call list.
pub fn binds_everyone(code: &str) -> Option<ErrorKind> {
    const BLOCKED: [&str; 8] = [
        "suppression_violation",
        "blocked_number",
        "safety_violation",
        "consent_denied",
        "number_on_dnc",
        "number_opted_out",
        "tcpa_violation",
        "content_blocked",
    ];
    const NOT_ALLOWED: [&str; 2] = ["emergency_number", "toll_number"];
    let is = |word: &&str| word.eq_ignore_ascii_case(code);
    if BLOCKED.iter().any(is) {
        Some(ErrorKind::Blocked)
    } else if NOT_ALLOWED.iter().any(is) {
        Some(ErrorKind::NumberNotAllowed)
    } else {
        None
    }
}
