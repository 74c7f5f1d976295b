//! What a call waits for.

use std::sync::Arc;

use switchboard_core::{AgentId, ProviderId};
use switchboard_router::{Plan, Policy, Scope, numbers_for};

/// What a call waits for. Calls with the same key can go at the same moments: to any of the
/// providers, once every scope limit allows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct WaitKey(Arc<Parts>);

#[derive(Debug, PartialEq, Eq, Hash)]
struct Parts {
    candidates: Vec<CandidateSlot>,
    gates: Vec<Scope>,
}

/// A provider that could take the call if it had capacity, and the agent that would be used there.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct CandidateSlot {
    pub(super) provider: ProviderId,
    pub(super) agent: Option<AgentId>,
    /// The names of the numbers that the call may be made from, in alphabetical order.
    pub(super) numbers: Vec<String>,
}

fn numbers(plan: &Plan, policy: &Policy, provider: &ProviderId) -> Vec<String> {
    let account = policy.index_of(provider).and_then(|index| policy.providers.get(index));
    let numbers = account.map(|account| &account.numbers[..]).unwrap_or_default();
    let mut names: Vec<String> = numbers_for(numbers, &plan.to, plan.profile.as_ref())
        .into_iter()
        .map(|one| one.number.name.clone())
        .collect();
    names.sort_unstable();
    names
}

impl WaitKey {
    /// The key of a call with this plan, which is limited by these scopes.
    pub(super) fn of(plan: &Plan, policy: &Policy, gates: Vec<Scope>) -> Self {
        let passing = plan.rejected.iter().filter(|one| one.rejection.clears_at().is_some());
        let able = plan.candidates.iter().map(|one| &one.provider);
        let mut providers: Vec<&ProviderId> =
            able.chain(passing.map(|one| &one.provider)).collect();
        providers.sort_unstable();
        let candidates = providers.into_iter().map(|provider| CandidateSlot {
            provider: provider.clone(),
            agent: policy.agent_for(plan.profile.as_ref(), provider).map(|agent| agent.id.clone()),
            numbers: numbers(plan, policy, provider),
        });
        let candidates = candidates.collect();
        Self(Arc::new(Parts { candidates, gates }))
    }

    pub(super) fn candidates(&self) -> &[CandidateSlot] {
        &self.0.candidates
    }

    /// The scopes of its tenant's and its agent profile's limits.
    pub(super) fn gates(&self) -> &[Scope] {
        &self.0.gates
    }
}
