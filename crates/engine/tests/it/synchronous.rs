//! A provider whose answer comes when the phone call is over.

use switchboard_core::{AttemptState, CallStatus, ErrorKind, MockStopCalls, Proof, Trace};

use crate::support::{Fake, Op, call, completed, seconds, start, within};

/// It answers after 95 seconds, and its list shows the call after ten.
fn talks_for_95_seconds() -> Fake {
    let began = tokio::time::Instant::now();
    let mut alpha =
        Fake::new("alpha").placing(|_| Ok(completed("alpha", "a-1"))).tracing(move |_| {
            let shown = began.elapsed() >= seconds(10);
            Ok(shown
                .then(|| Trace { call: "a-1".into(), proof: Proof::NumberAndTask })
                .into_iter()
                .collect())
        });
    alpha.info.synchronous = true;
    alpha.place_takes = seconds(95);
    alpha
}

#[tokio::test(start_paused = true)]
async fn place_returns_when_it_is_sent_and_wait_at_its_end() {
    let (router, logs) = start(vec![talks_for_95_seconds()]);
    let began = tokio::time::Instant::now();

    let sent = within(router.place(call(1))).await.unwrap();
    assert_eq!((sent.status, sent.attempts[0].state), (CallStatus::Attempting, AttemptState::Sent));
    assert!(began.elapsed() < seconds(1), "{:?}", began.elapsed());

    let ended = within(router.wait(sent.id)).await.unwrap();
    assert_eq!(ended.status, CallStatus::Closed);
    assert!(
        began.elapsed() >= seconds(95) && began.elapsed() < seconds(96),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(logs[0].count(Op::Place), 1);
}

#[tokio::test(start_paused = true)]
async fn a_glimpse_of_its_id_makes_it_possible_to_stop_it() {
    let mut alpha = talks_for_95_seconds();
    let mut stops = MockStopCalls::new();
    stops.expect_stop().withf(|id| id.as_str() == "a-1").times(1).returning(|_| Ok(()));
    alpha.stops = Some(stops);
    let (router, logs) = start(vec![alpha]);
    let id = within(router.place(call(1))).await.unwrap().id;

    let early = router.stop(id).await.unwrap_err();
    assert_eq!(early.kind(), ErrorKind::Conflict, "nobody knows its id yet");
    tokio::time::sleep(seconds(20)).await;
    let glimpsed = router.get(id).await.unwrap();
    assert_eq!(glimpsed.attempts[0].provider_call_id, Some("a-1".into()));
    assert_eq!(
        (glimpsed.status, glimpsed.provider_call_id),
        (CallStatus::Attempting, None),
        "a hint moves nothing"
    );
    router.stop(id).await.unwrap();

    assert_eq!(within(router.wait(id)).await.unwrap().provider_call_id, Some("a-1".into()));
    assert_eq!((logs[0].count(Op::Place), logs[0].count(Op::Trace)), (1, 1), "one look was enough");
}

#[tokio::test(start_paused = true)]
async fn a_look_that_panics_does_not_take_the_open_request_with_it() {
    let mut alpha = Fake::new("alpha")
        .placing(|_| Ok(completed("alpha", "a-1")))
        .tracing(|_| panic!("the backend has a fault"));
    alpha.info.synchronous = true;
    alpha.place_takes = seconds(95);
    let (router, logs) = start(vec![alpha]);
    let id = router.submit(call(1)).await.unwrap().id;

    let ended = within(router.wait(id)).await.unwrap();
    assert_eq!((ended.status, ended.provider_call_id), (CallStatus::Closed, Some("a-1".into())));
    assert_eq!(logs[0].count(Op::Place), 1);
    assert!(logs[0].count(Op::Trace) > 0, "nobody looked");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_over_is_not_watched() {
    let (router, logs) = start(vec![talks_for_95_seconds()]);
    let id = router.submit(call(1)).await.unwrap().id;
    within(router.wait(id)).await.unwrap();
    tokio::time::sleep(seconds(600)).await;
    assert_eq!((logs[0].count(Op::List), logs[0].count(Op::Get)), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_cannot_stop_calls_says_so() {
    let (router, _) = start(vec![talks_for_95_seconds()]);
    let id = within(router.place(call(1))).await.unwrap().id;
    tokio::time::sleep(seconds(20)).await;
    assert_eq!(router.stop(id).await.unwrap_err().kind(), ErrorKind::Unsupported);
}
