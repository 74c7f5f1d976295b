//! Calls for which an operator lifts policy rules: who lifted what is in the audit log.

use serde_json::json;
use switchboard_core::{Call, Result, RuleOverride, text::mask};
use switchboard_router::{AuditEntry, AuditTopic};

use crate::shared::Shared;

/// Writes down who lifted which rules for a new call, and why.
pub(crate) async fn audit(inner: &Shared, call: &Call, lifted: &[RuleOverride]) -> Result<()> {
    let what = lifted.iter().map(|one| {
        json!({
            "rule": one.rule,
            "by": mask(&one.by),
            "reason": mask(&one.reason),
            "until": one.until,
        })
    });
    let mut by: Vec<String> = lifted.iter().map(|one| mask(&one.by)).collect();
    by.dedup();
    let entry = AuditEntry {
        topic: AuditTopic::Call,
        subject: call.id.to_string(),
        what: json!({"overrides": what.collect::<Vec<_>>()}),
        by: by.join(", "),
        at: inner.now(),
    };
    inner.halt_on_journal_error(inner.journal.append_audit(&entry).await).map(drop)
}
