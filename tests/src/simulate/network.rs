//! The telephone network and the provider side: which requests arrived, and which phones rang.
//!
//! Only this module writes to the ring ledger.

use std::{sync::Arc, time::Duration};

use switchboard::{
    AgentId, Money, Outcome, PhoneNumber,
    core::{AttemptId, PlaceRequest, ProviderCallId, Refusal},
};
use uuid::Uuid;

use super::{
    Sown,
    fault::Fault,
    kind::Kind,
    plan::wish_of,
    stage::Stage,
    trace::Happened,
    webhooks::tell,
    world::{State, World},
};

/// A phone that rang.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ring {
    pub(super) attempt: AttemptId,
    /// Which of the attempt's requests made it ring: 0 is the first.
    pub(super) request: usize,
    pub(super) wish: usize,
    /// When it rang, in true milliseconds.
    pub(super) at: u64,
}

/// A placing request on its way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request<'a> {
    pub(super) order: &'a PlaceRequest,
    /// Which of the attempt's requests it is: 0 is the first.
    pub(super) nth: usize,
}

/// A provider's record of one call.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) id: u64,
    pub(super) kind: Kind,
    pub(super) attempt: AttemptId,
    /// Which of the attempt's requests it came with.
    pub(super) request: usize,
    key: Uuid,
    pub(super) wish: usize,
    pub(super) to: PhoneNumber,
    pub(super) task: String,
    pub(super) agent: Option<AgentId>,
    pub(super) created: u64,
    pub(super) dials: u64,
    pub(super) ends: u64,
    pub(super) outcome: Outcome,
    pub(super) rang: bool,
    /// What the record says once it should have been dialled: that it never was, and why.
    pub(super) never: Option<(&'static str, Refusal)>,
    /// What the record says once the call is over: that the callee does not want to be called again.
    pub(super) asks_out: bool,
    /// What it costs, and from when on the provider says so. The last one is final.
    pub(super) costs: Vec<(u64, Money)>,
    pub(super) address: Option<String>,
    /// Webhooks that were accepted.
    pub(super) told: Vec<Vec<u8>>,
    /// Webhooks that are held back.
    pub(super) held: Vec<Vec<u8>>,
}

impl Record {
    pub(super) fn name(&self) -> ProviderCallId {
        format!("{}-{}", self.kind.name(), self.id).into()
    }

    /// What the provider says now that it costs.
    pub(super) fn cost(&self, now: u64) -> Option<Money> {
        self.costs.iter().rev().find(|(from, _)| *from <= now).map(|(_, cost)| *cost)
    }

    pub(super) fn is_over(&self, now: u64) -> bool {
        now >= self.ends
    }
}

/// Sends a request, which arrives whatever happens to its sender.
pub(super) fn deliver(
    world: &Arc<World>,
    request: Request<'_>,
    kind: Kind,
    after: u64,
    is_late: bool,
) {
    let Request { order, nth } = request;
    let id = world.with(|state| {
        *state.coming.entry(order.attempt).or_default() += 1;
        state.random.next() >> 24
    });
    let (world, order) = (Arc::clone(world), order.clone());
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(after)).await;
        let request = Request { order: &order, nth };
        if let Some(at) = arrived(&world, request, kind, id, is_late) {
            live(&world, at).await;
        }
    });
}

/// The call that the provider placed under this key, if it still knows the key.
pub(super) fn of_key(world: &World, state: &State, kind: Kind, key: Uuid) -> Option<usize> {
    let life = u64::try_from(kind.key_life()?.as_millis()).unwrap_or(u64::MAX);
    let now = world.now();
    state.records.iter().rposition(|record| {
        record.kind == kind
            && record.key == key
            && now < record.created + life
            && world.sown != Some(Sown::KeyForgotten)
    })
}

fn arrived(
    world: &World,
    request: Request<'_>,
    kind: Kind,
    id: u64,
    is_late: bool,
) -> Option<usize> {
    let now = world.now();
    let Request { order, nth } = request;
    let wish = wish_of(&order.call);
    let asked = &world.plan.wishes[wish];
    world.with(|state| {
        if let Some(count) = state.coming.get_mut(&order.attempt) {
            *count -= 1;
            if *count == 0 {
                state.coming.remove(&order.attempt);
            }
        }
        let stage = state.stage_of_attempt(order.attempt);
        state.trace.note(now, Happened::Delivered(id), Some(wish), None);
        if is_late {
            state.met(now, Fault::LateDelivery, stage, Some(wish), None);
        }
        // The key is known: there is the first call, and no other.
        if let Some(known) = of_key(world, state, kind, order.idempotency_key) {
            let was_overtaken = state.records[known].request > nth;
            let tally = state.tallies.at(kind);
            tally.known += 1;
            tally.overtaken += u64::from(was_overtaken);
            return None;
        }
        let served = state.delivered[wish].min(asked.rings.len() - 1);
        state.delivered[wish] += 1;
        let outcome = asked.rings[served];
        let lasts = match outcome {
            Outcome::Completed | Outcome::Voicemail | Outcome::Menu => asked.talk,
            Outcome::NoAnswer | Outcome::Declined => 25_000,
            Outcome::Busy | Outcome::InvalidNumber | Outcome::Blocked => 2_000,
            Outcome::Failed | Outcome::Cancelled => 1_000,
        };
        let dials = now + asked.queue;
        let is_dropped = state.dropped.contains(&order.attempt);
        let (outcome, lasts) = if is_dropped { (Outcome::Failed, 0) } else { (outcome, lasts) };
        let reasons = kind.never_dialled();
        let says_never = is_dropped || world.sown == Some(Sown::RecordLies);
        let never = says_never && !reasons.is_empty();
        state.records.push(Record {
            id,
            kind,
            attempt: order.attempt,
            request: nth,
            key: order.idempotency_key,
            wish,
            to: order.call.to,
            task: order.call.task.clone(),
            agent: order.agent.clone(),
            created: now,
            dials,
            ends: dials + lasts,
            outcome,
            rang: false,
            never: never.then(|| reasons[(id % reasons.len() as u64) as usize]),
            asks_out: state.asking_out.contains(&order.attempt),
            costs: Vec::new(),
            address: state.addresses.get(&order.attempt).cloned(),
            told: Vec::new(),
            held: Vec::new(),
        });
        Some(state.records.len() - 1)
    })
}

/// The life of a call, from the queue to the last webhook.
async fn live(world: &Arc<World>, at: usize) {
    until(world, |record| record.dials.min(record.ends), at).await;
    let now = world.now();
    let dialled = world.with(|state| {
        let record = &mut state.records[at];
        // Cancelled calls never ring, and half of the failed ones do not.
        let rings =
            now < record.ends && (record.outcome != Outcome::Failed || record.id.is_multiple_of(2));
        if rings {
            record.rang = true;
            let (attempt, request) = (record.attempt, record.request);
            let (wish, id) = (record.wish, record.id);
            state.rings.push(Ring { attempt, request, wish, at: now });
            state.trace.note(now, Happened::Ring(id), Some(wish), None);
        }
        rings
    });
    if dialled {
        tell(world, at, "started");
    }
    until(world, |record| record.ends, at).await;
    let now = world.now();
    world.with(|state| {
        let record = &mut state.records[at];
        let lasted = Duration::from_millis(record.ends.saturating_sub(record.dials));
        let cost = world.deck.estimate(&record.to, lasted, jiff::Timestamp::UNIX_EPOCH);
        record.costs = cost.filter(|_| record.rang).map_or(Vec::new(), |cost| bills(record, cost));
        let (outcome, wish) = (record.outcome, record.wish);
        state.trace.note(now, Happened::Over(outcome), Some(wish), None);
    });
    tell(world, at, "completed");
}

/// When which cost is told.
fn bills(record: &Record, cost: Money) -> Vec<(u64, Money)> {
    if !record.kind.bills_late() {
        return vec![(record.ends, cost)];
    }
    // A part of it first, and the rest within the hour.
    let first = Money::from_micros(cost.micros() / 2, cost.currency());
    let (soon, later) = (record.id % 60_000, 120_000 + record.id % 3_000_000);
    vec![(record.ends + soon, first), (record.ends + later, cost)]
}

async fn until(world: &World, moment: impl Fn(&Record) -> u64, at: usize) {
    loop {
        let (now, then) = (world.now(), world.with(|state| moment(&state.records[at])));
        if now >= then {
            return;
        }
        tokio::time::sleep(Duration::from_millis((then - now).min(20_000))).await;
    }
}

/// True if lists currently contain the record.
pub(super) fn is_listed(
    state: &mut State,
    at: usize,
    now: u64,
    wishes: &[super::plan::Wish],
) -> bool {
    let record = &state.records[at];
    let (kind, wish, attempt) = (record.kind, record.wish, record.attempt);
    let (created, is_over) = (record.created, record.is_over(now));
    let is_found = kind.is_found(record.dials, record.ends, now);
    let stage = state.stage_of_attempt(attempt);
    let hidden = match stage {
        Stage::Sent | Stage::Unknown | Stage::Reconciling => wishes[wish].invisible,
        Stage::InProgress => wishes[wish].unseen && is_over,
        _ => false,
    };
    if state.calm || !is_found {
        return is_found;
    }
    if hidden || state.is_aimed(Fault::ListOmission, stage, wish) {
        state.met_once(now, Fault::ListOmission, stage, wish);
        return false;
    }
    if state.is_aimed(Fault::ListLag, stage, wish) && now < created + 45_000 {
        state.met_once(now, Fault::ListLag, stage, wish);
        return false;
    }
    true
}
