//! A plan, and the readings that it was made of.

use std::sync::Arc;

use jiff::Timestamp;
use switchboard_router::{Plan, PlanRecord, Reading, experiment::ExperimentStates};

use crate::world::World;

/// A plan, and what it was made of.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    pub(crate) readings: Vec<Reading>,
    pub(crate) lives: Arc<ExperimentStates>,
    pub(crate) at: Timestamp,
}

impl Planned {
    /// What is kept of it with its call.
    pub(crate) fn record(&self, world: &World, draw: u64) -> PlanRecord {
        let named = world.policy.providers.iter().map(|one| &one.info.id);
        PlanRecord::of(
            &self.plan,
            world.version.as_deref(),
            draw,
            named.zip(&self.readings),
            self.at,
        )
        .with_experiments(Some(&self.lives))
    }
}
