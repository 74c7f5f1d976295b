//! Facts: events with their content, and what they do to the record of a call. One file, because
//! each fact is asked the same few questions, and a new one has to answer all of them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_core::{
    Assignment, Attempt, AttemptError, AttemptId, AttemptState, Call, CallFailure, CallFlag,
    CallStatus, Cost, Delivery, Error, ErrorKind, Evidence, Money, Outcome, Proof, ProviderCall,
    ProviderCallId, ProviderState, Recording, Refusal, Result, RuleDecision, Transcript,
    text::one_line,
};
use switchboard_router::PlanRecord;

use crate::{
    Denied,
    identity::{Identity, identity},
    state::{Effect, Event, State, Step, step},
};

/// What an operator found out about a call that nothing else could prove.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// No phone rang.
    NotPlaced,
    /// The provider has it, under this id.
    Placed(ProviderCallId),
    /// It rang, and ended so.
    Ended(Outcome),
}

/// An operator's decision, kept with the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// What was found out.
    pub verdict: Verdict,
    /// The provider's id of a call that ended, if the operator knows it. Without it, the provider's
    /// record may be mistaken for another call's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<ProviderCallId>,
    /// The operator who decided.
    pub by: String,
    /// The reason that the operator gave.
    pub note: String,
}

/// Something that is now known of a call. As JSON, the way a journal keeps it: `{"kind": "sent",
/// "content": "<attempt>"}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", content = "content", rename_all = "snake_case")]
pub enum Fact {
    /// Its window has not opened.
    Scheduled,
    /// It may be placed.
    Admitted {
        /// What the best candidate is expected to cost.
        estimated_cost: Option<Money>,
        /// The person's arm.
        experiment: Option<Assignment>,
        /// The plan that it was admitted by.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plan: Option<Box<PlanRecord>>,
    },
    /// A plan by which nothing was sent: what kept the providers from the call, so that it can be
    /// explained, and made again.
    Planned(Box<PlanRecord>),
    /// What the calling rules decided about the ring that comes next.
    Decided(Box<RuleDecision>),
    /// The call will not be placed.
    Refused(CallFailure),
    /// The call was not started in time, and will not be.
    Expired(CallFailure),
    /// The caller withdrew it before anything was sent. Any process may write it, because it does
    /// not say what a provider did.
    Withdrawn(CallFailure),
    /// An attempt is written down.
    Intended(Box<Attempt>),
    /// One process may send it.
    Claimed(AttemptId),
    /// Bytes may leave from now on.
    Sent(AttemptId),
    /// The same bytes may leave once more, under the same key: the provider documents that this
    /// places no second call, and it is unknown whether the first ones arrived.
    Repeated(AttemptId),
    /// A read showed a call that may be this attempt, while its answer is still open. A hint:
    /// nothing moves.
    #[serde(alias = "glimpsed")]
    TentativeMatch(AttemptId, ProviderCallId),
    /// The provider's answer to the placing request.
    Answered(AttemptId, Box<ProviderCall>),
    /// The placing request failed, or its answer could not be read; the delivery says what that
    /// proves.
    Failed {
        /// Which attempt.
        attempt: AttemptId,
        /// What it proves.
        delivery: Delivery,
        /// What happened.
        error: AttemptError,
    },
    /// The process that wrote it down ended before it claimed it: nothing left.
    Abandoned(AttemptId),
    /// Evidence is being looked for.
    Reconciling(AttemptId),
    /// Nothing showed the attempt in time, and the configuration says that it then counts as not
    /// placed.
    #[serde(alias = "fenced")]
    AssumedNotPlaced(AttemptId),
    /// An operator decided.
    Resolved(AttemptId, Resolution),
    /// It rang without reaching the callee, and the caller's policy asks for another ring at this
    /// time.
    Redialled(AttemptId, Timestamp),
    /// Evidence was found.
    Traced(AttemptId, ProviderCallId, Proof),
    /// Nothing proved it in time.
    GaveUp(CallFailure),
    /// The provider's record of the call.
    Reported(Box<ProviderCall>),
    /// The provider had accepted the call, and its record proves that it never dialled it.
    NotDialled(AttemptId, Box<ProviderCall>),
    /// It should be over by now.
    Overdue,
    /// What the provider billed for an attempt: in its unit, and in money where a price is known.
    Billed(AttemptId, Cost, Option<Money>),
    /// An implausible bill: a negative amount, or far more than the call can cost. It is kept as
    /// received, and changes no budget.
    Disbelieved(AttemptId, Cost),
    /// What was said.
    Transcribed(Transcript),
    /// Where the sound is.
    Recorded(Recording),
    /// What a person should look at. A flag replaces an earlier one of its kind.
    Flagged(Vec<CallFlag>),
}

impl Fact {
    fn event(&self) -> Option<Event> {
        match self {
            Fact::Scheduled => Some(Event::Schedule),
            Fact::Admitted { .. } => Some(Event::Admit),
            Fact::Refused(_) | Fact::Expired(_) | Fact::Withdrawn(_) => Some(Event::Refuse),
            Fact::Intended(_) => Some(Event::Intend),
            Fact::Claimed(_) => Some(Event::Claim),
            Fact::Sent(_) => Some(Event::Send),
            Fact::Answered(_, call) => Some(end(call.state).map_or(Event::Place, Event::End)),
            Fact::Reported(call) => Some(end(call.state).map_or(Event::Progress, Event::End)),
            Fact::NotDialled(_, call) => Some(match call.state {
                ProviderState::NotDialled(
                    Refusal::ThisProvider
                    | Refusal::RateLimited
                    | Refusal::Quota
                    | Refusal::Everyone,
                ) => Event::NotDial,
                // Nothing is sent around a person's approval, and no other state proves anything.
                state => Event::End(state.outcome().unwrap_or(Outcome::Failed)),
            }),
            Fact::Failed { delivery, error, .. } => Some(match delivery {
                Delivery::NotSent => Event::NotPlace,
                Delivery::Refused(Refusal::NeedsApproval) => Event::AwaitApproval,
                Delivery::Refused(
                    Refusal::ThisProvider
                    | Refusal::RateLimited
                    | Refusal::Quota
                    | Refusal::Everyone,
                ) => Event::NotPlace,
                Delivery::Placed => Event::Place,
                Delivery::Unknown if error.is_restart() => Event::Inherit,
                Delivery::Unknown => Event::Doubt,
            }),
            Fact::Reconciling(_) => Some(Event::Reconcile),
            Fact::Traced(..) => Some(Event::Place),
            Fact::Abandoned(_) | Fact::AssumedNotPlaced(_) => Some(Event::NotPlace),
            Fact::Resolved(_, resolution) => Some(match &resolution.verdict {
                Verdict::NotPlaced => Event::NotPlace,
                Verdict::Placed(_) => Event::Place,
                Verdict::Ended(outcome) => Event::End(*outcome),
            }),
            Fact::Redialled(..) => Some(Event::Redial),
            Fact::GaveUp(_) => Some(Event::GiveUp),
            Fact::Overdue => Some(Event::Overdue),
            Fact::Planned(_)
            | Fact::Decided(_)
            | Fact::Repeated(_)
            | Fact::TentativeMatch(..)
            | Fact::Billed(..)
            | Fact::Disbelieved(..)
            | Fact::Transcribed(_)
            | Fact::Recorded(_)
            | Fact::Flagged(_) => None,
        }
    }

    fn attempt(&self) -> Option<AttemptId> {
        match self {
            Fact::Claimed(id)
            | Fact::Sent(id)
            | Fact::Repeated(id)
            | Fact::TentativeMatch(id, _)
            | Fact::Answered(id, _)
            | Fact::NotDialled(id, _)
            | Fact::Failed { attempt: id, .. }
            | Fact::Abandoned(id)
            | Fact::Reconciling(id)
            | Fact::AssumedNotPlaced(id)
            | Fact::Resolved(id, _)
            | Fact::Redialled(id, _)
            | Fact::Traced(id, _, _) => Some(*id),
            Fact::Scheduled
            | Fact::Admitted { .. }
            | Fact::Planned(_)
            | Fact::Decided(_)
            | Fact::Refused(_)
            | Fact::Expired(_)
            | Fact::Withdrawn(_)
            | Fact::Intended(_)
            | Fact::GaveUp(_)
            | Fact::Reported(_)
            | Fact::Overdue
            | Fact::Billed(..)
            | Fact::Disbelieved(..)
            | Fact::Transcribed(_)
            | Fact::Recorded(_)
            | Fact::Flagged(_) => None,
        }
    }

    /// True if it says of an attempt that the provider has it or may have it, and no more.
    fn says_it_was_accepted(&self) -> bool {
        match self {
            Fact::Answered(_, report) => !report.state.shows_a_ring(),
            Fact::Failed { delivery, .. } => {
                matches!(delivery, Delivery::Placed | Delivery::Unknown)
            }
            Fact::Traced(..) => true,
            _ => false,
        }
    }

    /// The provider's call that it says the attempt is.
    fn claims(&self) -> Option<&ProviderCallId> {
        match self {
            Fact::Answered(_, call) | Fact::NotDialled(_, call) => Some(&call.id),
            Fact::Traced(_, id, _) => Some(id),
            Fact::Resolved(_, resolution) => match &resolution.verdict {
                Verdict::Placed(id) => Some(id),
                Verdict::Ended(_) => resolution.call.as_ref(),
                Verdict::NotPlaced => None,
            },
            Fact::Scheduled
            | Fact::Admitted { .. }
            | Fact::Planned(_)
            | Fact::Decided(_)
            | Fact::Refused(_)
            | Fact::Expired(_)
            | Fact::Withdrawn(_)
            | Fact::Intended(_)
            | Fact::Claimed(_)
            | Fact::Sent(_)
            | Fact::Repeated(_)
            | Fact::TentativeMatch(..)
            | Fact::Failed { .. }
            | Fact::Abandoned(_)
            | Fact::Reconciling(_)
            | Fact::AssumedNotPlaced(_)
            | Fact::Redialled(..)
            | Fact::GaveUp(_)
            | Fact::Reported(_)
            | Fact::Overdue
            | Fact::Billed(..)
            | Fact::Disbelieved(..)
            | Fact::Transcribed(_)
            | Fact::Recorded(_)
            | Fact::Flagged(_) => None,
        }
    }

    /// True if only the owning process may write this fact, because it advances the call. Evidence
    /// may come from any process.
    pub fn requires_ownership(&self) -> bool {
        match self {
            Fact::Scheduled
            | Fact::Admitted { .. }
            | Fact::Planned(_)
            | Fact::Decided(_)
            | Fact::Refused(_)
            | Fact::Expired(_)
            | Fact::Intended(_)
            | Fact::Claimed(_)
            | Fact::Sent(_)
            | Fact::Repeated(_)
            | Fact::Abandoned(_)
            | Fact::Reconciling(_)
            | Fact::AssumedNotPlaced(_)
            | Fact::GaveUp(_)
            | Fact::Overdue
            | Fact::Redialled(..) => true,
            Fact::Withdrawn(_)
            | Fact::TentativeMatch(..)
            | Fact::Answered(..)
            | Fact::NotDialled(..)
            | Fact::Failed { .. }
            | Fact::Traced(..)
            | Fact::Resolved(..)
            | Fact::Reported(_)
            | Fact::Billed(..)
            | Fact::Disbelieved(..)
            | Fact::Transcribed(_)
            | Fact::Recorded(_)
            | Fact::Flagged(_) => false,
        }
    }
}

impl State {
    /// Where a call stands.
    pub fn of(call: &Call) -> Self {
        Self {
            status: call.status,
            outcome: call.outcome,
            attempt: call.attempts.last().map(|last| last.state),
            rang: call.attempts.iter().rev().find_map(|attempt| attempt.outcome),
        }
    }
}

/// True if an operator's decision would settle something.
pub fn may_resolve(call: &Call, verdict: &Verdict) -> bool {
    let in_doubt = identity(call) == Identity::InDoubt;
    match verdict {
        Verdict::Ended(_) => in_doubt || call.status == CallStatus::Stalled,
        Verdict::Placed(_) => in_doubt,
        // A call that the provider has shown under an id was placed: no operator can deny that.
        Verdict::NotPlaced => {
            in_doubt || call.status == CallStatus::Stalled && call.provider_call_id.is_none()
        }
    }
}

/// Applies a fact to the record of a call, and returns what has to be done next. The revision rises
/// by one, unless the fact says nothing about the call: a report of a ring that is over.
///
/// # Errors
/// `Conflict` for a fact that cannot be: an attempt that is not the last one, a state that does not
/// allow it. The call is unchanged then.
pub fn apply(call: &mut Call, fact: Fact, at: Timestamp) -> Result<&'static [Effect]> {
    if let Some(id) = fact.attempt()
        && call.attempts.last().is_none_or(|last| last.id != id)
    {
        return Err(conflict("names an attempt that is not the call's last one"));
    }
    if let Fact::Reported(report) = &fact
        && earlier_attempt(call, &report.id).is_some()
    {
        // What is still said of an attempt that is over says nothing of the one under way.
        return Ok(contradict(call, report, at));
    }
    if fact.claims().is_some_and(|theirs| earlier_attempt(call, theirs).is_some()) {
        return Err(Denied::OwnedBy(call.id).into());
    }
    if call.attempts.last().is_some_and(Attempt::was_never_dialled) && fact.says_it_was_accepted() {
        // Its sender was slow to say so, and the record has shown more since.
        return Ok(&[]);
    }
    if is_repeated(call) && proves_one_request_silent(&fact) {
        return Ok(&[]);
    }
    match fact {
        Fact::Billed(id, cost, money) => return bill(call, id, cost, money, at),
        Fact::Disbelieved(id, cost) => return disbelieve(call, id, cost, at),
        _ => {}
    }
    let before = State::of(call);
    let fits = match &fact {
        // The table only knows that an attempt was not placed, not why: these two reasons are
        // possible only in these states.
        Fact::Abandoned(_) => before.attempt == Some(AttemptState::Intent),
        // Evidence may have come first: what is known is not given up, and no word stands against
        // it.
        Fact::GaveUp(_) => call.provider_call_id.is_none(),
        Fact::Resolved(_, resolution) => may_resolve(call, &resolution.verdict),
        // What is over is not taken back.
        Fact::Withdrawn(_) => !before.status.is_settled(),
        Fact::AssumedNotPlaced(_) => is_in_doubt(before) && !is_repeated(call),
        // Once, and only while nothing is known.
        Fact::Repeated(_) => {
            is_in_doubt(before) && !is_repeated(call) && call.provider_call_id.is_none()
        }
        Fact::Intended(attempt) => {
            let mut earlier = call.attempts.iter();
            earlier.all(|one| {
                one.ring < attempt.ring || (one.ring == attempt.ring && !one.state.is_live())
            })
        }
        // Once for each ring: what was called off since is not asked for again by a report that
        // comes late.
        Fact::Redialled(..) => call.redial_at.is_none(),
        _ => true,
    };
    if !fits {
        return Err(conflict(format!("cannot be said of an attempt that is {:?}", before.attempt)));
    }
    let mut is_proven = false;
    let effects = match event(&fact, call) {
        None => &[],
        Some(event) => match step(before, event) {
            Step::To(after, effects) => {
                call.status = after.status;
                call.outcome = after.outcome;
                if matches!(event, Event::Place | Event::Progress | Event::End(_)) {
                    // Why it was unknown, or nearly given up, is of no interest any more.
                    call.fault = None;
                }
                is_proven = event == Event::NotDial;
                if let (Some(last), Some(state)) = (call.attempts.last_mut(), after.attempt)
                    && !matches!(event, Event::Intend)
                {
                    last.state = state;
                    if let Event::End(outcome) = event {
                        last.outcome = Some(outcome);
                    }
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
    match fact {
        Fact::NotDialled(_, report) if is_proven => was_not_dialled(call, *report, at),
        fact => carry(call, fact, at),
    }
    touch(call, at);
    Ok(effects)
}

/// How a call ended by a report that proves nothing about a phone.
fn end(state: ProviderState) -> Option<Outcome> {
    state.outcome().or(state.is_not_dialled().then_some(Outcome::Failed))
}

/// The provider had accepted the call, and its record proves that it never dialled it. The attempt
/// keeps its id, so that what is said of it later is told from what is said of the next one.
fn was_not_dialled(call: &mut Call, report: ProviderCall, at: Timestamp) {
    let ProviderState::NotDialled(refusal) = report.state else {
        return;
    };
    let reason = report.failure_code.as_deref().unwrap_or(&report.status_word);
    let detail = format!("its record says that it was never dialled: {reason}");
    prove(call, at, Proof::Record, detail);
    let error = AttemptError {
        kind: match refusal {
            Refusal::ThisProvider | Refusal::NeedsApproval => ErrorKind::Provider,
            Refusal::RateLimited => ErrorKind::RateLimited,
            Refusal::Quota => ErrorKind::QuotaExceeded,
            Refusal::Everyone => ErrorKind::Blocked,
        },
        message: one_line(&format!("the call was accepted and never dialled: {reason}")),
        status: None,
        code: report.failure_code,
    };
    if call.status.is_settled() {
        call.fault = Some(CallFailure::from(&error));
    }
    if let Some(last) = call.attempts.last_mut() {
        last.provider_call_id = Some(report.id);
        last.delivery = Some(Delivery::Refused(refusal));
        last.error = Some(error);
    }
    call.provider = None;
    call.provider_call_id = None;
    call.raw = Some(report.raw);
}

fn carry(call: &mut Call, fact: Fact, at: Timestamp) {
    match fact {
        Fact::Scheduled
        | Fact::Planned(_)
        | Fact::Claimed(_)
        | Fact::Reconciling(_)
        | Fact::Overdue
        | Fact::Billed(..)
        | Fact::Disbelieved(..) => {}
        // It was taken for the end of a ring, or the call has moved on.
        Fact::NotDialled(_, report) => {
            if call.provider_call_id.as_ref() == Some(&report.id) {
                amend(call, *report);
            }
        }
        Fact::Decided(decision) => call.decision = Some(decision),
        Fact::Admitted { estimated_cost, experiment, plan: _ } => {
            call.estimated_cost = estimated_cost;
            call.experiment = experiment;
        }
        Fact::Refused(fault)
        | Fact::Expired(fault)
        | Fact::Withdrawn(fault)
        | Fact::GaveUp(fault) => call.fault = Some(fault),
        Fact::Intended(attempt) => {
            call.estimated_cost = attempt.estimated_cost;
            if call.attempts.last().is_some_and(|last| last.ring < attempt.ring) {
                call.provider = None;
                call.provider_call_id = None;
                call.redial_at = None;
            }
            call.attempts.push(*attempt);
        }
        Fact::Sent(_) => {
            if let Some(last) = call.attempts.last_mut() {
                last.sent_at = Some(at);
            }
        }
        Fact::Repeated(_) => {
            if let Some(last) = call.attempts.last_mut() {
                // A clock that was set back makes no ring older.
                last.repeated_at = Some(last.sent_at.map_or(at, |sent| sent.max(at)));
            }
        }
        Fact::TentativeMatch(_, id) => {
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
                format!(
                    "the provider answered with the call {} ({})",
                    report.id, report.status_word
                ),
            );
            if let Some(last) = call.attempts.last_mut() {
                last.delivery = Some(Delivery::Placed);
            }
            own(call, report.id.clone());
            amend(call, *report);
        }
        Fact::Failed { delivery, error, .. } => {
            let inherited = delivery == Delivery::Unknown && error.is_restart();
            let proof = if delivery == Delivery::NotSent { Proof::NotSent } else { Proof::Answer };
            prove(call, at, proof, format!("{}: {}", delivery.as_str(), error.message));
            let waits = matches!(delivery, Delivery::Refused(Refusal::NeedsApproval));
            if waits {
                call.fault = Some(CallFailure::from(&error));
            }
            if let Some(last) = call.attempts.last_mut()
                && (last.state != AttemptState::Placed || delivery == Delivery::Placed)
                && !(inherited && last.state == AttemptState::NotPlaced)
            {
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
            let last = call.attempts.last();
            let shown = match report.state {
                ProviderState::Ringing => {
                    Some((Proof::Record, "its record says that the phone rings"))
                }
                ProviderState::InProgress => {
                    Some((Proof::Conversation, "its record says that somebody answered"))
                }
                ProviderState::Scheduled
                | ProviderState::Queued
                | ProviderState::Ended(_)
                | ProviderState::NotDialled(_)
                | ProviderState::Unrecognised => None,
            };
            if let Some((proof, detail)) = shown
                && !last.is_some_and(|last| last.evidence.iter().any(|one| one.proof == proof))
            {
                prove(call, at, proof, detail.to_owned());
            }
            amend(call, *report);
        }
        Fact::Abandoned(_) => prove(
            call,
            at,
            Proof::NeverClaimed,
            "the process that wrote it down ended before it claimed it".to_owned(),
        ),
        Fact::AssumedNotPlaced(_) => prove(
            call,
            at,
            Proof::AssumedNotPlaced,
            "nothing showed it in time, and the configuration then assumes that it was not placed"
                .to_owned(),
        ),
        Fact::Resolved(_, resolution) => {
            let Resolution { verdict, call: theirs, by, note } = resolution;
            prove(call, at, Proof::Operator, format!("{by} decided: {note}"));
            call.fault = None;
            match verdict {
                Verdict::Placed(id) => own(call, id),
                Verdict::Ended(_) => {
                    call.provider = call.attempts.last().map(|last| last.provider.clone());
                    if let Some(theirs) = theirs.filter(|_| call.provider_call_id.is_none()) {
                        own(call, theirs);
                    }
                }
                Verdict::NotPlaced => {
                    let message = "an operator found that no phone rang".to_owned();
                    call.fault = Some(CallFailure { kind: ErrorKind::NoProvider, message });
                }
            }
        }
        Fact::Redialled(_, then) => call.redial_at = Some(then),
        Fact::Transcribed(transcript) => call.transcript = Some(transcript),
        Fact::Recorded(recording) => call.recording = Some(recording),
        Fact::Flagged(flags) => {
            for flag in flags {
                call.flags.retain(|known| known.kind != flag.kind);
                call.flags.push(flag);
            }
        }
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

/// Amends any attempt, whatever became of the call since: bills come late.
fn bill(
    call: &mut Call,
    id: AttemptId,
    cost: Cost,
    money: Option<Money>,
    at: Timestamp,
) -> Result<&'static [Effect]> {
    let attempt = call.attempts.iter_mut().find(|attempt| attempt.id == id);
    let attempt = attempt.ok_or_else(|| conflict("names an attempt that is none of the call's"))?;
    attempt.cost = Some(cost);
    attempt.billed = money.or(attempt.billed);
    let bills = call.attempts.iter().filter_map(|attempt| attempt.billed);
    call.cost = bills.reduce(|sum, next| sum.checked_add(next).unwrap_or(next)).or(call.cost);
    touch(call, at);
    Ok(&[])
}

/// What a fact is to a call in this state. An operator's word that no phone rang takes back what
/// was taken for placed.
fn event(fact: &Fact, call: &Call) -> Option<Event> {
    match (fact, call.status) {
        (
            Fact::Resolved(_, Resolution { verdict: Verdict::NotPlaced, .. }),
            CallStatus::InProgress | CallStatus::Stalled,
        ) => Some(Event::Retract),
        _ => match fact.event() {
            // A record that said that the phone rings is believed, and not what it says later. One
            // record of two requests proves nothing about the other.
            Some(Event::NotDial)
                if is_repeated(call) || call.attempts.last().is_some_and(has_rung) =>
            {
                Some(Event::End(Outcome::Failed))
            }
            event => event,
        },
    }
}

fn is_in_doubt(state: State) -> bool {
    matches!(state.attempt, Some(AttemptState::Unknown | AttemptState::Reconciling))
}

/// True if a second request of the last attempt may have been sent.
fn is_repeated(call: &Call) -> bool {
    call.attempts.last().is_some_and(|last| last.repeated_at.is_some())
}

/// True for an answer that says that a request reached no phone. The attempt may have another one.
fn proves_one_request_silent(fact: &Fact) -> bool {
    matches!(fact, Fact::Failed { delivery, .. } if delivery.proves_no_ring())
}

/// True if the provider's record said that the phone rings, or that somebody answered.
fn has_rung(attempt: &Attempt) -> bool {
    let rang = |one: &Evidence| matches!(one.proof, Proof::Record | Proof::Conversation);
    attempt.evidence.iter().any(rang)
}

/// The record of an attempt before the last one says something again. What it said was never dialled
/// cannot ring: an operator is told once.
fn contradict(call: &mut Call, report: &ProviderCall, at: Timestamp) -> &'static [Effect] {
    let ring = call.attempts.last().map(|last| last.ring);
    let earlier = call.attempts.iter_mut().find(|attempt| {
        attempt.provider_call_id.as_ref() == Some(&report.id)
            && attempt.was_never_dialled()
            && Some(attempt.ring) == ring
    });
    let is_known = |one: &Evidence| one.proof == Proof::Conversation;
    let Some(earlier) = earlier
        .filter(|earlier| report.state.shows_a_ring() && !earlier.evidence.iter().any(is_known))
    else {
        return &[];
    };
    let detail = "its record said that it was never dialled, and now says that the phone rang";
    earlier.evidence.push(Evidence { at, proof: Proof::Conversation, detail: detail.to_owned() });
    touch(call, at);
    &[Effect::Alarm]
}

/// Keeps an implausible bill with its attempt.
fn disbelieve(
    call: &mut Call,
    id: AttemptId,
    cost: Cost,
    at: Timestamp,
) -> Result<&'static [Effect]> {
    let attempt = call.attempts.iter_mut().find(|attempt| attempt.id == id);
    let attempt = attempt.ok_or_else(|| conflict("names an attempt that is none of the call's"))?;
    attempt.cost = Some(cost);
    attempt.evidence.push(Evidence {
        at,
        proof: Proof::Record,
        detail: "the provider billed an amount that cannot be: it counts for nothing".to_owned(),
    });
    touch(call, at);
    Ok(&[Effect::Alarm])
}

/// The attempt before the last one that made this call at the provider.
fn earlier_attempt<'a>(call: &'a Call, id: &ProviderCallId) -> Option<&'a Attempt> {
    let (last, earlier) = call.attempts.split_last()?;
    if last.provider_call_id.as_ref() == Some(id) {
        return None;
    }
    earlier.iter().find(|attempt| attempt.provider_call_id.as_ref() == Some(id))
}

fn touch(call: &mut Call, at: Timestamp) {
    call.updated_at = call.updated_at.max(at);
    call.revision += 1;
}

/// The detail may hold a provider's words, or an operator's.
fn prove(call: &mut Call, at: Timestamp, proof: Proof, detail: String) {
    if let Some(last) = call.attempts.last_mut() {
        let detail = one_line(&detail);
        last.evidence.push(Evidence { at, proof, detail });
    }
}

fn conflict(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Conflict, message.into())
}
