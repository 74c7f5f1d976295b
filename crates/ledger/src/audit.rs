//! A decision as a row of `decisions`.

use serde_json::Value;
use switchboard_core::Result;
use switchboard_journal::AuditQuery;
use switchboard_router::{AuditEntry, AuditTopic};

use crate::{
    change::readable,
    refusal::unreadable,
    row::{escape, json, micros, moment, unescape},
};

/// A row of `decisions`, without its number.
#[derive(Debug)]
pub(crate) struct DecisionRow {
    pub(crate) topic: AuditTopic,
    pub(crate) subject: String,
    /// The content of the decision as JSON.
    pub(crate) what: String,
    pub(crate) by: String,
    pub(crate) at: i64,
}

impl DecisionRow {
    pub(crate) fn new(decision: &AuditEntry) -> Result<Self> {
        let what = if readable(&decision.what) {
            json(&decision.what)?
        } else {
            json(&Value::String(decision.what.to_string()))?
        };
        Ok(Self {
            topic: decision.topic,
            subject: escape(&decision.subject),
            what,
            by: escape(&decision.by),
            at: micros(decision.at),
        })
    }

    /// The words of the topics that a query reads, as JSON.
    pub(crate) fn topics(query: &AuditQuery) -> Result<String> {
        json(&AuditTopic::ALL.into_iter().filter(|topic| query.takes(*topic)).collect::<Vec<_>>())
    }

    pub(crate) fn read(self, number: u64) -> Result<AuditEntry> {
        let what = format_args!("the decision {number}").to_string();
        Ok(AuditEntry {
            topic: self.topic,
            subject: unescape(&self.subject),
            what: serde_json::from_str(&self.what).map_err(|source| unreadable(&what, source))?,
            by: unescape(&self.by),
            at: moment(self.at, &what)?,
        })
    }
}
