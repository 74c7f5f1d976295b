//! Makes the plan: splits the providers into candidates and rejected ones, and ranks the
//! candidates.

use std::time::Duration;

use jiff::Timestamp;
use switchboard_core::{
    AgentProfile, Assignment, Country, Error, ErrorKind, Money, NumberType, PhoneNumber,
    ProfileName, ProviderId, TenantId, ValidCall,
};

use crate::{
    experiment::{Enrollment, enroll},
    headroom::Headroom,
    parties::Parties,
    plan::{RankReason, Reading, Rejection, Snapshot},
    policy::{ProviderPolicy, numbers_for},
    quality::{Expected, Measured},
    route::{BusyCallee, Route, speaks},
    strategy::{Rank, RankInput, Strategy},
};

/// A provider that may be asked to take the call.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The provider's id.
    pub provider: ProviderId,
    /// Its index in the policy's list of providers.
    pub index: usize,
    /// The expected cost of the call at this provider; `None` if no tariff row covers it.
    pub estimated_cost: Option<Money>,
    /// What is left of its rate limit; `None` if it has none.
    pub headroom: Option<Headroom>,
    /// Ejected as an outlier until this time; listed anyway because no other provider can take the
    /// call.
    pub ejected_until: Option<Timestamp>,
    /// Its measured quality; `None` if quality is not measured.
    pub measured: Option<Measured>,
    /// The upper bound of its cost per successful call; `None` if quality is not measured or the
    /// cost of a call is unknown. See [`RankInput::value`].
    pub cost_per_success: Option<Money>,
    /// What decided its rank.
    pub chosen: RankReason,
    pub(super) rank: usize,
    pub(super) of: usize,
}

/// A provider that cannot take the call, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The provider's id.
    pub provider: ProviderId,
    /// Why it cannot take the call.
    pub rejection: Rejection,
    /// Its measured quality; `None` if quality is not measured.
    pub measured: Option<Measured>,
}

/// Which providers are asked, in order, and which are not, with reasons.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The callee.
    pub to: PhoneNumber,
    /// The callee's country.
    pub country: Country,
    /// The type of the callee's number.
    pub number_type: NumberType,
    /// The name of the route that matched; `None` if none did, and every provider may take the
    /// call.
    pub route: Option<String>,
    /// The person's arm, if an experiment applies to the call.
    pub experiment: Option<Assignment>,
    /// The agent profile that handles the call: the arm's, or else the requested one, or else the
    /// default.
    pub profile: Option<ProfileName>,
    /// How long the call is expected to last.
    pub expected_duration: Duration,
    /// The number of calls from which the duration was learned; zero if it is the configured one.
    pub learned_from: u32,
    /// The candidates, best first.
    pub candidates: Vec<Candidate>,
    /// The providers that are not asked, with the reason for each.
    pub rejected: Vec<Rejected>,
    /// What happens while we already have a call with the callee.
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

    /// On whose behalf the call of this tenant is placed by this plan.
    pub fn parties<'a>(&'a self, tenant: &'a TenantId) -> Parties<'a> {
        Parties {
            tenant,
            profile: self.profile.as_ref(),
            experiment: self.experiment.as_ref().map(|assigned| assigned.experiment.as_str()),
        }
    }

    /// The earliest time at which one of the temporary rejections ends; `None` if none is
    /// temporary.
    pub fn clears_at(&self) -> Option<Timestamp> {
        self.rejected.iter().filter_map(|rejected| rejected.rejection.clears_at()).min()
    }
}

/// Decides which providers are asked to take the call, and in which order.
pub fn plan(call: &ValidCall, snapshot: &Snapshot<'_>, now: Timestamp) -> Plan {
    let policy = snapshot.policy;
    let route = policy.route(call);
    let enrollment = enroll(&policy.experiments, snapshot.experiments, call);
    let profile =
        policy.profile(enrollment.as_ref().and_then(Enrollment::agent).or(call.agent.as_ref()));
    let Expected { duration, learned_from } = expected(call, profile.as_ref(), snapshot, now);

    let mut inputs = Vec::with_capacity(policy.providers.len());
    let mut rejected = Vec::new();
    let mut ejected = Vec::new();
    let mut out_of_credit = Vec::new();
    for (index, provider) in policy.providers.iter().enumerate() {
        let reading = snapshot.readings.get(index);
        let cost = provider.deck.estimate(&call.to, duration, now);
        let measured = snapshot.quality.map(|quality| {
            quality.measured(&provider.info.id, call.country(), call.agent.as_ref(), now)
        });
        let input = RankInput {
            provider: &provider.info.id,
            preference: preference(route, &provider.info.id, index),
            cost,
            time_to_accept: reading.and_then(|reading| reading.time_to_accept),
            headroom: free_share(reading.and_then(|reading| reading.headroom)),
            measured,
        };
        match rejection(call, route, profile.as_ref(), provider, reading, cost, now) {
            Some(rejection) => {
                match rejection {
                    Rejection::Outlier(_) => ejected.push(input),
                    Rejection::OutOfCredit(_) => out_of_credit.push(input),
                    _ => {}
                }
                rejected.push(Rejected { provider: provider.info.id.clone(), rejection, measured });
            }
            None => inputs.push(input),
        }
    }
    // A provider that was ejected as an outlier is better than none.
    if inputs.is_empty() {
        inputs = ejected;
        rejected.retain(|one| !matches!(one.rejection, Rejection::Outlier(_)));
    }

    let strategy = route.and_then(|route| route.strategy.as_ref()).unwrap_or(&policy.strategy);
    let arm = enrollment.as_ref().and_then(Enrollment::provider);
    if !out_of_credit.is_empty() && !policy.fails_over_on_quota(call) {
        let mut all = [inputs.as_slice(), &out_of_credit].concat();
        rank(strategy, &mut all, arm, snapshot.draw);
        if let Some(first) = all
            .first()
            .filter(|first| out_of_credit.iter().any(|one| one.provider == first.provider))
        {
            rejected.extend(inputs.drain(..).map(|one| Rejected {
                provider: one.provider.clone(),
                rejection: Rejection::WaitsForCredit(first.provider.clone()),
                measured: one.measured,
            }));
        }
    }
    let by_arm = rank(strategy, &mut inputs, arm, snapshot.draw).then_some(0);

    let of = inputs.len();
    let candidates = inputs
        .iter()
        .enumerate()
        .filter_map(|(rank, input)| {
            let index = policy.index_of(input.provider)?;
            Some(Candidate {
                provider: input.provider.clone(),
                index,
                estimated_cost: input.cost,
                headroom: snapshot.readings.get(index).and_then(|reading| reading.headroom),
                ejected_until: snapshot
                    .readings
                    .get(index)
                    .and_then(|reading| reading.ejected(now)),
                measured: input.measured,
                cost_per_success: input.measured.and_then(|_| input.value()),
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
        profile: enrollment
            .as_ref()
            .and_then(Enrollment::agent)
            .or(call.agent.as_ref())
            .or(policy.default_profile.as_ref())
            .cloned(),
        experiment: enrollment.map(|enrollment| enrollment.assignment),
        expected_duration: duration,
        learned_from,
        candidates,
        rejected,
        busy_callee: route.map_or(BusyCallee::default(), |route| route.busy_callee),
    }
}

/// Orders the candidates by the strategy, and then moves the provider of the person's arm to the
/// front. True if that provider is a candidate.
fn rank(
    strategy: &Strategy,
    inputs: &mut [RankInput<'_>],
    arm: Option<&ProviderId>,
    draw: u64,
) -> bool {
    strategy.rank(inputs, draw);
    let position = arm.and_then(|arm| inputs.iter().position(|input| input.provider == arm));
    let front = position.and_then(|position| inputs.get_mut(..=position));
    let is_candidate = front.is_some();
    if let Some(front) = front {
        front.rotate_right(1);
    }
    is_candidate
}

/// The expected duration of the call: configured or learned, and at most the longest allowed.
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
    let learned =
        snapshot.quality.map_or(Expected { duration: configured, learned_from: 0 }, |quality| {
            quality.expected_duration(call.agent.as_ref(), call.country(), configured, now)
        });
    Expected {
        duration: learned.duration.min(call.max_duration.unwrap_or(policy.max_duration)),
        ..learned
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

/// The first reason why a provider cannot take the call. Permanent reasons come before temporary
/// ones.
fn rejection(
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
            Some(agent) => Some(&agent.id),
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
    let numbers =
        number_names(provider, &call.to, profile.and_then(|profile| profile.as_ref().ok()));
    if numbers.is_empty() && !provider.numbers.is_empty() {
        return Some(Rejection::NoNumber(country));
    }
    reading?.rejection(agent, &numbers, now)
}

fn number_names(
    provider: &ProviderPolicy,
    to: &PhoneNumber,
    profile: Option<&&AgentProfile>,
) -> Vec<String> {
    let profile = profile.map(|profile| &profile.name);
    let numbers = numbers_for(&provider.numbers, to, profile).into_iter();
    numbers.map(|one| one.number.name.clone()).collect()
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
