//! How many calls may be under way at once: at a provider, for a caller, for an agent profile; and
//! how often a caller may call.

use std::{sync::Arc, time::Duration};

use switchboard_core::{AgentProfile, CallStatus, ProfileName, RequestLimit, TenantId, ValidCall};
use switchboard_engine::{Engine, EngineBuilder};
use switchboard_journal::Journal;
use switchboard_router::{Allowance, Policy, ProviderLimits, Timings};

use crate::support::{
    Adjust, call, id, most_in_any_window,
    process::{books, clock},
    request, seconds, valid, within,
    world::{Act, World, most_at_once, process_with, shared},
};

fn patient(builder: EngineBuilder) -> EngineBuilder {
    builder.timings(Timings { max_wait: seconds(3600), ..Timings::default() })
}

fn at_once(limit: u32) -> Allowance {
    Allowance { concurrent: Some(limit), ..Allowance::default() }
}

fn of(tenant: &str, n: u32) -> ValidCall {
    let mut request = request(n);
    request.tenant = Some(tenant.to_owned());
    valid(request)
}

fn speaking(profile: &str, n: u32) -> ValidCall {
    let mut request = request(n);
    request.agent = Some(profile.to_owned());
    valid(request)
}

/// Two processes over one world that lasts twenty seconds a call.
fn two(
    worlds: &[Arc<World>],
    change: impl Fn(&mut Policy),
    settle: impl Fn(EngineBuilder) -> EngineBuilder,
) -> [Engine; 2] {
    let (clock, books) = (clock(), books());
    [(), ()].map(|()| {
        let journal: Arc<dyn Journal> = Arc::new(books.another());
        process_with(worlds, &clock, journal, &change, |builder| settle(patient(builder)))
    })
}

async fn all(routers: &[Engine], calls: impl IntoIterator<Item = ValidCall>) -> Duration {
    let began = tokio::time::Instant::now();
    let mut open = Vec::new();
    for (router, call) in routers.iter().cycle().zip(calls) {
        open.push((router, router.submit(call).await.unwrap().id));
    }
    for (router, id) in open {
        assert_eq!(within(router.wait(id)).await.unwrap().status, CallStatus::Closed);
    }
    began.elapsed()
}

#[tokio::test(start_paused = true)]
async fn a_provider_has_no_more_calls_at_once_than_it_may_and_no_fewer() {
    let worlds = shared([World::new("alpha", &[])]);
    let three = ProviderLimits { concurrent: Some(3), ..ProviderLimits::default() };
    let routers = two(&worlds, |_| {}, |builder| builder.limits(id("alpha"), three.clone()));
    let took = all(&routers, (0..30).map(call)).await;
    assert_eq!((worlds[0].rings(), worlds[0].most_at_once()), (30, 3));
    // Ten rounds of twenty seconds; what a round ends with is seen at the next poll, and by the
    // other process at its next look.
    assert!(took < seconds(330), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_has_as_many_calls_as_it_may_keeps_nobody_else_waiting() {
    let worlds = shared([World::new("alpha", &[])]);
    let limits = |policy: &mut Policy| {
        policy.each_tenant = at_once(5);
        policy.tenants.insert(TenantId::from("acme".to_owned()), at_once(1));
    };
    let routers = two(&worlds, limits, |builder| builder);
    let calls = (0..8).map(|n| of("acme", n)).chain((8..13).map(|n| of("other", n)));
    all(&routers, calls).await;
    let rung = worlds[0].rung();
    let (acme, other): (Vec<_>, Vec<_>) =
        rung.into_iter().partition(|one| one.order.call.tenant.as_str() == "acme");
    assert_eq!((acme.len(), most_at_once(&acme)), (8, 1));
    assert_eq!((other.len(), most_at_once(&other)), (5, 5));
}

#[tokio::test(start_paused = true)]
async fn an_agent_profile_has_no_more_calls_at_once_than_it_may() {
    let worlds = shared([World::new("alpha", &[]), World::new("beta", &[])]);
    let limits = |policy: &mut Policy| {
        for name in ["busy", "free"] {
            let name = ProfileName::new(name);
            let agents = ["alpha", "beta"]
                .map(|provider| (id(provider), switchboard_core::AgentRef::from(name.as_str())));
            policy.profiles.insert(
                name.clone(),
                AgentProfile {
                    name,
                    agents: agents.into_iter().collect(),
                    languages: Vec::new(),
                    expected_duration: None,
                },
            );
        }
        policy.agents.insert(ProfileName::new("busy"), at_once(2));
    };
    let routers = two(&worlds, limits, |builder| builder);
    all(&routers, (0..6).map(|n| speaking("busy", n)).chain((6..12).map(|n| speaking("free", n))))
        .await;
    let rung: Vec<_> = worlds.iter().flat_map(|world| world.rung()).collect();
    let busy: Vec<_> = rung
        .iter()
        .filter(|one| one.order.call.agent == Some(ProfileName::new("busy")))
        .cloned()
        .collect();
    assert_eq!((busy.len(), most_at_once(&busy)), (6, 2));
    assert_eq!(rung.len(), 12);
}

#[tokio::test(start_paused = true)]
async fn a_caller_places_no_more_in_a_window_than_it_may() {
    let worlds = shared([World::new("alpha", &[])]);
    let limits = |policy: &mut Policy| {
        policy.each_tenant.requests = Some(RequestLimit { requests: 10, window: seconds(60) });
    };
    let routers = two(&worlds, limits, |builder| builder);
    let began = tokio::time::Instant::now();
    all(&routers, (0..30).map(|n| of("acme", n)).chain((30..35).map(|n| of("other", n)))).await;
    let placed = |tenant: &str| -> Vec<Duration> {
        let rung = worlds[0].rung();
        let theirs = rung.iter().filter(|one| one.order.call.tenant.as_str() == tenant);
        theirs.map(|one| one.at.duration_since(began)).collect()
    };
    assert_eq!(most_in_any_window(&placed("acme"), seconds(60)), 10);
    assert_eq!(placed("acme").len(), 30);
    assert!(placed("other").iter().all(|at| *at < seconds(1)), "a caller's limit is its own");
}

#[tokio::test(start_paused = true)]
async fn a_slot_is_free_again_where_nothing_was_sent_and_at_the_latest_when_no_call_can_last() {
    let script = [Act::NotSent(Duration::ZERO), Act::Lose];
    let mut world = World::new("alpha", &script);
    world.shows = false;
    let worlds = shared([world]);
    let one = ProviderLimits { concurrent: Some(1), ..ProviderLimits::default() };
    let (clock, books) = (clock(), books());
    let router = process_with(
        &worlds,
        &clock,
        Arc::new(books.another()),
        |_| {},
        |builder| patient(builder).limits(id("alpha"), one),
    );
    // The first try provably never left; the second is lost for good, and may be ringing for as
    // long as a call may last.
    let lost = router.submit(speaking_for(0, 120)).await.unwrap();
    // Virtual time: by then both tries are made.
    tokio::time::sleep(seconds(1)).await;
    assert_eq!(worlds[0].acts().len(), 2);
    let next = router.submit(speaking_for(1, 120)).await.unwrap();
    assert_eq!(within(router.wait(next.id)).await.unwrap().status, CallStatus::Closed);
    let acts = worlds[0].acts();
    let waited = acts[2].0.duration_since(acts[1].0);
    assert_eq!(acts.len(), 3);
    let (longest, grace) = (seconds(120), Timings::default().grace);
    assert!(waited >= longest + grace && waited < longest + grace + seconds(10), "{waited:?}");
    assert_eq!(within(router.wait(lost.id)).await.unwrap().status, CallStatus::Indeterminate);
}

fn speaking_for(n: u32, most: u32) -> ValidCall {
    let mut request = request(n);
    request.max_duration_seconds = Some(most);
    valid(request)
}
