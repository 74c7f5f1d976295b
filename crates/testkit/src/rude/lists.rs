//! Lists that are too long to read.
//!
//! The rows are at most as new as the first request for them, so they are within any period that a
//! client looks at. None of them is a call of the client, but the client can only tell by reading
//! each one.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// The prefix of invented ids.
const PREFIX: &str = "rude-";

/// The number of rows, the time between them, and the size of pages.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// Endless, one nanosecond apart; every page has new rows, whatever was requested.
    Endless,
    /// 60,000 rows, one millisecond apart, in the requested pages.
    Many,
    /// 60,000 rows, one millisecond apart, in one page.
    Whole,
}

const MANY: u64 = 60_000;
const MILLISECOND: u64 = 1_000_000;

/// One list and its position.
#[derive(Debug)]
pub(super) struct List {
    kind: Kind,
    newest: Timestamp,
    /// How many rows of the endless list were sent.
    told: u64,
}

/// Which list was requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    KallyAiCalls,
    KaiCallsCalls,
    KaiCallsUsage,
}

impl List {
    pub(super) fn new(kind: Kind, newest: Timestamp) -> Self {
        Self { kind, newest, told: 0 }
    }

    /// Returns the requested page.
    pub(super) fn page(&mut self, of: Of, query: &BTreeMap<String, String>) -> Value {
        let whole = |name: &str| query.get(name).and_then(|text| text.parse::<u64>().ok());
        let limit = whole("limit").unwrap_or(50).clamp(1, 500);
        let (first, rows, more) = match self.kind {
            Kind::Endless => {
                let first = self.told;
                self.told += limit;
                (first, limit, true)
            }
            Kind::Many => {
                let first = whole("offset").unwrap_or_else(|| self.older_than(query)).min(MANY);
                let rows = limit.min(MANY - first);
                (first, rows, first + rows < MANY)
            }
            Kind::Whole => (0, MANY, false),
        };
        let rows: Vec<Value> = (first..first + rows).map(|nth| self.row(of, nth, query)).collect();
        match of {
            Of::KallyAiCalls => {
                let total = if more {
                    first + rows.len() as u64 + 1_000_000
                } else {
                    first + rows.len() as u64
                };
                json!({"calls": rows, "total": total})
            }
            Of::KaiCallsCalls => json!({"calls": rows, "has_more": more}),
            Of::KaiCallsUsage => json!({"usage": rows, "has_more": more}),
        }
    }

    /// The first row of 60,000 that is older than `after` or `end`.
    fn older_than(&self, query: &BTreeMap<String, String>) -> u64 {
        let bound =
            ["after", "end"].iter().find_map(|name| query.get(*name)?.parse::<Timestamp>().ok());
        let Some(bound) = bound.filter(|bound| *bound <= self.newest) else {
            return 0;
        };
        let age = self.newest.duration_since(bound).as_nanos();
        u64::try_from(age).unwrap_or(u64::MAX) / MILLISECOND + 1
    }

    fn row(&self, of: Of, nth: u64, query: &BTreeMap<String, String>) -> Value {
        let step = match self.kind {
            Kind::Endless => 1,
            Kind::Many | Kind::Whole => MILLISECOND,
        };
        let age = SignedDuration::from_nanos(i64::try_from(nth * step).unwrap_or(i64::MAX));
        let at = self.newest.checked_sub(age).unwrap_or(self.newest).to_string();
        let id = format!("{PREFIX}{nth}");
        match of {
            Of::KallyAiCalls => json!({
                "call_id": id, "status": "in_progress", "metadata": {"created_at": at},
                "submission": {"respondent_phone": "+12015550199", "task_description": "Somebody else's call"},
            }),
            Of::KaiCallsCalls => json!({
                "id": id, "conversation_id": format!("vapi-conv-{nth}"), "status": "in-progress", "duration": null,
                "agent_id": query.get("agent_id"), "agent_name": "Kai", "created_at": at,
            }),
            Of::KaiCallsUsage => json!({
                "id": format!("log-{nth}"), "endpoint": "/v1/calls", "method": "POST", "status_code": 201, "call_id": id,
                "cost_cents": 15, "created_at": at,
            }),
        }
    }
}

/// The record of a call in an invented row. It is inbound, so it cannot be an outbound call that a
/// client looks for.
pub(super) fn record(id: &str, at: Timestamp) -> Option<Value> {
    id.strip_prefix(PREFIX)?;
    let at = at.to_string();
    Some(json!({
        "id": id, "call_id": id, "status": "in_progress", "direction": "inbound", "created_at": at, "metadata": {"created_at": at},
        "submission": {"respondent_phone": "+12015550199", "task_description": "Somebody else's call"},
    }))
}
