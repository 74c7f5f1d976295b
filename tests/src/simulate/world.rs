//! The shared state of a simulated world, and what was observed of its calls.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use switchboard::{Call, CallId, Engine, MemoryJournal, core::AttemptId, router::RateDeck};

use super::{
    check::{Breach, Property},
    counters::Counters,
    fault::Fault,
    law::Notes,
    network::{Record, Ring},
    plan::{Aim, Plan},
    process::{Process, SeededIds, Truth},
    random::Random,
    stage::Stage,
    tally::Tallies,
    trace::{Happened, Trace},
};

/// How many lines of a trace are kept for display.
const TAIL: usize = 20_000;

/// The last observed state of a call in the journal.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) wish: usize,
    pub(super) stage: Stage,
    pub(super) call: Arc<Call>,
}

/// The slot of a replica with its current process.
#[derive(Default)]
pub(super) struct Slot {
    pub(super) process: Option<Arc<Process>>,
    pub(super) router: Option<Engine>,
    pub(super) journal: Option<Arc<MemoryJournal>>,
    /// It has finished its recovery and accepts calls.
    pub(super) ready: bool,
}

/// The mutable state.
pub(super) struct State {
    pub(super) random: Random,
    pub(super) trace: Trace,
    pub(super) counters: Counters,
    /// Faults that are counted only once per call and state.
    pub(super) counted: BTreeSet<(usize, Fault, Stage)>,
    pub(super) aims: Vec<Aim>,
    pub(super) seen: BTreeMap<CallId, Seen>,
    pub(super) attempts: BTreeMap<AttemptId, CallId>,
    /// The owner of each call that is not settled.
    pub(super) owners: BTreeMap<CallId, u32>,
    /// How many writes to a call each process waits for.
    pub(super) writing: BTreeMap<(u32, CallId), u32>,
    /// Since when a call of a running process is not attended to.
    pub(super) unattended: BTreeMap<CallId, u64>,
    /// Attempts that were written but not yet sent.
    pub(super) unsent: BTreeMap<AttemptId, Arc<Process>>,
    /// Requests in flight.
    pub(super) coming: BTreeMap<AttemptId, u32>,
    /// Attempts whose provider accepts the call and never dials it.
    pub(super) dropped: BTreeSet<AttemptId>,
    /// Attempts whose callee says that they do not want to be called again.
    pub(super) asking_out: BTreeSet<AttemptId>,
    /// Attempts that were in doubt at some time.
    pub(super) doubted: BTreeSet<AttemptId>,
    /// What the kinds of providers met.
    pub(super) tallies: Tallies,
    /// The webhook URLs that were given out.
    pub(super) addresses: BTreeMap<AttemptId, String>,
    /// The number of placing requests of each wish.
    pub(super) tried: Vec<usize>,
    /// The number of requests of each wish that arrived.
    pub(super) delivered: Vec<usize>,
    pub(super) records: Vec<Record>,
    pub(super) rings: Vec<Ring>,
    /// What the judge of the calling rules has written down.
    pub(super) notes: Notes,
    /// When requests arrived at the provider whose limit is checked.
    pub(super) door: Vec<u64>,
    /// The number of webhooks in flight.
    pub(super) letters: usize,
    /// The number of callers that are not finished.
    pub(super) callers: usize,
    pub(super) slots: Vec<Slot>,
    pub(super) graveyard: Vec<Engine>,
    pub(super) processes: u32,
    /// The accepted call of each wish.
    pub(super) accepted: Vec<Option<CallId>>,
    pub(super) breaches: Vec<Breach>,
    pub(super) calm: bool,
    /// A clock was changed.
    pub(super) turned: bool,
    /// By how many milliseconds clocks were set back, which delays whatever a process waits for by
    /// its clock.
    pub(super) set_back: u64,
}

pub(super) struct World {
    pub(super) truth: Truth,
    pub(super) plan: Plan,
    pub(super) deck: RateDeck,
    pub(super) ids: Arc<SeededIds>,
    /// The shared journal.
    pub(super) books: MemoryJournal,
    /// A fault injected into the journal, to check that it is detected.
    pub(super) sown: Option<super::Sown>,
    state: Mutex<State>,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}

impl World {
    pub(super) fn new(
        seed: u64,
        plan: Plan,
        truth: Truth,
        deck: RateDeck,
        sown: Option<super::Sown>,
    ) -> Arc<Self> {
        let wishes = plan.wishes.len();
        let state = State {
            random: Random::new(seed.wrapping_mul(0x9e37_79b9).wrapping_add(1)),
            trace: Trace::new(TAIL),
            counters: Counters::default(),
            counted: BTreeSet::new(),
            aims: plan.aims.clone(),
            seen: BTreeMap::new(),
            attempts: BTreeMap::new(),
            owners: BTreeMap::new(),
            writing: BTreeMap::new(),
            unattended: BTreeMap::new(),
            unsent: BTreeMap::new(),
            coming: BTreeMap::new(),
            dropped: BTreeSet::new(),
            asking_out: BTreeSet::new(),
            doubted: BTreeSet::new(),
            tallies: Tallies::default(),
            addresses: BTreeMap::new(),
            tried: vec![0; wishes],
            delivered: vec![0; wishes],
            records: Vec::new(),
            rings: Vec::new(),
            notes: Notes::default(),
            door: Vec::new(),
            letters: 0,
            callers: wishes,
            slots: (0..plan.replicas).map(|_| Slot::default()).collect(),
            graveyard: Vec::new(),
            processes: 0,
            accepted: vec![None; wishes],
            breaches: Vec::new(),
            calm: false,
            turned: false,
            set_back: 0,
        };
        Arc::new(Self {
            truth,
            deck,
            ids: Arc::new(SeededIds::new()),
            books: MemoryJournal::shared(Duration::from_millis(plan.lease)),
            plan,
            sown,
            state: Mutex::new(state),
        })
    }

    /// Reads or changes the state. The closure must not await or call a router.
    pub(super) fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().expect("nothing panics in here"))
    }

    pub(super) fn now(&self) -> u64 {
        self.truth.now()
    }

    pub(super) fn note(&self, what: Happened, wish: Option<usize>, process: Option<u32>) {
        let now = self.now();
        self.with(|state| state.trace.note(now, what, wish, process));
    }

    /// Like [`Self::someone`], but preferably not the owner of this call.
    pub(super) fn another_than_of(&self, call: Option<CallId>) -> Option<(Arc<Process>, Engine)> {
        let first = self.someone()?;
        let owner = call.and_then(|call| self.with(|state| state.owners.get(&call).copied()));
        if owner == Some(first.0.number) { self.someone() } else { Some(first) }
    }

    /// A random running process that accepts calls.
    pub(super) fn someone(&self) -> Option<(Arc<Process>, Engine)> {
        self.with(|state| {
            let ready: Vec<usize> =
                (0..state.slots.len()).filter(|at| state.slots[*at].is_open()).collect();
            if ready.is_empty() {
                return None;
            }
            let slot = &state.slots[*state.random.pick(&ready)];
            slot.process.clone().zip(slot.router.clone())
        })
    }
}

impl Slot {
    fn is_open(&self) -> bool {
        self.ready && self.process.as_ref().is_some_and(|process| process.is_running())
    }
}

impl State {
    pub(super) fn met(
        &mut self,
        now: u64,
        fault: Fault,
        stage: Stage,
        wish: Option<usize>,
        process: Option<u32>,
    ) {
        self.counters.met(fault, stage);
        self.trace.note(now, Happened::Fault(fault, stage), wish, process);
    }

    /// Counts the fault once per call and state.
    pub(super) fn met_once(&mut self, now: u64, fault: Fault, stage: Stage, wish: usize) {
        if self.counted.insert((wish, fault, stage)) {
            self.met(now, fault, stage, Some(wish), None);
        }
    }

    pub(super) fn breach(&mut self, property: Property, what: String) {
        self.breaches.push(Breach { property, what });
    }

    /// The router that owns a call, if its process is running, accepts calls and does not wait for
    /// a write to it.
    pub(super) fn router_of(&self, call: CallId) -> Option<Engine> {
        let owner =
            self.owners.get(&call).filter(|owner| !self.writing.contains_key(&(**owner, call)))?;
        let of = |slot: &&Slot| {
            slot.is_open() && slot.process.as_ref().is_some_and(|process| process.number == *owner)
        };
        self.slots.iter().find(of).and_then(|slot| slot.router.clone())
    }

    pub(super) fn stage(&self, call: CallId) -> Stage {
        self.seen.get(&call).map_or(Stage::New, |seen| seen.stage)
    }

    /// The state of the call of a provider's record.
    pub(super) fn stage_of_attempt(&self, attempt: AttemptId) -> Stage {
        self.attempts.get(&attempt).map_or(Stage::New, |call| self.stage(*call))
    }

    /// Returns the first matching aim and uses it up once.
    pub(super) fn aimed(
        &mut self,
        stage: Stage,
        wish: usize,
        fits: impl Fn(&Aim) -> bool,
    ) -> Option<Aim> {
        if self.calm {
            return None;
        }
        let aim = self.aims.iter_mut().find(|aim| {
            aim.left > 0
                && aim.stage == stage
                && aim.call.is_none_or(|own| own == wish)
                && fits(aim)
        })?;
        aim.left -= 1;
        Some(*aim)
    }

    /// True if an aim for reads of the call matches, without using it up.
    pub(super) fn is_aimed(&self, fault: Fault, stage: Stage, wish: usize) -> bool {
        !self.calm
            && self.aims.iter().any(|aim| {
                aim.fault == fault && aim.stage == stage && aim.left > 0 && aim.call == Some(wish)
            })
    }
}
