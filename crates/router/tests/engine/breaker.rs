//! A provider that fails is left alone, and found well again by reading.

use switchboard_core::{CallStatus, Delivery, ErrorKind, Page, Refusal};
use switchboard_router::{BreakerPolicy, BreakerState, LaneSettings};

use crate::support::{
    Fake, Op, call, completed,
    fake::{failure, not_sent, refused, unknown},
    id, queued, run, seconds, start, start_with, within,
};

fn lane(failures: u32) -> LaneSettings {
    LaneSettings {
        breaker: BreakerPolicy {
            failures,
            cooldown: seconds(15),
            longest_cooldown: seconds(40),
        },
        ..LaneSettings::default()
    }
}

fn read_fails() -> switchboard_core::Error {
    failure(ErrorKind::Connect, Delivery::NotSent)
}

#[tokio::test(start_paused = true)]
async fn it_opens_after_so_many_failures_and_half_opens_with_a_read() {
    let mut alpha = Fake::new("alpha")
        .placing_times(3, |_| Err(not_sent()))
        .placing(|_| Ok(queued("alpha", "a-4")));
    for _ in 0..3 {
        alpha.calls.expect_list().times(1).returning(|_, _| Err(read_fails()));
    }
    let beta = Fake::new("beta").placing(|order| Ok(completed("beta", &order.attempt.to_string())));
    let (router, logs) = start_with(vec![alpha, beta], |_| {}, |builder| builder.lane(id("alpha"), lane(3)));

    let first = run(&router, call(1)).await;
    assert_eq!((first.provider.unwrap().as_str(), logs[0].count(Op::Place)), ("beta", 3));
    assert!(matches!(router.readings()[0].breaker, BreakerState::Open { .. }));

    // While it is open the other provider takes everything.
    for n in 2..5 {
        assert_eq!(run(&router, call(n)).await.provider.unwrap().as_str(), "beta");
    }
    // Reads at about 15 s, then twice as long, then at most 40 s apart; the fourth works.
    tokio::time::sleep(seconds(15 + 30 + 40 + 40 + 5)).await;
    assert_eq!(router.readings()[0].breaker, BreakerState::Closed);
    let reads = logs[0].when(Op::List);
    assert_eq!(reads.len(), 4);
    let pauses: Vec<u64> = reads.windows(2).map(|pair| (pair[1] - pair[0]).as_secs()).collect();
    assert_eq!(pauses, [30, 40, 40]);
    assert_eq!(logs[0].count(Op::Place), 3, "no call was used to find out whether calls work");

    assert_eq!(within(router.place(call(9))).await.unwrap().provider.unwrap().as_str(), "alpha");
}

#[tokio::test(start_paused = true)]
async fn with_one_provider_the_call_waits_for_the_read() {
    let alpha = Fake::new("alpha")
        .placing_times(2, |_| Err(not_sent()))
        .placing(|_| Ok(completed("alpha", "a-1")));
    let (router, logs) = start_with(vec![alpha], |_| {}, |builder| builder.lane(id("alpha"), lane(2)));
    let call = run(&router, call(1)).await;
    assert_eq!(call.status, CallStatus::Closed);
    let (placed, read) = (logs[0].when(Op::Place), logs[0].when(Op::List));
    assert_eq!((placed.len(), read.len()), (3, 1));
    assert!(placed[1] < read[0] && read[0] <= placed[2], "{placed:?} {read:?}");
}

#[tokio::test(start_paused = true)]
async fn doubts_count_and_refusals_do_not() {
    let alpha = Fake::new("alpha").placing(|_| Err(unknown()));
    let (router, _) = start_with(vec![alpha], |_| {}, |builder| builder.lane(id("alpha"), lane(2)));
    for n in 1..=2 {
        router.submit(call(n)).await.unwrap();
    }
    tokio::time::sleep(seconds(1)).await;
    assert!(matches!(router.readings()[0].breaker, BreakerState::Open { .. }));

    for refusal in [Refusal::ThisProvider, Refusal::Quota, Refusal::Everyone, Refusal::NeedsApproval] {
        let alpha = Fake::new("alpha").placing(move |_| Err(refused(ErrorKind::Blocked, refusal)));
        let (router, _) = start_with(vec![alpha], |_| {}, |builder| builder.lane(id("alpha"), lane(1)));
        run(&router, call(1)).await;
        assert_eq!(router.readings()[0].breaker, BreakerState::Closed, "{refusal:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_in_between_begins_the_count_anew() {
    let alpha = Fake::new("alpha")
        .placing_times(2, |_| Err(not_sent()))
        .placing_times(1, |order| Ok(queued("alpha", &order.attempt.to_string())))
        .placing_times(2, |_| Err(not_sent()))
        .placing(|order| Ok(queued("alpha", &order.attempt.to_string())));
    let (router, logs) = start(vec![alpha]);
    for n in 1..=2 {
        assert_eq!(within(router.place(call(n))).await.unwrap().status, CallStatus::InProgress);
    }
    assert_eq!(logs[0].count(Op::Place), 6);
    assert_eq!(router.readings()[0].breaker, BreakerState::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_read_that_hangs_does_not_hold_a_call_beyond_its_patience() {
    let mut alpha = Fake::new("alpha").placing(|_| Err(not_sent()));
    alpha.calls.expect_list().returning(|_, _| {
        Ok(Page {
            items: Vec::new(),
            next: None,
        })
    });
    alpha.list_takes = seconds(3600);
    let (router, _) = start_with(vec![alpha], |_| {}, |builder| builder.lane(id("alpha"), lane(1)));
    let began = tokio::time::Instant::now();
    assert_eq!(run(&router, call(1)).await.status, CallStatus::Refused);
    assert!(began.elapsed() < seconds(130), "{:?}", began.elapsed());
}
