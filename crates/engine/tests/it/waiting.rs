//! Calls that no provider can take now: who goes first, who never goes, and what a crash loses.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::future::BoxFuture;
use jiff::Timestamp;
use switchboard_core::{
    CallFailure, CallId, CallStatus, Clock, ErrorKind, RequestLimit, ValidCall,
};
use switchboard_engine::{Engine, EngineBuilder};
use switchboard_journal::{Journal, MemoryJournal};
use switchboard_router::{BusyCallee, Match, Policy, ProviderLimits, Route, Timings};

use crate::support::{
    Adjust, call, epoch, id,
    journal::{Meddle, Meddling},
    number,
    process::{books, clock},
    request, seconds, valid, within,
    world::{Act, World, policy_over, process_with, shared, telephone},
};

/// The `n`th call, of this tenant.
fn of(tenant: &str, n: u32) -> ValidCall {
    let mut request = request(n);
    request.tenant = Some(tenant.to_owned());
    valid(request)
}

/// The `n`th call, whose window closes so many seconds after the beginning.
fn before(n: u32, closes: u64) -> ValidCall {
    let mut request = request(n);
    request.not_after = Some((epoch() + seconds(closes)).to_string());
    valid(request)
}

/// So many placing requests a minute.
fn a_minute(requests: u32) -> ProviderLimits {
    ProviderLimits {
        placing: Some(RequestLimit { requests, window: seconds(60) }),
        ..ProviderLimits::default()
    }
}

fn patient() -> Timings {
    Timings { max_wait: seconds(3600), ..Timings::default() }
}

/// One process over these worlds; alpha takes so many calls a minute.
fn start(
    worlds: &[Arc<World>],
    clock: &Arc<dyn Clock>,
    books: &MemoryJournal,
    limit: u32,
    change: impl FnOnce(&mut Policy),
) -> Engine {
    let journal: Arc<dyn Journal> = Arc::new(books.another());
    process_with(worlds, clock, journal, change, |builder| {
        builder.limits(id("alpha"), a_minute(limit)).timings(patient())
    })
}

async fn submit(router: &Engine, calls: impl IntoIterator<Item = ValidCall>) -> Vec<CallId> {
    let mut ids = Vec::new();
    for call in calls {
        ids.push(router.submit(call).await.unwrap().id);
    }
    ids
}

async fn all_closed(router: &Engine, ids: &[CallId]) {
    for id in ids {
        assert_eq!(within(router.wait(*id)).await.unwrap().status, CallStatus::Closed);
    }
}

fn tenants(world: &World) -> Vec<String> {
    world.orders().iter().map(|order| order.call.tenant.to_string()).collect()
}

fn numbers(world: &World) -> Vec<String> {
    world.orders().iter().map(|order| order.call.to.e164().to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn tenants_take_turns_however_much_one_of_them_asks_for() {
    let worlds = shared([World::new("alpha", &[])]);
    let router = start(&worlds, &clock(), &books(), 4, |_| {});
    let calls = (0..40).map(|n| of("bulk", n));
    let calls =
        calls.chain((40..46).map(|n| of("small", n))).chain((46..49).map(|n| of("other", n)));
    let ids = submit(&router, calls).await;
    tokio::time::sleep(seconds(1)).await;
    assert_eq!(router.waiting(), 45, "four went at once");
    all_closed(&router, &ids).await;

    let placed = tenants(&worlds[0]);
    assert_eq!((placed.len(), router.waiting()), (49, 0));
    let waited = &placed[4..];
    // Three take turns until the first has nothing left, then two.
    let expected = ["bulk", "small", "other"].repeat(3);
    let expected: Vec<&str> = expected.into_iter().chain(["bulk", "small"].repeat(3)).collect();
    assert_eq!(waited[..15], expected);
    assert!(waited[15..].iter().all(|tenant| tenant == "bulk"));
    let acts = worlds[0].acts();
    let took = acts[48].0.duration_since(acts[0].0);
    assert!(took < seconds(12 * 60 + 1), "no slot is wasted: {took:?}");
}

#[tokio::test(start_paused = true)]
async fn nobody_overtakes_whoever_waits() {
    let worlds = shared([World::new("alpha", &[])]);
    let router = start(&worlds, &clock(), &books(), 5, |_| {});
    let mut ids = submit(&router, (0..20).map(call)).await;
    // Newcomers all the time, at the very moments too at which slots free.
    for n in 20..40 {
        tokio::time::sleep(seconds(6)).await;
        ids.extend(submit(&router, [call(n)]).await);
    }
    all_closed(&router, &ids).await;
    let expected: Vec<String> = (0..40).map(number).collect();
    assert_eq!(numbers(&worlds[0]), expected);
}

#[tokio::test(start_paused = true)]
async fn who_comes_at_the_very_moment_at_which_a_slot_frees_stands_behind() {
    let worlds = shared([World::new("alpha", &[])]);
    let router = start(&worlds, &clock(), &books(), 2, |_| {});
    let moment = tokio::time::sleep(seconds(60));
    let ids = submit(&router, (0..4).map(call)).await;
    tokio::task::yield_now().await;
    // Whoever waits for the call takes it along himself, before the pump gets to look.
    moment.await;
    let newcomers = futures::future::join_all((4..8).map(|n| router.place(call(n)))).await;
    assert!(newcomers.into_iter().all(|placed| placed.unwrap().status == CallStatus::InProgress));
    assert_eq!(numbers(&worlds[0]), (0..8).map(number).collect::<Vec<_>>());
    all_closed(&router, &ids).await;
}

#[tokio::test(start_paused = true)]
async fn nobody_is_admitted_for_whom_nothing_is_left() {
    let worlds = shared([World::new("alpha", &[])]);
    // What is written down takes its time, and meanwhile everybody sees the same free slots.
    let journal =
        Meddling::over(Arc::new(books().another()), |_| Meddle::Delay(seconds(1)), |_| Meddle::No);
    let router = process_with(
        &worlds,
        &clock(),
        journal,
        |_| {},
        |builder| builder.limits(id("alpha"), a_minute(3)).timings(patient()),
    );
    let ids = submit(&router, (0..9).map(call)).await;
    tokio::time::sleep(seconds(30)).await;
    assert_eq!((worlds[0].rings(), router.waiting()), (3, 6));
    for id in &ids[3..] {
        assert_eq!(router.get(*id).await.unwrap().status, CallStatus::Received);
    }
    all_closed(&router, &ids).await;
    assert_eq!(numbers(&worlds[0]), (0..9).map(number).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_something_else_stands_in_nobodys_way() {
    let worlds = shared([World::new("alpha", &[]), World::new("beta", &[])]);
    let only = |name: &str, provider: &str, tag: &str| Route {
        name: name.to_owned(),
        when: Match { tags: [tag.to_owned()].into(), ..Match::default() },
        providers: vec![id(provider)],
        strategy: None,
        busy_callee: BusyCallee::default(),
        failover_on_quota: false,
        facts: Default::default(),
    };
    let router = start(&worlds, &clock(), &books(), 2, |policy| {
        policy.routes = vec![only("a", "alpha", "a"), only("b", "beta", "b")];
    });
    let tagged = |n, tag: &str| {
        let mut request = request(n);
        request.tags = vec![tag.to_owned()];
        valid(request)
    };
    let blocked = submit(&router, (0..6).map(|n| tagged(n, "a"))).await;
    let free = submit(&router, (6..12).map(|n| tagged(n, "b"))).await;
    // Of either: what alpha cannot take, beta does.
    let either = submit(&router, (12..15).map(call)).await;
    tokio::time::sleep(seconds(1)).await;
    assert_eq!((worlds[0].rings(), worlds[1].rings(), router.waiting()), (2, 9, 4));
    all_closed(&router, &[blocked, free, either].concat()).await;
    assert_eq!((worlds[0].rings(), worlds[1].rings()), (6, 9));
}

#[tokio::test(start_paused = true)]
async fn a_window_that_closes_refuses_with_its_reason() {
    let worlds = shared([World::new("alpha", &[])]);
    let router = start(&worlds, &clock(), &books(), 1, |_| {});
    let ids = submit(&router, (0..5).map(|n| before(n, 150))).await;
    let mut ends = Vec::new();
    for id in &ids {
        let call = within(router.wait(*id)).await.unwrap();
        ends.push((call.status, call.fault));
    }
    assert!(
        ends[..3].iter().all(|(status, _)| *status == CallStatus::Closed),
        "at 0, 60 and 120 s"
    );
    for (status, fault) in &ends[3..] {
        assert_eq!(*status, CallStatus::Refused);
        let CallFailure { kind, message } = fault.clone().unwrap();
        assert_eq!(kind, ErrorKind::NoProvider);
        assert!(message.contains("window closed"), "{message}");
        assert!(
            message.contains("alpha: its rate limit is used up until 2026-03-02T09:03:00Z"),
            "{message}"
        );
    }
    assert_eq!((worlds[0].rings(), router.waiting()), (3, 0));
    // Nothing comes of waiting: it is said at once.
    let late = router.submit(before(7, 160)).await.unwrap().id;
    let began = tokio::time::Instant::now();
    assert_eq!(within(router.wait(late)).await.unwrap().status, CallStatus::Refused);
    assert!(began.elapsed() < seconds(1));
}

#[tokio::test(start_paused = true)]
async fn a_window_is_waited_for_and_no_window_as_long_as_is_usual() {
    let worlds = shared([World::new("alpha", &[])]);
    let journal: Arc<dyn Journal> = Arc::new(books().another());
    let router = process_with(
        &worlds,
        &clock(),
        journal,
        |_| {},
        |builder| builder.limits(id("alpha"), a_minute(1)),
    );
    let usual = Timings::default().max_wait;
    assert_eq!(usual, seconds(120));
    let windowed = submit(&router, (0..6).map(|n| before(n, 400))).await;
    let others = submit(&router, (6..8).map(call)).await;
    all_closed(&router, &windowed).await;
    for id in others {
        assert_eq!(within(router.get(id)).await.unwrap().status, CallStatus::Refused);
    }
    assert_eq!(worlds[0].rings(), 6);
}

#[tokio::test(start_paused = true)]
async fn a_crash_while_fifty_wait_loses_none() {
    let worlds = shared([World::new("alpha", &[])]);
    let (clock, books) = (clock(), books());
    let first = start(&worlds, &clock, &books, 10, |_| {});
    let mut ids = Vec::new();
    for n in 0..60 {
        ids.extend(submit(&first, [of(["one", "two"][n as usize % 2], n)]).await);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!((worlds[0].rings(), first.waiting()), (10, 50));
    for id in &ids[10..] {
        let call = first.get(*id).await.unwrap();
        assert_eq!(
            (call.status, call.attempts.len()),
            (CallStatus::Received, 0),
            "it waits before it is admitted"
        );
    }
    first.stop_now();
    drop(first);
    tokio::time::sleep(seconds(31)).await;

    let second = start(&worlds, &clock, &books, 10, |_| {});
    let recovered = second.recover().await.unwrap();
    assert_eq!((recovered.calls, recovered.resumed), (60, 50));
    tokio::time::sleep(seconds(1)).await;
    assert!(second.waiting() >= 40, "{}", second.waiting());
    // Who comes now stands behind them.
    ids.extend(submit(&second, [of("one", 60), of("two", 61)]).await);
    all_closed(&second, &ids).await;
    let mut each: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for order in worlds[0].orders() {
        each.entry(order.call.tenant.to_string())
            .or_default()
            .push(order.call.to.e164().to_owned());
    }
    for (tenant, parity) in [("one", 0), ("two", 1)] {
        let expected: Vec<String> = (0..62).filter(|n| n % 2 == parity).map(number).collect();
        assert_eq!(each[tenant], expected, "each once, and the oldest first");
    }
    let placed = tenants(&worlds[0]);
    for turns in placed[20..].chunks(2) {
        assert_ne!(turns[0], turns[1], "in turns: {placed:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_slot_that_is_given_back_is_taken_by_whoever_waits() {
    let never_left = Act::NotSent(seconds(10));
    let worlds = shared([World::new("alpha", &[never_left])]);
    let router = start(&worlds, &clock(), &books(), 1, |_| {});
    let began = tokio::time::Instant::now();
    let ids = submit(&router, [call(0), call(1)]).await;
    tokio::time::sleep(seconds(5)).await;
    assert_eq!(router.waiting(), 1);
    all_closed(&router, &ids).await;
    let second = worlds[0].acts()[1].0.duration_since(began);
    assert!(second < seconds(11), "the slot did not wait for its window: {second:?}");
}

#[tokio::test(start_paused = true)]
async fn a_new_configuration_may_have_a_way_for_those_who_wait() {
    let worlds = shared([World::new("alpha", &[]), World::new("beta", &[])]);
    let router = start(&worlds[..1], &clock(), &books(), 2, |_| {});
    let ids = submit(&router, (0..8).map(call)).await;
    tokio::time::sleep(seconds(1)).await;
    assert_eq!((worlds[0].rings(), router.waiting()), (2, 6));
    let both = |builder: EngineBuilder| {
        worlds.iter().fold(builder, |builder, world| builder.provider(telephone(world)))
    };
    let with = both(
        Engine::builder(policy_over(&worlds))
            .without_calling_rules("these tests are about sending"),
    )
    .limits(id("alpha"), a_minute(2))
    .timings(patient());
    router.reload(with).unwrap();
    tokio::time::sleep(seconds(1)).await;
    assert_eq!((worlds[1].rings(), router.waiting()), (6, 0), "at once");
    assert_eq!(numbers(&worlds[1]), (2..8).map(number).collect::<Vec<_>>(), "and in order");
    all_closed(&router, &ids).await;
}

#[tokio::test(start_paused = true)]
async fn concurrency_slots_are_shared_in_turns_too() {
    let worlds = shared([World::new("alpha", &[])]);
    let two_at_once = ProviderLimits { concurrent: Some(2), ..ProviderLimits::default() };
    let journal: Arc<dyn Journal> = Arc::new(books().another());
    let router = process_with(
        &worlds,
        &clock(),
        journal,
        |_| {},
        |builder| builder.limits(id("alpha"), two_at_once).timings(patient()),
    );
    let calls = (0..12).map(|n| of("bulk", n)).chain((12..16).map(|n| of("small", n)));
    let ids = submit(&router, calls).await;
    all_closed(&router, &ids).await;
    assert_eq!(worlds[0].most_at_once(), 2);
    assert_eq!(tenants(&worlds[0])[2..10], ["bulk", "small"].repeat(4));
}

#[tokio::test(start_paused = true)]
async fn a_slot_that_another_process_has_costs_nobody_the_turn() {
    let worlds = shared([World::new("alpha", &[])]);
    let (clock, books) = (clock(), books());
    let [one, other] = [(), ()].map(|()| start(&worlds, &clock, &books, 6, |_| {}));
    // The other process takes most of every window, and this one learns it by asking.
    let theirs = submit(&other, (100..160).map(|n| of("theirs", n))).await;
    let calls = (0..10).map(|n| of("bulk", n)).chain((10..20).map(|n| of("small", n)));
    let ours = submit(&one, calls).await;
    all_closed(&one, &ours).await;
    all_closed(&other, &theirs).await;
    let placed = tenants(&worlds[0]);
    assert_eq!(placed.len(), 80);
    let ours: Vec<&String> = placed.iter().filter(|tenant| *tenant != "theirs").collect();
    let mut lead = 0_i32;
    for tenant in ours {
        lead += if tenant == "bulk" { 1 } else { -1 };
        assert!(lead.abs() <= 1, "{placed:?}");
    }
    let numbers = numbers(&worlds[0]);
    for (from, to) in [(0, 10), (10, 20), (100, 160)] {
        let all: Vec<String> = (from..to).map(number).collect();
        let seen: Vec<&String> = numbers.iter().filter(|one| all.contains(one)).collect();
        assert!(seen.iter().copied().eq(&all), "the oldest first: {seen:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_its_callee_sets_nothing_aside() {
    let worlds = shared([World::new("alpha", &[])]);
    let journal: Arc<dyn Journal> = Arc::new(books().another());
    let two_at_once = ProviderLimits { concurrent: Some(2), ..ProviderLimits::default() };
    let router = process_with(&worlds, &clock(), journal, waits_for_the_callee, |builder| {
        builder.limits(id("alpha"), two_at_once).timings(patient())
    });
    let again = |task: &str| {
        let mut request = request(0);
        task.clone_into(&mut request.task);
        valid(request)
    };
    let first = submit(&router, [again("Ask whether they are open.")]).await;
    let second = submit(&router, [again("Ask for a table on Sunday.")]).await;
    tokio::time::sleep(seconds(2)).await;
    // The callee talks: the one concurrency slot that is left is for another call.
    let third = submit(&router, [call(1)]).await;
    tokio::time::sleep(seconds(2)).await;
    assert_eq!((worlds[0].rings(), router.waiting()), (2, 0));
    all_closed(&router, &[first, second, third].concat()).await;
    assert_eq!(numbers(&worlds[0]), [number(0), number(1), number(0)]);
}

/// Every call waits while its callee is on another call of ours.
fn waits_for_the_callee(policy: &mut Policy) {
    policy.routes = vec![Route {
        name: "everywhere".to_owned(),
        when: Match::default(),
        providers: Vec::new(),
        strategy: None,
        busy_callee: BusyCallee::Wait,
        failover_on_quota: false,
        facts: Default::default(),
    }];
}

/// Counts who sleeps.
#[derive(Debug)]
struct Counting(Arc<dyn Clock>, AtomicUsize);

impl Clock for Counting {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn uptime(&self) -> Duration {
        self.0.uptime()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0.sleep(duration)
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_is_no_work() {
    let worlds = shared([World::new("alpha", &[Act::Hang])]);
    let counting = Arc::new(Counting(clock(), AtomicUsize::new(0)));
    let clock: Arc<dyn Clock> = Arc::clone(&counting) as _;
    let journal: Arc<dyn Journal> = Arc::new(books().another());
    let hourly = ProviderLimits {
        placing: Some(RequestLimit { requests: 1, window: seconds(3000) }),
        ..ProviderLimits::default()
    };
    let router = process_with(
        &worlds,
        &clock,
        journal,
        |_| {},
        |builder| builder.limits(id("alpha"), hourly).timings(patient()),
    );
    submit(&router, (0..500).map(call)).await;
    tokio::time::sleep(seconds(10)).await;
    assert_eq!(router.waiting(), 499);
    let before = counting.1.load(Ordering::SeqCst);
    tokio::time::sleep(seconds(1000)).await;
    let slept = counting.1.load(Ordering::SeqCst) - before;
    assert_eq!(router.waiting(), 499);
    // One task looks for room and one says that the process lives, whatever the number of calls.
    assert!(slept < 1_500, "five hundred calls wait: {slept} sleeps in a thousand seconds");
}
