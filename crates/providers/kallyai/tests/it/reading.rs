//! Reading calls: pages, filters, traces, what was said and what was arranged.

use crate::support::{CALLEE, OTHER, fast, order, simple_order, simulated};
use futures::TryStreamExt;
use jiff::{SignedDuration, Timestamp, civil};
use switchboard_core::{
    Appointment, CallFilter, CallListsExt, CallRequest, ErrorKind, PageRequest, Proof, Provider,
    Speaker,
};
use switchboard_kallyai::wire::{CalendarTime, CallRecord, Listing, Paging};
use switchboard_testkit::{
    Shape,
    fault::{Fault, FaultScript, ListFaults, Rule},
};

#[tokio::test]
async fn every_call_is_listed_once_over_pages_in_every_shape() {
    for shape in [Shape::February2026, Shape::January2026, Shape::Assistant] {
        let (_sim, kallyai) = simulated(fast().speed(60_000.0).shape(shape)).await;
        let mut placed = Vec::new();
        for _ in 0..3 {
            placed.push(kallyai.calls().place(&simple_order()).await.unwrap().id);
        }
        placed.reverse();
        let first = kallyai
            .lists()
            .unwrap()
            .list(&CallFilter::default(), &PageRequest { limit: Some(2), cursor: None })
            .await
            .unwrap();
        assert_eq!(first.next.as_deref(), Some("2"), "{shape:?}");
        let rest = kallyai
            .lists()
            .unwrap()
            .list(&CallFilter::default(), &PageRequest { limit: Some(2), cursor: first.next })
            .await
            .unwrap();
        assert_eq!((rest.items.len(), rest.next), (1, None), "{shape:?}");
        let all: Vec<_> =
            kallyai.lists().unwrap().all(CallFilter::default()).try_collect().await.unwrap();
        assert_eq!(all.into_iter().map(|call| call.id).collect::<Vec<_>>(), placed, "{shape:?}");
    }
}

#[tokio::test]
async fn times_are_filtered_here() {
    let (_sim, kallyai) = simulated(fast()).await;
    kallyai.calls().place(&simple_order()).await.unwrap();
    let hour = SignedDuration::from_hours(1);
    let now = Timestamp::now();
    let count = async |since: Option<Timestamp>, until: Option<Timestamp>| {
        let filter = CallFilter { since, until, ..CallFilter::default() };
        kallyai.lists().unwrap().list(&filter, &PageRequest::default()).await.unwrap().items.len()
    };
    assert_eq!(count(Some(now - hour), Some(now + hour)).await, 1);
    assert_eq!(count(Some(now + hour), None).await, 0);
    assert_eq!(count(None, Some(now - hour)).await, 0);
    let general = CallFilter { agent: Some("general".into()), ..CallFilter::default() };
    assert_eq!(
        kallyai.lists().unwrap().list(&general, &PageRequest::default()).await.unwrap().items.len(),
        1
    );
    let hotel = CallFilter { agent: Some("hotel".into()), ..CallFilter::default() };
    assert_eq!(
        kallyai.lists().unwrap().list(&hotel, &PageRequest::default()).await.unwrap().items.len(),
        0
    );
    let odd = PageRequest { cursor: Some("page two".to_owned()), limit: None };
    assert_eq!(
        kallyai.lists().unwrap().list(&hotel, &odd).await.unwrap_err().field(),
        Some("cursor")
    );
}

#[tokio::test]
async fn a_trace_wants_number_task_and_time_in_every_shape() {
    for shape in [Shape::February2026, Shape::January2026, Shape::Assistant] {
        let (_sim, kallyai) = simulated(fast().speed(60_000.0).shape(shape)).await;
        let ours = simple_order();
        let sent_at = Timestamp::now();
        let placed = kallyai.calls().place(&ours).await.unwrap();
        kallyai.calls().place(&order(&CallRequest::new(CALLEE, "Something else"))).await.unwrap();
        kallyai
            .calls()
            .place(&order(&CallRequest::new(OTHER, "Ask for the opening hours")))
            .await
            .unwrap();

        let found = kallyai.calls().trace(&ours, sent_at).await.unwrap();
        assert_eq!(found.len(), 1, "{shape:?}");
        assert_eq!(
            (&found[0].call, found[0].proof),
            (&placed.id, Proof::NumberAndTask),
            "{shape:?}"
        );
        let later = sent_at + SignedDuration::from_hours(1);
        assert_eq!(kallyai.calls().trace(&ours, later).await.unwrap(), [], "{shape:?}");
    }
}

#[tokio::test]
async fn a_trace_reads_every_page_of_a_list_in_unknown_order() {
    let (sim, kallyai) = simulated(fast()).await;
    let ours = simple_order();
    let now = Timestamp::now();
    let entry = |id: usize, at: Timestamp, task: &str| {
        serde_json::json!({"call_id": format!("c{id}"), "status": "success", "metadata": {"created_at": at.to_string()},
            "submission": {"respondent_phone": CALLEE, "task_description": task}})
    };
    // Oldest first, which no document forbids: the first page is all before the send, and the call
    // stands on the second.
    let old: Vec<_> = (0..3)
        .map(|n| entry(n, now - SignedDuration::from_hours(9 - i64::try_from(n).unwrap()), "Old"))
        .collect();
    let new = vec![entry(7, now, "Ask for  the opening hours ")];
    sim.faults().add(
        Rule::on(
            "GET",
            "/v1/calls",
            Fault::raw(200, serde_json::json!({"items": old, "total": 4}).to_string()),
        )
        .nth(1),
    );
    sim.faults().add(Rule::on(
        "GET",
        "/v1/calls",
        Fault::raw(200, serde_json::json!({"items": new, "total": 4}).to_string()),
    ));
    let found = kallyai.calls().trace(&ours, now).await.unwrap();
    assert_eq!(found.iter().map(|trace| trace.call.as_str()).collect::<Vec<_>>(), ["c7"]);
}

#[tokio::test]
async fn a_page_that_the_filter_empties_is_not_the_end() {
    let (sim, kallyai) = simulated(fast()).await;
    let now = Timestamp::now();
    let page = |id: &str, at: Timestamp| {
        let call = serde_json::json!({"call_id": id, "status": "success", "metadata": {"created_at": at.to_string()}});
        Fault::raw(200, serde_json::json!({"calls": [call], "total": 2}).to_string())
    };
    sim.faults().add(Rule::on("GET", "/v1/calls", page("new", now)).nth(1));
    sim.faults().add(Rule::on(
        "GET",
        "/v1/calls",
        page("old", now - SignedDuration::from_hours(9)),
    ));
    let filter =
        CallFilter { until: Some(now - SignedDuration::from_hours(1)), ..CallFilter::default() };
    let all: Vec<_> = kallyai.lists().unwrap().all(filter).try_collect().await.unwrap();
    assert_eq!(all.iter().map(|call| call.id.as_str()).collect::<Vec<_>>(), ["old"]);
    assert_eq!(
        sim.requests().iter().map(|request| request.query.as_str()).collect::<Vec<_>>(),
        ["", "offset=1"]
    );
}

#[tokio::test]
async fn a_list_that_leaves_the_call_out_finds_nothing_and_fails_nothing() {
    let script = FaultScript {
        list: ListFaults { omit: [CALLEE.to_owned()].into(), ..ListFaults::default() },
        ..FaultScript::default()
    };
    let (_sim, kallyai) = simulated(fast().faults(script)).await;
    let ours = simple_order();
    kallyai.calls().place(&ours).await.unwrap();
    assert_eq!(kallyai.calls().trace(&ours, Timestamp::now()).await.unwrap(), []);
}

#[tokio::test]
async fn an_answer_without_a_list_is_not_an_empty_one() {
    let (sim, kallyai) = simulated(fast()).await;
    sim.faults().add(Rule::on("GET", "/v1/calls", Fault::raw(200, r#"{"ok": true}"#)));
    let error = kallyai
        .lists()
        .unwrap()
        .list(&CallFilter::default(), &PageRequest::default())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(
        kallyai.calls().trace(&simple_order(), Timestamp::now()).await.unwrap_err().kind(),
        ErrorKind::Decode
    );
}

#[tokio::test]
async fn what_was_said_and_where_the_sound_is() {
    let (_sim, kallyai) = simulated(fast()).await;
    let call = kallyai.calls().place(&simple_order()).await.unwrap();
    let transcript = kallyai.transcripts().unwrap().transcript(&call.id).await.unwrap();
    let speakers: Vec<_> = transcript.entries.iter().map(|entry| &entry.speaker).collect();
    assert_eq!(speakers, [&Speaker::Agent, &Speaker::Callee, &Speaker::Agent]);
    let recording = kallyai.recordings().unwrap().recording(&call.id).await.unwrap();
    assert_eq!(recording.format.as_deref(), Some("mp3"));
    let missing = "no-such-call".into();
    assert_eq!(kallyai.calls().get(&missing).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(
        kallyai.transcripts().unwrap().transcript(&missing).await.unwrap_err().code(),
        Some("call_not_found")
    );
}

#[tokio::test]
async fn the_appointment_comes_as_events_and_as_text() {
    let (_sim, kallyai) = simulated(fast()).await;
    let mut request = CallRequest::new(CALLEE, "Reserve a table");
    request.appointment = Some(Appointment {
        date: Some("2036-02-14".to_owned()),
        time: Some("20:00".to_owned()),
        ..Appointment::default()
    });
    let call = kallyai.calls().place(&order(&request)).await.unwrap();
    let calendar = kallyai.client().calls().calendar(&call.id).await.unwrap();
    assert!(calendar.text.starts_with("BEGIN:VCALENDAR"));
    let [event] = &calendar.events[..] else { panic!("one event") };
    assert_eq!(event.summary.as_deref(), Some("Reserve a table"));
    assert_eq!(event.uid.as_deref(), Some(call.id.as_str()));
    assert_eq!(event.start, Some(CalendarTime::Local(civil::date(2036, 2, 14).at(20, 0, 0, 0))));
    let none = kallyai.calls().place(&simple_order()).await.unwrap();
    assert_eq!(
        kallyai.client().calls().calendar(&none.id).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[tokio::test]
async fn the_list_of_document_003_is_read_as_it_stands() {
    let (sim, kallyai) = simulated(fast()).await;
    sim.faults().add(Rule::on(
        "GET",
        "/v1/calls",
        Fault::raw(200, include_str!("../fixtures/003/calls_list_answer.json")),
    ));
    let listing: Listing<CallRecord> =
        kallyai.client().calls().list(&Paging::new().limit(1)).await.unwrap();
    assert_eq!((listing.items.len(), listing.total, listing.has_more), (1, Some(42), None));
    let submission = listing.items[0].submission.clone().unwrap();
    assert_eq!(submission.business_name.as_deref(), Some("Italian Bistro"));
    assert_eq!(submission.task_description, None);
    assert!(!format!("{listing:?} {submission:?}").contains("4155551234"));
}
