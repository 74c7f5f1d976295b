//! The plan and how it is made.

use std::time::Duration;

use jiff::Timestamp;
use switchboard_core::{
    AgentProfile, Assignment, Country, Error, ErrorKind, Money, NumberType, PhoneNumber,
    ProfileName, ProviderId, ValidCall,
};

use crate::{
    experiment::{Enrollment, part},
    headroom::Headroom,
    plan::{RankReason, Reading, Rejection, Snapshot},
    policy::ProviderPolicy,
    quality::{Expected, Measured},
    route::{BusyCallee, Route, speaks},
    strategy::{Rank, RankInput, Strategy},
};

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
    /// It is left out until then, because it fails far more often than the others, and stands here
    /// because nobody else can take the call.
    pub ejected_until: Option<Timestamp>,
    /// What was measured of it; `None`: nobody measures.
    pub measured: Option<Measured>,
    /// What a call in which somebody talks costs there at most, as far as is certain; `None`:
    /// nobody measures, or nobody knows what a call costs. See [`RankInput::value`].
    pub cost_per_success: Option<Money>,
    /// What put it at its rank.
    pub chosen: RankReason,
    pub(super) rank: usize,
    pub(super) of: usize,
}

/// A provider that may not, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Who.
    pub provider: ProviderId,
    /// Why.
    pub rejection: Rejection,
    /// What was measured of it; `None`: nobody measures.
    pub measured: Option<Measured>,
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
    /// The agent profile that serves the call: the arm's, else the one that was asked for, else the
    /// default.
    pub profile: Option<ProfileName>,
    /// How long the call is expected to last.
    pub expected_duration: Duration,
    /// From how many calls that was learnt; zero: as configured.
    pub learned_from: u32,
    /// Candidates, best first.
    pub candidates: Vec<Candidate>,
    /// The others.
    pub rejected: Vec<Rejected>,
    /// What happens while the callee is on another call of ours.
    pub busy_callee: BusyCallee,
}

impl Plan {
    /// Why no provider takes the call: an error of kind `NoProvider` with every provider's reason.
    pub fn to_error(&self) -> Error {
        let reasons: Vec<String> = self
            .rejected
            .iter()
            .map(|one| format!("{}: {}", one.provider, one.rejection))
            .collect();
        let why = if reasons.is_empty() {
            "every provider was tried".to_owned()
        } else {
            reasons.join("; ")
        };
        Error::new(ErrorKind::NoProvider, format!("no provider can take this call ({why})"))
    }

    /// When the earliest of the passing obstacles is over, where no provider can take the call now.
    pub fn clears_at(&self) -> Option<Timestamp> {
        self.rejected.iter().filter_map(|rejected| rejected.rejection.clears_at()).min()
    }
}

/// Decides who shall take the call.
pub fn plan(call: &ValidCall, snapshot: &Snapshot<'_>, now: Timestamp) -> Plan {
    let policy = snapshot.policy;
    let route = policy.route(call);
    let part = part(&policy.experiments, snapshot.lives, call);
    let profile = policy.profile(part.as_ref().and_then(Enrollment::agent).or(call.agent.as_ref()));
    let Expected { duration, learned_from } = expected(call, profile.as_ref(), snapshot, now);

    let mut standings = Vec::with_capacity(policy.providers.len());
    let mut rejected = Vec::new();
    let mut ejected = Vec::new();
    let mut broke = Vec::new();
    for (index, provider) in policy.providers.iter().enumerate() {
        let reading = snapshot.readings.get(index);
        let cost = provider.deck.estimate(&call.to, duration, now);
        let measured = snapshot.quality.map(|quality| {
            quality.measured(&provider.info.id, call.country(), call.agent.as_ref(), now)
        });
        let standing = RankInput {
            provider: &provider.info.id,
            preference: preference(route, &provider.info.id, index),
            cost,
            time_to_accept: reading.and_then(|reading| reading.time_to_accept),
            headroom: free_share(reading.and_then(|reading| reading.headroom)),
            measured,
        };
        match obstacle(call, route, profile.as_ref(), provider, reading, cost, now) {
            Some(rejection) => {
                match rejection {
                    Rejection::Outlier(_) => ejected.push(standing),
                    Rejection::OutOfCredit(_) => broke.push(standing),
                    _ => {}
                }
                rejected.push(Rejected { provider: provider.info.id.clone(), rejection, measured });
            }
            None => standings.push(standing),
        }
    }
    // One that fails more often than the others is better than nobody.
    if standings.is_empty() {
        standings = ejected;
        rejected.retain(|one| !matches!(one.rejection, Rejection::Outlier(_)));
    }

    let strategy = route.and_then(|route| route.strategy.as_ref()).unwrap_or(&policy.strategy);
    let arm = part.as_ref().and_then(Enrollment::provider);
    if !broke.is_empty() && !policy.fails_over_on_quota(call) {
        let mut all = [standings.as_slice(), &broke].concat();
        rank(strategy, &mut all, arm, snapshot.draw);
        if let Some(first) =
            all.first().filter(|first| broke.iter().any(|one| one.provider == first.provider))
        {
            rejected.extend(standings.drain(..).map(|one| Rejected {
                provider: one.provider.clone(),
                rejection: Rejection::WaitsForCredit(first.provider.clone()),
                measured: one.measured,
            }));
        }
    }
    let by_arm = rank(strategy, &mut standings, arm, snapshot.draw).then_some(0);

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
                ejected_until: snapshot
                    .readings
                    .get(index)
                    .and_then(|reading| reading.ejected(now)),
                measured: standing.measured,
                cost_per_success: standing.measured.and_then(|_| standing.value()),
                chosen: if by_arm == Some(rank) {
                    RankReason::Arm
                } else {
                    RankReason::Strategy(strategy.name())
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
        profile: part
            .as_ref()
            .and_then(Enrollment::agent)
            .or(call.agent.as_ref())
            .or(policy.default_profile.as_ref())
            .cloned(),
        experiment: part.map(|part| part.assignment),
        expected_duration: duration,
        learned_from,
        candidates,
        rejected,
        busy_callee: route.map_or(BusyCallee::default(), |route| route.busy_callee),
    }
}

/// Orders them, the provider of the person's arm first. True where that is one of them.
fn rank(
    strategy: &Strategy,
    standings: &mut [RankInput<'_>],
    arm: Option<&ProviderId>,
    draw: u64,
) -> bool {
    strategy.rank(standings, draw);
    let at = arm.and_then(|arm| standings.iter().position(|standing| standing.provider == arm));
    let front = at.and_then(|at| standings.get_mut(..=at));
    let is_one = front.is_some();
    if let Some(front) = front {
        front.rotate_right(1);
    }
    is_one
}

/// How long the call lasts: as configured, or as learnt; no longer than it may.
fn expected(
    call: &ValidCall,
    profile: Option<&Result<&AgentProfile, ProfileName>>,
    snapshot: &Snapshot<'_>,
    now: Timestamp,
) -> Expected {
    let policy = snapshot.policy;
    let configured = profile
        .and_then(|profile| profile.as_ref().ok()?.expected_duration)
        .unwrap_or(policy.expected_duration);
    let learnt =
        snapshot.quality.map_or(Expected { duration: configured, learned_from: 0 }, |quality| {
            quality.expected_duration(call.agent.as_ref(), call.country(), configured, now)
        });
    Expected {
        duration: learnt.duration.min(call.max_duration.unwrap_or(policy.max_duration)),
        ..learnt
    }
}

fn preference(route: Option<&Route>, provider: &ProviderId, index: usize) -> usize {
    route
        .and_then(|route| route.providers.iter().position(|named| named == provider))
        .unwrap_or(index)
}

fn free_share(headroom: Option<Headroom>) -> u32 {
    headroom.map_or(1_000_000, |left| {
        u32::try_from(u64::from(left.free) * 1_000_000 / u64::from(left.of.max(1)))
            .unwrap_or(1_000_000)
    })
}

/// The first thing that keeps a provider from taking the call: what never passes comes before what
/// does.
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
    if route.is_some_and(|route| !route.providers.is_empty() && !route.providers.contains(&info.id))
    {
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
        return Some(Rejection::TooLong { asked: asked.as_secs(), allowed: allowed.as_secs() });
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
    reading?.obstacle(agent, now)
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
        switchboard_core::Coverage::Only(known) => {
            known.iter().any(|known| speaks(known, language))
        }
    }
}
