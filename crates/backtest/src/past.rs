//! Past calls, reduced to what a replay needs: no content of the conversation, and no personal data
//! besides the request.

use std::{collections::HashMap, sync::Arc, time::Duration};

use jiff::Timestamp;
use switchboard_core::{
    Attempt, AttemptId, AttemptState, Call, CallId, CallStatus, ErrorKind, Money, Outcome,
    ProviderId, ValidCall,
};
use switchboard_journal::state::Fact;
use switchboard_router::{PlanRecord, failover::NotPlaced};

/// A past call: its request, its attempts, and the plans under which it was admitted.
#[derive(Debug, Clone)]
pub struct PastCall {
    pub(super) id: CallId,
    pub(super) request: Arc<ValidCall>,
    pub(super) status: CallStatus,
    pub(super) fault: Option<ErrorKind>,
    pub(super) created_at: Timestamp,
    /// In order, and at least one.
    pub(super) rings: Vec<PastRing>,
}

/// One ring: one time that the phone was meant to ring.
#[derive(Debug, Clone, Default)]
pub(super) struct PastRing {
    pub(super) plan: Option<PlanRecord>,
    pub(super) attempts: Vec<PastAttempt>,
    /// The plan after which no provider was asked any more.
    pub(super) last_plan: Option<PlanRecord>,
    /// When the ring was given up.
    pub(super) given_up: Option<Timestamp>,
}

impl PastRing {
    /// The attempt that was taken by a provider, or may have been.
    pub(super) fn taken(&self) -> Option<&PastAttempt> {
        self.attempts.iter().find(|one| one.not_placed.is_none())
    }

    pub(super) fn began(&self) -> Option<Timestamp> {
        let planned = self.plan.as_ref().map(|plan| plan.at);
        planned.or_else(|| self.attempts.first().map(|first| first.sent_at))
    }
}

/// One attempt at one provider.
#[derive(Debug, Clone)]
pub(super) struct PastAttempt {
    pub(super) id: AttemptId,
    pub(super) provider: ProviderId,
    pub(super) sent_at: Timestamp,
    pub(super) over_at: Option<Timestamp>,
    /// Why it is proven that no phone rang; `None` if the provider has the call, or may have it.
    pub(super) not_placed: Option<NotPlaced>,
    pub(super) outcome: Option<Outcome>,
    pub(super) duration: Option<Duration>,
    pub(super) billed: Option<Money>,
    pub(super) billed_at: Option<Timestamp>,
}

impl PastCall {
    /// From the call alone, for a ledger whose events were deleted. Its rings are replayed without
    /// knowledge of the state of the providers.
    pub fn new(call: &Call, request: Arc<ValidCall>) -> Self {
        Self::of(call, request, [])
    }

    /// From the call and its recorded facts, in order.
    pub fn of<'a>(
        call: &Call,
        request: Arc<ValidCall>,
        facts: impl IntoIterator<Item = (Timestamp, &'a Fact)>,
    ) -> Self {
        let mut facts_read = FactReader::default();
        for (at, fact) in facts {
            facts_read.read(call, at, fact);
        }
        let rings = call.attempts.iter().map(|attempt| attempt.ring + 1).max().unwrap_or(0);
        let mut rings: Vec<PastRing> = (0..rings)
            .map(|ring| PastRing {
                plan: facts_read.plans.remove(&ring),
                attempts: call
                    .attempts
                    .iter()
                    .filter(|attempt| attempt.ring == ring)
                    .filter_map(|attempt| facts_read.attempt(call, attempt))
                    .collect(),
                ..PastRing::default()
            })
            .collect();
        // The last plan may not have led to any attempt.
        let under_way = rings.last().is_some_and(|last| last.taken().is_none());
        let unused =
            facts_read.pending.or_else(|| facts_read.planned.clone().filter(|_| !under_way));
        if !under_way && (rings.is_empty() || unused.is_some()) {
            rings.push(PastRing { plan: unused, ..PastRing::default() });
        }
        if let Some(last) = rings.last_mut() {
            last.last_plan = facts_read.planned.filter(|plan| last.plan.as_ref() != Some(plan));
            last.given_up = facts_read.refused_at.or_else(|| {
                (call.fault.is_some() && last.taken().is_none()).then_some(call.updated_at)
            });
        }
        Self {
            id: call.id,
            request,
            status: call.status,
            fault: call.fault.as_ref().map(|fault| fault.kind),
            created_at: call.created_at,
            rings,
        }
    }

    /// When it was received.
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// True if the call has not ended and no provider has it.
    pub(super) fn is_open(&self) -> bool {
        !self.status.is_settled() && self.rings.iter().all(|ring| ring.taken().is_none())
    }

    /// True if its last ring ended for a reason that no routing policy changes: it was cancelled,
    /// the callee was on another call, or the limit of redials was reached.
    pub(super) fn ended_regardless_of_policy(&self) -> bool {
        !matches!(self.fault, Some(ErrorKind::NoProvider | ErrorKind::QuotaExceeded))
    }
}

/// Collects from the facts what the call itself does not contain.
#[derive(Default)]
struct FactReader {
    /// The plan of an admitted ring for which nothing has been sent yet.
    pending: Option<PlanRecord>,
    /// The latest plan after which nothing was sent.
    planned: Option<PlanRecord>,
    plans: HashMap<u32, PlanRecord>,
    durations: HashMap<AttemptId, Duration>,
    billed_at: HashMap<AttemptId, Timestamp>,
    refused_at: Option<Timestamp>,
}

impl FactReader {
    fn read(&mut self, call: &Call, at: Timestamp, fact: &Fact) {
        match fact {
            Fact::Admitted { plan: Some(plan), .. } => self.pending = Some(PlanRecord::clone(plan)),
            Fact::Planned(plan) => self.planned = Some(PlanRecord::clone(plan)),
            Fact::Intended(attempt) => {
                if let Some(plan) = self.pending.take() {
                    self.plans.entry(attempt.ring).or_insert(plan);
                }
            }
            Fact::Answered(id, report) => self.set_duration(*id, report.duration),
            Fact::Reported(report) => {
                let reported = call
                    .attempts
                    .iter()
                    .find(|attempt| attempt.provider_call_id.as_ref() == Some(&report.id));
                if let Some(attempt) = reported {
                    self.set_duration(attempt.id, report.duration);
                }
            }
            Fact::Billed(id, _, Some(_)) => {
                self.billed_at.insert(*id, at);
            }
            Fact::Refused(_) | Fact::Expired(_) | Fact::Withdrawn(_) => self.refused_at = Some(at),
            Fact::Scheduled
            | Fact::Admitted { plan: None, .. }
            | Fact::Decided(_)
            | Fact::Claimed(_)
            | Fact::Sent(_)
            | Fact::Repeated(_)
            | Fact::TentativeMatch(..)
            | Fact::NotDialled(..)
            | Fact::Failed { .. }
            | Fact::Abandoned(_)
            | Fact::Reconciling(_)
            | Fact::AssumedNotPlaced(_)
            | Fact::Resolved(..)
            | Fact::Redialled(..)
            | Fact::Traced(..)
            | Fact::GaveUp(_)
            | Fact::Overdue
            | Fact::Billed(_, _, None)
            | Fact::Disbelieved(..)
            | Fact::Transcribed(_)
            | Fact::Recorded(_)
            | Fact::Flagged(_) => {}
        }
    }

    fn set_duration(&mut self, attempt: AttemptId, duration: Option<Duration>) {
        if let Some(duration) = duration {
            self.durations.insert(attempt, duration);
        }
    }

    /// `None` for an attempt that was certainly not sent.
    fn attempt(&self, call: &Call, attempt: &Attempt) -> Option<PastAttempt> {
        let not_placed = match attempt.state {
            AttemptState::Intent | AttemptState::Claimed => return None,
            AttemptState::Sent
            | AttemptState::Placed
            | AttemptState::Unknown
            | AttemptState::Reconciling => None,
            AttemptState::NotPlaced => Some(NotPlaced::of(attempt)),
        };
        // The call has a single duration, that of its last ring.
        let of_the_call =
            call.attempts.last().filter(|last| last.id == attempt.id).and(call.duration);
        Some(PastAttempt {
            id: attempt.id,
            provider: attempt.provider.clone(),
            sent_at: attempt.sent_at.unwrap_or(attempt.created_at),
            over_at: attempt.ended_at,
            outcome: attempt.outcome,
            duration: self
                .durations
                .get(&attempt.id)
                .copied()
                .or(of_the_call.filter(|_| not_placed.is_none())),
            not_placed,
            billed: attempt.billed,
            billed_at: self.billed_at.get(&attempt.id).copied().or(attempt.ended_at),
        })
    }
}
