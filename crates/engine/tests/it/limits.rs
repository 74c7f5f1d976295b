//! Documented limits hold in every window, whatever is submitted.

use std::num::NonZeroU32;

use switchboard_core::{CallStatus, RequestLimit};
use switchboard_router::{ProviderLimits, Timings};

use crate::support::{
    Adjust, Fake, Op, call, completed,
    fake::{not_sent, unknown},
    id, most_in_any_window, queued, run, seconds, start, start_with, within,
};

fn a_minute(requests: u32) -> Option<RequestLimit> {
    Some(RequestLimit { requests, window: seconds(60) })
}

fn patient() -> Timings {
    Timings { max_wait: seconds(3600), ..Timings::default() }
}

#[tokio::test(start_paused = true)]
async fn two_hundred_calls_keep_the_placing_limit_in_every_minute() {
    let mut alpha =
        Fake::new("alpha").placing(|order| Ok(completed("alpha", &order.attempt.to_string())));
    alpha.info.place_limit = a_minute(60);
    let (router, logs) = start_with(vec![alpha], |_| {}, |builder| builder.timings(patient()));
    let mut ids = Vec::new();
    for n in 0..200 {
        ids.push(router.submit(call(n)).await.unwrap().id);
    }
    for id in ids {
        assert_eq!(within(router.wait(id)).await.unwrap().status, CallStatus::Closed);
    }
    let placed = logs[0].when(Op::Place);
    assert_eq!(placed.len(), 200);
    assert_eq!(
        most_in_any_window(&placed, seconds(60)),
        57,
        "of the documented 60, with the margin"
    );
    assert!(placed[199] < seconds(190), "and no slot is wasted: {:?}", placed[199]);
}

#[tokio::test(start_paused = true)]
async fn what_is_over_the_limit_goes_to_the_next_provider() {
    let mut alpha =
        Fake::new("alpha").placing(|order| Ok(completed("alpha", &order.attempt.to_string())));
    alpha.info.place_limit = a_minute(10);
    let beta = Fake::new("beta").placing(|order| Ok(completed("beta", &order.attempt.to_string())));
    let (router, logs) = start(vec![alpha, beta]);
    for n in 0..30 {
        run(&router, call(n)).await;
    }
    assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (9, 21));
}

#[tokio::test(start_paused = true)]
async fn patience_with_a_limit_ends() {
    let mut alpha =
        Fake::new("alpha").placing(|order| Ok(completed("alpha", &order.attempt.to_string())));
    alpha.info.place_limit = Some(RequestLimit { requests: 1, window: seconds(3600) });
    let (router, logs) = start(vec![alpha]);
    run(&router, call(1)).await;
    assert_eq!(run(&router, call(2)).await.status, CallStatus::Refused);
    assert_eq!(logs[0].count(Op::Place), 1);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_never_left_gives_its_slot_back_and_a_doubt_does_not() {
    let alpha = |first: fn() -> switchboard_core::PlaceError| {
        let mut alpha = Fake::new("alpha")
            .placing_times(1, move |_| Err(first()))
            .placing(|order| Ok(queued("alpha", &order.attempt.to_string())));
        alpha.info.place_limit = a_minute(3);
        alpha
    };
    let (router, _) = start(vec![alpha(not_sent)]);
    within(router.place(call(1))).await.unwrap();
    assert_eq!(router.readings()[0].headroom.unwrap().free, 1, "of two, the sent one is taken");

    let (router, _) = start(vec![alpha(unknown)]);
    router.submit(call(1)).await.unwrap();
    tokio::time::sleep(seconds(1)).await;
    assert_eq!(router.readings()[0].headroom.unwrap().free, 1);
}

#[tokio::test(start_paused = true)]
async fn calls_are_spread_over_time_where_a_pace_is_set() {
    let alpha =
        Fake::new("alpha").placing(|order| Ok(completed("alpha", &order.attempt.to_string())));
    let lane = ProviderLimits { calls_per_second: NonZeroU32::new(2), ..ProviderLimits::default() };
    let (router, logs) =
        start_with(vec![alpha], |_| {}, |builder| builder.limits(id("alpha"), lane));
    for n in 0..20 {
        router.submit(call(n)).await.unwrap();
    }
    tokio::time::sleep(seconds(60)).await;
    let placed = logs[0].when(Op::Place);
    assert_eq!(placed.len(), 20);
    assert!(most_in_any_window(&placed, seconds(1)) <= 4, "{placed:?}");
    assert!(placed[19] >= seconds(8), "{placed:?}");
}

#[tokio::test(start_paused = true)]
async fn a_read_that_takes_many_requests_takes_as_many_turns() {
    let mut alpha = Fake::new("alpha").placing(|_| Err(unknown())).tracing(|_| Ok(Vec::new()));
    alpha.requests_each = Some(7);
    let lane = ProviderLimits { reading: a_minute(10), ..ProviderLimits::default() };
    let (router, logs) =
        start_with(vec![alpha], |_| {}, |builder| builder.limits(id("alpha"), lane));
    for n in 0..4 {
        router.submit(call(n)).await.unwrap();
    }
    tokio::time::sleep(seconds(600)).await;
    let requests: Vec<_> =
        logs[0].asked().into_iter().filter(|(_, op)| *op == Op::Trace).map(|(at, _)| at).collect();
    assert_eq!(
        most_in_any_window(&requests, seconds(60)),
        10,
        "the limit counts requests and not looks"
    );
    assert!((70..=110).contains(&requests.len()), "{} requests in ten minutes", requests.len());
}
