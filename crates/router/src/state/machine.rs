//! The transition table.

use switchboard_core::{AttemptState, CallStatus, Outcome};

/// Where a call stands: its status, how it ended, and its last attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct State {
    /// The call.
    pub status: CallStatus,
    /// How it ended, where it is closed.
    pub outcome: Option<Outcome>,
    /// The last attempt, where there is one.
    pub attempt: Option<AttemptState>,
}

impl State {
    /// A call that was just received.
    pub const RECEIVED: State = State {
        status: CallStatus::Received,
        outcome: None,
        attempt: None,
    };
}

/// What happened, without its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// Its window has not opened.
    Schedule,
    /// It may be placed; the callee is locked.
    Admit,
    /// Nobody will place it.
    Refuse,
    /// An attempt is written down.
    Intend,
    /// One process may send it.
    Claim,
    /// Bytes may leave from now on.
    Send,
    /// The provider has the call.
    Place,
    /// Proof: this attempt reached no phone.
    NotPlace,
    /// Proof that it reached no phone, and a person has to approve first.
    AwaitApproval,
    /// The attempt may or may not have reached a phone.
    Doubt,
    /// Evidence is being looked for.
    Reconcile,
    /// Nothing proved it in time.
    GiveUp,
    /// The provider reports a call that is not over.
    Progress,
    /// The provider reports how it ended.
    End(Outcome),
    /// It should be over by now and nobody saw it end.
    Overdue,
}

/// What has to be done after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Watch the call at its provider.
    Follow,
    /// Look for evidence.
    Reconcile,
    /// Retry, fail over, or give the caller a refusal.
    Next,
    /// The callee is free for another call.
    ReleaseCallee,
    /// An event contradicts what was taken as proven: an operator has to know.
    Alarm,
}

/// What an event does to a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The call moves.
    To(State, &'static [Effect]),
    /// Too late or known already: content may be amended, the state stays.
    Stays(&'static [Effect]),
    /// It cannot happen here: whoever sent it has a fault.
    Illegal,
}

/// The transition table. Every pair is named; states only move forward.
pub const fn step(state: State, event: Event) -> Step {
    match state.status {
        CallStatus::Received | CallStatus::Scheduled => before_admission(state, event),
        CallStatus::Admitted => match event {
            Event::Intend => attempting(AttemptState::Intent, &[]),
            Event::Refuse => refused(None),
            Event::Admit | Event::Schedule => Step::Stays(&[]),
            Event::Claim
            | Event::Send
            | Event::Place
            | Event::NotPlace
            | Event::AwaitApproval
            | Event::Doubt
            | Event::Reconcile
            | Event::GiveUp
            | Event::Progress
            | Event::End(_)
            | Event::Overdue => Step::Illegal,
        },
        CallStatus::Attempting => match state.attempt {
            Some(attempt) => in_attempt(attempt, event),
            None => Step::Illegal,
        },
        CallStatus::InProgress => match event {
            Event::End(outcome) => closed(outcome),
            Event::Overdue => Step::To(
                State {
                    status: CallStatus::Stalled,
                    outcome: None,
                    attempt: state.attempt,
                },
                &[],
            ),
            Event::Progress | Event::Place | Event::Doubt | Event::Reconcile | Event::GiveUp => Step::Stays(&[]),
            Event::NotPlace | Event::AwaitApproval => Step::Stays(&[Effect::Alarm]),
            Event::Schedule | Event::Admit | Event::Refuse | Event::Intend | Event::Claim | Event::Send => Step::Illegal,
        },
        CallStatus::Stalled => match event {
            Event::End(outcome) => closed(outcome),
            Event::Progress | Event::Place | Event::Doubt | Event::Reconcile | Event::GiveUp | Event::Overdue => Step::Stays(&[]),
            Event::NotPlace | Event::AwaitApproval => Step::Stays(&[Effect::Alarm]),
            Event::Schedule | Event::Admit | Event::Refuse | Event::Intend | Event::Claim | Event::Send => Step::Illegal,
        },
        CallStatus::Indeterminate => match event {
            Event::Place | Event::Progress => placed(),
            Event::End(outcome) => closed(outcome),
            Event::NotPlace => refused(Some(AttemptState::NotPlaced)),
            Event::Doubt | Event::Reconcile | Event::GiveUp | Event::Overdue => Step::Stays(&[]),
            Event::Schedule | Event::Admit | Event::Refuse | Event::Intend | Event::Claim | Event::Send | Event::AwaitApproval => {
                Step::Illegal
            }
        },
        CallStatus::Closed => match event {
            Event::NotPlace | Event::AwaitApproval => Step::Stays(&[Effect::Alarm]),
            Event::Place | Event::Progress | Event::End(_) | Event::Doubt | Event::Reconcile | Event::GiveUp | Event::Overdue => {
                Step::Stays(&[])
            }
            Event::Schedule | Event::Admit | Event::Refuse | Event::Intend | Event::Claim | Event::Send => Step::Illegal,
        },
        CallStatus::Refused | CallStatus::NeedsApproval => match event {
            Event::Place | Event::Progress | Event::End(_) | Event::Doubt => Step::Stays(&[Effect::Alarm]),
            Event::NotPlace | Event::Reconcile | Event::GiveUp | Event::Refuse | Event::Overdue => Step::Stays(&[]),
            Event::Schedule | Event::Admit | Event::Intend | Event::Claim | Event::Send | Event::AwaitApproval => Step::Illegal,
        },
    }
}

const fn before_admission(state: State, event: Event) -> Step {
    match event {
        Event::Schedule => match state.status {
            CallStatus::Received => Step::To(
                State {
                    status: CallStatus::Scheduled,
                    outcome: None,
                    attempt: None,
                },
                &[],
            ),
            CallStatus::Scheduled
            | CallStatus::Admitted
            | CallStatus::Attempting
            | CallStatus::InProgress
            | CallStatus::Closed
            | CallStatus::Refused
            | CallStatus::NeedsApproval
            | CallStatus::Indeterminate
            | CallStatus::Stalled => Step::Stays(&[]),
        },
        Event::Admit => Step::To(
            State {
                status: CallStatus::Admitted,
                outcome: None,
                attempt: None,
            },
            &[],
        ),
        Event::Refuse => refused(None),
        Event::Intend
        | Event::Claim
        | Event::Send
        | Event::Place
        | Event::NotPlace
        | Event::AwaitApproval
        | Event::Doubt
        | Event::Reconcile
        | Event::GiveUp
        | Event::Progress
        | Event::End(_)
        | Event::Overdue => Step::Illegal,
    }
}

const fn in_attempt(attempt: AttemptState, event: Event) -> Step {
    match attempt {
        AttemptState::Intent => match event {
            Event::Claim => attempting(AttemptState::Claimed, &[]),
            Event::NotPlace => attempting(AttemptState::NotPlaced, &[Effect::Next]),
            Event::Admit | Event::Schedule | Event::Intend => Step::Illegal,
            Event::Refuse | Event::Send | Event::Place | Event::AwaitApproval | Event::Doubt => Step::Illegal,
            Event::Reconcile | Event::GiveUp | Event::Progress | Event::End(_) | Event::Overdue => Step::Illegal,
        },
        AttemptState::Claimed => match event {
            Event::Send => attempting(AttemptState::Sent, &[]),
            Event::NotPlace => attempting(AttemptState::NotPlaced, &[Effect::Next]),
            Event::Doubt => attempting(AttemptState::Unknown, &[Effect::Reconcile]),
            Event::Admit | Event::Schedule | Event::Intend | Event::Claim => Step::Illegal,
            Event::Refuse | Event::Place | Event::AwaitApproval => Step::Illegal,
            Event::Reconcile | Event::GiveUp | Event::Progress | Event::End(_) | Event::Overdue => Step::Illegal,
        },
        AttemptState::Sent => match event {
            Event::Place | Event::Progress => placed(),
            Event::End(outcome) => closed(outcome),
            Event::NotPlace => attempting(AttemptState::NotPlaced, &[Effect::Next]),
            Event::AwaitApproval => approval(),
            Event::Doubt => attempting(AttemptState::Unknown, &[Effect::Reconcile]),
            Event::Admit | Event::Schedule | Event::Intend | Event::Claim | Event::Send | Event::Refuse => Step::Illegal,
            Event::Reconcile | Event::GiveUp | Event::Overdue => Step::Illegal,
        },
        AttemptState::Unknown => match event {
            Event::Reconcile => attempting(AttemptState::Reconciling, &[]),
            Event::Place | Event::Progress => placed(),
            Event::End(outcome) => closed(outcome),
            Event::NotPlace => attempting(AttemptState::NotPlaced, &[Effect::Next]),
            Event::GiveUp => indeterminate(),
            Event::Doubt | Event::Overdue => Step::Stays(&[]),
            Event::Admit | Event::Schedule | Event::Intend | Event::Claim | Event::Send | Event::Refuse | Event::AwaitApproval => {
                Step::Illegal
            }
        },
        AttemptState::Reconciling => match event {
            Event::Place | Event::Progress => placed(),
            Event::End(outcome) => closed(outcome),
            Event::NotPlace => attempting(AttemptState::NotPlaced, &[Effect::Next]),
            Event::GiveUp => indeterminate(),
            Event::Reconcile | Event::Doubt | Event::Overdue => Step::Stays(&[]),
            Event::Admit | Event::Schedule | Event::Intend | Event::Claim | Event::Send | Event::Refuse | Event::AwaitApproval => {
                Step::Illegal
            }
        },
        AttemptState::NotPlaced => match event {
            Event::Intend => attempting(AttemptState::Intent, &[]),
            Event::Refuse => refused(Some(AttemptState::NotPlaced)),
            Event::NotPlace => Step::Stays(&[]),
            Event::Place | Event::Progress | Event::End(_) | Event::Doubt => Step::Stays(&[Effect::Alarm]),
            Event::Admit | Event::Schedule | Event::Claim | Event::Send | Event::AwaitApproval => Step::Illegal,
            Event::Reconcile | Event::GiveUp | Event::Overdue => Step::Illegal,
        },
        AttemptState::Placed => Step::Illegal,
    }
}

const fn attempting(attempt: AttemptState, effects: &'static [Effect]) -> Step {
    Step::To(
        State {
            status: CallStatus::Attempting,
            outcome: None,
            attempt: Some(attempt),
        },
        effects,
    )
}

const fn placed() -> Step {
    Step::To(
        State {
            status: CallStatus::InProgress,
            outcome: None,
            attempt: Some(AttemptState::Placed),
        },
        &[Effect::Follow],
    )
}

const fn closed(outcome: Outcome) -> Step {
    Step::To(
        State {
            status: CallStatus::Closed,
            outcome: Some(outcome),
            attempt: Some(AttemptState::Placed),
        },
        &[Effect::ReleaseCallee],
    )
}

const fn refused(attempt: Option<AttemptState>) -> Step {
    Step::To(
        State {
            status: CallStatus::Refused,
            outcome: None,
            attempt,
        },
        &[Effect::ReleaseCallee],
    )
}

const fn approval() -> Step {
    Step::To(
        State {
            status: CallStatus::NeedsApproval,
            outcome: None,
            attempt: Some(AttemptState::NotPlaced),
        },
        &[Effect::ReleaseCallee],
    )
}

const fn indeterminate() -> Step {
    Step::To(
        State {
            status: CallStatus::Indeterminate,
            outcome: None,
            attempt: Some(AttemptState::Reconciling),
        },
        &[],
    )
}
