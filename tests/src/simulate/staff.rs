//! Cohort and what they run: processes, callers, operators.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use secrecy::SecretString;
use switchboard::{
    AgentProfile, Budget, CallId, Currency, Engine, ErrorKind, Money, OnUnknown, Policy,
    ProfileName, Provider, Route, TenantId, Timings, WebhookAddress,
    core::RequestLimit,
    journal::{OptOut, OptOutSource, People, state::Resolution},
    router::{BusyCallee, FactDefaults, Match, Period, ProviderPolicy},
};

use super::{
    Sown,
    check::Property,
    director,
    fault::Fault,
    journal::SimJournal,
    kind::{Kind, tag},
    process::{Process, ProcessClock},
    provider::SimProvider,
    trace::Happened,
    webhooks,
    world::World,
};

/// How long after its intent was written an attempt may be sent.
pub(super) const SEND_WITHIN: Duration = Duration::from_secs(10);
/// The lifetime of webhook URLs, which is longer than any webhook is late.
const ADDRESS_HOLDS: Duration = Duration::from_secs(200 * 3600);

/// Starts a process for a replica.
pub(super) fn start(world: &Arc<World>, slot: usize) {
    let now = world.now();
    let (number, skew) = world.with(|state| {
        state.processes += 1;
        let skew =
            if state.random.chance(30) { state.random.below(4_000) as i64 - 2_000 } else { 0 };
        state.turned |= skew != 0;
        state.trace.note(now, Happened::Start, None, Some(state.processes));
        (state.processes, skew)
    });
    let process = Process::new(number, slot, world.truth, skew);
    let books = Arc::new(world.books.another());
    let router = router(world, &process, &books);
    world.with(|state| {
        let slot = &mut state.slots[slot];
        slot.process = Some(Arc::clone(&process));
        slot.router = Some(router.clone());
        slot.journal = Some(books);
        slot.ready = false;
    });
    let world = Arc::clone(world);
    tokio::spawn(async move {
        let ready = async {
            if router.recover().await.is_ok() {
                world.with(|state| {
                    let slot = &mut state.slots[process.slot];
                    if slot.process.as_ref().is_some_and(|one| Arc::ptr_eq(one, &process)) {
                        slot.ready = true;
                    }
                });
                router.failed().await;
            }
        };
        tokio::select! {
            biased;
            () = process.died() => {}
            // Its journal failed, so the process is ended.
            () = ready => {
                process.gate().await;
                director::crash(&world, &process);
            }
        }
    });
}

fn router(
    world: &Arc<World>,
    process: &Arc<Process>,
    books: &Arc<switchboard::MemoryJournal>,
) -> Engine {
    let plan = &world.plan;
    let milliseconds = Duration::from_millis;
    let kinds = plan.kinds.all();
    let providers: Vec<_> =
        kinds.iter().map(|kind| Arc::new(SimProvider::new(world, process, *kind))).collect();
    let limit = |requests| RequestLimit { requests, window: Duration::from_secs(60) };
    let known = providers.iter().map(|provider| {
        let mut known = ProviderPolicy::new(provider.info().clone(), world.deck.clone());
        if provider.kind == Kind::KaiCalls {
            known.limits.placing = Some(limit(plan.place_limit.unwrap_or(57)));
            known.limits.reading = Some(limit(285));
        }
        known
    });
    let mut policy = Policy::new(known.collect(), Currency::USD);
    policy.max_duration = milliseconds(super::plan::LONGEST);
    let routes: BTreeSet<&Vec<Kind>> = plan.wishes.iter().map(|wish| &wish.route).collect();
    policy.routes = routes.into_iter().map(|kinds| route(kinds)).collect();
    policy.profiles = ["desk", "shop"].map(|name| profile(name, kinds)).into_iter().collect();
    policy.default_profile = Some(ProfileName::new("desk"));
    policy.budgets = vec![Budget {
        name: "thrift".to_owned(),
        limit: Money::from_micros(plan.budget, Currency::USD),
        per: Period::Total,
        tenant: Some(TenantId::from("thrifty".to_owned())),
        provider: None,
        experiment: None,
    }];
    if world.sown == Some(Sown::RulesOff) {
        policy.rules.off = Some("a fault that is sown".to_owned());
    }
    policy.timings = Timings {
        poll_every: milliseconds(plan.poll),
        reconcile_for: milliseconds(plan.reconcile),
        on_unknown: OnUnknown::Park,
        sweep_every: milliseconds(plan.sweep),
        max_wait: milliseconds(plan.max_wait),
        grace: milliseconds(plan.grace),
        send_within: SEND_WITHIN,
    };
    let journal = SimJournal {
        world: Arc::clone(world),
        process: Arc::clone(process),
        inner: Arc::clone(books),
        unwritten: Mutex::default(),
    };
    let builder = Engine::builder(policy).rule_tables(plan.regime.tables());
    let builder = providers.into_iter().fold(builder, |builder, one| builder.provider(one));
    builder
        .journal(Arc::new(journal))
        .clock(Arc::new(ProcessClock(Arc::clone(process))))
        .ids(world.ids.clone())
        .webhooks(WebhookAddress {
            base: "https://calls.example.com".parse().expect("an address"),
            secret: SecretString::from("a secret of at least thirty-two characters".to_owned()),
            lifetime: ADDRESS_HOLDS,
        })
        .build()
        .expect("the settings fit")
}

fn route(kinds: &[Kind]) -> Route {
    let tag = tag(kinds);
    Route {
        name: tag.clone(),
        when: Match { tags: [tag].into(), ..Match::default() },
        providers: kinds.iter().map(|kind| kind.id()).collect(),
        strategy: None,
        busy_callee: BusyCallee::Wait,
        failover_on_quota: false,
        facts: FactDefaults::default(),
    }
}

fn profile(name: &str, kinds: &[Kind]) -> (ProfileName, AgentProfile) {
    let agents: BTreeMap<_, _> = kinds.iter().map(|kind| (kind.id(), name.into())).collect();
    let name = ProfileName::new(name);
    let profile =
        AgentProfile { name: name.clone(), agents, languages: Vec::new(), expected_duration: None };
    (name, profile)
}

/// A caller, who requests a call, retries if the result was lost and a key makes that safe, and
/// repeats the request if the plan says so.
pub(super) async fn caller(world: Arc<World>, wish: usize) {
    let asked = &world.plan.wishes[wish];
    let keyed = asked.call.key.is_some();
    tokio::time::sleep(Duration::from_millis(asked.at)).await;
    let rounds = if asked.again.is_some() { 2 } else { 1 };
    for round in 0..rounds {
        for _ in 0..6 {
            if ask(&world, wish).await || !keyed {
                break;
            }
            let pause = world.with(|state| state.random.between(500, 5_000));
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        if round + 1 < rounds {
            tokio::time::sleep(Duration::from_millis(asked.again.unwrap_or(0))).await;
        }
    }
    world.with(|state| state.callers -= 1);
}

/// True if there was a result.
async fn ask(world: &Arc<World>, wish: usize) -> bool {
    let asked = &world.plan.wishes[wish];
    let (process, router) = loop {
        match world.someone() {
            Some(found) => break found,
            None => tokio::time::sleep(Duration::from_millis(700)).await,
        }
    };
    let asking = async {
        match asked.waits {
            None => router.submit(asked.call.clone()).await.map(Some),
            Some(patience) => {
                let placing = router.place(asked.call.clone());
                tokio::time::timeout(Duration::from_millis(patience), placing)
                    .await
                    .map_or(Ok(None), |answer| answer.map(Some))
            }
        }
    };
    let answer = tokio::select! {
        biased;
        () = process.died() => return false,
        answer = asking => answer,
    };
    let now = world.now();
    match answer {
        Ok(Some(call)) => world.with(|state| {
            state.trace.note(now, Happened::Accepted, Some(wish), Some(process.number));
            match state.accepted[wish] {
                Some(first) if first != call.id => {
                    state.breach(
                        Property::LostCalls,
                        format!("call {wish}: one key became two calls"),
                    );
                }
                Some(_) | None => state.accepted[wish] = Some(call.id),
            }
            true
        }),
        Ok(None) => true,
        Err(error) => match error.kind() {
            ErrorKind::PossibleDuplicate => true,
            ErrorKind::Conflict | ErrorKind::Journal => false,
            _ => true,
        },
    }
}

/// Runs an operation on a router, and on another one if the first fails.
fn errand<F: Future<Output = switchboard::Result<()>> + Send>(
    world: &Arc<World>,
    call: CallId,
    errand: impl Fn(Engine) -> F + Send + 'static,
) {
    let world = Arc::clone(world);
    tokio::spawn(async move {
        for _ in 0..3 {
            let Some((process, router)) = world.another_than_of(Some(call)) else {
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            };
            tokio::select! {
                biased;
                () = process.died() => {}
                done = errand(router) => match done {
                    Ok(()) => return,
                    Err(error) if error.code() == Some("not_owner") => {}
                    Err(_) => return,
                }
            }
        }
    });
}

/// An operator resolves a call.
pub(super) fn resolve(world: &Arc<World>, call: CallId, resolution: Resolution) {
    errand(world, call, move |router| {
        let resolution = resolution.clone();
        async move { router.resolve(call, resolution).await.map(|_| ()) }
    });
}

/// The caller cancels the call.
pub(super) fn cancel(world: &Arc<World>, call: CallId) {
    errand(world, call, move |router| async move { router.cancel(call).await.map(drop) });
}

/// The caller hangs up.
pub(super) fn stop(world: &Arc<World>, call: CallId) {
    errand(world, call, move |router| async move { router.stop(call).await });
}

/// An operator, who sits at no process of the world, writes down that the callee asked not to be
/// called again.
pub(super) fn opt_out(world: &Arc<World>, call: CallId) {
    let world = Arc::clone(world);
    tokio::spawn(async move {
        let (to, after) = world.with(|state| {
            let to = state.seen.get(&call).map(|seen| seen.call.to);
            (to, state.random.below(1_500))
        });
        tokio::time::sleep(Duration::from_millis(after)).await;
        let Some(to) = to else { return };
        let at = world.truth.at(world.now());
        let opt_out = OptOut::new(OptOutSource::Operator, "an operator", at);
        if world.books.opt_out(&to, &opt_out).await.is_ok() {
            world.with(|state| state.notes.opted_out(&to));
        }
    });
}

/// Resolves a call that was given up: a webhook arrives after all, or an operator asks the
/// provider.
pub(super) fn look_after(world: &Arc<World>, call: CallId) {
    let world = Arc::clone(world);
    tokio::spawn(async move {
        let after = world.with(|state| state.random.between(20_000, 120_000));
        tokio::time::sleep(Duration::from_millis(after)).await;
        if !world.with(|state| state.seen.get(&call).is_some_and(|seen| seen.stage.is_settled()))
            || webhooks::let_go(&world, call, Fault::WebhookLate)
        {
            return;
        }
        if let Some(verdict) = director::verdict(&world, call) {
            let (now, stage, wish) = world.with(|state| {
                let seen = &state.seen[&call];
                (world.now(), seen.stage, seen.wish)
            });
            world.with(|state| state.met(now, Fault::OperatorResolves, stage, Some(wish), None));
            resolve(&world, call, verdict);
        }
    });
}
