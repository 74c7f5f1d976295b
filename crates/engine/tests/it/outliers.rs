//! A provider that fails far more often than the others is left out for a while, and never the last
//! one.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use switchboard_core::{CallRequest, CallStatus, Clock, Coverage, Delivery, ErrorKind, Refusal};
use switchboard_engine::Engine;
use switchboard_router::{BreakerPolicy, OutlierPolicy, Policy, Rejection};
use switchboard_testkit::VirtualClock;

use crate::support::{
    Adjust, Fake, Log, Op, call, completed,
    fake::{failure, refused},
    id, policy, run, seconds, start_with, valid,
};

/// Some of its placing requests it refuses because of its key, which proves that nothing rang.
fn failing(name: &'static str, fails: impl Fn(usize) -> bool + Send + 'static) -> Fake {
    let asked = AtomicUsize::new(0);
    Fake::new(name).placing(move |order| match fails(asked.fetch_add(1, Ordering::Relaxed)) {
        true => Err(refused(ErrorKind::Unauthorized, Refusal::ThisProvider)),
        false => Ok(completed(name, &order.attempt.to_string())),
    })
}

/// It takes every other call: never two failures in a row, so that its breaker sees nothing.
fn flaky(name: &'static str) -> Fake {
    failing(name, |nth| nth % 2 == 1)
}

fn sound(name: &'static str) -> Fake {
    failing(name, |_| false)
}

struct Scene {
    router: Engine,
    logs: Vec<Arc<Log>>,
    clock: VirtualClock,
    calls: u32,
}

impl Scene {
    fn new(fakes: Vec<Fake>, change: impl FnOnce(&mut Policy), outliers: OutlierPolicy) -> Self {
        let clock = VirtualClock::new();
        let (router, logs) = start_with(fakes, change, |builder| {
            builder.clock(Arc::new(clock)).adjust(|policy| policy.outliers = outliers)
        });
        Self { router, logs, clock, calls: 0 }
    }

    fn usual(fakes: Vec<Fake>) -> Self {
        Self::new(fakes, |_| {}, OutlierPolicy::default())
    }

    /// Who took the next call.
    async fn call(&mut self) -> Option<String> {
        self.calls += 1;
        let call = run(&self.router, call(self.calls)).await;
        (call.status == CallStatus::Closed).then(|| call.provider.unwrap().as_str().to_owned())
    }

    /// A call each second. Says for how long the first provider is left out, and how many calls
    /// that took.
    async fn until_ejected(&mut self) -> (Duration, usize) {
        for nth in 1..=200 {
            self.call().await;
            if let Some(left) = self.left() {
                return (left, nth);
            }
            tokio::time::sleep(seconds(1)).await;
        }
        panic!("it was never left out");
    }

    fn left(&self) -> Option<Duration> {
        let until = self.router.readings()[0].ejected_until?;
        Some(Duration::try_from(until.duration_since(self.clock.now())).unwrap())
    }

    fn placed(&self, nth: usize) -> usize {
        self.logs[nth].count(Op::Place)
    }
}

#[tokio::test(start_paused = true)]
async fn a_bad_provider_is_left_out_and_comes_back_when_it_was_said() {
    let mut scene = Scene::usual(vec![flaky("alpha"), sound("beta")]);
    assert_eq!(scene.until_ejected().await, (seconds(60), 20));
    let until: Timestamp = scene.router.readings()[0].ejected_until.unwrap();

    // Every plan says it, and for as long as it lasts the other takes everything.
    let plan = scene.router.plan(&call(500));
    assert_eq!(plan.rejected[0].rejection, Rejection::Outlier(until));
    assert_eq!(plan.rejected[0].rejection.code(), "outlier");
    assert_eq!(plan.clears_at(), Some(until));
    for _ in 0..5 {
        assert_eq!(scene.call().await.unwrap(), "beta");
    }
    tokio::time::sleep(scene.left().unwrap() - Duration::from_millis(1)).await;
    assert_eq!(scene.router.readings()[0].ejected_until, Some(until), "it did not move");
    assert_eq!(scene.call().await.unwrap(), "beta");
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!((scene.router.readings()[0].ejected_until, scene.clock.now()), (None, until));
    assert_eq!((scene.call().await.unwrap(), scene.placed(0)), ("alpha".to_owned(), 21));
}

#[tokio::test(start_paused = true)]
async fn each_time_in_a_row_lasts_twice_as_long() {
    let outliers = OutlierPolicy { longest_cooldown: seconds(200), ..OutlierPolicy::default() };
    let mut scene = Scene::new(vec![flaky("alpha"), sound("beta")], |_| {}, outliers);
    for expected in [60, 120, 200, 200] {
        let (pause, calls) = scene.until_ejected().await;
        assert_eq!(
            (pause, calls),
            (seconds(expected), 20),
            "what it did before it was left out is forgotten"
        );
        tokio::time::sleep(pause).await;
    }
    // A window without one ends the row.
    tokio::time::sleep(seconds(300)).await;
    assert_eq!(scene.until_ejected().await, (seconds(60), 20));
}

/// It takes one call in ten, and its breaker bears that.
fn hopeless(beta: Fake, change: impl FnOnce(&mut Policy)) -> Scene {
    let patient = BreakerPolicy { failures: 1_000, ..BreakerPolicy::default() };
    let fakes = vec![failing("alpha", |nth| nth % 10 != 0), beta];
    let clock = VirtualClock::new();
    let (router, logs) = start_with(fakes, change, |builder| {
        builder.clock(Arc::new(clock)).breaker(id("alpha"), patient)
    });
    Scene { router, logs, clock, calls: 0 }
}

#[tokio::test(start_paused = true)]
async fn the_last_one_is_never_left_out() {
    let mut off = hopeless(sound("beta"), |policy| policy.providers[1].enabled = false);
    let mut broken = failing("beta", |_| true);
    broken
        .lists
        .expect_list()
        .returning(|_, _| Err(failure(ErrorKind::Connect, Delivery::NotSent).into_error()));
    let mut open = hopeless(broken, |_| {});
    for scene in [&mut off, &mut open] {
        for _ in 0..60 {
            scene.call().await;
            assert_eq!(scene.left(), None);
            tokio::time::sleep(seconds(1)).await;
        }
        assert_eq!(scene.placed(0), 60);
    }
    assert_eq!(open.placed(1), 3, "its breaker was open all the time");
    // With somebody else there it is.
    assert_eq!(hopeless(sound("beta"), |_| {}).until_ejected().await.0, seconds(60));
}

#[tokio::test(start_paused = true)]
async fn one_bad_call_leaves_nobody_out_and_nobody_is_where_it_is_switched_off() {
    let mut bad = Scene::usual(vec![failing("alpha", |nth| nth == 30), sound("beta")]);
    let off = OutlierPolicy { enabled: false, ..OutlierPolicy::default() };
    let mut off = Scene::new(vec![flaky("alpha"), sound("beta")], |_| {}, off);
    for scene in [&mut bad, &mut off] {
        for _ in 0..60 {
            scene.call().await;
            assert_eq!(scene.left(), None);
        }
        assert_eq!(scene.placed(0), 60);
    }
}

#[tokio::test(start_paused = true)]
async fn who_alone_can_take_a_call_takes_it_all_the_same() {
    let mut beta = sound("beta");
    beta.info.countries = Coverage::Only(["US".parse().unwrap()].into());
    let mut scene = Scene::usual(vec![flaky("alpha"), beta]);
    scene.until_ejected().await;
    let british = valid(CallRequest::new("+442071838750", "Ask whether they are open on Sunday."));
    let plan = scene.router.plan(&british);
    let [only] = plan.candidates.as_slice() else { panic!("{plan:?}") };
    assert_eq!(only.ejected_until, scene.router.readings()[0].ejected_until);
    assert!(only.to_string().contains("no other provider can take the call"), "{only}");
    assert_eq!(run(&scene.router, british).await.provider.unwrap().as_str(), "alpha");
    assert_eq!(scene.call().await.unwrap(), "beta", "other calls do not go there");
}

#[tokio::test(start_paused = true)]
async fn where_everybody_else_was_asked_it_may_be_asked_as_well() {
    // The eleventh request is the first that alpha is not asked for before.
    let asked = AtomicUsize::new(0);
    let beta =
        Fake::new("beta").placing(move |order| match asked.fetch_add(1, Ordering::Relaxed) {
            10 => Err(refused(ErrorKind::Forbidden, Refusal::ThisProvider)),
            _ => Ok(completed("beta", &order.attempt.to_string())),
        });
    let mut scene = Scene::usual(vec![flaky("alpha"), beta]);
    scene.until_ejected().await;
    let began = scene.clock.now();
    assert_eq!(scene.call().await.unwrap(), "alpha");
    assert_eq!((scene.placed(0), scene.placed(1)), (21, 11));
    assert!(
        scene.clock.now().duration_since(began) < jiff::SignedDuration::from_secs(10),
        "nobody waited for the end"
    );
}

#[tokio::test(start_paused = true)]
async fn a_new_configuration_does_not_shorten_it() {
    let fakes = vec![flaky("alpha"), sound("beta")];
    let (first, clock) = (policy(&fakes), VirtualClock::new());
    let providers: Vec<_> = fakes.into_iter().map(Fake::build).collect();
    let builder = |outliers| {
        let policy = Policy { outliers, ..first.clone() };
        let builder = Engine::builder(policy)
            .clock(Arc::new(clock))
            .without_calling_rules("these tests are about sending");
        providers.iter().fold(builder, |builder, provider| builder.provider(Arc::clone(provider)))
    };
    let mut scene = Scene {
        router: builder(OutlierPolicy::default()).build().unwrap(),
        logs: Vec::new(),
        clock,
        calls: 0,
    };
    scene.until_ejected().await;
    let until = scene.router.readings()[0].ejected_until;
    let quick = OutlierPolicy {
        cooldown: seconds(1),
        longest_cooldown: seconds(1),
        ..OutlierPolicy::default()
    };
    let off = OutlierPolicy { enabled: false, ..quick };
    for outliers in [quick, off] {
        scene.router.reload(builder(outliers)).unwrap();
        tokio::time::sleep(seconds(20)).await;
        assert_eq!(scene.router.readings()[0].ejected_until, until);
        assert_eq!(scene.call().await.unwrap(), "beta");
    }
}
