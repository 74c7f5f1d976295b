//! A plan, and the readings it was made from.

use std::sync::Arc;

use jiff::Timestamp;
use switchboard_router::{Plan, PlanRecord, Reading, experiment::ExperimentStates};

use crate::config::ActiveConfig;

/// A plan, and the inputs it was made from.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    pub(crate) readings: Vec<Reading>,
    pub(crate) experiment_states: Arc<ExperimentStates>,
    pub(crate) at: Timestamp,
}

impl Planned {
    /// The record of the plan that is stored with its call.
    pub(crate) fn record(&self, config: &ActiveConfig, draw: u64) -> PlanRecord {
        let named = config.policy.providers.iter().map(|one| &one.info.id);
        PlanRecord::of(
            &self.plan,
            config.version.as_deref(),
            draw,
            named.zip(&self.readings),
            self.at,
        )
        .with_experiments(Some(&self.experiment_states))
    }
}
