//! How a call ends: a `hangup_cause`, a SIP status and, if the carrier refuses at its own edge, one
//! of its own codes.
//!
//! A word for an end is a cause such as `call_rejected`, a cause with a SIP status such as
//! `call_rejected/403`, or a code of the carrier such as `D13`. `machine` is `normal_clearing` after
//! a machine answered, and `hangup` is `normal_clearing` by a command.

use crate::calls::{Outcome, Reached, Words};

/// The words of Telnyx.
pub(crate) const WORDS: Words = Words { reached, of };

fn is_own_code(word: &str) -> bool {
    word.strip_prefix('D').is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn reached(word: &str) -> Reached {
    if is_own_code(word) {
        return Reached::Accepted;
    }
    match word.split('/').next() {
        Some("normal_clearing" | "time_limit" | "machine" | "hangup") => Reached::Answered,
        Some(_) | None => Reached::Dialled,
    }
}

fn of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Completed => "normal_clearing",
        Outcome::NoAnswer => "timeout",
        Outcome::Busy => "user_busy",
        Outcome::Voicemail => "machine",
        Outcome::Failed => "unspecified",
    }
}

/// An end in the fields of the event that tells it.
pub(crate) struct Cause<'a> {
    pub(crate) cause: &'a str,
    pub(crate) sip: &'a str,
    pub(crate) own: Option<&'a str>,
    pub(crate) source: &'static str,
}

/// Reads a word.
pub(crate) fn cause(word: &str) -> Cause<'_> {
    if is_own_code(word) {
        return Cause { cause: "call_rejected", sip: "403", own: Some(word), source: "unknown" };
    }
    let (cause, sip) = word.split_once('/').unwrap_or((word, ""));
    let usual = match cause {
        "user_busy" => "486",
        "no_answer" => "480",
        "timeout" => "408",
        "call_rejected" => "603",
        "originator_cancel" => "487",
        "not_found" => "404",
        "unspecified" => "500",
        _ => "200",
    };
    Cause {
        cause: if matches!(cause, "machine" | "hangup") { "normal_clearing" } else { cause },
        sip: if sip.is_empty() { usual } else { sip },
        own: None,
        source: match cause {
            "hangup" | "originator_cancel" | "time_limit" | "timeout" => "caller",
            "unspecified" => "unknown",
            _ => "callee",
        },
    }
}
