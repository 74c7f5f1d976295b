//! What the kinds of providers met: calls, rings, and how attempts in doubt were settled.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use switchboard::{
    Attempt, Call,
    core::{AttemptState, Cost, Proof},
};

use super::{kind::Kind, network::Record, world::State};

/// How an attempt in doubt was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// By the answer to its request, which came after all.
    Answer,
    /// By the answer to the one repeat under its key.
    Repeat,
    /// By a webhook to its own address.
    Webhook,
    /// By our reference in the provider's record.
    Reference,
    /// By the customer's id in the provider's record.
    LeadId,
    /// By a row of the usage log.
    UsageRow,
    /// By a call to the same number with the same task.
    NumberAndTask,
    /// By the only call of the agent at that time.
    AgentAndTime,
    /// It was accepted, and its record proves that it was never dialled.
    NotDialled,
    /// By an operator.
    Operator,
    /// It stays in doubt.
    Never,
}

impl Way {
    /// The name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Way::Answer => "answer",
            Way::Repeat => "repeat",
            Way::Webhook => "webhook",
            Way::Reference => "reference",
            Way::LeadId => "lead_id",
            Way::UsageRow => "usage_row",
            Way::NumberAndTask => "number_and_task",
            Way::AgentAndTime => "agent_and_time",
            Way::NotDialled => "not_dialled",
            Way::Operator => "operator",
            Way::Never => "never",
        }
    }

    fn of_proof(proof: Proof) -> Option<Self> {
        match proof {
            Proof::Webhook => Some(Way::Webhook),
            Proof::Reference => Some(Way::Reference),
            Proof::LeadId => Some(Way::LeadId),
            Proof::UsageRow => Some(Way::UsageRow),
            Proof::NumberAndTask => Some(Way::NumberAndTask),
            Proof::AgentAndTime => Some(Way::AgentAndTime),
            Proof::Operator => Some(Way::Operator),
            Proof::Answer
            | Proof::Record
            | Proof::Conversation
            | Proof::NotSent
            | Proof::NeverClaimed
            | Proof::AssumedNotPlaced => None,
        }
    }

    /// How an attempt that had been in doubt was settled.
    fn of(attempt: &Attempt) -> Self {
        let proof = attempt.evidence.iter().rev().find_map(|one| Self::of_proof(one.proof));
        let open = match attempt.state {
            AttemptState::Placed | AttemptState::NotPlaced => {
                if attempt.repeated_at.is_some() {
                    Way::Repeat
                } else {
                    Way::Answer
                }
            }
            AttemptState::Intent
            | AttemptState::Claimed
            | AttemptState::Sent
            | AttemptState::Unknown
            | AttemptState::Reconciling => Way::Never,
        };
        proof.unwrap_or(open)
    }
}

/// What one kind of provider met.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Calls that it accepted.
    pub calls: u64,
    /// Phones that it rang.
    pub rings: u64,
    /// Requests that were repeated under their key.
    pub repeats: u64,
    /// Requests whose key it knew, so that no second call was placed.
    pub known: u64,
    /// First requests that arrived after their repeat.
    pub overtaken: u64,
    /// Bills that changed what a call had cost.
    pub rebilled: u64,
    /// Wishes not to be called again that it told of.
    pub opt_outs: u64,
    /// Webhooks without a signature that were refused.
    pub unsigned: u64,
    /// How attempts that had been in doubt, and calls that were never dialled, were settled.
    pub settled: BTreeMap<Way, u64>,
}

impl Tally {
    /// How many were settled in this way.
    pub fn by(&self, way: Way) -> u64 {
        self.settled.get(&way).copied().unwrap_or(0)
    }

    fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.rings += other.rings;
        self.repeats += other.repeats;
        self.known += other.known;
        self.overtaken += other.overtaken;
        self.rebilled += other.rebilled;
        self.opt_outs += other.opt_outs;
        self.unsigned += other.unsigned;
        for (way, count) in &other.settled {
            *self.settled.entry(*way).or_default() += count;
        }
    }

    fn object(&self) -> Value {
        let settled: BTreeMap<&str, u64> =
            self.settled.iter().map(|(way, count)| (way.name(), *count)).collect();
        json!({
            "calls": self.calls,
            "rings": self.rings,
            "repeats": self.repeats,
            "repeats_known": self.known,
            "overtaken_by_repeat": self.overtaken,
            "rebilled": self.rebilled,
            "opt_outs": self.opt_outs,
            "unsigned_refused": self.unsigned,
            "settled": settled,
        })
    }
}

/// What each kind of provider met.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tallies(BTreeMap<Kind, Tally>);

impl Tallies {
    /// What this kind met.
    pub fn of(&self, kind: Kind) -> Tally {
        self.0.get(&kind).cloned().unwrap_or_default()
    }

    pub(super) fn at(&mut self, kind: Kind) -> &mut Tally {
        self.0.entry(kind).or_default()
    }

    /// Adds what was met in another world.
    pub fn add(&mut self, other: &Self) {
        for (kind, tally) in &other.0 {
            self.at(*kind).add(tally);
        }
    }

    /// The way of settling, of those that a kind documents, that was met least, and how often.
    pub fn least(&self) -> Option<(Kind, Way, u64)> {
        let each = Kind::ALL.into_iter().flat_map(|kind| {
            kind.ways().iter().map(move |way| (kind, *way, self.of(kind).by(*way)))
        });
        each.min_by_key(|(_, _, count)| *count)
    }

    /// As a JSON object, with the kinds by their names.
    pub fn object(&self) -> Value {
        Kind::ALL.iter().map(|kind| (kind.name().to_owned(), self.of(*kind).object())).collect()
    }
}

/// Counts what can only be counted at the end of a world.
pub(super) fn end(state: &mut State, calls: &[Call]) {
    for record in &state.records {
        let tally = state.tallies.at(record.kind);
        tally.calls += 1;
        tally.rings += u64::from(record.rang);
    }
    for attempt in calls.iter().flat_map(|call| &call.attempts) {
        let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.id() == attempt.provider) else {
            continue;
        };
        let way = if attempt.was_never_dialled() {
            Way::NotDialled
        } else if state.doubted.contains(&attempt.id) {
            Way::of(attempt)
        } else {
            continue;
        };
        *state.tallies.at(kind).settled.entry(way).or_default() += 1;
    }
}

/// The costs that an attempt is said to have and never had, by the record of its provider.
pub(super) fn invented<'a>(
    records: &'a [Record],
    calls: &'a [Call],
) -> impl Iterator<Item = &'a Attempt> {
    let said: BTreeSet<_> = records
        .iter()
        .flat_map(|record| record.costs.iter().map(|(_, cost)| (record.attempt, cost.micros())))
        .collect();
    calls.iter().flat_map(|call| &call.attempts).filter(move |attempt| match attempt.cost {
        Some(Cost::Money(cost)) => !said.contains(&(attempt.id, cost.micros())),
        Some(Cost::Credits(_)) => true,
        None => false,
    })
}
