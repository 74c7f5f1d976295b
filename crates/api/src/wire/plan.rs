//! Plans: who would be asked, and why.

use serde::Serialize;
use switchboard::{
    jiff::Timestamp,
    router::{self, PlanRecord, ReadingRecord},
};
use utoipa::ToSchema;

use crate::wire::{Experiment, Money, Time};

/// Which providers are asked for a call, in order, and which are not.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Plan {
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
    /// The version of the configuration. Null if it has none.
    #[schema(required)]
    pub configuration: Option<String>,
    /// The route that matched. Null if none did, and every provider may be asked.
    #[schema(required)]
    pub route: Option<String>,
    /// The agent profile.
    #[schema(required)]
    pub agent: Option<String>,
    /// The experiment that the call takes part in.
    #[schema(required)]
    pub experiment: Option<Experiment>,
    /// How long the call is expected to last.
    pub expected_seconds: u64,
    /// From how many calls that was learned. Zero: it is as configured.
    pub learned_from: u32,
    /// The call's random number, for strategies that need one.
    #[schema(required)]
    pub draw: Option<String>,
    /// Who is asked, best first.
    pub candidates: Vec<PlanCandidate>,
    /// Who is not asked.
    pub rejected: Vec<PlanRejected>,
    /// What was known of each provider. Null without the scope `providers:read`.
    #[schema(required)]
    pub readings: Option<Vec<PlanReading>>,
}

/// A provider that is asked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanCandidate {
    /// The provider.
    pub provider: String,
    /// What the call is expected to cost there. Null if it is not known.
    #[schema(required)]
    pub estimated_cost: Option<Money>,
    /// Why it has its rank, as a sentence.
    pub reason: String,
}

/// A provider that is not asked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanRejected {
    /// The provider.
    pub provider: String,
    /// Why not, in one word. More may be added.
    #[schema(examples("rate_limited"))]
    pub reason: String,
    /// Why not, as a sentence.
    pub detail: String,
}

/// What was known of a provider when a plan was made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanReading {
    /// The provider.
    pub provider: String,
    /// It was unhealthy, until a read at this time.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub unhealthy_until: Option<Time>,
    /// It was left out as an outlier until this time.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub ejected_until: Option<Time>,
    /// It had asked not to be called before this time.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub paused_until: Option<Time>,
    /// What was left of its rate limit, if it has one.
    #[schema(required)]
    pub rate_slots_free: Option<u32>,
    /// What was left of its limit on concurrent calls, if it has one.
    #[schema(required)]
    pub concurrency_slots_free: Option<u32>,
    /// How many of its agents had a call in doubt.
    pub agents_in_doubt: u32,
}

impl Plan {
    /// A plan that is made now.
    pub fn new(plan: &router::Plan, configuration: Option<String>, at: Timestamp) -> Self {
        Self {
            at: at.into(),
            configuration,
            route: plan.route.clone(),
            agent: plan.profile.as_ref().map(|profile| profile.as_str().to_owned()),
            experiment: plan.experiment.as_ref().map(|one| Experiment {
                name: one.experiment.clone(),
                version: one.version,
                arm: one.arm.clone(),
            }),
            expected_seconds: plan.expected_duration.as_secs(),
            learned_from: plan.learned_from,
            draw: None,
            candidates: plan
                .candidates
                .iter()
                .map(|one| PlanCandidate {
                    provider: one.provider.as_str().to_owned(),
                    estimated_cost: one.estimated_cost.map(Into::into),
                    reason: one.to_string(),
                })
                .collect(),
            rejected: plan
                .rejected
                .iter()
                .map(|one| PlanRejected {
                    provider: one.provider.as_str().to_owned(),
                    reason: one.rejection.code().to_owned(),
                    detail: one.rejection.to_string(),
                })
                .collect(),
            readings: None,
        }
    }

    /// A plan as it was stored with its call.
    pub fn recorded(plan: &PlanRecord, readings: bool) -> Self {
        Self {
            at: plan.at.into(),
            configuration: plan.policy.clone(),
            route: plan.route.clone(),
            agent: None,
            experiment: None,
            expected_seconds: plan.expected_seconds,
            learned_from: plan.learned_from,
            draw: Some(plan.draw.to_string()),
            candidates: plan
                .candidates
                .iter()
                .map(|one| PlanCandidate {
                    provider: one.provider.as_str().to_owned(),
                    estimated_cost: one.cost.map(Into::into),
                    reason: one.why.clone(),
                })
                .collect(),
            rejected: plan
                .rejected
                .iter()
                .map(|one| PlanRejected {
                    provider: one.provider.as_str().to_owned(),
                    reason: one.reason.clone(),
                    detail: one.why.clone(),
                })
                .collect(),
            readings: readings.then(|| plan.readings.iter().map(PlanReading::from).collect()),
        }
    }
}

impl From<&ReadingRecord> for PlanReading {
    fn from(reading: &ReadingRecord) -> Self {
        let unhealthy = reading.probe_at.max(reading.domain_probe_at);
        Self {
            provider: reading.provider.as_str().to_owned(),
            unhealthy_until: unhealthy.map(Into::into),
            ejected_until: reading.ejected_until.map(Into::into),
            paused_until: reading.paused_until.map(Into::into),
            rate_slots_free: reading.headroom.map(|left| left.free),
            concurrency_slots_free: reading.concurrency.map(|left| left.free),
            agents_in_doubt: u32::try_from(reading.agents_in_doubt.len()).unwrap_or(u32::MAX),
        }
    }
}
