//! Which experiments run, as the journal says, and the arms that their guardrails stop.

use std::sync::Arc;

use switchboard_core::Result;
use switchboard_router::{AuditTopic, experiment::ExperimentStates};

use crate::shared::Shared;

impl Shared {
    pub(crate) fn lives(&self) -> Arc<ExperimentStates> {
        self.lives.load_full()
    }
}

/// Reads what was decided since the last time, by whomever.
pub(crate) async fn catch_up(inner: &Shared) -> Result<()> {
    let known = inner.lives();
    let new = inner.journal.audit_entries(AuditTopic::Experiment, known.cursor()).await?;
    if new.is_empty() {
        return Ok(());
    }
    let mut lives = ExperimentStates::clone(&known);
    for (number, decision) in &new {
        lives.apply(*number, decision);
    }
    inner.lives.store(Arc::new(lives));
    Ok(())
}

/// Stops the arms that broke a guardrail.
pub(crate) async fn guard(inner: &Shared) -> Result<()> {
    let (config, lives, now) = (inner.config(), inner.lives(), inner.now());
    let decisions = inner.watch.lock().decisions(&config.policy, &lives, now);
    if decisions.is_empty() {
        return Ok(());
    }
    for decision in &decisions {
        tracing::warn!(experiment = %decision.subject, what = %decision.what, "a guardrail stopped an arm");
        inner.halt_on_journal_error(inner.journal.append_audit(decision).await)?;
    }
    catch_up(inner).await
}
