//! What a failure proves: the table of the design, as code.
//!
//! The rows by transport failure and by status are the same for every provider and stand here.
//! Where the same status means different things, the backend's [`Codes`] fill the row in. Nothing
//! falls through: every status from 0 to 65535 is named by a pattern, and what no document names is
//! [`Delivery::Unknown`]. Two rows speak of 501: the one that names it ("refused, our bug") wins
//! over "every 5xx".
//!
//! A backend can make a refusal stricter or give it a kind; it cannot turn an `Unknown` into a
//! proof. And a refusal about the person or the content binds every provider, whatever else the row
//! says: see [`binds_everyone`].

use std::fmt::Debug;

use switchboard_core::{Delivery, ErrorKind, Refusal};

use crate::ErrorBody;

/// What a failure means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// What to branch on.
    pub kind: ErrorKind,
    /// What it proves about the phone.
    pub delivery: Delivery,
}

impl Verdict {
    /// A verdict.
    pub const fn new(kind: ErrorKind, delivery: Delivery) -> Self {
        Self { kind, delivery }
    }

    /// This provider will not; another may.
    pub const fn refused(kind: ErrorKind) -> Self {
        Self::new(kind, Delivery::Refused(Refusal::ThisProvider))
    }

    /// Nobody may: it is about the callee or the content.
    pub const fn refused_for_everyone(kind: ErrorKind) -> Self {
        Self::new(kind, Delivery::Refused(Refusal::Everyone))
    }

    /// It may have rung.
    pub const fn unknown(kind: ErrorKind) -> Self {
        Self::new(kind, Delivery::Unknown)
    }
}

/// A backend's rows: what a status and code mean where the shared table leaves it to the provider
/// (400, 401, 402, 403, 422), and a kind or a stricter refusal where it does not.
pub trait Codes: Debug + Send + Sync {
    /// The row for this status and code. `None` leaves it to the shared table, where what nobody
    /// names is `Unknown`.
    fn verdict(&self, status: u16, code: Option<&str>) -> Option<Verdict>;
}

/// No rows at all: the shared table alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoCodes;

impl Codes for NoCodes {
    fn verdict(&self, _status: u16, _code: Option<&str>) -> Option<Verdict> {
        None
    }
}

/// How a request failed before its status line was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// The request could not be built.
    Unbuilt,
    /// Name resolution, connection, TLS, or the connect timeout.
    Connect,
    /// The connection stood, or was about to; the body was never asked for.
    Unpolled {
        /// Whether time ran out.
        timed_out: bool,
    },
    /// Time ran out once the body had been asked for.
    TimedOut,
    /// The connection broke, or carried something that is not HTTP, once the body had been asked
    /// for.
    Broken,
}

/// The transport rows.
pub const fn transport(failure: Transport) -> Verdict {
    match failure {
        Transport::Unbuilt => Verdict::new(ErrorKind::InvalidRequest, Delivery::NotSent),
        Transport::Connect => Verdict::new(ErrorKind::Connect, Delivery::NotSent),
        Transport::Unpolled { timed_out: true } => {
            Verdict::new(ErrorKind::Timeout, Delivery::NotSent)
        }
        Transport::Unpolled { timed_out: false } => {
            Verdict::new(ErrorKind::Transport, Delivery::NotSent)
        }
        Transport::TimedOut => Verdict::unknown(ErrorKind::Timeout),
        Transport::Broken => Verdict::unknown(ErrorKind::Transport),
    }
}

/// A row of the shared table of statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Row {
    /// A call exists.
    Success,
    /// Refused for a reason of ours; a backend may say more.
    Ours(ErrorKind),
    /// Refused for now.
    TooMany,
    /// The backend decides; without its word it is unknown.
    Backend(ErrorKind),
    /// Unknown, whatever the body says.
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
        // Named by no document.
        0..=199 | 407 | 410 | 412 | 416..=421 | 426..=428 | 430 | 432..=499 | 600..=u16::MAX => {
            Row::Unknown(ErrorKind::Provider)
        }
    }
}

/// The status rows: what an answer with this status and error body means.
///
/// A body that could not be read to its end hides its code. Where the code decides, such an answer
/// is `Unknown`: it might have named a do-not-call list, and then the next provider must not be
/// asked.
pub fn answer(codes: &dyn Codes, status: u16, body: &ErrorBody) -> Verdict {
    let code = body.code.as_deref();
    let refused = |shared: Verdict| {
        if let Some(kind) = everyone(body) {
            return Verdict::refused_for_everyone(kind);
        }
        match codes.verdict(status, code) {
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

/// An answer was read, so the request was sent; and a refusal is no call. A backend's row that says
/// otherwise is not believed.
const fn admissible(verdict: Verdict) -> Verdict {
    match verdict.delivery {
        Delivery::Refused(_) | Delivery::Unknown => verdict,
        Delivery::NotSent | Delivery::Placed => Verdict::unknown(verdict.kind),
    }
}

fn everyone(body: &ErrorBody) -> Option<ErrorKind> {
    [&body.code, &body.reason].into_iter().flatten().find_map(|word| binds_everyone(word))
}

/// The kind of a refusal about the person or the content, `None` for any other code. Both
/// providers' words, because asking the next provider after one of them would be shopping around a
/// do-not-call list, whoever said it.
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
