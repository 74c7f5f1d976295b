//! Agents, providers and what was measured of them.

use jiff::Timestamp;
use serde::Serialize;
use switchboard::router::{
    BreakerState, Headroom as CoreHeadroom, ProviderPolicy, Reading,
    quality::{Drift, Measured},
};
use utoipa::ToSchema;

use crate::wire::{Money, Time};

/// An agent profile.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Agent {
    /// Its name, as requests use it.
    #[schema(examples("assistant"))]
    pub name: String,
    /// True if calls that name no agent get it.
    pub is_default: bool,
    /// The languages that it speaks. Empty: whatever the provider's agents speak.
    pub languages: Vec<String>,
    /// The providers that have it.
    pub providers: Vec<String>,
    /// How long its calls usually last, if that is configured.
    #[schema(required)]
    pub expected_seconds: Option<u64>,
}

/// Every agent profile.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AgentList {
    /// The profiles.
    pub data: Vec<Agent>,
}

/// What is left of a limit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Headroom {
    /// What is free.
    pub free: u32,
    /// What there is in all.
    pub of: u32,
    /// When the next becomes free, if none is.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub frees_at: Option<Time>,
}

impl From<CoreHeadroom> for Headroom {
    fn from(left: CoreHeadroom) -> Self {
        Self { free: left.free, of: left.of, frees_at: left.frees_at.map(Into::into) }
    }
}

/// A provider as it is now, as the process that answers sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProviderState {
    /// The provider.
    #[schema(examples("kallyai"))]
    pub provider: String,
    /// False if the configuration switched it off.
    pub enabled: bool,
    /// The platforms and carriers that it depends on. Providers that share one fail together.
    pub failure_domains: Vec<String>,
    /// True if it answers when the phone call is over, not when it has accepted it.
    pub synchronous: bool,
    /// True while calls go to it.
    pub healthy: bool,
    /// When it is probed, if it is not healthy.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub probe_at: Option<Time>,
    /// It is left out as an outlier until this time.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub ejected_until: Option<Time>,
    /// It asked not to be called before this time.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub paused_until: Option<Time>,
    /// Its account is out of credit; it is tried again at this time.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub out_of_credit_until: Option<Time>,
    /// What is left of its rate limit. Null if it has none.
    #[schema(required)]
    pub rate: Option<Headroom>,
    /// What is left of its limit on concurrent calls. Null if it has none.
    #[schema(required)]
    pub concurrency: Option<Headroom>,
    /// How many of its agents have a call of which it is not known whether it rang.
    pub agents_in_doubt: u32,
    /// How long it recently took to accept a call.
    #[schema(required)]
    pub accepts_in_seconds: Option<f64>,
}

/// Every provider.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProviderList {
    /// The providers, in the configuration's order.
    pub data: Vec<ProviderState>,
}

impl ProviderState {
    /// A provider and its reading.
    pub fn new(policy: &ProviderPolicy, reading: &Reading, now: Timestamp) -> Self {
        let probe_at = [reading.breaker, reading.domain]
            .into_iter()
            .filter_map(|breaker| match breaker {
                BreakerState::Open { probe_at } => Some(probe_at),
                BreakerState::Closed => None,
            })
            .max();
        let future = |at: Option<Timestamp>| at.filter(|at| *at > now).map(Time::from);
        Self {
            provider: policy.info.id.as_str().to_owned(),
            enabled: policy.enabled,
            failure_domains: policy.info.failure_domains.iter().map(str::to_owned).collect(),
            synchronous: policy.info.synchronous,
            healthy: probe_at.is_none(),
            probe_at: probe_at.map(Into::into),
            ejected_until: future(reading.ejected_until),
            paused_until: future(reading.paused_until),
            out_of_credit_until: future(reading.out_of_credit_until),
            rate: reading.headroom.map(Into::into),
            concurrency: reading.concurrency.map(Into::into),
            agents_in_doubt: u32::try_from(reading.agents_in_doubt.len()).unwrap_or(u32::MAX),
            accepts_in_seconds: reading.time_to_accept.map(|time| time.as_secs_f64()),
        }
    }
}

/// What was measured of a provider's calls to a country with an agent profile.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QualityRow {
    /// The provider.
    pub provider: String,
    /// The country.
    pub country: String,
    /// The agent profile. Null for calls that named none.
    #[schema(required)]
    pub agent: Option<String>,
    /// Attempts that were sent.
    pub sent: u32,
    /// Of those, the ones that the provider accepted.
    pub accepted: u32,
    /// Attempts after which no other provider was asked.
    pub tried: u32,
    /// Of the tried ones, the share that was answered, 0 to 1.
    #[schema(required)]
    pub answer_rate: Option<f64>,
    /// Of the tried ones, the share in which somebody talked, 0 to 1.
    #[schema(required)]
    pub success_rate: Option<f64>,
    /// The success rate that is exceeded with near certainty, 0 to 1.
    pub success_rate_at_least: f64,
    /// Of the sent ones, the share that failed because of the provider, 0 to 1.
    #[schema(required)]
    pub error_rate: Option<f64>,
    /// How long calls last on average.
    #[schema(required)]
    pub mean_seconds: Option<f64>,
    /// How long the provider takes to accept a call on average.
    #[schema(required)]
    pub accepts_in_seconds: Option<f64>,
    /// The mean bill.
    #[schema(required)]
    pub mean_cost: Option<Money>,
    /// What a call costs in which somebody talks.
    #[schema(required)]
    pub cost_per_success: Option<Money>,
    /// How far bills exceed the estimates: 0.1 is a tenth more.
    #[schema(required)]
    pub cost_drift: Option<f64>,
}

/// What was measured.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QualityList {
    /// The rows.
    pub data: Vec<QualityRow>,
}

impl QualityRow {
    /// A row of the table.
    pub fn new(
        provider: String,
        country: String,
        agent: Option<String>,
        measured: &Measured,
        drift: Drift,
    ) -> Self {
        let share = |millionths: u32| f64::from(millionths) / 1e6;
        Self {
            provider,
            country,
            agent,
            sent: measured.sent,
            accepted: measured.accepted,
            tried: measured.tried,
            answer_rate: measured.answer_rate().map(share),
            success_rate: measured.success_rate().map(share),
            success_rate_at_least: share(measured.success.lower_bound()),
            error_rate: measured.error_rate().map(share),
            mean_seconds: measured.mean_duration.map(|mean| mean.as_secs_f64()),
            accepts_in_seconds: measured.time_to_accept.map(|mean| mean.as_secs_f64()),
            mean_cost: measured.mean_cost.map(Into::into),
            cost_per_success: measured.cost_per_success().map(Into::into),
            cost_drift: drift.ratio().map(|ratio| ratio as f64 / 1e6),
        }
    }
}
