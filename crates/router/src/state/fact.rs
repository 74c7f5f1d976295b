//! Facts: events with their content, and what they do to the record of a call.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_core::{
    Assignment, Attempt, AttemptError, AttemptId, AttemptState, Call, CallFault, Cost, Delivery, Error, ErrorKind, Evidence, Money, Proof,
    ProviderCall, ProviderCallId, Recording, Refusal, Result, Transcript,
};

use crate::state::{Effect, Event, State, Step, step};

/// Something that is now known of a call. As JSON, the way a journal keeps it: `{"kind": "sent", "content": "<attempt>"}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", content = "content", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fact {
    /// Its window has not opened.
    Scheduled,
    /// It may be placed.
    Admitted {
        /// What the best candidate is expected to cost.
        estimated_cost: Option<Money>,
        /// The person's arm.
        experiment: Option<Assignment>,
    },
    /// Nobody will place it.
    Refused(CallFault),
    /// An attempt is written down.
    Intended(Box<Attempt>),
    /// One process may send it.
    Claimed(AttemptId),
    /// Bytes may leave from now on.
    Sent(AttemptId),
    /// A read showed a call that may be this attempt, while its answer is still open. A hint: nothing moves.
    Glimpsed(AttemptId, ProviderCallId),
    /// The provider's answer to the placing request.
    Answered(AttemptId, Box<ProviderCall>),
    /// The placing request failed, or its answer could not be read; the delivery says what that proves.
    Failed {
        /// Which attempt.
        attempt: AttemptId,
        /// What it proves.
        delivery: Delivery,
        /// What happened.
        error: AttemptError,
    },
    /// Evidence is being looked for.
    Reconciling(AttemptId),
    /// Evidence was found.
    Traced(AttemptId, ProviderCallId, Proof),
    /// Nothing proved it in time.
    GaveUp(CallFault),
    /// The provider's record of the call.
    Reported(Box<ProviderCall>),
    /// It should be over by now.
    Overdue,
    /// What the provider billed: in its unit, and in money where a price is known.
    Billed(Cost, Option<Money>),
    /// What was said.
    Transcribed(Transcript),
    /// Where the sound is.
    Recorded(Recording),
}

impl Fact {
    fn event(&self) -> Option<Event> {
        match self {
            Fact::Scheduled => Some(Event::Schedule),
            Fact::Admitted { .. } => Some(Event::Admit),
            Fact::Refused(_) => Some(Event::Refuse),
            Fact::Intended(_) => Some(Event::Intend),
            Fact::Claimed(_) => Some(Event::Claim),
            Fact::Sent(_) => Some(Event::Send),
            Fact::Answered(_, call) => Some(call.state.outcome().map_or(Event::Place, Event::End)),
            Fact::Reported(call) => Some(call.state.outcome().map_or(Event::Progress, Event::End)),
            Fact::Failed { delivery, .. } => Some(match delivery {
                Delivery::NotSent => Event::NotPlace,
                Delivery::Refused(Refusal::NeedsApproval) => Event::AwaitApproval,
                Delivery::Refused(Refusal::ThisProvider | Refusal::RateLimited | Refusal::Quota | Refusal::Everyone) => Event::NotPlace,
                Delivery::Placed => Event::Place,
                Delivery::Unknown => Event::Doubt,
            }),
            Fact::Reconciling(_) => Some(Event::Reconcile),
            Fact::Traced(..) => Some(Event::Place),
            Fact::GaveUp(_) => Some(Event::GiveUp),
            Fact::Overdue => Some(Event::Overdue),
            Fact::Glimpsed(..) | Fact::Billed(..) | Fact::Transcribed(_) | Fact::Recorded(_) => None,
        }
    }

    fn attempt(&self) -> Option<AttemptId> {
        match self {
            Fact::Claimed(id)
            | Fact::Sent(id)
            | Fact::Glimpsed(id, _)
            | Fact::Answered(id, _)
            | Fact::Failed { attempt: id, .. }
            | Fact::Reconciling(id)
            | Fact::Traced(id, _, _) => Some(*id),
            Fact::Scheduled
            | Fact::Admitted { .. }
            | Fact::Refused(_)
            | Fact::Intended(_)
            | Fact::GaveUp(_)
            | Fact::Reported(_)
            | Fact::Overdue
            | Fact::Billed(..)
            | Fact::Transcribed(_)
            | Fact::Recorded(_) => None,
        }
    }
}

/// Carries a fact into the record of a call, and says what has to be done next.
///
/// # Errors
/// `Conflict` for a fact that cannot be: an attempt that is not the last one, a state that does not allow it. The call is unchanged then.
pub fn apply(call: &mut Call, fact: Fact, at: Timestamp) -> Result<&'static [Effect]> {
    if let Some(id) = fact.attempt()
        && call.attempts.last().is_none_or(|last| last.id != id)
    {
        return Err(conflict("names an attempt that is not the call's last one"));
    }
    let before = State {
        status: call.status,
        outcome: call.outcome,
        attempt: call.attempts.last().map(|last| last.state),
    };
    let effects = match fact.event() {
        None => &[],
        Some(event) => match step(before, event) {
            Step::To(after, effects) => {
                call.status = after.status;
                call.outcome = after.outcome;
                if let (Some(last), Some(state)) = (call.attempts.last_mut(), after.attempt)
                    && !matches!(event, Event::Intend)
                {
                    last.state = state;
                    if call.status.is_settled() || state == AttemptState::NotPlaced {
                        last.ended_at.get_or_insert(at);
                    }
                }
                effects
            }
            Step::Stays(effects) => effects,
            Step::Illegal => {
                return Err(conflict(format!(
                    "{event:?} cannot happen to a call that is {} with its attempt {:?}",
                    before.status, before.attempt
                )));
            }
        },
    };
    carry(call, fact, at);
    call.updated_at = call.updated_at.max(at);
    Ok(effects)
}

fn carry(call: &mut Call, fact: Fact, at: Timestamp) {
    match fact {
        Fact::Scheduled | Fact::Claimed(_) | Fact::Reconciling(_) | Fact::Overdue => {}
        Fact::Admitted {
            estimated_cost,
            experiment,
        } => {
            call.estimated_cost = estimated_cost;
            call.experiment = experiment;
        }
        Fact::Refused(fault) | Fact::GaveUp(fault) => call.fault = Some(fault),
        Fact::Intended(attempt) => {
            call.estimated_cost = attempt.estimated_cost;
            call.attempts.push(*attempt);
        }
        Fact::Sent(_) => {
            if let Some(last) = call.attempts.last_mut() {
                last.sent_at = Some(at);
            }
        }
        Fact::Glimpsed(_, id) => {
            prove(
                call,
                at,
                Proof::NumberAndTask,
                format!("the provider lists a call that may be this one: {id}"),
            );
            if let Some(last) = call.attempts.last_mut() {
                last.provider_call_id.get_or_insert(id);
            }
        }
        Fact::Answered(_, report) => {
            prove(
                call,
                at,
                Proof::Answer,
                format!("the provider answered with the call {} ({})", report.id, report.status_word),
            );
            if let Some(last) = call.attempts.last_mut() {
                last.delivery = Some(Delivery::Placed);
            }
            own(call, report.id.clone());
            amend(call, *report);
        }
        Fact::Failed { delivery, error, .. } => {
            let proof = if delivery == Delivery::NotSent {
                Proof::NotSent
            } else {
                Proof::Answer
            };
            prove(call, at, proof, format!("{}: {}", delivery.as_str(), error.message));
            let waits = matches!(delivery, Delivery::Refused(Refusal::NeedsApproval));
            if waits {
                call.fault = Some(CallFault {
                    kind: error.kind,
                    message: error.message.clone(),
                });
            }
            if let Some(last) = call.attempts.last_mut() {
                last.delivery = Some(delivery);
                last.error = Some(error);
                if delivery == Delivery::Placed {
                    call.provider = Some(last.provider.clone());
                }
                if last.state == AttemptState::NotPlaced {
                    last.provider_call_id = None;
                }
            }
        }
        Fact::Traced(_, id, proof) => {
            prove(call, at, proof, format!("the provider has the call {id}"));
            own(call, id);
        }
        Fact::Reported(report) => {
            if call.provider_call_id.is_none() {
                own(call, report.id.clone());
            }
            amend(call, *report);
        }
        Fact::Billed(cost, money) => bill(call, cost, money),
        Fact::Transcribed(transcript) => call.transcript = Some(transcript),
        Fact::Recorded(recording) => call.recording = Some(recording),
    }
}

fn own(call: &mut Call, id: ProviderCallId) {
    if let Some(last) = call.attempts.last_mut() {
        last.provider_call_id = Some(id.clone());
        call.provider = Some(last.provider.clone());
        call.provider_call_id = Some(id);
    }
}

fn amend(call: &mut Call, report: ProviderCall) {
    call.duration = report.duration.or(call.duration);
    call.summary = report.summary.or(call.summary.take());
    call.next_steps = report.next_steps.or(call.next_steps.take());
    call.raw = Some(report.raw);
}

fn bill(call: &mut Call, cost: Cost, money: Option<Money>) {
    if let Some(last) = call.attempts.last_mut() {
        last.cost = Some(cost);
    }
    call.cost = money.or(call.cost);
}

fn prove(call: &mut Call, at: Timestamp, proof: Proof, detail: String) {
    if let Some(last) = call.attempts.last_mut() {
        last.evidence.push(Evidence { at, proof, detail });
    }
}

fn conflict(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Conflict, message.into())
}
