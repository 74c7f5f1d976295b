//! The plan and how it is made.

use std::{fmt, time::Duration};

use jiff::Timestamp;
use serde::{Serialize, Serializer, ser::SerializeStruct};
use switchboard_core::{AgentProfile, Assignment, Country, Money, NumberType, PhoneNumber, ProfileName, ProviderId, ValidCall};

use crate::{
    health::BreakerState,
    limit::Headroom,
    plan::{Chosen, Reading, Rejection, Snapshot, may_be_one},
    policy::ProviderPolicy,
    route::{BusyCallee, Route, speaks},
    strategy::{Rank, Standing},
};

/// How soon evidence may have come for an agent in doubt.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// A provider that may take the call.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Who.
    pub provider: ProviderId,
    /// Its place in the policy.
    pub index: usize,
    /// What the call is expected to cost there; `None`: nobody knows.
    pub estimated_cost: Option<Money>,
    /// What is left of its rate limit; `None`: it has none.
    pub headroom: Option<Headroom>,
    /// What put it at its rank.
    pub chosen: Chosen,
    rank: usize,
    of: usize,
}

/// A provider that may not, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Who.
    pub provider: ProviderId,
    /// Why.
    pub rejection: Rejection,
}

/// Who shall be asked, in order, and who shall not.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The callee.
    pub to: PhoneNumber,
    /// The callee's country.
    pub country: Country,
    /// What kind of number it is.
    pub number_type: NumberType,
    /// The route that held; `None`: none did, and every provider may take the call.
    pub route: Option<String>,
    /// The person's arm, where an experiment holds.
    pub experiment: Option<Assignment>,
    /// Candidates, best first.
    pub candidates: Vec<Candidate>,
    /// The others.
    pub rejected: Vec<Rejected>,
    /// What happens while the callee is on another call of ours.
    pub busy_callee: BusyCallee,
}

impl Plan {
    /// When the earliest of the passing obstacles is over, where no provider can take the call now.
    pub fn passes_at(&self) -> Option<Timestamp> {
        self.rejected.iter().filter_map(|rejected| rejected.rejection.passes_at()).min()
    }
}

/// Decides who shall take the call.
pub fn plan(call: &ValidCall, snapshot: &Snapshot<'_>, now: Timestamp) -> Plan {
    let policy = snapshot.policy;
    let route = policy.routes.iter().find(|route| route.when.holds(call));
    let profile = policy.profile(call.agent.as_ref());
    let expected = profile
        .as_ref()
        .and_then(|profile| profile.as_ref().ok()?.expected_duration)
        .unwrap_or(policy.expected_duration)
        .min(call.max_duration.unwrap_or(policy.max_duration));

    let mut standings = Vec::with_capacity(policy.providers.len());
    let mut rejected = Vec::new();
    for (index, provider) in policy.providers.iter().enumerate() {
        let reading = snapshot.readings.get(index);
        let cost = provider.deck.estimate(&call.to, expected);
        match obstacle(call, route, profile.as_ref(), provider, reading, cost, now) {
            Some(rejection) => rejected.push(Rejected {
                provider: provider.info.id.clone(),
                rejection,
            }),
            None => standings.push(Standing {
                provider: &provider.info.id,
                preference: preference(route, &provider.info.id, index),
                cost,
                time_to_accept: reading.and_then(|reading| reading.time_to_accept),
                headroom: free_share(reading.and_then(|reading| reading.headroom)),
            }),
        }
    }

    let strategy = route.and_then(|route| route.strategy.as_ref()).unwrap_or(&policy.strategy);
    strategy.rank(&mut standings, snapshot.draw);
    let experiment = policy.experiments.iter().find(|experiment| experiment.when.holds(call));
    let arm = experiment.and_then(|experiment| experiment.arm(&call.tenant, call.to.e164()).map(|arm| (experiment, arm)));
    let mut by_arm = None;
    if let Some((_, arm)) = arm
        && let Some(at) = standings.iter().position(|standing| *standing.provider == arm.provider)
        && let Some(front) = standings.get_mut(..=at)
    {
        front.rotate_right(1);
        by_arm = Some(0);
    }

    let of = standings.len();
    let candidates = standings
        .iter()
        .enumerate()
        .filter_map(|(rank, standing)| {
            let index = policy.index_of(standing.provider)?;
            Some(Candidate {
                provider: standing.provider.clone(),
                index,
                estimated_cost: standing.cost,
                headroom: snapshot.readings.get(index).and_then(|reading| reading.headroom),
                chosen: if by_arm == Some(rank) {
                    Chosen::Arm
                } else {
                    Chosen::Strategy(strategy.name())
                },
                rank,
                of,
            })
        })
        .collect();
    Plan {
        to: call.to,
        country: call.country(),
        number_type: call.to.number_type(),
        route: route.map(|route| route.name.clone()),
        experiment: arm.map(|(experiment, arm)| experiment.assignment(arm)),
        candidates,
        rejected,
        busy_callee: route.map_or(BusyCallee::default(), |route| route.busy_callee),
    }
}

fn preference(route: Option<&Route>, provider: &ProviderId, index: usize) -> usize {
    route
        .and_then(|route| route.providers.iter().position(|named| named == provider))
        .unwrap_or(index)
}

fn free_share(headroom: Option<Headroom>) -> u32 {
    headroom.map_or(1_000_000, |left| {
        u32::try_from(u64::from(left.free) * 1_000_000 / u64::from(left.of.max(1))).unwrap_or(1_000_000)
    })
}

/// The first thing that keeps a provider from taking the call: what never passes comes before what does.
fn obstacle(
    call: &ValidCall,
    route: Option<&Route>,
    profile: Option<&Result<&AgentProfile, ProfileName>>,
    provider: &ProviderPolicy,
    reading: Option<&Reading>,
    cost: Option<Money>,
    now: Timestamp,
) -> Option<Rejection> {
    let info = &provider.info;
    if !provider.enabled {
        return Some(Rejection::SwitchedOff);
    }
    if route.is_some_and(|route| !route.providers.is_empty() && !route.providers.contains(&info.id)) {
        return Some(Rejection::NotOnRoute);
    }
    let country = call.country();
    if !info.countries.covers(&country) {
        return Some(Rejection::Country(country));
    }
    if let Some(language) = &call.language
        && !covers_language(provider, profile, language)
    {
        return Some(Rejection::Language(*language));
    }
    let agent = match profile {
        None if info.needs_agent => return Some(Rejection::NeedsAgent),
        None => None,
        Some(Err(name)) => return Some(Rejection::NoSuchProfile(name.clone())),
        Some(Ok(profile)) => match profile.agents.get(&info.id) {
            Some(agent) => Some(agent),
            None => return Some(Rejection::NoAgent(profile.name.clone())),
        },
    };
    if let (Some(asked), Some(allowed)) = (call.max_duration, info.max_duration)
        && asked > allowed
    {
        return Some(Rejection::TooLong {
            asked: asked.as_secs(),
            allowed: allowed.as_secs(),
        });
    }
    match (call.max_cost, cost) {
        (Some(allowed), Some(expected)) if expected.currency() == allowed.currency() => {
            if expected.micros() > allowed.micros() {
                return Some(Rejection::TooExpensive { expected, allowed });
            }
        }
        (Some(_), _) => return Some(Rejection::CostUnknown),
        (None, _) => {}
    }
    let reading = reading?;
    if reading.agents_in_doubt.iter().any(|doubted| may_be_one(doubted.as_ref(), agent)) {
        return Some(Rejection::AgentInDoubt(now.checked_add(LOOK_AGAIN).unwrap_or(now)));
    }
    match reading.breaker {
        BreakerState::Open { probe_at } => return Some(Rejection::Unhealthy(probe_at)),
        BreakerState::Closed => {}
    }
    if let Some(until) = reading.paused_until.filter(|until| *until > now) {
        return Some(Rejection::Paused(until));
    }
    reading
        .headroom
        .filter(|left| left.free == 0)
        .map(|left| Rejection::RateLimited(left.frees_at.unwrap_or(now)))
}

fn covers_language(
    provider: &ProviderPolicy,
    profile: Option<&Result<&AgentProfile, ProfileName>>,
    language: &switchboard_core::Language,
) -> bool {
    if let Some(Ok(profile)) = profile
        && !profile.languages.is_empty()
    {
        return profile.languages.iter().any(|known| speaks(known, language));
    }
    match &provider.info.languages {
        switchboard_core::Coverage::All => true,
        switchboard_core::Coverage::Only(known) => known.iter().any(|known| speaks(known, language)),
    }
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.rank == 0 {
            "first".to_owned()
        } else {
            format!("number {}", self.rank + 1)
        };
        match self.chosen {
            Chosen::Arm => f.write_str("first: the person's arm of the experiment")?,
            Chosen::Strategy(name) => write!(f, "{place} of {} by {name}", self.of)?,
        }
        match self.estimated_cost {
            Some(cost) => write!(f, ", {cost} expected")?,
            None => f.write_str(", cost unknown")?,
        }
        match self.headroom {
            Some(left) => write!(f, ", {} of {} calls free in the window", left.free, left.of),
            None => f.write_str(", no rate limit known"),
        }
    }
}

impl Serialize for Candidate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Candidate", 5)?;
        out.serialize_field("provider", &self.provider)?;
        out.serialize_field("rank", &(self.rank + 1))?;
        out.serialize_field("estimated_cost", &self.estimated_cost)?;
        out.serialize_field("headroom", &self.headroom.map(|left| left.free))?;
        out.serialize_field("reason", &self.to_string())?;
        out.end()
    }
}

impl Serialize for Rejected {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Rejected", 3)?;
        out.serialize_field("provider", &self.provider)?;
        out.serialize_field("reason", self.rejection.code())?;
        out.serialize_field("detail", &self.rejection.to_string())?;
        out.end()
    }
}

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Plan", 7)?;
        out.serialize_field("to", &self.to)?;
        out.serialize_field("country", &self.country)?;
        out.serialize_field("number_type", &self.number_type)?;
        out.serialize_field("route", &self.route)?;
        out.serialize_field("experiment", &self.experiment)?;
        out.serialize_field("candidates", &self.candidates)?;
        out.serialize_field("rejected", &self.rejected)?;
        out.end()
    }
}
