//! One limit that several processes share.

use std::{sync::Arc, time::Duration};

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use switchboard_core::{CallStatus, Clock, RequestLimit};
use switchboard_journal::Journal;
use switchboard_router::Timings;

use crate::support::{
    Adjust, call, most_in_any_window,
    process::{books, clock},
    seconds, within,
    world::{World, process_with, shared},
};

/// A clock that goes right and is set wrong.
#[derive(Debug)]
struct Skewed(Arc<dyn Clock>, SignedDuration);

impl Clock for Skewed {
    fn now(&self) -> Timestamp {
        self.0.now() + self.1
    }

    fn uptime(&self) -> Duration {
        self.0.uptime()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.0.sleep(duration)
    }
}

const CALLS: u32 = 900;

/// When each call was placed by three processes whose clocks are wrong by so many seconds.
async fn busy(skews: [i64; 3]) -> Vec<Duration> {
    let mut alpha = World::new("alpha", &[]);
    alpha.info.place_limit = Some(RequestLimit { requests: 60, window: seconds(60) });
    let worlds = shared([alpha]);
    let (clock, books, began) = (clock(), books(), tokio::time::Instant::now());
    let patient = Timings { max_wait: seconds(7200), ..Timings::default() };
    let routers = skews.map(|skew| {
        let skewed: Arc<dyn Clock> =
            Arc::new(Skewed(Arc::clone(&clock), SignedDuration::from_secs(skew)));
        let journal: Arc<dyn Journal> = Arc::new(books.another());
        process_with(&worlds, &skewed, journal, |_| {}, |builder| builder.timings(patient))
    });
    let mut calls = Vec::new();
    for n in 0..CALLS {
        let router = &routers[n as usize % 3];
        calls.push((router, router.submit(call(n)).await.unwrap().id));
    }
    for (router, id) in calls {
        let ended = within(router.wait(id)).await.unwrap();
        assert_eq!(ended.status, CallStatus::Closed);
    }
    let mut placed: Vec<Duration> =
        worlds[0].acts().iter().map(|(at, _)| at.duration_since(began)).collect();
    assert_eq!(placed.len(), CALLS as usize);
    placed.sort();
    placed
}

/// At least 95 % of it. The first window's share comes at once, and each window after it takes its
/// time.
fn is_used(placed: &[Duration]) {
    let windows = f64::from(CALLS) / 57.0 - 1.0;
    let used = windows * 60.0 / placed[placed.len() - 1].as_secs_f64();
    assert!(used >= 0.95, "{:.1} % of the limit were used", used * 100.0);
}

#[tokio::test(start_paused = true)]
async fn three_processes_keep_one_limit_and_use_it() {
    let placed = busy([0, 0, 0]).await;
    assert_eq!(most_in_any_window(&placed, seconds(60)), 57);
    is_used(&placed);
}

#[tokio::test(start_paused = true)]
async fn clocks_that_differ_keep_one_limit_all_the_same() {
    let placed = busy([-7, 0, 7]).await;
    // The journal counts by the clock that is ahead, exactly; by a right clock a slot may free too
    // early by as much as the others are behind it. That is what the margin is for.
    let most = most_in_any_window(&placed, seconds(60));
    assert!(most <= 60, "{most} in a minute");
    is_used(&placed);
}
