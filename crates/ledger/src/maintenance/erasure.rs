//! What is kept of a row in an erasure.
//!
//! These are lists of what is kept: a field that a later version adds is destroyed until it is
//! listed as harmless.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use switchboard_core::{CallId, CallStatus, Error, ErrorKind, Result};
use switchboard_router::DuplicateWindows;

use crate::{refusal::unreadable, row::micros};

/// What an erasure destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Erased {
    /// The number of calls that lost their number and content.
    pub calls: u64,
    /// The number of events that lost their content.
    pub events: u64,
    /// The number of rows of batches that lost their cells. Those that were not calls yet will not
    /// be.
    pub batch_rows: u64,
    /// The number of consents that lost their evidence. They are withdrawn.
    pub consents: u64,
}

/// The kind of the event that records an erasure.
pub(crate) const ERASED: &str = "erased";

/// The value of an erased hash.
pub(crate) const BLANK: [u8; 32] = [0; 32];

const CALL: [&str; 7] =
    ["agent", "experiment", "estimated_cost", "cost", "duration", "redial_at", "revision"];
const ATTEMPT: [&str; 6] = ["agent", "delivery", "outcome", "estimated_cost", "cost", "billed"];

/// True if nothing can happen to the call any more. This is stricter than
/// [`CallStatus::is_settled`]: a call whose end is unknown is settled, but a late webhook or an
/// operator must be able to end it and release its callee.
pub(crate) fn may_be_erased(status: &str) -> bool {
    [CallStatus::Closed, CallStatus::Refused, CallStatus::NeedsApproval]
        .iter()
        .any(|over| over.as_str() == status)
}

/// `calls.body` without free text.
pub(crate) fn forget_call(body: &str) -> Result<String> {
    let body = object(body)?;
    let mut left = only(&body, &CALL);
    if let Some(kind) = body.get("fault").and_then(|fault| fault.get("kind")) {
        left.insert("fault".to_owned(), serde_json::json!({"kind": kind, "message": ""}));
    }
    Ok(Value::Object(left).to_string())
}

/// `attempts.body` without free text.
pub(crate) fn forget_attempt(body: &str) -> Result<String> {
    let body = object(body)?;
    let mut left = only(&body, &ATTEMPT);
    if let Some(Value::Object(error)) = body.get("error") {
        let mut kept = only(error, &["kind", "status"]);
        kept.insert(
            "code".to_owned(),
            error.get("code").filter(|code| is_word(code)).cloned().into(),
        );
        kept.insert("message".to_owned(), Value::from(""));
        left.insert("error".to_owned(), Value::Object(kept));
    }
    if let Some(Value::Array(evidence)) = body.get("evidence") {
        let kept = evidence.iter().filter_map(Value::as_object).map(|evidence| {
            let mut kept = only(evidence, &["at", "proof"]);
            kept.insert("detail".to_owned(), Value::from(""));
            Value::Object(kept)
        });
        left.insert("evidence".to_owned(), kept.collect());
    }
    Ok(Value::Object(left).to_string())
}

/// True if an error code is harmless: one with digits may contain a phone number.
fn is_word(code: &Value) -> bool {
    code.as_str().is_some_and(|code| {
        code.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '_' | '-' | '.'))
    })
}

fn object(body: &str) -> Result<Map<String, Value>> {
    serde_json::from_str(body).map_err(|source| unreadable("a row that was to be erased", source))
}

fn only(fields: &Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    names.iter().filter_map(|name| Some(((*name).to_owned(), fields.get(*name)?.clone()))).collect()
}

/// Calls that last changed before this time can no longer be duplicates.
pub(crate) fn duplicate_window(at: Timestamp) -> i64 {
    let window = DuplicateWindows::LONGEST;
    micros(at).saturating_sub(i64::try_from(window.as_micros()).unwrap_or(i64::MAX))
}

pub(crate) fn not_settled(calls: &[CallId]) -> Error {
    /// The maximum number of calls in the message.
    const NAMED: usize = 20;
    let mut names: Vec<String> = calls.iter().take(NAMED).map(ToString::to_string).collect();
    if calls.len() > NAMED {
        names.push(format!("{} more", calls.len() - NAMED));
    }
    Error::new(
        ErrorKind::Conflict,
        format!(
            "has calls that may still go on, and nothing was erased: wait for them, or resolve them ({})",
            names.join(", ")
        ),
    )
    .with_code("not_settled")
}

pub(crate) fn still_in_file() -> Error {
    Error::new(
        ErrorKind::Conflict,
        "all was erased, but another process reads the file and its old pages are still in it: erase again when that process is done",
    )
    .with_code("still_in_file")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn words_go_and_facts_stay() {
        let call = r#"{"agent":"a","fault":{"kind":"blocked","message":"+15125550001"},"cost":{"x":1},"new":"+15125550001"}"#;
        assert_eq!(
            forget_call(call).unwrap(),
            r#"{"agent":"a","cost":{"x":1},"fault":{"kind":"blocked","message":""}}"#
        );
        let attempt = r#"{"delivery":"unknown","error":{"kind":"provider","message":"Ann","status":500,"code":"call_failed"},
            "evidence":[{"at":"2026-03-02T09:00:00Z","proof":"answer","detail":"Ann"}]}"#;
        let left = forget_attempt(attempt).unwrap();
        assert!(
            !left.contains("Ann") && left.contains("call_failed") && left.contains("09:00"),
            "{left}"
        );
        let digits =
            forget_attempt(r#"{"error":{"kind":"provider","code":"blocked:15125550001"}}"#)
                .unwrap();
        assert!(!digits.contains("555"), "{digits}");
    }
}
