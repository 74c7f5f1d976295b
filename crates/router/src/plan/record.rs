//! A plan as it is stored with its call: the decision, and the readings that it was based on.

use std::{collections::BTreeMap, time::Duration};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use switchboard_core::{AgentId, Country, Money, ProfileName, ProviderId};

use crate::{
    experiment::ExperimentStates,
    headroom::Headroom,
    health::BreakerState,
    plan::{Plan, Reading},
    quality::{Expected, Measured, Measurements},
};

/// A plan with the readings that it was based on, so that it can be explained, and planned again
/// under another policy. It contains no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRecord {
    /// When the plan was made.
    pub at: Timestamp,
    /// The version of the configuration; `None` if the policy was set by a program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The random number of the call, for strategies that need one.
    pub draw: u64,
    /// The name of the route that matched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// How long the call was expected to last, in seconds.
    pub expected_seconds: u64,
    /// The number of calls from which the duration was learned; zero if it was the configured one.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[serde(alias = "learnt_from")]
    pub learned_from: u32,
    /// The candidates, best first.
    pub candidates: Vec<CandidateRecord>,
    /// The rejected providers, with reasons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rejected: Vec<RejectedRecord>,
    /// The state of each provider at that moment.
    pub readings: Vec<ReadingRecord>,
    /// The number of the last audit entry on experiments that was taken into account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decisions: Option<u64>,
}

/// A candidate as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateRecord {
    /// The provider's id.
    pub provider: ProviderId,
    /// The expected cost of the call; `None` if unknown.
    pub cost: Option<Money>,
    /// Why it had its rank, as a sentence.
    pub why: String,
    /// Its measured quality; absent if quality was not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Measured>,
}

/// A rejected provider as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedRecord {
    /// The provider's id.
    pub provider: ProviderId,
    /// The code of the reason ([`Rejection::code`](crate::Rejection::code)).
    pub reason: String,
    /// The reason as a sentence.
    pub why: String,
    /// Its measured quality; absent if quality was not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Measured>,
}

/// The state of a provider at the moment of the plan. Fields with their normal value are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingRecord {
    /// The provider's id.
    pub provider: ProviderId,
    /// Its breaker was open until a read at this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe_at: Option<Timestamp>,
    /// The breaker of its failure domain was open until a read at this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain_probe_at: Option<Timestamp>,
    /// It was ejected as an outlier until this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ejected_until: Option<Timestamp>,
    /// It had asked not to be called before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_until: Option<Timestamp>,
    /// Its account was considered out of credit until this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_of_credit_until: Option<Timestamp>,
    /// What was left of its rate limit, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headroom: Option<Headroom>,
    /// What was left of its limit on concurrent calls, if it has one.
    #[serde(default, alias = "rooms", skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<Headroom>,
    /// Agents with a call of which it was not known whether it rang; null stands for the default
    /// agent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agents_in_doubt: Vec<Option<AgentId>>,
    /// The numbers of the account that had reached a limit of their own, and until when.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub numbers_full: BTreeMap<String, Timestamp>,
    /// How long it recently took to accept a call, in microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_to_accept_micros: Option<u64>,
}

impl ReadingRecord {
    /// The reading that planning used.
    pub fn reading(&self) -> Reading {
        Reading {
            breaker: state(self.probe_at),
            domain: state(self.domain_probe_at),
            ejected_until: self.ejected_until,
            headroom: self.headroom,
            concurrency: self.concurrency,
            paused_until: self.paused_until,
            out_of_credit_until: self.out_of_credit_until,
            agents_in_doubt: self.agents_in_doubt.iter().cloned().collect(),
            numbers_full: self.numbers_full.clone(),
            time_to_accept: self.time_to_accept_micros.map(Duration::from_micros),
        }
    }

    fn of(provider: &ProviderId, reading: &Reading, at: Timestamp) -> Self {
        Self {
            provider: provider.clone(),
            probe_at: probe_at(reading.breaker),
            domain_probe_at: probe_at(reading.domain),
            ejected_until: reading.ejected_until.filter(|until| *until > at),
            paused_until: reading
                .paused_until
                .filter(|until| until.duration_since(at) > SignedDuration::ZERO),
            out_of_credit_until: reading.out_of_credit(at),
            headroom: reading.headroom,
            concurrency: reading.concurrency,
            agents_in_doubt: reading.agents_in_doubt.iter().cloned().collect(),
            numbers_full: reading
                .numbers_full
                .iter()
                .filter(|(_, until)| **until > at)
                .map(|(name, until)| (name.clone(), *until))
                .collect(),
            time_to_accept_micros: reading
                .time_to_accept
                .map(|time| u64::try_from(time.as_micros()).unwrap_or(u64::MAX)),
        }
    }
}

fn state(probe_at: Option<Timestamp>) -> BreakerState {
    probe_at.map_or(BreakerState::Closed, |probe_at| BreakerState::Open { probe_at })
}

fn probe_at(breaker: BreakerState) -> Option<Timestamp> {
    match breaker {
        BreakerState::Open { probe_at } => Some(probe_at),
        BreakerState::Closed => None,
    }
}

impl PlanRecord {
    /// The record of a plan. `readings` are those that it was based on, one for each provider.
    pub fn of<'a>(
        plan: &Plan,
        version: Option<&str>,
        draw: u64,
        readings: impl IntoIterator<Item = (&'a ProviderId, &'a Reading)>,
        at: Timestamp,
    ) -> Self {
        Self {
            at,
            policy: version.map(str::to_owned),
            draw,
            route: plan.route.clone(),
            expected_seconds: plan.expected_duration.as_secs(),
            learned_from: plan.learned_from,
            candidates: plan
                .candidates
                .iter()
                .map(|one| CandidateRecord {
                    provider: one.provider.clone(),
                    cost: one.estimated_cost,
                    why: one.to_string(),
                    measured: one.measured,
                })
                .collect(),
            rejected: plan
                .rejected
                .iter()
                .map(|one| RejectedRecord {
                    provider: one.provider.clone(),
                    reason: one.rejection.code().to_owned(),
                    why: one.rejection.to_string(),
                    measured: one.measured,
                })
                .collect(),
            readings: readings
                .into_iter()
                .map(|(provider, reading)| ReadingRecord::of(provider, reading, at))
                .collect(),
            decisions: None,
        }
    }

    /// The same record, with the states of experiments that the plan took into account.
    #[must_use]
    pub fn with_experiments(self, states: Option<&ExperimentStates>) -> Self {
        Self { decisions: states.map(ExperimentStates::cursor), ..self }
    }

    /// The quality measured at the moment of the plan, so that it can be planned again; `None` if
    /// quality was not measured.
    pub fn measurements(&self) -> Option<impl Measurements + '_> {
        let mut measured = self.measured_by_provider().map(|(_, measured)| measured);
        measured.any(|measured| measured.is_some()).then_some(RecordedMeasurements(self))
    }

    fn measured_by_provider(&self) -> impl Iterator<Item = (&ProviderId, Option<Measured>)> {
        let candidates = self.candidates.iter().map(|one| (&one.provider, one.measured));
        candidates.chain(self.rejected.iter().map(|one| (&one.provider, one.measured)))
    }
}

/// The measurements of a stored plan. They are those for the plan's call, whatever the arguments.
#[derive(Debug)]
struct RecordedMeasurements<'a>(&'a PlanRecord);

impl Measurements for RecordedMeasurements<'_> {
    fn measured(
        &self,
        provider: &ProviderId,
        _: Country,
        _: Option<&ProfileName>,
        _: Timestamp,
    ) -> Measured {
        let mut each = self.0.measured_by_provider();
        each.find(|(one, _)| *one == provider)
            .and_then(|(_, measured)| measured)
            .unwrap_or_default()
    }

    fn expected_duration(
        &self,
        _: Option<&ProfileName>,
        _: Country,
        usual: Duration,
        _: Timestamp,
    ) -> Expected {
        let PlanRecord { expected_seconds, learned_from, .. } = *self.0;
        let duration = if learned_from > 0 { Duration::from_secs(expected_seconds) } else { usual };
        Expected { duration, learned_from }
    }
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}
