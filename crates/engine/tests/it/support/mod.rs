//! An engine on a virtual clock, over providers made of mocks.

#![allow(dead_code, unused_imports)]

pub(crate) mod clock;
pub(crate) mod journal;
pub(crate) mod process;
pub(crate) mod world;

#[path = "../../../../router/tests/it/support/mod.rs"]
mod router;

use std::{future::Future, sync::Arc, time::Duration};

use switchboard_core::ProviderId;
use switchboard_core::{Call, Clock, ValidCall};
use switchboard_engine::{Engine, EngineBuilder};
use switchboard_router::{BreakerPolicy, Policy, ProviderLimits, Timings};
use switchboard_testkit::VirtualClock;

pub(crate) use router::*;

/// Changes one thing of the policy that a builder was made with.
pub(crate) trait Adjust {
    fn timings(self, timings: Timings) -> Self;
    fn limits(self, provider: ProviderId, limits: ProviderLimits) -> Self;
    fn breaker(self, provider: ProviderId, breaker: BreakerPolicy) -> Self;
}

impl Adjust for EngineBuilder {
    fn timings(self, timings: Timings) -> Self {
        self.adjust(|policy| policy.timings = timings)
    }

    fn limits(self, provider: ProviderId, limits: ProviderLimits) -> Self {
        self.adjust(|policy| {
            let index = policy.index_of(&provider).expect("a provider of the policy");
            policy.providers[index].limits = limits;
        })
    }

    fn breaker(self, provider: ProviderId, breaker: BreakerPolicy) -> Self {
        self.adjust(|policy| {
            let index = policy.index_of(&provider).expect("a provider of the policy");
            policy.providers[index].breaker = breaker;
        })
    }
}

/// A router over these providers, and what each of them is asked.
pub(crate) fn start(fakes: Vec<Fake>) -> (Engine, Vec<Arc<Log>>) {
    start_with(fakes, |_| {}, |builder| builder)
}

/// The same with another policy or other settings.
pub(crate) fn start_with(
    fakes: Vec<Fake>,
    change: impl FnOnce(&mut Policy),
    settle: impl FnOnce(EngineBuilder) -> EngineBuilder,
) -> (Engine, Vec<Arc<Log>>) {
    let mut policy = policy(&fakes);
    change(&mut policy);
    let clock: Arc<dyn Clock> = Arc::new(VirtualClock::new());
    let logs = fakes.iter().map(Fake::log).collect();
    let builder =
        Engine::builder(policy).clock(clock).without_calling_rules("these tests are about sending");
    let builder = fakes.into_iter().fold(builder, |builder, fake| builder.provider(fake.build()));
    (settle(builder).build().unwrap(), logs)
}

/// Ends a test that would wait for ever: virtual time makes six hours short.
pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(seconds(6 * 3600), future).await.expect("it ends within six virtual hours")
}

/// Submits a call and waits for its end.
pub(crate) async fn run(router: &Engine, request: ValidCall) -> Call {
    let first = router.submit(request).await.unwrap();
    within(router.wait(first.id)).await.unwrap()
}
