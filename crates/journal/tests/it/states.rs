//! The transition table, exhaustively: every state, every event, every state that can be reached.

use std::collections::{HashMap, HashSet, VecDeque};

use switchboard_core::{AttemptState, CallStatus, Outcome};
use switchboard_journal::state::{Effect, Event, State, Step, step};

const STATUSES: [CallStatus; 10] = [
    CallStatus::Received,
    CallStatus::Scheduled,
    CallStatus::Admitted,
    CallStatus::Attempting,
    CallStatus::InProgress,
    CallStatus::Closed,
    CallStatus::Refused,
    CallStatus::NeedsApproval,
    CallStatus::Indeterminate,
    CallStatus::Stalled,
];

const ATTEMPTS: [AttemptState; 7] = [
    AttemptState::Intent,
    AttemptState::Claimed,
    AttemptState::Sent,
    AttemptState::Placed,
    AttemptState::NotPlaced,
    AttemptState::Unknown,
    AttemptState::Reconciling,
];

fn events() -> Vec<Event> {
    let mut events = vec![
        Event::Schedule,
        Event::Admit,
        Event::Refuse,
        Event::Intend,
        Event::Claim,
        Event::Send,
        Event::Place,
        Event::NotPlace,
        Event::NotDial,
        Event::AwaitApproval,
        Event::Doubt,
        Event::Inherit,
        Event::Reconcile,
        Event::GiveUp,
        Event::Progress,
        Event::Overdue,
        Event::Redial,
    ];
    events.extend(Outcome::ALL.map(Event::End));
    events
}

fn states() -> Vec<State> {
    let outcomes: Vec<Option<Outcome>> = Outcome::ALL.map(Some).into_iter().chain([None]).collect();
    let attempts: Vec<Option<AttemptState>> =
        ATTEMPTS.map(Some).into_iter().chain([None]).collect();
    let mut states = Vec::new();
    for status in STATUSES {
        for outcome in &outcomes {
            for attempt in &attempts {
                states.extend(outcomes.iter().map(|rang| State {
                    status,
                    outcome: *outcome,
                    attempt: *attempt,
                    rang: *rang,
                }));
            }
        }
    }
    states
}

/// How far a call has come. Equal ranks are different ends.
fn rank(status: CallStatus) -> u8 {
    match status {
        CallStatus::Received => 0,
        CallStatus::Scheduled => 1,
        CallStatus::Admitted => 2,
        CallStatus::Attempting => 3,
        CallStatus::Indeterminate => 4,
        CallStatus::InProgress => 5,
        CallStatus::Stalled => 6,
        CallStatus::Closed | CallStatus::Refused | CallStatus::NeedsApproval => 7,
    }
}

/// How far one attempt has come.
fn attempt_rank(attempt: AttemptState) -> u8 {
    match attempt {
        AttemptState::Intent => 0,
        AttemptState::Claimed => 1,
        AttemptState::Sent => 2,
        AttemptState::Unknown => 3,
        AttemptState::Reconciling => 4,
        AttemptState::Placed | AttemptState::NotPlaced => 5,
    }
}

fn is_final(status: CallStatus) -> bool {
    matches!(status, CallStatus::Closed | CallStatus::Refused | CallStatus::NeedsApproval)
}

/// Ends after which a caller may ask for another ring.
fn is_unanswered(outcome: Option<Outcome>) -> bool {
    matches!(
        outcome,
        Some(
            Outcome::NoAnswer
                | Outcome::Declined
                | Outcome::Busy
                | Outcome::Voicemail
                | Outcome::Menu
                | Outcome::Blocked
                | Outcome::Failed
        )
    )
}

/// True where the last ring is over and the next has not begun.
fn is_between_rings(state: State) -> bool {
    let waits = matches!(state.status, CallStatus::Scheduled | CallStatus::Admitted);
    waits && state.attempt == Some(AttemptState::Placed)
}

/// Every state that a call can come to, with the events that lead there.
fn reachable() -> HashMap<State, Vec<Event>> {
    let mut found = HashMap::from([(State::RECEIVED, Vec::new())]);
    let mut open = VecDeque::from([State::RECEIVED]);
    while let Some(state) = open.pop_front() {
        for event in events() {
            if let Step::To(next, _) = step(state, event)
                && !found.contains_key(&next)
            {
                let mut path = found[&state].clone();
                path.push(event);
                found.insert(next, path);
                open.push_back(next);
            }
        }
    }
    found
}

#[test]
fn final_states_are_moved_by_nothing_but_a_redial_of_what_nobody_answered() {
    let mut redials = 0;
    for state in states() {
        for event in events() {
            let Step::To(next, effects) = step(state, event) else {
                continue;
            };
            if event == Event::Redial {
                assert_eq!(
                    (state.status, state.attempt),
                    (CallStatus::Closed, Some(AttemptState::Placed)),
                    "{state:?}"
                );
                assert!(is_unanswered(state.outcome), "{state:?} was answered");
                let again = State { status: CallStatus::Scheduled, outcome: None, ..state };
                assert_eq!((next, effects), (again, &[Effect::Next][..]));
                redials += 1;
            } else {
                assert!(!is_final(state.status), "{state:?} moved by {event:?}");
            }
        }
    }
    assert!(redials > 0);
}

#[test]
fn states_only_move_forward() {
    for state in states() {
        for event in events() {
            let Step::To(next, _) = step(state, event) else {
                continue;
            };
            assert_ne!(state, next, "{event:?} goes in a circle");
            if event == Event::Redial {
                continue;
            }
            // What was accepted is taken back by proof that it was never dialled.
            if event == Event::NotDial && state.status == CallStatus::InProgress {
                let (status, attempt) = (CallStatus::Attempting, Some(AttemptState::NotPlaced));
                assert_eq!((next.status, next.attempt), (status, attempt), "{state:?}");
                continue;
            }
            assert!(
                rank(next.status) >= rank(state.status),
                "{state:?} fell back to {next:?} by {event:?}"
            );
            if rank(next.status) > rank(state.status) {
                continue;
            }
            // The same status: the attempt has come further, or a new one begins where the old one
            // is proven silent.
            let (before, after) = (state.attempt.unwrap(), next.attempt.unwrap());
            assert!(
                attempt_rank(after) > attempt_rank(before)
                    || (event, before, after)
                        == (Event::Intend, AttemptState::NotPlaced, AttemptState::Intent),
                "{before:?} fell back to {after:?} by {event:?}"
            );
        }
    }
}

#[test]
fn a_new_attempt_begins_only_where_none_is_live() {
    let mut begun = 0;
    for state in states() {
        if let Step::To(next, _) = step(state, Event::Intend) {
            let live = state.status != CallStatus::Admitted
                && state.attempt.is_none_or(AttemptState::is_live);
            assert!(!live, "{state:?} has a live attempt");
            assert_eq!(
                (next.status, next.attempt),
                (CallStatus::Attempting, Some(AttemptState::Intent))
            );
            begun += 1;
        }
        for event in events().into_iter().filter(|event| *event != Event::Intend) {
            if let Step::To(next, _) = step(state, event) {
                let begins =
                    state.attempt != next.attempt && next.attempt == Some(AttemptState::Intent);
                assert!(!begins, "{event:?} begins an attempt");
            }
        }
    }
    assert!(begun >= 2, "a first attempt and a fail-over");
}

#[test]
fn no_sequence_of_events_leads_to_two_live_attempts() {
    // A state and how many attempts before the last one are live; `Intend` is the only event that
    // leaves an attempt behind.
    let mut seen = HashSet::from([(State::RECEIVED, 0_u32)]);
    let mut open = VecDeque::from([(State::RECEIVED, 0_u32)]);
    while let Some((state, left_live)) = open.pop_front() {
        for event in events() {
            let Step::To(next, _) = step(state, event) else {
                continue;
            };
            // What is left behind of a ring that is over rings no more.
            let live = state.attempt.is_some_and(AttemptState::is_live) && !is_between_rings(state);
            let left = u32::from(event == Event::Intend && live);
            let node = (next, left_live + left);
            let live = node.1 + u32::from(next.attempt.is_some_and(AttemptState::is_live));
            assert!(live <= 1, "{event:?} makes {live} live attempts of {state:?}");
            if seen.insert(node) {
                open.push_back(node);
            }
        }
    }
    assert!(seen.len() > 15, "the search went somewhere");
}

#[test]
fn reachable_states_are_those_of_the_design() {
    let found = reachable();
    for status in STATUSES {
        assert!(found.keys().any(|state| state.status == status), "{status} cannot be reached");
    }
    for attempt in ATTEMPTS {
        assert!(
            found.keys().any(|state| state.attempt == Some(attempt)),
            "{attempt:?} cannot be reached"
        );
    }
    for (state, path) in &found {
        assert_eq!(
            state.outcome.is_some(),
            state.status == CallStatus::Closed,
            "{state:?} by {path:?}"
        );
        let fits = match state.status {
            CallStatus::Received => state.attempt.is_none() && state.rang.is_none(),
            CallStatus::Scheduled | CallStatus::Admitted => match state.attempt {
                None => state.rang.is_none(),
                Some(attempt) => attempt == AttemptState::Placed && is_unanswered(state.rang),
            },
            CallStatus::Attempting => {
                state.attempt.is_some_and(|attempt| attempt != AttemptState::Placed)
            }
            CallStatus::InProgress | CallStatus::Stalled => {
                state.attempt == Some(AttemptState::Placed)
            }
            CallStatus::Closed if state.attempt == Some(AttemptState::NotPlaced) => {
                is_unanswered(state.rang)
            }
            CallStatus::Closed => state.attempt == Some(AttemptState::Placed),
            CallStatus::Refused => {
                state.attempt.is_none_or(|attempt| attempt == AttemptState::NotPlaced)
            }
            CallStatus::NeedsApproval => state.attempt == Some(AttemptState::NotPlaced),
            CallStatus::Indeterminate => state.attempt == Some(AttemptState::Reconciling),
        };
        assert!(fits, "{state:?} by {path:?}");
        match state.status {
            CallStatus::Closed => assert_eq!(state.outcome, state.rang, "by {path:?}"),
            _ => {
                assert!(state.rang.is_none() || is_unanswered(state.rang), "{state:?} by {path:?}")
            }
        }
    }
    // Without a ring before, and with each of the seven ends after which there may be one.
    let attempting = found.keys().filter(|state| state.status == CallStatus::Attempting);
    assert_eq!(attempting.count(), 6 * 8);
}

#[test]
fn a_call_that_rang_is_never_refused() {
    for state in states() {
        for event in events() {
            let Step::To(next, _) = step(state, event) else {
                continue;
            };
            let forgot = state.rang.is_some() && next.rang.is_none();
            assert!(!forgot, "{event:?} makes {state:?} forget that it rang");
            assert!(
                next.rang.is_none() || next.status != CallStatus::Refused,
                "{event:?} refuses {state:?}"
            );
        }
    }
    for (state, path) in reachable() {
        assert!(
            state.rang.is_none() || state.status != CallStatus::Refused,
            "{state:?} by {path:?}"
        );
    }
}

#[test]
fn a_ring_begins_only_with_its_callee_in_hand() {
    for state in states() {
        if let Step::To(next, _) = step(state, Event::Intend)
            && (state.attempt.is_none() || is_between_rings(state))
        {
            assert_eq!(state.status, CallStatus::Admitted, "{state:?} holds no callee");
            assert_eq!(next.rang, state.rang);
        }
    }
}

#[test]
fn whoever_may_have_rung_holds_the_callee() {
    for (state, path) in reachable() {
        if state.attempt.is_some_and(AttemptState::is_live)
            && !is_final(state.status)
            && !is_between_rings(state)
        {
            assert!(state.status.holds_callee(), "{state:?} by {path:?}");
        }
        for event in events() {
            if let Step::To(next, effects) = step(state, event) {
                let freed = state.status.holds_callee() && !next.status.holds_callee();
                assert!(
                    !freed || effects.contains(&Effect::ReleaseCallee),
                    "{event:?} frees the callee of {state:?} and tells nobody"
                );
                assert!(
                    !effects.contains(&Effect::ReleaseCallee) || is_final(next.status),
                    "{event:?} frees the callee of {next:?}"
                );
            }
        }
    }
}

#[test]
fn a_report_that_contradicts_a_proof_raises_an_alarm() {
    let rang = |event: &Event| matches!(event, Event::Place | Event::Progress | Event::End(_));
    let silent = |event: &Event| matches!(event, Event::NotPlace | Event::AwaitApproval);
    // What is in progress may be taken back by its record; what is over may not.
    let undialled = |state: State, event: &Event| {
        *event == Event::NotDial
            && state.status != CallStatus::InProgress
            && state.status != CallStatus::Stalled
    };
    for (state, path) in reachable() {
        for event in events() {
            let proven_silent = state.attempt == Some(AttemptState::NotPlaced);
            let proven_placed = state.attempt == Some(AttemptState::Placed);
            if (proven_silent && rang(&event))
                || (proven_placed && (silent(&event) || undialled(state, &event)))
            {
                assert_eq!(
                    step(state, event),
                    Step::Stays(&[Effect::Alarm]),
                    "{event:?} at {state:?} by {path:?}"
                );
            } else if let Step::To(_, effects) | Step::Stays(effects) = step(state, event) {
                let doubted = event == Event::Doubt && proven_silent;
                let never_sent = state.attempt.is_none() && is_final(state.status);
                assert!(
                    !effects.contains(&Effect::Alarm) || doubted || never_sent,
                    "{event:?} at {state:?} by {path:?}"
                );
            }
        }
    }
}

#[test]
fn an_heir_that_does_not_know_contradicts_nothing() {
    for (state, path) in reachable() {
        let proven_silent = state.attempt == Some(AttemptState::NotPlaced);
        match step(state, Event::Inherit) {
            Step::To(_, effects) | Step::Stays(effects) => {
                assert!(!effects.contains(&Effect::Alarm), "{state:?} by {path:?}");
            }
            Step::Illegal => {}
        }
        if !proven_silent && state.attempt.is_some() {
            assert_eq!(step(state, Event::Inherit), step(state, Event::Doubt), "{state:?}");
        }
    }
}

#[test]
fn only_a_sender_that_claimed_may_send_and_every_doubt_is_looked_into() {
    for (state, path) in reachable() {
        assert_eq!(
            matches!(step(state, Event::Send), Step::To(..)),
            state.attempt == Some(AttemptState::Claimed),
            "{state:?} by {path:?}"
        );
        if let Step::To(next, effects) = step(state, Event::Doubt) {
            assert_eq!(
                (next.attempt, effects),
                (Some(AttemptState::Unknown), &[Effect::Reconcile][..])
            );
        }
        if let Step::To(next, effects) = step(state, Event::Place) {
            assert_eq!((next.status, effects), (CallStatus::InProgress, &[Effect::Follow][..]));
        }
    }
}

#[test]
fn nobody_is_refused_after_the_end_but_once_more_where_the_last_ring_was_refused() {
    let over = |attempt| State {
        status: CallStatus::Closed,
        outcome: Some(Outcome::NoAnswer),
        attempt: Some(attempt),
        rang: Some(Outcome::NoAnswer),
    };
    assert_eq!(step(over(AttemptState::NotPlaced), Event::Refuse), Step::Stays(&[]));
    assert_eq!(step(over(AttemptState::Placed), Event::Refuse), Step::Illegal);
}
