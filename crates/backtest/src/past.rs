//! Calls that were made, cut down to what a replay needs: no word that was said, and of the person
//! nothing but the request.

use std::{collections::HashMap, sync::Arc, time::Duration};

use jiff::Timestamp;
use switchboard_core::{
    Attempt, AttemptId, AttemptState, Call, CallId, CallStatus, ErrorKind, Money, Outcome,
    ProviderId, ValidCall,
};
use switchboard_journal::state::Fact;
use switchboard_router::{PlanRecord, failover::NotPlaced};

/// A call that was made, what was asked for, and the plans that it was admitted by.
#[derive(Debug, Clone)]
pub struct PastCall {
    pub(super) id: CallId,
    pub(super) request: Arc<ValidCall>,
    pub(super) status: CallStatus,
    pub(super) fault: Option<ErrorKind>,
    pub(super) created_at: Timestamp,
    /// In order; at least one.
    pub(super) rings: Vec<PastRing>,
}

/// One time that a phone was to ring.
#[derive(Debug, Clone, Default)]
pub(super) struct PastRing {
    pub(super) plan: Option<PlanRecord>,
    pub(super) attempts: Vec<PastAttempt>,
    /// The plan by which nobody was asked any more.
    pub(super) last_plan: Option<PlanRecord>,
    /// When it was given up.
    pub(super) given_up: Option<Timestamp>,
}

impl PastRing {
    /// The attempt that was not proven silent.
    pub(super) fn taken(&self) -> Option<&PastAttempt> {
        self.attempts.iter().find(|one| one.silence.is_none())
    }

    pub(super) fn began(&self) -> Option<Timestamp> {
        let planned = self.plan.as_ref().map(|plan| plan.at);
        planned.or_else(|| self.attempts.first().map(|first| first.sent_at))
    }
}

/// One try at one provider.
#[derive(Debug, Clone)]
pub(super) struct PastAttempt {
    pub(super) id: AttemptId,
    pub(super) provider: ProviderId,
    pub(super) sent_at: Timestamp,
    pub(super) over_at: Option<Timestamp>,
    /// Why it is proven that no phone rang; `None`: the provider had the call, or may have had it.
    pub(super) silence: Option<NotPlaced>,
    pub(super) outcome: Option<Outcome>,
    pub(super) duration: Option<Duration>,
    pub(super) billed: Option<Money>,
    pub(super) billed_at: Option<Timestamp>,
}

impl PastCall {
    /// From the call alone, as of a ledger whose events are gone: its rings are replayed without
    /// what was known of the providers then.
    pub fn new(call: &Call, request: Arc<ValidCall>) -> Self {
        Self::of(call, request, [])
    }

    /// From the call and everything that was written down of it, in order.
    pub fn of<'a>(
        call: &Call,
        request: Arc<ValidCall>,
        facts: impl IntoIterator<Item = (Timestamp, &'a Fact)>,
    ) -> Self {
        let mut told = Told::default();
        for (at, fact) in facts {
            told.hear(call, at, fact);
        }
        let rings = call.attempts.iter().map(|attempt| attempt.ring + 1).max().unwrap_or(0);
        let mut rings: Vec<PastRing> = (0..rings)
            .map(|ring| PastRing {
                plan: told.plans.remove(&ring),
                attempts: call
                    .attempts
                    .iter()
                    .filter(|attempt| attempt.ring == ring)
                    .filter_map(|attempt| told.attempt(call, attempt))
                    .collect(),
                ..PastRing::default()
            })
            .collect();
        // The last plan may have led to no attempt at all.
        let under_way = rings.last().is_some_and(|last| last.taken().is_none());
        let led_nowhere = told.pending.or_else(|| told.planned.clone().filter(|_| !under_way));
        if !under_way && (rings.is_empty() || led_nowhere.is_some()) {
            rings.push(PastRing { plan: led_nowhere, ..PastRing::default() });
        }
        if let Some(last) = rings.last_mut() {
            last.last_plan = told.planned.filter(|plan| last.plan.as_ref() != Some(plan));
            last.given_up = told.refused_at.or_else(|| {
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

    /// True where what became of it is still open.
    pub(super) fn is_open(&self) -> bool {
        !self.status.is_settled() && self.rings.iter().all(|ring| ring.taken().is_none())
    }

    /// True where its last ring was given up for a reason that no policy of providers changes: its
    /// caller cancelled it, its callee was on another call, the phone had rung often enough.
    pub(super) fn stopped_by_itself(&self) -> bool {
        !matches!(self.fault, Some(ErrorKind::NoProvider | ErrorKind::QuotaExceeded))
    }
}

/// What the facts say beyond the call.
#[derive(Default)]
struct Told {
    /// By which a ring was admitted that nothing was sent for yet.
    pending: Option<PlanRecord>,
    /// By which nothing was sent.
    planned: Option<PlanRecord>,
    plans: HashMap<u32, PlanRecord>,
    durations: HashMap<AttemptId, Duration>,
    billed_at: HashMap<AttemptId, Timestamp>,
    refused_at: Option<Timestamp>,
}

impl Told {
    fn hear(&mut self, call: &Call, at: Timestamp, fact: &Fact) {
        match fact {
            Fact::Admitted { plan: Some(plan), .. } => self.pending = Some(PlanRecord::clone(plan)),
            Fact::Planned(plan) => self.planned = Some(PlanRecord::clone(plan)),
            Fact::Intended(attempt) => {
                if let Some(plan) = self.pending.take() {
                    self.plans.entry(attempt.ring).or_insert(plan);
                }
            }
            Fact::Answered(id, report) => self.lasted(*id, report.duration),
            Fact::Reported(report) => {
                let theirs = call
                    .attempts
                    .iter()
                    .find(|attempt| attempt.provider_call_id.as_ref() == Some(&report.id));
                if let Some(attempt) = theirs {
                    self.lasted(attempt.id, report.duration);
                }
            }
            Fact::Billed(id, _, Some(_)) => {
                self.billed_at.insert(*id, at);
            }
            Fact::Refused(_) | Fact::Expired(_) | Fact::Withdrawn(_) => self.refused_at = Some(at),
            Fact::Scheduled
            | Fact::Admitted { plan: None, .. }
            | Fact::Claimed(_)
            | Fact::Sent(_)
            | Fact::TentativeMatch(..)
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
            | Fact::Recorded(_) => {}
        }
    }

    fn lasted(&mut self, attempt: AttemptId, duration: Option<Duration>) {
        if let Some(duration) = duration {
            self.durations.insert(attempt, duration);
        }
    }

    /// `None` for an attempt that nobody may have sent yet.
    fn attempt(&self, call: &Call, attempt: &Attempt) -> Option<PastAttempt> {
        let silence = match attempt.state {
            AttemptState::Intent | AttemptState::Claimed => return None,
            AttemptState::Sent
            | AttemptState::Placed
            | AttemptState::Unknown
            | AttemptState::Reconciling => None,
            AttemptState::NotPlaced => Some(NotPlaced::of(attempt)),
        };
        // The call's own duration is that of its last ring.
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
                .or(of_the_call.filter(|_| silence.is_none())),
            silence,
            billed: attempt.billed,
            billed_at: self.billed_at.get(&attempt.id).copied().or(attempt.ended_at),
        })
    }
}
