//! What happened to each person of an experiment, from the calls.
//!
//! A person counts once, with his first call: he keeps his arm, so that his later calls are no new
//! draws. He counts for the arm that he was *assigned*, whoever took the call in the end, and he
//! counts where nobody took it: what a provider refuses is part of what it is to be sent there.
//!
//! People stand in the order in which their calls were admitted, up to the first whose call is
//! still open. In the order of endings, an arm whose calls fail fast would seem to fail more. A
//! call that is open for more than an hour holds nobody up: its person comes in when it ends.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use switchboard_core::{AttemptState, Call, CallId, CallStatus, Currency, Money, Outcome};
use switchboard_router::{experiment::Experiment, hash::digest};

use crate::analysis::Observation;

/// An open call holds those behind it up for so long.
const PATIENCE: SignedDuration = SignedDuration::from_hours(1);

/// One person whose call is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    /// Which of [`Experiment::subjects`].
    pub subject: usize,
    /// When he came in.
    pub at: Timestamp,
    /// What happened.
    pub seen: Observation,
    /// The call failed for a technical reason, was refused, or got lost.
    pub erred: bool,
}

/// The people of one version of an experiment. It keeps no number: a person is a hash.
#[derive(Debug, Clone)]
pub struct People {
    experiment: String,
    version: u32,
    subjects: Vec<String>,
    currency: Currency,
    first: HashMap<u64, First>,
    strangers: HashSet<u64>,
}

/// A person's first call.
#[derive(Debug, Clone, Copy)]
struct First {
    call: CallId,
    admitted: Timestamp,
    updated: Timestamp,
    /// `None` while it is open.
    ended: Option<Timestamp>,
    person: Person,
}

/// The people whose calls are over, and how many others there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// In the order in which they came in.
    pub people: Vec<Person>,
    /// How many wait for the end of their own call, or of one that was admitted before it.
    pub open: u64,
    /// How many were assigned to an arm that the definition does not name any more.
    pub strangers: u64,
}

impl People {
    /// Nobody yet; costs count in this currency.
    pub fn new(experiment: &Experiment, currency: Currency) -> Self {
        Self {
            experiment: experiment.name.clone(),
            version: experiment.version,
            subjects: experiment.subjects().into_iter().map(|(name, _)| name.to_owned()).collect(),
            currency,
            first: HashMap::new(),
            strangers: HashSet::new(),
        }
    }

    /// True where it counts the people of this definition.
    pub fn is_of(&self, experiment: &Experiment) -> bool {
        let subjects = experiment.subjects();
        let same =
            subjects.iter().map(|(name, _)| *name).eq(self.subjects.iter().map(String::as_str));
        self.experiment == experiment.name && self.version == experiment.version && same
    }

    /// Takes a call as it stands. A call that comes again replaces what it said before; one of
    /// another experiment changes nothing. True where it belongs to this one.
    pub fn observe(&mut self, call: &Call) -> bool {
        let assigned = call.experiment.as_ref();
        let Some(assigned) =
            assigned.filter(|one| one.experiment == self.experiment && one.version == self.version)
        else {
            return false;
        };
        let key = digest(&[call.tenant.as_str().as_bytes(), call.to.e164().as_bytes()]);
        let Some(subject) = self.subjects.iter().position(|name| *name == assigned.arm) else {
            self.strangers.insert(key);
            return true;
        };
        let new = First::of(call, subject, self.currency);
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

    /// What costs are counted in.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// How many people were assigned.
    pub fn count(&self) -> u64 {
        self.first.len() as u64
    }

    /// Those whose calls are over, in the order in which they came in.
    pub fn known(&self, now: Timestamp) -> Known {
        let all = || self.first.values();
        let held_up = all()
            .filter(|one| one.ended.is_none() && now.duration_since(one.admitted) < PATIENCE)
            .map(|one| one.admitted)
            .min();
        let mut over: Vec<(Timestamp, CallId, Person)> = all()
            .filter_map(|one| {
                let at = one.came_in()?;
                held_up.is_none_or(|open| at < open).then_some((
                    at,
                    one.call,
                    Person { at, ..one.person },
                ))
            })
            .collect();
        over.sort_unstable_by_key(|(at, call, _)| (*at, *call));
        Known {
            open: self.count() - over.len() as u64,
            people: over.into_iter().map(|(_, _, person)| person).collect(),
            strangers: self.strangers.len() as u64,
        }
    }
}

impl First {
    fn of(call: &Call, subject: usize, currency: Currency) -> Self {
        let admitted = call.attempts.first().map_or(call.created_at, |attempt| attempt.created_at);
        let over = call.status.is_settled();
        let ended =
            call.attempts.last().and_then(|attempt| attempt.ended_at).unwrap_or(call.updated_at);
        Self {
            call: call.id,
            admitted,
            updated: call.updated_at,
            ended: over.then_some(ended.max(admitted)),
            person: Person {
                subject,
                at: admitted,
                seen: Observation {
                    success: call.outcome == Some(Outcome::Completed),
                    duration: call.duration,
                    cost: cost(call, currency),
                },
                erred: erred(call),
            },
        }
    }

    /// When he comes in: at his admission, or where that was too long ago when the call ended, at
    /// its end.
    fn came_in(&self) -> Option<Timestamp> {
        let ended = self.ended?;
        Some(if ended.duration_since(self.admitted) < PATIENCE { self.admitted } else { ended })
    }
}

/// What was billed; nothing where it is proven that no provider took the call. Else nobody knows
/// yet.
fn cost(call: &Call, currency: Currency) -> Option<Money> {
    let taken_by_nobody = call.status == CallStatus::Refused
        && call.attempts.iter().all(|one| one.state == AttemptState::NotPlaced);
    call.cost.or(taken_by_nobody.then(|| Money::from_micros(0, currency)))
}

fn erred(call: &Call) -> bool {
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
