//! A plan as it is kept with its call: what it said, and what it was made of.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use switchboard_core::{AgentId, Country, Money, ProfileName, ProviderId};

use crate::{
    experiment::Lives,
    headroom::Headroom,
    health::BreakerState,
    plan::{Plan, Reading},
    quality::{Expected, Measured, Measurements},
};

/// What a plan said, and the readings that it was made of, so that it can be explained, and made
/// again under another policy. It names no person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRecord {
    /// When it was made.
    pub at: Timestamp,
    /// The version of the configuration; none where it came from a program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The call's own chance.
    pub draw: u64,
    /// The route that held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// How long the call was expected to last, in seconds.
    pub expected_seconds: u64,
    /// From how many calls that was learnt; zero: as configured.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub learnt_from: u32,
    /// Who was to be asked, best first.
    pub candidates: Vec<CandidateRecord>,
    /// Who was not, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rejected: Vec<RejectedRecord>,
    /// The providers as they were.
    pub readings: Vec<ReadingRecord>,
    /// The number of the last decision on experiments that was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decisions: Option<u64>,
}

/// A candidate as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateRecord {
    /// Who.
    pub provider: ProviderId,
    /// What the call was expected to cost there.
    pub cost: Option<Money>,
    /// Why it stood there, in words.
    pub why: String,
    /// What was measured of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Measured>,
}

/// A rejected provider as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedRecord {
    /// Who.
    pub provider: ProviderId,
    /// The reason's word.
    pub reason: String,
    /// The reason.
    pub why: String,
    /// What was measured of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Measured>,
}

/// A provider at the moment of the plan. What was as usual is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingRecord {
    /// Who.
    pub provider: ProviderId,
    /// It was left alone until a read at this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe_at: Option<Timestamp>,
    /// What it rides on was left alone until a read at this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain_probe_at: Option<Timestamp>,
    /// It was left out until then, because it failed far more often than the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ejected_until: Option<Timestamp>,
    /// It asked for a pause until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_until: Option<Timestamp>,
    /// Its account counted as out of credit until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_of_credit_until: Option<Timestamp>,
    /// What was left of its rate limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headroom: Option<Headroom>,
    /// What was left of the calls that may be under way at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rooms: Option<Headroom>,
    /// Agents with a call in doubt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agents_in_doubt: Vec<Option<AgentId>>,
    /// How long it lately took to accept a call, in microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_to_accept_micros: Option<u64>,
}

impl ReadingRecord {
    /// The reading as planning had it.
    pub fn reading(&self) -> Reading {
        Reading {
            breaker: state(self.probe_at),
            domain: state(self.domain_probe_at),
            ejected_until: self.ejected_until,
            headroom: self.headroom,
            rooms: self.rooms,
            paused_until: self.paused_until,
            out_of_credit_until: self.out_of_credit_until,
            agents_in_doubt: self.agents_in_doubt.iter().cloned().collect(),
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
            rooms: reading.rooms,
            agents_in_doubt: reading.agents_in_doubt.iter().cloned().collect(),
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
    /// What is kept of a plan. `readings` are those that it was made of, one for each of
    /// `providers` in the same order.
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
            learnt_from: plan.learnt_from,
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

    /// The same, with the decisions on experiments that it knew.
    #[must_use]
    pub fn knowing(self, lives: Option<&Lives>) -> Self {
        Self { decisions: lives.map(Lives::read_to), ..self }
    }

    /// What was measured at the moment of the plan, so that it can be made again; `None`: nobody
    /// measured.
    pub fn measurements(&self) -> Option<impl Measurements + '_> {
        let mut kept = self.measured_of_each().map(|(_, measured)| measured);
        kept.any(|measured| measured.is_some()).then_some(Then(self))
    }

    fn measured_of_each(&self) -> impl Iterator<Item = (&ProviderId, Option<Measured>)> {
        let candidates = self.candidates.iter().map(|one| (&one.provider, one.measured));
        candidates.chain(self.rejected.iter().map(|one| (&one.provider, one.measured)))
    }
}

/// What was measured then. It answers for the call of the plan alone, whatever it is asked.
#[derive(Debug)]
struct Then<'a>(&'a PlanRecord);

impl Measurements for Then<'_> {
    fn measured(
        &self,
        provider: &ProviderId,
        _: Country,
        _: Option<&ProfileName>,
        _: Timestamp,
    ) -> Measured {
        let mut each = self.0.measured_of_each();
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
        let PlanRecord { expected_seconds, learnt_from, .. } = *self.0;
        let duration = if learnt_from > 0 { Duration::from_secs(expected_seconds) } else { usual };
        Expected { duration, learnt_from }
    }
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}
