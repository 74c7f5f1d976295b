//! What happened to each person of an experiment, read from their calls.
//!
//! A person counts once, with their first call: they keep their arm, so later calls are not new
//! random draws. They count for the arm that they were *assigned* (intention to treat), whichever
//! provider took the call in the end. They also count if no provider took it: refused calls are
//! part of the result of sending people there.
//!
//! People are listed in the order in which their calls were admitted, up to the first call that is
//! still open. In the order in which calls end, an arm whose calls fail fast would seem to fail
//! more often than it does. A call that has been open for more than an hour no longer holds back
//! the people after it: its person enters when it ends.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use switchboard_core::{AttemptState, Call, CallId, CallStatus, Currency, Money, Outcome};
use switchboard_router::{experiment::Experiment, hash::digest};

use crate::sequential::Observation;

/// How long an open call holds back the people who were admitted after it.
const MAX_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// One person whose first call has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Participant {
    /// The index of the person's arm in [`Experiment::subjects`].
    pub subject: usize,
    /// When the person entered the results: at admission, or when the call ended if it was open for
    /// more than an hour.
    pub at: Timestamp,
    /// The result of the call.
    pub observation: Observation,
    /// True if the call failed for a technical reason, was refused, or was lost.
    pub failed: bool,
}

/// The people of one version of an experiment. It stores no phone numbers: a person is a hash.
#[derive(Debug, Clone)]
pub struct Cohort {
    experiment: String,
    version: u32,
    subjects: Vec<String>,
    currency: Currency,
    first: HashMap<u64, FirstCall>,
    unknown_arm: HashSet<u64>,
}

/// A person's first call.
#[derive(Debug, Clone, Copy)]
struct FirstCall {
    call: CallId,
    admitted: Timestamp,
    updated: Timestamp,
    /// `None` while the call is open.
    ended: Option<Timestamp>,
    person: Participant,
}

/// The people whose first calls have ended, and counts of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletedCalls {
    /// In the order in which they entered.
    pub people: Vec<Participant>,
    /// The number of people who are held back until their own call, or one that was admitted before
    /// it, ends.
    pub open: u64,
    /// The number of people assigned to an arm that the definition no longer has.
    pub unknown_arm: u64,
}

impl Cohort {
    /// An empty cohort. Costs are counted in this currency; bills in another count as unknown.
    pub fn new(experiment: &Experiment, currency: Currency) -> Self {
        Self {
            experiment: experiment.name.clone(),
            version: experiment.version,
            subjects: experiment.subjects().into_iter().map(|(name, _)| name.to_owned()).collect(),
            currency,
            first: HashMap::new(),
            unknown_arm: HashSet::new(),
        }
    }

    /// True if this cohort belongs to this definition: same name, version and arms.
    pub fn is_of(&self, experiment: &Experiment) -> bool {
        let subjects = experiment.subjects();
        let same =
            subjects.iter().map(|(name, _)| *name).eq(self.subjects.iter().map(String::as_str));
        self.experiment == experiment.name && self.version == experiment.version && same
    }

    /// Adds a call in its current state, replacing what an earlier state of the same call said.
    /// Returns false, and changes nothing, if the call belongs to another experiment.
    pub fn observe(&mut self, call: &Call) -> bool {
        let assigned = call.experiment.as_ref();
        let Some(assigned) =
            assigned.filter(|one| one.experiment == self.experiment && one.version == self.version)
        else {
            return false;
        };
        let key = digest(&[call.tenant.as_str().as_bytes(), call.to.e164().as_bytes()]);
        let Some(subject) = self.subjects.iter().position(|name| *name == assigned.arm) else {
            self.unknown_arm.insert(key);
            return true;
        };
        let new = FirstCall::of(call, subject, self.currency);
        let kept = self.first.entry(key).or_insert(new);
        let replaces = if kept.call == new.call {
            new.updated >= kept.updated
        } else {
            (new.admitted, new.call) < (kept.admitted, kept.call)
        };
        if replaces {
            *kept = new;
        }
        true
    }

    /// The currency in which costs are counted.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// The number of people assigned to an arm, whether or not their call has ended.
    pub fn count(&self) -> u64 {
        self.first.len() as u64
    }

    /// The people whose first calls have ended, in the order in which they entered.
    pub fn completed(&self, now: Timestamp) -> CompletedCalls {
        let all = || self.first.values();
        let first_open = all()
            .filter(|one| one.ended.is_none() && now.duration_since(one.admitted) < MAX_WAIT)
            .map(|one| one.admitted)
            .min();
        let mut ended: Vec<(Timestamp, CallId, Participant)> = all()
            .filter_map(|one| {
                let at = one.enters_at()?;
                first_open.is_none_or(|open| at < open).then_some((
                    at,
                    one.call,
                    Participant { at, ..one.person },
                ))
            })
            .collect();
        ended.sort_unstable_by_key(|(at, call, _)| (*at, *call));
        CompletedCalls {
            open: self.count() - ended.len() as u64,
            people: ended.into_iter().map(|(_, _, person)| person).collect(),
            unknown_arm: self.unknown_arm.len() as u64,
        }
    }
}

impl FirstCall {
    fn of(call: &Call, subject: usize, currency: Currency) -> Self {
        let admitted = call.attempts.first().map_or(call.created_at, |attempt| attempt.created_at);
        let is_over = call.status.is_settled();
        let ended =
            call.attempts.last().and_then(|attempt| attempt.ended_at).unwrap_or(call.updated_at);
        Self {
            call: call.id,
            admitted,
            updated: call.updated_at,
            ended: is_over.then_some(ended.max(admitted)),
            person: Participant {
                subject,
                at: admitted,
                observation: Observation {
                    success: call.outcome == Some(Outcome::Completed),
                    duration: call.duration,
                    cost: cost(call, currency),
                },
                failed: failed(call),
            },
        }
    }

    /// When the person enters the results: at admission, or when the call ended if it was open for
    /// too long.
    fn enters_at(&self) -> Option<Timestamp> {
        let ended = self.ended?;
        Some(if ended.duration_since(self.admitted) < MAX_WAIT { self.admitted } else { ended })
    }
}

/// The bill; zero if it is proven that no provider took the call; otherwise unknown.
fn cost(call: &Call, currency: Currency) -> Option<Money> {
    let not_taken = call.status == CallStatus::Refused
        && call.attempts.iter().all(|one| one.state == AttemptState::NotPlaced);
    call.cost.or(not_taken.then(|| Money::from_micros(0, currency)))
}

fn failed(call: &Call) -> bool {
    match call.status {
        CallStatus::Refused | CallStatus::Indeterminate | CallStatus::Stalled => true,
        CallStatus::Closed => call.outcome == Some(Outcome::Failed),
        CallStatus::Received
        | CallStatus::Scheduled
        | CallStatus::Admitted
        | CallStatus::Attempting
        | CallStatus::InProgress
        | CallStatus::NeedsApproval => false,
    }
}
