//! The transition table.

use switchboard_core::{AttemptState, CallStatus, Outcome};

use super::event::{Effect, Event, State, Step};

/// The transition table. Every pair is named; states only move forward, and only a redial begins
/// them again.
pub const fn step(state: State, event: Event) -> Step {
    match state.status {
        CallStatus::Received | CallStatus::Scheduled | CallStatus::Admitted => {
            match (state.attempt, state.rang) {
                (None, None) => before_the_first_ring(state, event),
                (Some(AttemptState::Placed), Some(_)) => between_rings(state, event),
                (Some(_) | None, _) => Step::Illegal,
            }
        }
        CallStatus::Attempting => match state.attempt {
            Some(attempt) => in_attempt(state, attempt, event),
            None => Step::Illegal,
        },
        CallStatus::InProgress => match event {
            Event::End(outcome) => closed(outcome),
            Event::Overdue => Step::To(state.moved(CallStatus::Stalled, state.attempt), &[]),
            Event::Progress
            | Event::Place
            | Event::Doubt
            | Event::Inherit
            | Event::Reconcile
            | Event::GiveUp => Step::Stays(&[]),
            Event::Retract => refused_or_closed(state, Some(AttemptState::NotPlaced)),
            Event::NotDial => attempting(state, AttemptState::NotPlaced, &[Effect::Next]),
            Event::NotPlace | Event::AwaitApproval => Step::Stays(&[Effect::Alarm]),
            Event::Schedule
            | Event::Admit
            | Event::Refuse
            | Event::Intend
            | Event::Claim
            | Event::Send
            | Event::Redial => Step::Illegal,
        },
        CallStatus::Stalled => match event {
            Event::End(outcome) => closed(outcome),
            Event::Progress
            | Event::Place
            | Event::Doubt
            | Event::Inherit
            | Event::Reconcile
            | Event::GiveUp
            | Event::Overdue => Step::Stays(&[]),
            // Nobody waits for the call any more, so no other provider is asked.
            Event::Retract | Event::NotDial => {
                refused_or_closed(state, Some(AttemptState::NotPlaced))
            }
            Event::NotPlace | Event::AwaitApproval => Step::Stays(&[Effect::Alarm]),
            Event::Schedule
            | Event::Admit
            | Event::Refuse
            | Event::Intend
            | Event::Claim
            | Event::Send
            | Event::Redial => Step::Illegal,
        },
        CallStatus::Indeterminate => match event {
            Event::Place | Event::Progress => placed(state),
            Event::End(outcome) => closed(outcome),
            Event::NotPlace | Event::NotDial => {
                refused_or_closed(state, Some(AttemptState::NotPlaced))
            }
            Event::AwaitApproval => approval(state),
            Event::Doubt | Event::Inherit | Event::Reconcile | Event::GiveUp | Event::Overdue => {
                Step::Stays(&[])
            }
            Event::Retract => Step::Illegal,
            Event::Schedule
            | Event::Admit
            | Event::Refuse
            | Event::Intend
            | Event::Claim
            | Event::Send
            | Event::Redial => Step::Illegal,
        },
        CallStatus::Closed => after_the_end(state, event),
        CallStatus::Refused | CallStatus::NeedsApproval => match event {
            Event::Place | Event::Progress | Event::End(_) | Event::Doubt => {
                Step::Stays(&[Effect::Alarm])
            }
            // The sender's own proof came before its heir's doubt was recorded.
            Event::Inherit => Step::Stays(&[]),
            Event::NotPlace
            | Event::NotDial
            | Event::Reconcile
            | Event::GiveUp
            | Event::Refuse
            | Event::Overdue => Step::Stays(&[]),
            Event::Schedule | Event::Admit | Event::Intend | Event::Claim | Event::Send => {
                Step::Illegal
            }
            Event::Retract => Step::Illegal,
            Event::AwaitApproval | Event::Redial => Step::Illegal,
        },
    }
}

const fn after_the_end(state: State, event: Event) -> Step {
    // The last attempt may have been proven not placed.
    let not_placed = matches!(state.attempt, Some(AttemptState::NotPlaced));
    match event {
        Event::NotPlace | Event::NotDial | Event::AwaitApproval if !not_placed => {
            Step::Stays(&[Effect::Alarm])
        }
        Event::Place | Event::Progress | Event::End(_) | Event::Doubt if not_placed => {
            Step::Stays(&[Effect::Alarm])
        }
        Event::NotPlace
        | Event::NotDial
        | Event::AwaitApproval
        | Event::Place
        | Event::Progress
        | Event::End(_)
        | Event::Doubt
        | Event::Inherit => Step::Stays(&[]),
        Event::Reconcile | Event::GiveUp | Event::Overdue => Step::Stays(&[]),
        Event::Refuse if not_placed => Step::Stays(&[]),
        Event::Redial => redial(state),
        Event::Retract => Step::Illegal,
        Event::Schedule
        | Event::Admit
        | Event::Refuse
        | Event::Intend
        | Event::Claim
        | Event::Send => Step::Illegal,
    }
}

const fn before_the_first_ring(state: State, event: Event) -> Step {
    match event {
        Event::Schedule => scheduled(state),
        Event::Admit => admitted(state),
        Event::Refuse => refused_or_closed(state, None),
        Event::Intend => intended(state),
        Event::Retract => Step::Illegal,
        Event::Claim
        | Event::Send
        | Event::Place
        | Event::NotPlace
        | Event::NotDial
        | Event::AwaitApproval
        | Event::Doubt
        | Event::Inherit => Step::Illegal,
        Event::Reconcile
        | Event::GiveUp
        | Event::Progress
        | Event::End(_)
        | Event::Overdue
        | Event::Redial => Step::Illegal,
    }
}

/// The last ring is over: what still comes from it is late, and what contradicts it is an alarm.
const fn between_rings(state: State, event: Event) -> Step {
    match event {
        Event::Schedule => scheduled(state),
        Event::Admit => admitted(state),
        Event::Refuse => refused_or_closed(state, state.attempt),
        Event::Intend => intended(state),
        Event::Place | Event::Progress | Event::End(_) | Event::Doubt | Event::Inherit => {
            Step::Stays(&[])
        }
        Event::Reconcile | Event::GiveUp | Event::Overdue => Step::Stays(&[]),
        Event::NotPlace | Event::NotDial | Event::AwaitApproval => Step::Stays(&[Effect::Alarm]),
        Event::Retract => Step::Illegal,
        Event::Claim | Event::Send | Event::Redial => Step::Illegal,
    }
}

const fn scheduled(state: State) -> Step {
    match state.status {
        CallStatus::Received => Step::To(state.moved(CallStatus::Scheduled, state.attempt), &[]),
        CallStatus::Scheduled
        | CallStatus::Admitted
        | CallStatus::Attempting
        | CallStatus::InProgress
        | CallStatus::Closed
        | CallStatus::Refused
        | CallStatus::NeedsApproval
        | CallStatus::Indeterminate
        | CallStatus::Stalled => Step::Stays(&[]),
    }
}

const fn admitted(state: State) -> Step {
    match state.status {
        CallStatus::Received | CallStatus::Scheduled => {
            Step::To(state.moved(CallStatus::Admitted, state.attempt), &[])
        }
        CallStatus::Admitted
        | CallStatus::Attempting
        | CallStatus::InProgress
        | CallStatus::Closed
        | CallStatus::Refused
        | CallStatus::NeedsApproval
        | CallStatus::Indeterminate
        | CallStatus::Stalled => Step::Stays(&[]),
    }
}

/// Only an admitted call holds its callee, and only a call that holds its callee may ring.
const fn intended(state: State) -> Step {
    match state.status {
        CallStatus::Admitted => attempting(state, AttemptState::Intent, &[]),
        CallStatus::Received
        | CallStatus::Scheduled
        | CallStatus::Attempting
        | CallStatus::InProgress
        | CallStatus::Closed
        | CallStatus::Refused
        | CallStatus::NeedsApproval
        | CallStatus::Indeterminate
        | CallStatus::Stalled => Step::Illegal,
    }
}

const fn in_attempt(state: State, attempt: AttemptState, event: Event) -> Step {
    match attempt {
        AttemptState::Intent => match event {
            Event::Retract | Event::NotDial => Step::Illegal,
            Event::Claim => attempting(state, AttemptState::Claimed, &[]),
            Event::NotPlace => attempting(state, AttemptState::NotPlaced, &[Effect::Next]),
            Event::Admit | Event::Schedule | Event::Intend | Event::Redial => Step::Illegal,
            Event::Refuse
            | Event::Send
            | Event::Place
            | Event::AwaitApproval
            | Event::Doubt
            | Event::Inherit => Step::Illegal,
            Event::Reconcile | Event::GiveUp | Event::Progress | Event::End(_) | Event::Overdue => {
                Step::Illegal
            }
        },
        AttemptState::Claimed => match event {
            Event::Retract | Event::NotDial => Step::Illegal,
            Event::Send => attempting(state, AttemptState::Sent, &[]),
            Event::NotPlace => attempting(state, AttemptState::NotPlaced, &[Effect::Next]),
            Event::Doubt | Event::Inherit => {
                attempting(state, AttemptState::Unknown, &[Effect::Reconcile])
            }
            Event::Admit | Event::Schedule | Event::Intend | Event::Claim | Event::Redial => {
                Step::Illegal
            }
            Event::Refuse | Event::Place | Event::AwaitApproval => Step::Illegal,
            Event::Reconcile | Event::GiveUp | Event::Progress | Event::End(_) | Event::Overdue => {
                Step::Illegal
            }
        },
        AttemptState::Sent => match event {
            Event::Retract => Step::Illegal,
            Event::Place | Event::Progress => placed(state),
            Event::End(outcome) => closed(outcome),
            Event::NotPlace | Event::NotDial => {
                attempting(state, AttemptState::NotPlaced, &[Effect::Next])
            }
            Event::AwaitApproval => approval(state),
            Event::Doubt | Event::Inherit => {
                attempting(state, AttemptState::Unknown, &[Effect::Reconcile])
            }
            Event::Admit
            | Event::Schedule
            | Event::Intend
            | Event::Claim
            | Event::Send
            | Event::Refuse => Step::Illegal,
            Event::Reconcile | Event::GiveUp | Event::Overdue | Event::Redial => Step::Illegal,
        },
        AttemptState::Unknown => match event {
            Event::Retract => Step::Illegal,
            Event::Reconcile => attempting(state, AttemptState::Reconciling, &[]),
            Event::Place | Event::Progress => placed(state),
            Event::End(outcome) => closed(outcome),
            Event::NotPlace | Event::NotDial => {
                attempting(state, AttemptState::NotPlaced, &[Effect::Next])
            }
            // The answer was late, and another process had begun to doubt.
            Event::AwaitApproval => approval(state),
            Event::GiveUp => indeterminate(state),
            Event::Doubt | Event::Inherit | Event::Overdue => Step::Stays(&[]),
            Event::Admit
            | Event::Schedule
            | Event::Intend
            | Event::Claim
            | Event::Send
            | Event::Refuse
            | Event::Redial => Step::Illegal,
        },
        AttemptState::Reconciling => match event {
            Event::Retract => Step::Illegal,
            Event::Place | Event::Progress => placed(state),
            Event::End(outcome) => closed(outcome),
            Event::NotPlace | Event::NotDial => {
                attempting(state, AttemptState::NotPlaced, &[Effect::Next])
            }
            Event::AwaitApproval => approval(state),
            Event::GiveUp => indeterminate(state),
            Event::Reconcile | Event::Doubt | Event::Inherit | Event::Overdue => Step::Stays(&[]),
            Event::Admit
            | Event::Schedule
            | Event::Intend
            | Event::Claim
            | Event::Send
            | Event::Refuse
            | Event::Redial => Step::Illegal,
        },
        AttemptState::NotPlaced => match event {
            Event::Retract => Step::Illegal,
            Event::Intend => attempting(state, AttemptState::Intent, &[]),
            Event::Refuse => refused_or_closed(state, Some(AttemptState::NotPlaced)),
            Event::NotPlace | Event::NotDial | Event::Inherit => Step::Stays(&[]),
            Event::Place | Event::Progress | Event::End(_) | Event::Doubt => {
                Step::Stays(&[Effect::Alarm])
            }
            Event::Admit | Event::Schedule | Event::Claim | Event::Send | Event::AwaitApproval => {
                Step::Illegal
            }
            Event::Reconcile | Event::GiveUp | Event::Overdue | Event::Redial => Step::Illegal,
        },
        AttemptState::Placed => Step::Illegal,
    }
}

const fn attempting(state: State, attempt: AttemptState, effects: &'static [Effect]) -> Step {
    Step::To(state.moved(CallStatus::Attempting, Some(attempt)), effects)
}

const fn placed(state: State) -> Step {
    Step::To(state.moved(CallStatus::InProgress, Some(AttemptState::Placed)), &[Effect::Follow])
}

const fn closed(outcome: Outcome) -> Step {
    Step::To(
        State {
            status: CallStatus::Closed,
            outcome: Some(outcome),
            attempt: Some(AttemptState::Placed),
            rang: Some(outcome),
        },
        &[Effect::ReleaseCallee],
    )
}

/// The call will not be placed. One that rang before is closed, with the outcome of that ring.
const fn refused_or_closed(state: State, attempt: Option<AttemptState>) -> Step {
    let status = match state.rang {
        Some(_) => CallStatus::Closed,
        None => CallStatus::Refused,
    };
    Step::To(
        State { status, outcome: state.rang, attempt, rang: state.rang },
        &[Effect::ReleaseCallee],
    )
}

/// A person has to approve the call first. One that rang before is closed instead, with the outcome
/// of that ring.
const fn approval(state: State) -> Step {
    if state.rang.is_some() {
        return refused_or_closed(state, Some(AttemptState::NotPlaced));
    }
    Step::To(
        state.moved(CallStatus::NeedsApproval, Some(AttemptState::NotPlaced)),
        &[Effect::ReleaseCallee],
    )
}

const fn indeterminate(state: State) -> Step {
    Step::To(state.moved(CallStatus::Indeterminate, Some(AttemptState::Reconciling)), &[])
}

const fn redial(state: State) -> Step {
    match (state.outcome, state.attempt) {
        (
            Some(
                Outcome::NoAnswer
                | Outcome::Declined
                | Outcome::Busy
                | Outcome::Voicemail
                | Outcome::Menu
                | Outcome::Blocked
                | Outcome::Failed,
            ),
            Some(AttemptState::Placed),
        ) => Step::To(state.moved(CallStatus::Scheduled, state.attempt), &[Effect::Next]),
        (Some(_) | None, _) => Step::Illegal,
    }
}
