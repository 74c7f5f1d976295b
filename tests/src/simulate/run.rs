//! Runs one world until nothing more happens.

use std::{sync::Arc, time::Duration};

use switchboard::{
    Currency, Money,
    core::{Destination, Tariff, TariffRow},
    journal::JournalExt,
    router::RateDeck,
};
use tokio::runtime::Builder;

use super::{
    check::{self, Breach, Property},
    counters::Counters,
    law,
    plan::Plan,
    process::Truth,
    staff,
    tally::Tallies,
    trace::Happened,
    webhooks,
    world::{State, World},
};

/// A fault injected into the product itself, to check that it is detected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sown {
    /// The journal acknowledges before it has written that an attempt may be sent, so a crash loses
    /// it.
    ClaimForgotten,
    /// The backend retries a request without a response.
    RequestSentAgain,
    /// The backend treats a missing response as proof that nothing was sent.
    SilenceAssumed,
    /// The journal does not tell owners what others wrote to their calls.
    NewsWithheld,
    /// The engine runs without calling rules.
    RulesOff,
    /// The journal permits an attempt without a look at what it knows about the callee.
    CalleeUnchecked,
    /// The backend sends minutes after it was asked to.
    SentLate,
    /// The provider's record says of calls that it never dialled them, and their phones ring.
    RecordLies,
    /// The provider forgets idempotency keys at once, whatever its documents say.
    KeyForgotten,
    /// The network holds a request back for longer than its key lives, and delivers it then.
    RequestHeldBack,
}

/// The settings of a run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings {
    /// The number of replicas; `None` means one or two, depending on the seed.
    pub replicas: Option<u32>,
    /// The fault to inject into the product.
    pub sown: Option<Sown>,
}

/// The report of a world.
#[derive(Debug, Clone)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// Calls in the journal.
    pub calls: u64,
    /// Phones that rang.
    pub rings: u64,
    /// Calls that the calling rules still make wait at the end.
    pub waiting: u64,
    /// Phones that rang when a rule stopped that, because a provider was slow.
    pub after_closing: u64,
    /// The violated invariants.
    pub breaches: Vec<Breach>,
    /// How often each fault happened in each state.
    pub counters: Counters,
    /// What each kind of provider met.
    pub tallies: Tallies,
    /// The hash of the whole trace.
    pub hash: u64,
    /// The end of the trace, if an invariant was violated.
    pub tail: Vec<String>,
    /// The simulated duration.
    pub lasted: Duration,
}

impl Report {
    /// How often an invariant was violated.
    pub fn count(&self, property: Property) -> u64 {
        self.breaches.iter().filter(|breach| breach.property == property).count() as u64
    }
}

/// Runs the world of a seed.
pub fn simulate(seed: u64, settings: Settings) -> Report {
    let runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without sockets");
    let report = runtime.block_on(live(seed, settings));
    // Tasks of dead processes wait forever; they are dropped with the runtime.
    drop(runtime);
    report
}

fn tariff() -> RateDeck {
    let row = TariffRow {
        destination: Destination::Everywhere,
        per_call: Some(Money::from_micros(100_000, Currency::USD)),
        per_minute: Some(Money::from_micros(60_000, Currency::USD)),
        increment: Some(Duration::from_secs(60)),
        minimum: None,
    };
    let tariff = Tariff { rows: vec![row], credit_price: None };
    RateDeck::new(&tariff, Currency::USD).expect("a tariff in dollars")
}

async fn live(seed: u64, settings: Settings) -> Report {
    let plan = Plan::new(seed, settings.replicas);
    let truth = Truth::new(plan.base);
    let world = World::new(seed, plan, truth, tariff(), settings.sown);
    for slot in 0..world.plan.replicas as usize {
        staff::start(&world, slot);
    }
    for wish in 0..world.plan.wishes.len() {
        tokio::spawn(staff::caller(Arc::clone(&world), wish));
    }
    tokio::spawn(check::attendance(Arc::clone(&world)));
    trouble(&world).await;
    calm(&world);
    rest(&world).await;
    check::news(&world).await;
    let calls = world.books.list().await.expect("books in memory can be read");
    check::end(&world, &calls);
    let report = world.with(|state| {
        for call in &calls {
            let wish = super::plan::wish_named(&call.metadata);
            let outcome = call.outcome.unwrap_or(switchboard::Outcome::Cancelled);
            state.trace.note(truth.now(), Happened::Over(outcome), Some(wish), None);
        }
        Report {
            seed,
            calls: calls.len() as u64,
            rings: state.rings.len() as u64,
            waiting: calls.iter().filter(|call| !call.status.is_settled()).count() as u64,
            after_closing: law::after_closing(state, &world),
            breaches: std::mem::take(&mut state.breaches),
            counters: std::mem::take(&mut state.counters),
            tallies: std::mem::take(&mut state.tallies),
            hash: state.trace.hash(),
            tail: Vec::new(),
            lasted: Duration::from_millis(truth.now()),
        }
    });
    let tail = world.with(
        |state| {
            if report.breaches.is_empty() { Vec::new() } else { state.trace.tail() }
        },
    );
    // Break the reference cycle between the world and its processes.
    let gone = world.with(|state| {
        (
            std::mem::take(&mut state.slots),
            std::mem::take(&mut state.graveyard),
            std::mem::take(&mut state.unsent),
        )
    });
    for router in gone.0.iter().filter_map(|slot| slot.router.as_ref()).chain(&gone.1) {
        router.stop_now();
    }
    drop(gone);
    Report { tail, ..report }
}

/// Runs with faults, until all of them have happened or time is up.
async fn trouble(world: &World) {
    let (least, most) = if world.plan.long { (600, 3_600) } else { (300, 1_200) };
    let step = 10;
    for now in (0..most).step_by(step) {
        let done = world.with(|state| {
            state.callers == 0
                && state.aims.iter().all(|aim| aim.left == 0)
                && state.seen.values().all(|seen| check::is_at_rest(world, seen, 0))
        });
        if done && now >= least {
            return;
        }
        tokio::time::sleep(Duration::from_secs(step as u64)).await;
    }
}

/// Stops all faults; what is in flight arrives late.
fn calm(world: &Arc<World>) {
    let now = world.now();
    let stopped = world.with(|state| {
        state.calm = true;
        state.trace.note(now, Happened::Calm, None, None);
        state.slots.iter().filter_map(|slot| slot.process.clone()).collect::<Vec<_>>()
    });
    for process in stopped {
        process.resume();
    }
    webhooks::let_all_go(world, if world.plan.long { 20 * 3_600_000 } else { 300_000 });
}

/// How long the world goes on for calls that have begun, in milliseconds. Others that the rules make wait may
/// begin while one of these comes to its end.
const UNDER_WAY: u64 = 12 * 3_600_000;

/// Waits until nothing more happens.
async fn rest(world: &World) {
    let patience = if world.plan.long { 60 * 3_600_000 } else { 3 * 3_600_000 };
    let limit = world.now() + patience + world.with(|state| state.set_back);
    let step = if world.plan.long { 120 } else { 5 };
    // Calls that the rules make wait longer go on waiting.
    let within = if world.plan.long { 20 * 3_600_000 } else { 15 * 60_000 };
    let at_rest =
        |state: &State| state.seen.values().all(|seen| check::is_at_rest(world, seen, within));
    // What the rules let begin at the last moment comes to its end too.
    let is_over =
        |now| now >= limit + UNDER_WAY || world.with(|state| check::is_over(world, state));
    while world.now() < limit || !is_over(world.now()) {
        let quiet = world.with(|state| {
            state.callers == 0
                && state.letters == 0
                && state.coming.is_empty()
                && state.slots.iter().all(|slot| slot.ready)
                && at_rest(state)
        });
        tokio::time::sleep(Duration::from_secs(step)).await;
        let heard = check::unheard(world).await.is_empty();
        if quiet && heard && world.with(|state| state.letters == 0 && at_rest(state)) {
            return;
        }
    }
}
