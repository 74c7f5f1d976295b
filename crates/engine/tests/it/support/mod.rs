//! An engine on a virtual clock, over providers made of mocks.

#![allow(dead_code, unused_imports)]

pub(crate) mod journal;
pub(crate) mod process;
pub(crate) mod world;

#[path = "../../../../router/tests/it/support/mod.rs"]
mod router;

use std::{future::Future, sync::Arc, time::Duration};

use switchboard_core::{Call, Clock, ValidCall};
use switchboard_engine::{Router, RouterBuilder};
use switchboard_router::Policy;
use switchboard_testkit::VirtualClock;

pub(crate) use router::*;

/// A router over these providers, and what each of them is asked.
pub(crate) fn start(fakes: Vec<Fake>) -> (Router, Vec<Arc<Log>>) {
    start_with(fakes, |_| {}, |builder| builder)
}

/// The same with another policy or other settings.
pub(crate) fn start_with(
    fakes: Vec<Fake>,
    change: impl FnOnce(&mut Policy),
    settle: impl FnOnce(RouterBuilder) -> RouterBuilder,
) -> (Router, Vec<Arc<Log>>) {
    let mut policy = policy(&fakes);
    change(&mut policy);
    let clock: Arc<dyn Clock> = Arc::new(VirtualClock::new());
    let logs = fakes.iter().map(Fake::log).collect();
    let builder = fakes
        .into_iter()
        .fold(Router::builder(policy).clock(clock), |builder, fake| builder.provider(fake.build()));
    (settle(builder).build().unwrap(), logs)
}

/// Ends a test that would wait for ever: virtual time makes six hours short.
pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(seconds(6 * 3600), future).await.expect("it ends within six virtual hours")
}

/// Submits a call and waits for its end.
pub(crate) async fn run(router: &Router, request: ValidCall) -> Call {
    let first = router.submit(request).await.unwrap();
    within(router.wait(first.id)).await.unwrap()
}
