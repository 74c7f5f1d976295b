//! The judge of `http-loop` finds what may not be.

use std::{collections::HashMap, sync::Arc};

use switchboard::{
    Call, CallId, CallRequest, CallStatus,
    jiff::Timestamp,
    journal::{
        NewCall, created,
        server::{FeedEvent, Positioned},
    },
    uuid::Uuid,
};
use switchboard_tests::{
    callee,
    serve::{
        callers::{Granted, Wish},
        judge::{EventsJudged, Feed, Told, judge_calls, judge_events},
    },
};

fn at() -> Timestamp {
    "2026-02-14T20:00:00Z".parse().unwrap()
}

/// A call that was received, and nothing more.
fn told(number: u128) -> Told {
    let request = CallRequest::new(callee(1), "Ask.").validate(at()).unwrap();
    let new = NewCall::new(CallId::new(Uuid::from_u128(number)), Arc::new(request), at());
    let call = new.received();
    Told { events: vec![created(&call)], replayed: call.clone(), call, under_way: Vec::new() }
}

/// A feed with these events that everybody saw.
fn feed(events: &[&FeedEvent]) -> Feed {
    let positioned = |(index, event): (usize, &&FeedEvent)| Positioned {
        position: index as u64 + 1,
        event: (*event).clone(),
    };
    let id = |event: &&FeedEvent| format!("evt_{}", event.id.simple());
    Feed {
        arrived: events.len(),
        positions: events.iter().enumerate().map(positioned).collect(),
        followers: vec![("stream", None, events.iter().map(id).collect())],
        received: events.iter().map(|event| (id(event), 1)).collect(),
    }
}

fn counts(judged: &EventsJudged) -> (usize, usize, usize) {
    let EventsJudged { lost, invented, undelivered, faults, .. } = judged;
    assert_eq!(faults.is_empty(), lost + invented + undelivered == 0, "{faults:?}");
    (*lost, *invented, *undelivered)
}

#[test]
fn events_that_are_lost_invented_misplaced_or_undelivered_are_found() {
    let (first, second) = (told(1), told(2));
    let (one, two) = (first.events[0].clone(), second.events[0].clone());
    let all = [first, second];
    let judged = |feed: &Feed| counts(&judge_events(&all, feed));
    assert_eq!(judged(&feed(&[&one, &two])), (0, 0, 0));

    let (lost, _, _) = judged(&feed(&[&one]));
    assert!(lost > 0, "an event of a call is missing");
    let stranger = told(3).events.remove(0);
    assert_eq!(judged(&feed(&[&one, &two, &stranger])).1, 1, "an event of no call");
    assert!(judged(&feed(&[&one, &two, &one])).1 > 0, "an event twice");
    let mut strange = two.clone();
    (strange.id, strange.kind) = (Uuid::from_u128(9), "call.alarm".to_owned());
    assert_eq!(judged(&feed(&[&one, &two, &strange])).1, 1, "an event that no fact makes");

    let mut gap = feed(&[&one, &two]);
    gap.positions[1].position = 3;
    assert_eq!(judged(&gap).0, 1, "a position is left out");
    for (what, seen) in
        [("missed", vec![0]), ("out of order", vec![1, 0]), ("twice", vec![0, 1, 1])]
    {
        let mut followed = feed(&[&one, &two]);
        let ids = followed.followers[0].2.clone();
        followed.followers[0].2 = seen.into_iter().map(|index: usize| ids[index].clone()).collect();
        let (lost, invented, _) = judged(&followed);
        assert_eq!(lost + invented, 1, "{what}");
    }
    let mut undelivered = feed(&[&one, &two]);
    undelivered.received.values_mut().for_each(|times| *times = 0);
    assert_eq!(judged(&undelivered), (0, 0, 2));
    let mut repeated = feed(&[&one, &two]);
    repeated.received.values_mut().for_each(|times| *times = 2);
    assert_eq!(judged(&repeated), (0, 0, 0), "at least once");
    repeated.received = HashMap::from([("evt_other".to_owned(), 1)]);
    assert_eq!(judged(&repeated), (0, 1, 2));

    let mut closed = told(1);
    (closed.call.status, closed.replayed.status) = (CallStatus::Closed, CallStatus::Closed);
    let judged = judge_events(&[closed], &feed(&[&one]));
    assert_eq!(counts(&judged), (1, 0, 0), "it is over, and no event says so");
}

#[test]
fn accepted_calls_that_are_not_in_the_ledger_are_found() {
    let wish = Wish::new(1, 2);
    let mut call: Call = told(7).call;
    call.status = CallStatus::Refused;
    let granted = |id: Option<&str>, wrong: Option<&str>| Granted {
        number: 1,
        id: id.map(str::to_owned),
        wrong: wrong.map(str::to_owned),
        ..Granted::default()
    };
    let id = call.id.to_string();
    let lost = |granted: Granted, calls: &[Call]| {
        judge_calls(std::slice::from_ref(&wish), &[granted], calls, Vec::new()).lost_calls
    };
    assert_eq!(lost(granted(Some(&id), None), std::slice::from_ref(&call)), 0);
    assert!(lost(granted(Some("another"), None), std::slice::from_ref(&call)) > 0);
    assert!(lost(granted(Some(&id), Some("401")), std::slice::from_ref(&call)) > 0);
    assert!(lost(granted(Some(&id), None), &[]) > 0);
    let gave_up = |id: Option<&str>| Granted { gave_up: true, ..granted(id, None) };
    let both = |granted: Granted, calls: &[Call]| {
        let judged = judge_calls(std::slice::from_ref(&wish), &[granted], calls, Vec::new());
        assert!(!judged.faults.is_empty(), "it is told");
        (judged.lost_calls, judged.given_up)
    };
    assert_eq!(both(gave_up(None), &[]), (0, 1), "it was never accepted");
    assert_eq!(both(gave_up(None), std::slice::from_ref(&call)), (0, 1), "nobody heard of it");
    assert_eq!(both(gave_up(Some(&id)), &[]), (2, 1), "it was accepted and is lost");
    call.status = CallStatus::Attempting;
    assert_eq!(both(gave_up(None), std::slice::from_ref(&call)), (1, 1), "it must settle as well");
    assert!(lost(granted(Some(&id), None), std::slice::from_ref(&call)) > 0, "nobody works on it");
}
