//! The states of experiments, read from the journal, and stopping arms that break a guardrail.

use std::sync::Arc;

use switchboard_core::Result;
use switchboard_router::{AuditTopic, experiment::ExperimentStates};

use crate::shared::Shared;

impl Shared {
    pub(crate) fn experiment_states(&self) -> Arc<ExperimentStates> {
        self.experiment_states.load_full()
    }
}

/// Reads the decisions that any process recorded since the last time.
pub(crate) async fn catch_up(inner: &Shared) -> Result<()> {
    let known = inner.experiment_states();
    let new = inner.journal.audit_entries(AuditTopic::Experiment, known.cursor()).await?;
    if new.is_empty() {
        return Ok(());
    }
    let mut experiment_states = ExperimentStates::clone(&known);
    for (number, decision) in &new {
        experiment_states.apply(*number, decision);
    }
    inner.experiment_states.store(Arc::new(experiment_states));
    Ok(())
}

/// Stops arms that broke a guardrail.
pub(crate) async fn guard(inner: &Shared) -> Result<()> {
    let (config, experiment_states, now) = (inner.config(), inner.experiment_states(), inner.now());
    let decisions = inner.watch.lock().decisions(&config.policy, &experiment_states, now);
    if decisions.is_empty() {
        return Ok(());
    }
    for decision in &decisions {
        tracing::warn!(experiment = %decision.subject, what = %decision.what, "a guardrail stopped an arm");
        inner.halt_on_journal_error(inner.journal.append_audit(decision).await)?;
    }
    catch_up(inner).await
}
