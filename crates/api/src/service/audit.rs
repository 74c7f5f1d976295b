//! What is written down about who decided what.

use jiff::Timestamp;
use serde_json::Value;
use switchboard::{journal::server::ServerStore, router::AuditTopic};

use crate::{
    Service,
    caller::{Allowed, AuditRead, Caller},
    problem::Result,
    wire::{AuditPage, AuditRecord},
};

/// Every topic that has entries.
const TOPICS: [AuditTopic; 3] =
    [AuditTopic::Configuration, AuditTopic::Reload, AuditTopic::Experiment];

impl Service {
    /// The name under which a caller's decisions are kept.
    pub(crate) fn who(caller: &Caller) -> String {
        who(caller)
    }

    /// Notes a decision. Neither a secret nor a number may be in it.
    pub(crate) async fn note(
        &self,
        caller: &Caller,
        topic: &'static str,
        subject: &str,
        what: Value,
    ) -> Result<()> {
        note(self.store(), self.clock().now(), caller, topic, subject, what).await
    }

    /// Decisions behind a number, oldest first.
    ///
    /// # Errors
    /// `journal_unavailable`.
    pub async fn audit(
        &self,
        _: Allowed<'_, AuditRead>,
        topic: Option<&str>,
        after: u64,
        limit: usize,
    ) -> Result<AuditPage> {
        let mut entries = Vec::new();
        for one in TOPICS.into_iter().filter(|one| topic.is_none_or(|only| one.as_str() == only)) {
            entries.extend(self.store().audit_entries(one, after).await?);
        }
        entries.sort_by_key(|(number, _)| *number);
        let has_more = entries.len() > limit;
        entries.truncate(limit);
        let data = entries.iter().map(|(number, entry)| AuditRecord::new(*number, entry)).collect();
        Ok(AuditPage { data, has_more })
    }
}

/// The name under which a caller's decisions are kept.
pub(crate) fn who(caller: &Caller) -> String {
    caller.operator().map_or_else(|| format!("key {}", caller.id().as_str()), str::to_owned)
}

/// Notes a decision. Neither a secret nor a number may be in it.
pub(crate) async fn note(
    _store: &dyn ServerStore,
    _at: Timestamp,
    caller: &Caller,
    topic: &'static str,
    subject: &str,
    what: Value,
) -> Result<()> {
    tracing::info!(topic, subject, by = who(caller), %what, "decided");
    Ok(())
}
