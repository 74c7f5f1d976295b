//! A provider that fails is left alone, and found well again by reading.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use switchboard_core::{CallStatus, Clock, ErrorKind, Page, Refusal};
use switchboard_engine::Engine;
use switchboard_router::{BreakerPolicy, BreakerState, Policy, Timings};
use switchboard_testkit::VirtualClock;

use super::domains::{on_one_platform, works};
use crate::support::{
    Adjust, Fake, Op, call, completed,
    fake::{not_sent, refused, unknown},
    id, policy, queued, run, seconds, start, start_with, within,
};

fn after(failures: u32) -> BreakerPolicy {
    BreakerPolicy { failures, cooldown: seconds(15), longest_cooldown: seconds(40) }
}

fn read_fails() -> switchboard_core::Error {
    switchboard_core::Error::new(ErrorKind::Connect, "as the test says")
}

#[tokio::test(start_paused = true)]
async fn it_opens_after_so_many_failures_and_half_opens_with_a_read() {
    let mut alpha = Fake::new("alpha")
        .placing_times(3, |_| Err(not_sent()))
        .placing(|_| Ok(queued("alpha", "a-4")));
    for _ in 0..3 {
        alpha.lists.expect_list().times(1).returning(|_, _| Err(read_fails()));
    }
    let beta = Fake::new("beta").placing(|order| Ok(completed("beta", &order.attempt.to_string())));
    let (router, logs) =
        start_with(vec![alpha, beta], |_| {}, |builder| builder.breaker(id("alpha"), after(3)));

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
    let (router, logs) =
        start_with(vec![alpha], |_| {}, |builder| builder.breaker(id("alpha"), after(2)));
    let call = run(&router, call(1)).await;
    assert_eq!(call.status, CallStatus::Closed);
    let (placed, read) = (logs[0].when(Op::Place), logs[0].when(Op::List));
    assert_eq!((placed.len(), read.len()), (3, 1));
    assert!(placed[1] < read[0] && read[0] <= placed[2], "{placed:?} {read:?}");
}

#[tokio::test(start_paused = true)]
async fn doubts_count_and_refusals_do_not() {
    let alpha = Fake::new("alpha").placing(|_| Err(unknown()));
    let (router, _) =
        start_with(vec![alpha], |_| {}, |builder| builder.breaker(id("alpha"), after(2)));
    for n in 1..=2 {
        router.submit(call(n)).await.unwrap();
    }
    tokio::time::sleep(seconds(1)).await;
    assert!(matches!(router.readings()[0].breaker, BreakerState::Open { .. }));

    for refusal in
        [Refusal::ThisProvider, Refusal::Quota, Refusal::Everyone, Refusal::NeedsApproval]
    {
        let alpha = Fake::new("alpha").placing(move |_| Err(refused(ErrorKind::Blocked, refusal)));
        let (router, _) =
            start_with(vec![alpha], |_| {}, |builder| builder.breaker(id("alpha"), after(1)));
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
    alpha.lists.expect_list().returning(|_, _| Ok(Page { items: Vec::new(), next: None }));
    alpha.list_takes = seconds(3600);
    let (router, _) =
        start_with(vec![alpha], |_| {}, |builder| builder.breaker(id("alpha"), after(1)));
    let began = tokio::time::Instant::now();
    assert_eq!(run(&router, call(1)).await.status, CallStatus::Refused);
    assert!(began.elapsed() < seconds(130), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_read_that_works_proves_less_than_a_call() {
    let alpha = Fake::new("alpha")
        .placing_times(4, |_| Err(refused(ErrorKind::Unauthorized, Refusal::ThisProvider)))
        .placing(|order| Ok(completed("alpha", &order.attempt.to_string())));
    let beta = Fake::new("beta").placing(|order| Ok(completed("beta", &order.attempt.to_string())));
    let (router, logs) =
        start_with(vec![alpha, beta], |_| {}, |builder| builder.breaker(id("alpha"), after(3)));
    for n in 1..=3 {
        run(&router, call(n)).await;
    }
    tokio::time::sleep(seconds(16)).await;
    assert_eq!(router.readings()[0].breaker, BreakerState::Closed);
    // The fourth failure in a row: one call finds out, and the pause is twice as long.
    run(&router, call(4)).await;
    assert!(matches!(router.readings()[0].breaker, BreakerState::Open { .. }));
    tokio::time::sleep(seconds(29)).await;
    assert_eq!((logs[0].count(Op::Place), logs[0].count(Op::List)), (4, 1));
    tokio::time::sleep(seconds(2)).await;
    assert_eq!(logs[0].count(Op::List), 2);
    assert_eq!(run(&router, call(5)).await.provider.unwrap().as_str(), "alpha");
}

/// A clock on the wall that somebody sets. What runs, runs on.
#[derive(Debug)]
struct Wall {
    runs: VirtualClock,
    set_by: AtomicI64,
}

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        self.runs.now() + SignedDuration::from_secs(self.set_by.load(Ordering::Relaxed))
    }

    fn uptime(&self) -> Duration {
        self.runs.uptime()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.runs.sleep(duration)
    }
}

#[tokio::test(start_paused = true)]
async fn who_sets_the_clock_neither_shortens_nor_lengthens_a_pause() {
    for set_by in [-3600, 3600] {
        let wall = Arc::new(Wall { runs: VirtualClock::new(), set_by: AtomicI64::new(0) });
        let alpha = Fake::new("alpha").placing_times(1, |_| Err(not_sent()));
        let alpha = alpha.placing(|order| Ok(completed("alpha", &order.attempt.to_string())));
        let beta = Fake::new("beta").placing_times(1, |_| {
            Err(refused(ErrorKind::RateLimited, Refusal::RateLimited)
                .map(|error| error.with_retry_after(seconds(10))))
        });
        let beta = beta.placing(|order| Ok(completed("beta", &order.attempt.to_string())));
        let clock: Arc<dyn Clock> = wall.clone();
        let (router, logs) = start_with(
            vec![alpha, beta, works("gamma")],
            |_| {},
            |builder| builder.clock(clock).breaker(id("alpha"), after(1)),
        );
        run(&router, call(1)).await;
        let since = tokio::time::Instant::now();
        wall.set_by.store(set_by, Ordering::Relaxed);
        tokio::time::sleep(seconds(5)).await;
        let [alpha, beta, _] = &router.readings()[..] else { panic!("three") };
        assert_eq!(
            beta.paused_until.map(|until| until.duration_since(wall.now()).as_secs()),
            Some(5)
        );
        let BreakerState::Open { probe_at } = alpha.breaker else { panic!("{alpha:?}") };
        assert!((9..=10).contains(&probe_at.duration_since(wall.now()).as_secs()), "{probe_at}");
        // Ten seconds after it was asked for, beta takes calls again; alpha after the read at
        // fifteen.
        tokio::time::sleep_until(since + seconds(9)).await;
        assert_eq!(run(&router, call(2)).await.provider.unwrap().as_str(), "gamma");
        tokio::time::sleep_until(since + seconds(11)).await;
        assert_eq!(run(&router, call(3)).await.provider.unwrap().as_str(), "beta");
        tokio::time::sleep_until(since + seconds(16)).await;
        assert_eq!(run(&router, call(4)).await.provider.unwrap().as_str(), "alpha");
        assert_eq!(logs[0].count(Op::List), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_configuration_keeps_what_is_open_for_as_long_as_it_was_said() {
    let mut alpha = Fake::new("alpha")
        .placing_times(3, |_| Err(not_sent()))
        .placing(|order| Ok(completed("alpha", &order.attempt.to_string())));
    alpha.lists.expect_list().times(1).returning(|_, _| Err(read_fails()));
    let fakes = on_one_platform([alpha, works("beta"), works("gamma")]);
    let (policy, logs): (Policy, Vec<_>) = (policy(&fakes), fakes.iter().map(Fake::log).collect());
    let providers: Vec<_> = fakes.into_iter().map(Fake::build).collect();
    let clock: Arc<dyn Clock> = Arc::new(VirtualClock::new());
    let builder = |first: u64| {
        let quick = BreakerPolicy {
            failures: 3,
            cooldown: seconds(first),
            longest_cooldown: seconds(first),
        };
        let builder = Engine::builder(policy.clone())
            .clock(Arc::clone(&clock))
            .without_calling_rules("these tests are about sending");
        ["alpha", "beta", "gamma"].iter().zip(&providers).fold(
            builder,
            |builder, (name, provider)| {
                builder.provider(Arc::clone(provider)).breaker(id(name), quick)
            },
        )
    };
    let router = builder(15).build().unwrap();
    run(&router, call(1)).await;
    let before = router.readings();
    router.reload(builder(1)).unwrap();
    let after = router.readings();
    for (before, after) in before.iter().zip(&after) {
        assert_eq!((before.breaker, before.domain), (after.breaker, after.domain));
    }
    tokio::time::sleep(seconds(14)).await;
    assert_eq!((logs[0].count(Op::List), logs[1].count(Op::List)), (0, 0));
    // From then on as the new one says: alpha's read failed, and the next comes a second later.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert!(logs[0].count(Op::List) >= 2, "{:?}", logs[0].asked());
    assert!(
        router.readings().iter().all(|reading| reading.breaker == BreakerState::Closed
            && reading.domain == BreakerState::Closed)
    );
    assert_eq!(run(&router, call(2)).await.provider.unwrap().as_str(), "alpha");
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_a_provider_asks_for_is_kept_to_the_second_and_to_a_quarter_of_an_hour() {
    for (asked, kept) in [(1, 1), (7, 7), (899, 899), (900, 900), (3600, 900)] {
        let busy = move || {
            refused(ErrorKind::RateLimited, Refusal::RateLimited)
                .map(|error| error.with_retry_after(seconds(asked)))
        };
        let alpha = Fake::new("alpha").placing_times(1, move |_| Err(busy()));
        let alpha = alpha.placing(|order| Ok(completed("alpha", &order.attempt.to_string())));
        let patient = Timings { max_wait: seconds(7200), ..Timings::default() };
        let (router, logs) = start_with(vec![alpha], |_| {}, |builder| builder.timings(patient));
        assert_eq!(run(&router, call(1)).await.status, CallStatus::Closed);
        let [first, second] = logs[0].when(Op::Place)[..] else { panic!("two requests") };
        assert!(
            (seconds(kept)..seconds(kept + 1)).contains(&(second - first)),
            "{asked}: {:?}",
            second - first
        );
    }
}
