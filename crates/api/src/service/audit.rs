//! What is written down about who decided what.

use jiff::Timestamp;
use serde_json::Value;
use switchboard::{
    journal::{AuditQuery, server::ServerStore},
    router::{AuditEntry, AuditTopic},
};

use crate::{
    Service,
    caller::{Allowed, AuditRead, Caller},
    problem::{Problem, Result},
    wire::{AuditPage, AuditRecord},
};

impl Service {
    /// The name under which a caller's decisions are kept.
    pub(crate) fn who(caller: &Caller) -> String {
        who(caller)
    }

    /// Writes a decision to the audit log. Neither a secret nor a number may be in it.
    pub(crate) async fn note(
        &self,
        caller: &Caller,
        topic: AuditTopic,
        subject: &str,
        what: Value,
    ) -> Result<()> {
        note(self.store(), self.clock().now(), caller, topic, subject, what).await
    }

    /// Decisions behind a number, oldest first.
    ///
    /// # Errors
    /// `invalid_request` for a topic that does not exist, `journal_unavailable`.
    pub async fn audit(
        &self,
        _: Allowed<'_, AuditRead>,
        topic: Option<&str>,
        after: u64,
        limit: usize,
    ) -> Result<AuditPage> {
        let topics = topic.map(named).transpose()?.into_iter().collect();
        let one_more = u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1);
        let query = AuditQuery { topics, after, limit: one_more };
        let mut entries = self.store().audit_page(&query).await?;
        let has_more = entries.len() > limit;
        entries.truncate(limit);
        let data = entries.iter().map(|(number, entry)| AuditRecord::new(*number, entry)).collect();
        Ok(AuditPage { data, has_more })
    }
}

fn named(topic: &str) -> Result<AuditTopic> {
    AuditTopic::named(topic).ok_or_else(|| {
        let known = AuditTopic::ALL.map(AuditTopic::as_str).join(", ");
        Problem::invalid("topic", "is not a topic of the audit log", format!("use one of {known}"))
    })
}

/// The name under which a caller's decisions are kept.
pub(crate) fn who(caller: &Caller) -> String {
    caller.operator().map_or_else(|| format!("key {}", caller.id().as_str()), str::to_owned)
}

/// Writes a decision to the audit log. Neither a secret nor a number may be in it.
pub(crate) async fn note(
    store: &dyn ServerStore,
    at: Timestamp,
    caller: &Caller,
    topic: AuditTopic,
    subject: &str,
    what: Value,
) -> Result<()> {
    let (subject, by) = (subject.to_owned(), who(caller));
    store.append_audit(&AuditEntry { topic, subject, what, by, at }).await?;
    Ok(())
}
