//! What a call waits for.

use std::sync::Arc;

use switchboard_core::{AgentId, ProviderId};
use switchboard_router::{Plan, Policy, Scope};

/// What a call waits for. Calls of one class can go at the same moments: through any of the doors,
/// once every scope limit lets them in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct WaitKey(Arc<Parts>);

#[derive(Debug, PartialEq, Eq, Hash)]
struct Parts {
    doors: Vec<CandidateSlot>,
    gates: Vec<Scope>,
}

/// A provider that could take the call if it were free, and the agent that would serve it there.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct CandidateSlot {
    pub(super) provider: ProviderId,
    pub(super) agent: Option<AgentId>,
}

impl WaitKey {
    /// Of a call for which this was planned, and which its caller's and its agent profile's limits
    /// keep back.
    pub(super) fn of(plan: &Plan, policy: &Policy, gates: Vec<Scope>) -> Self {
        let passing = plan.rejected.iter().filter(|one| one.rejection.clears_at().is_some());
        let able = plan.candidates.iter().map(|one| &one.provider);
        let mut providers: Vec<&ProviderId> =
            able.chain(passing.map(|one| &one.provider)).collect();
        providers.sort_unstable();
        let doors = providers.into_iter().map(|provider| CandidateSlot {
            provider: provider.clone(),
            agent: policy.agent_for(plan.profile.as_ref(), provider),
        });
        let doors = doors.collect();
        Self(Arc::new(Parts { doors, gates }))
    }

    pub(super) fn doors(&self) -> &[CandidateSlot] {
        &self.0.doors
    }

    /// The scopes of its caller's and its agent profile's limits.
    pub(super) fn gates(&self) -> &[Scope] {
        &self.0.gates
    }
}
