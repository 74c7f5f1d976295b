//! Another configuration while calls are under way.

use std::sync::Arc;

use switchboard_core::{CallStatus, ErrorKind, RequestLimit};
use switchboard_engine::{Engine, EngineBuilder};
use switchboard_router::{Policy, ProviderLimits, Timings};

use crate::support::{
    Adjust, call, id,
    process::{books, clock},
    run, seconds, within,
    world::{World, policy_over, process_with, shared, telephone},
};

fn over(worlds: &[Arc<World>]) -> EngineBuilder {
    let builder =
        Engine::builder(policy_over(worlds)).without_calling_rules("these tests are about sending");
    worlds.iter().fold(builder, |builder, world| builder.provider(telephone(world)))
}

fn start(
    worlds: &[Arc<World>],
    change: impl FnOnce(&mut Policy),
    settle: impl FnOnce(EngineBuilder) -> EngineBuilder,
) -> Engine {
    process_with(worlds, &clock(), Arc::new(books().another()), change, settle)
}

#[tokio::test(start_paused = true)]
async fn new_calls_go_the_new_way_and_the_old_ones_are_followed_to_their_end() {
    let worlds = shared([World::new("alpha", &[]), World::new("beta", &[])]);
    let (alpha, beta) = worlds.split_at(1);
    let router = start(alpha, |_| {}, |builder| builder);
    let first = router.place(call(1)).await.unwrap();
    assert_eq!(first.status, CallStatus::InProgress);

    router.reload(over(beta).version("two")).unwrap();
    assert_eq!(router.version().as_deref(), Some("two"));
    let second = run(&router, call(2)).await;
    assert_eq!((second.status, second.provider), (CallStatus::Closed, Some(id("beta"))));
    let first = within(router.wait(first.id)).await.unwrap();
    assert_eq!((first.status, first.provider), (CallStatus::Closed, Some(id("alpha"))));
    assert_eq!((worlds[0].rings(), worlds[1].rings()), (1, 1));

    router.reload(over(&worlds)).unwrap();
    let third = run(&router, call(3)).await;
    assert_eq!(third.provider, Some(id("alpha")), "a provider that comes back takes calls again");
}

#[tokio::test(start_paused = true)]
async fn a_configuration_that_does_not_fit_changes_nothing() {
    let worlds = shared([World::new("alpha", &[]), World::new("beta", &[])]);
    let router = start(&worlds[..1], |_| {}, |builder| builder);
    let unserved = Engine::builder(policy_over(&worlds)).provider(telephone(&worlds[0]));
    let error = router.reload(unserved).unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("providers.beta")));
    assert_eq!(router.policy().providers.len(), 1);
    assert_eq!(run(&router, call(1)).await.provider, Some(id("alpha")));
}

#[tokio::test(start_paused = true)]
async fn what_was_used_of_a_limit_stays_used() {
    let worlds = shared([World::new("alpha", &[])]);
    let limited = |requests| ProviderLimits {
        placing: Some(RequestLimit { requests, window: seconds(60) }),
        ..ProviderLimits::default()
    };
    let patient = Timings { max_wait: seconds(600), ..Timings::default() };
    let router =
        start(&worlds, |_| {}, |builder| builder.limits(id("alpha"), limited(2)).timings(patient));
    let began = tokio::time::Instant::now();
    for n in 0..2 {
        router.place(call(n)).await.unwrap();
    }
    router.reload(over(&worlds).limits(id("alpha"), limited(3)).timings(patient)).unwrap();
    for n in 2..4 {
        router.submit(call(n)).await.unwrap();
    }
    for one in router.calls().await.unwrap() {
        assert_eq!(within(router.wait(one.id)).await.unwrap().status, CallStatus::Closed);
    }
    let placed: Vec<_> = worlds[0].acts().iter().map(|(at, _)| at.duration_since(began)).collect();
    assert!(placed[2] < seconds(1), "the new limit has one slot more: {placed:?}");
    assert!(placed[3] >= seconds(60), "and no slot that was taken comes back early: {placed:?}");
}
