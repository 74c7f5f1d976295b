//! Changing and reading calls that a provider has; keys that come twice; pauses that are too long
//! to believe.

use switchboard_core::{
    CallStatus, ErrorKind, MockCancelCalls, MockStopCalls, ProviderState, Recording, Refusal,
    Speaker, Transcript, TranscriptEntry,
};
use switchboard_router::{DuplicateWindows, Timings};

use crate::support::{
    Adjust, Fake, Op, call, completed,
    fake::{refused, unknown},
    queued, report, request, run, seconds, start, start_with, valid, within,
};

#[tokio::test(start_paused = true)]
async fn a_call_that_a_provider_has_is_cancelled_and_stopped_there() {
    let mut alpha = Fake::new("alpha")
        .placing(|_| Ok(queued("alpha", "a-1")))
        .listing(|| vec![report("alpha", "a-1", ProviderState::InProgress)]);
    let mut cancels = MockCancelCalls::new();
    cancels.expect_cancel().withf(|id| id.as_str() == "a-1").times(1).returning(|_| Ok(()));
    alpha.cancels = Some(cancels);
    let mut stops = MockStopCalls::new();
    stops.expect_stop().withf(|id| id.as_str() == "a-1").times(1).returning(|_| Ok(()));
    alpha.stops = Some(stops);
    let (router, _) = start(vec![alpha]);
    let id = within(router.place(call(1))).await.unwrap().id;
    router.cancel(id).await.unwrap();
    router.stop(id).await.unwrap();
    assert_eq!(
        router.get(id).await.unwrap().status,
        CallStatus::InProgress,
        "the provider's report ends it, not our wish"
    );
}

#[tokio::test(start_paused = true)]
async fn only_a_call_of_which_nothing_was_sent_is_withdrawn() {
    let mut alpha = Fake::new("alpha")
        .placing(|_| Ok(queued("alpha", "a-1")))
        .listing(|| vec![report("alpha", "a-1", ProviderState::InProgress)]);
    // Whatever it is asked fails the test.
    alpha.cancels = Some(MockCancelCalls::new());
    let (router, logs) = start(vec![alpha]);
    let mut later = request(2);
    later.not_before = Some("2026-03-02T10:00:00Z".to_owned());
    let later = router.submit(valid(later)).await.unwrap().id;
    assert!(router.withdraw(later).await.unwrap());
    let refused = router.get(later).await.unwrap();
    assert_eq!(refused.fault.unwrap().kind, ErrorKind::Withdrawn);
    assert!(!router.withdraw(later).await.unwrap(), "it is over");
    let placed = within(router.place(call(1))).await.unwrap().id;
    assert!(!router.withdraw(placed).await.unwrap());
    assert_eq!(router.get(placed).await.unwrap().status, CallStatus::InProgress);
    tokio::time::sleep(seconds(7_200)).await;
    assert_eq!(logs[0].count(Op::Place), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_in_doubt_can_be_neither_cancelled_nor_stopped() {
    let mut alpha = Fake::new("alpha").placing(|_| Err(unknown()));
    alpha.cancels = Some(MockCancelCalls::new());
    let (router, _) = start(vec![alpha]);
    let id = router.submit(call(1)).await.unwrap().id;
    tokio::time::sleep(seconds(5)).await;
    assert_eq!(router.cancel(id).await.unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(router.stop(id).await.unwrap_err().kind(), ErrorKind::Conflict);
}

#[tokio::test(start_paused = true)]
async fn what_was_said_and_its_sound_are_kept_with_the_call() {
    let mut alpha = Fake::new("alpha").placing(|_| Ok(completed("alpha", "a-1")));
    let said = Transcript {
        entries: vec![TranscriptEntry {
            speaker: Speaker::Callee,
            text: "We open at nine.".to_owned(),
            offset: Some(seconds(3)),
        }],
        raw: Default::default(),
    };
    let sound = Recording {
        url: "https://sound.example.com/a-1".parse().unwrap(),
        duration: None,
        format: Some("mp3".to_owned()),
        raw: Default::default(),
    };
    let (told, heard) = (said.clone(), sound.clone());
    alpha.transcripts.expect_transcript().times(1).returning(move |_| Ok(told.clone()));
    alpha.recordings.expect_recording().times(1).returning(move |_| Ok(heard.clone()));
    let (router, _) = start(vec![alpha]);
    let id = run(&router, call(1)).await.id;
    assert_eq!(router.transcript(id).await.unwrap(), said);
    assert_eq!(router.recording(id).await.unwrap(), sound);
    let call = router.get(id).await.unwrap();
    assert_eq!((call.transcript, call.recording), (Some(said), Some(sound)));
}

#[tokio::test(start_paused = true)]
async fn one_key_is_one_call_however_often_it_is_sent() {
    let mut alpha = Fake::new("alpha").placing(|_| Ok(completed("alpha", "a-1")));
    alpha.place_takes = seconds(10);
    let (router, logs) = start(vec![alpha]);
    let mut keyed = request(1);
    keyed.idempotency_key = Some("order-17".to_owned());
    let first = router.submit(valid(keyed.clone())).await.unwrap();
    tokio::time::sleep(seconds(1)).await;
    let again = within(router.place(valid(keyed.clone()))).await.unwrap();
    assert_eq!((again.id, again.status), (first.id, CallStatus::Closed));
    keyed.urgent = true;
    assert_eq!(router.submit(valid(keyed)).await.unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(logs[0].count(Op::Place), 1);
}

#[tokio::test(start_paused = true)]
async fn the_same_task_a_moment_later_is_taken_for_a_mistake() {
    let alpha =
        Fake::new("alpha").placing(|order| Ok(completed("alpha", &order.attempt.to_string())));
    let (router, logs) = start(vec![alpha]);
    run(&router, call(1)).await;
    assert_eq!(router.submit(call(1)).await.unwrap_err().kind(), ErrorKind::PossibleDuplicate);
    tokio::time::sleep(seconds(601)).await;
    run(&router, call(1)).await;
    assert_eq!(logs[0].count(Op::Place), 2);
}

#[tokio::test(start_paused = true)]
async fn how_long_a_mistake_is_one_is_a_setting_for_calls_and_for_batches() {
    let alpha =
        Fake::new("alpha").placing(|order| Ok(completed("alpha", &order.attempt.to_string())));
    let windows = DuplicateWindows { call: seconds(60), batch: seconds(3_600) };
    let (router, logs) =
        start_with(vec![alpha], |policy| policy.duplicates = windows, |builder| builder);
    let row = |batch: &str| {
        let mut row = request(1);
        (row.batch, row.row_key) = (Some(batch.to_owned()), Some(batch.to_owned()));
        valid(row)
    };
    let first = run(&router, row("monday")).await.id;
    for (pause, asked, held) in [
        (50, row("tuesday"), true),
        (0, call(1), true),
        (20, call(1), false),
        (3_400, row("tuesday"), true),
        (300, row("tuesday"), false),
    ] {
        tokio::time::sleep(seconds(pause)).await;
        match router.place(asked).await {
            Err(error) => assert!(held && error.kind() == ErrorKind::PossibleDuplicate, "{error}"),
            Ok(call) => assert!(!held, "{call:?}"),
        }
    }
    // The row of the same batch is the same call, however late it comes.
    assert_eq!(router.place(row("monday")).await.unwrap().id, first);
    assert_eq!(logs[0].count(Op::Place), 3);
}

#[tokio::test(start_paused = true)]
async fn a_pause_of_hours_is_believed_for_fifteen_minutes() {
    let alpha = Fake::new("alpha")
        .placing_times(1, |_| {
            Err(refused(ErrorKind::RateLimited, Refusal::RateLimited)
                .map(|error| error.with_retry_after(seconds(7200))))
        })
        .placing(|_| Ok(completed("alpha", "a-1")));
    let patient = Timings { max_wait: seconds(3600), ..Timings::default() };
    let (router, logs) = start_with(vec![alpha], |_| {}, |builder| builder.timings(patient));
    assert_eq!(run(&router, call(1)).await.status, CallStatus::Closed);
    let placed = logs[0].when(Op::Place);
    assert!(placed[1] >= seconds(900) && placed[1] < seconds(902), "{placed:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_nobody_knows_is_not_found() {
    let (router, _) = start(vec![Fake::new("alpha")]);
    let nobody = switchboard_core::CallId::new(uuid::Uuid::nil());
    assert_eq!(router.get(nobody).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(router.wait(nobody).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(router.stop(nobody).await.unwrap_err().kind(), ErrorKind::NotFound);
}
