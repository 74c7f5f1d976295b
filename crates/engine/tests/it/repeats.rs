//! Refusals that may be repeated: how often, how far apart, at whom, and until when.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use switchboard_core::{Balance, CallStatus, Credits, ErrorKind, MockUsage, Raw, Refusal};
use switchboard_router::{Match, Policy, Route, Timings};

use crate::support::{
    Adjust, Fake, Op, call, completed, fake::refused, id, request, run, seconds, start, start_with,
    valid,
};

/// One that says "too many" for ever, and how long to wait for nothing.
fn busy(name: &str, asks: Option<Duration>) -> Fake {
    Fake::new(name).placing(move |_| {
        let refusal = refused(ErrorKind::RateLimited, Refusal::RateLimited);
        Err(match asks {
            Some(wait) => refusal.map(|error| error.with_retry_after(wait)),
            None => refusal,
        })
    })
}

fn patient() -> Timings {
    Timings { max_wait: seconds(24 * 60 * 60), ..Timings::default() }
}

/// How long between each two requests.
fn gaps(moments: &[Duration]) -> Vec<Duration> {
    moments.windows(2).map(|two| two[1] - two[0]).collect()
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_always_says_too_many_is_asked_four_times_for_a_ring_with_pauses_between() {
    for asks in [
        Some(Duration::ZERO),
        None,
        Some(Duration::from_millis(1)),
        Some(seconds(7)),
        Some(seconds(900)),
    ] {
        let alpha = busy("alpha", asks);
        let (router, logs) = start_with(vec![alpha], |_| {}, |builder| builder.timings(patient()));
        let call = run(&router, call(1)).await;
        assert_eq!(call.status, CallStatus::Refused, "{asks:?}");
        assert_eq!(call.fault.unwrap().kind, ErrorKind::RateLimited);
        let gaps = gaps(&logs[0].when(Op::Place));
        let least = asks.unwrap_or_default().max(seconds(1));
        assert_eq!(gaps.len(), 3, "{asks:?}");
        assert!(gaps.iter().all(|gap| *gap >= least && *gap <= seconds(901)), "{asks:?}: {gaps:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_other_provider_is_asked_before_one_that_says_too_many_is_asked_again() {
    for asks in [Some(Duration::ZERO), None, Some(seconds(7))] {
        let (router, logs) = start(vec![
            busy("alpha", asks),
            Fake::new("beta").placing(|_| Ok(completed("beta", "b-1"))),
        ]);
        let call = run(&router, call(1)).await;
        assert_eq!(
            (call.status, call.provider),
            (CallStatus::Closed, Some(id("beta"))),
            "{asks:?}"
        );
        assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (1, 1), "{asks:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn two_that_always_say_too_many_are_asked_in_turns_and_no_more_than_four_times_each() {
    let fakes = vec![busy("alpha", Some(Duration::ZERO)), busy("beta", Some(Duration::ZERO))];
    let (router, logs) = start_with(fakes, |_| {}, |builder| builder.timings(patient()));
    assert_eq!(run(&router, call(1)).await.status, CallStatus::Refused);
    assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (4, 4));
}

#[tokio::test(start_paused = true)]
async fn repeats_end_at_the_deadline_of_the_call() {
    let alpha = busy("alpha", Some(seconds(7)));
    let settings = Timings { max_wait: seconds(10), ..Timings::default() };
    let (router, logs) = start_with(vec![alpha], |_| {}, |builder| builder.timings(settings));
    assert_eq!(run(&router, call(1)).await.status, CallStatus::Refused);
    let placed = logs[0].when(Op::Place);
    assert_eq!(placed.len(), 2, "{placed:?}");
}

fn broke(name: &str, has_credit: &Arc<AtomicBool>) -> Fake {
    let has_credit = Arc::clone(has_credit);
    let name = name.to_owned();
    Fake::new(&name.clone()).placing(move |order| {
        if has_credit.load(Ordering::SeqCst) {
            return Ok(completed(&name, &order.attempt.to_string()));
        }
        Err(refused(ErrorKind::QuotaExceeded, Refusal::Quota))
    })
}

#[tokio::test(start_paused = true)]
async fn an_account_without_credit_takes_no_further_call_until_a_pause_ends() {
    let has_credit = Arc::new(AtomicBool::new(false));
    let (router, logs) =
        start(vec![broke("alpha", &has_credit), Fake::new("beta").never_placing()]);
    for n in 1..=50 {
        router.submit(call(n)).await.unwrap();
    }
    tokio::time::sleep(seconds(50)).await;
    assert_eq!(logs[0].count(Op::Place), 1, "one call found it out, and the others wait");
    has_credit.store(true, Ordering::SeqCst);
    tokio::time::sleep(seconds(60)).await;
    let calls = router.calls().await.unwrap();
    assert!(calls.iter().all(|call| call.status == CallStatus::Closed), "nothing was lost");
    assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (51, 0));
}

#[tokio::test(start_paused = true)]
async fn an_account_without_credit_is_asked_four_times_for_a_ring_at_most() {
    let never = Arc::new(AtomicBool::new(false));
    let alpha = broke("alpha", &never);
    let (router, logs) = start_with(vec![alpha], |_| {}, |builder| builder.timings(patient()));
    let call = run(&router, call(1)).await;
    assert_eq!(
        (call.status, call.fault.unwrap().kind),
        (CallStatus::Refused, ErrorKind::QuotaExceeded)
    );
    let gaps = gaps(&logs[0].when(Op::Place));
    assert_eq!(gaps.len(), 3);
    assert!(gaps[0] >= seconds(60) && gaps.is_sorted(), "{gaps:?}");
}

#[tokio::test(start_paused = true)]
async fn a_read_that_shows_credit_ends_the_pause() {
    let has_credit = Arc::new(AtomicBool::new(false));
    let mut alpha = broke("alpha", &has_credit);
    let shown = Arc::clone(&has_credit);
    let mut usage = MockUsage::new();
    usage.expect_records().returning(|_| Ok(Vec::new()));
    usage.expect_balances().returning(move || {
        Ok(vec![Balance {
            provider: id("alpha"),
            account: None,
            plan: None,
            status: None,
            credits_remaining: Some(Credits::from_micros(if shown.load(Ordering::SeqCst) {
                5_000_000
            } else {
                0
            })),
            credits_used: None,
            minutes_used: None,
            phone_numbers: None,
            period_start: None,
            period_end: None,
            raw: Raw::default(),
        }])
    });
    alpha.usage = Some(usage);
    let (router, logs) = start(vec![alpha]);
    let first = router.submit(call(1)).await.unwrap();
    tokio::time::sleep(seconds(10)).await;
    has_credit.store(true, Ordering::SeqCst);
    assert_eq!(router.wait(first.id).await.unwrap().status, CallStatus::Closed);
    let waited = gaps(&logs[0].when(Op::Place));
    assert!(waited[0] < seconds(40), "{waited:?}");
}

/// The route says what the request may say.
#[tokio::test(start_paused = true)]
async fn who_may_go_elsewhere_goes_past_an_account_without_credit_at_once() {
    let on_route = |policy: &mut Policy| {
        policy.routes.push(Route {
            name: "everything".to_owned(),
            when: Match::default(),
            providers: Vec::new(),
            strategy: None,
            busy_callee: Default::default(),
            failover_on_quota: true,
            facts: Default::default(),
        });
    };
    for by_route in [true, false] {
        let fakes = vec![
            broke("alpha", &Arc::default()),
            Fake::new("beta").placing(|order| Ok(completed("beta", &order.attempt.to_string()))),
        ];
        let (router, logs) = start_with(
            fakes,
            |policy| {
                if by_route {
                    on_route(policy)
                }
            },
            |builder| builder,
        );
        for n in 1..=5 {
            let mut request = request(n);
            request.failover_on_quota = !by_route;
            let call = run(&router, valid(request)).await;
            assert_eq!((call.status, call.provider), (CallStatus::Closed, Some(id("beta"))));
        }
        assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (1, 5));
    }
}
