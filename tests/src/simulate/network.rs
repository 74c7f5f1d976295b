//! The telephone network and the provider side: which requests arrived, which phones rang, and
//! which webhooks are sent.
//!
//! Only this module writes to the ring ledger.

use std::{sync::Arc, time::Duration};

use switchboard::{
    AgentId, CallId, IncomingWebhook, Money, Outcome, PhoneNumber,
    core::{AttemptId, PlaceRequest, ProviderCallId},
};
use tokio::time::timeout;

use super::{
    Sown,
    check::Property,
    fault::Fault,
    plan::{Hooks, wish_of},
    provider::KALLY,
    stage::Stage,
    trace::Happened,
    world::World,
};

/// A phone that rang.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ring {
    pub(super) attempt: AttemptId,
    pub(super) wish: usize,
    /// When it rang, in true milliseconds.
    pub(super) at: u64,
}

/// A provider's record of one call.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) id: u64,
    pub(super) provider: &'static str,
    pub(super) attempt: AttemptId,
    pub(super) wish: usize,
    pub(super) to: PhoneNumber,
    pub(super) task: String,
    pub(super) agent: Option<AgentId>,
    pub(super) created: u64,
    pub(super) dials: u64,
    pub(super) ends: u64,
    pub(super) outcome: Outcome,
    pub(super) rang: bool,
    /// What the record says once it should have been dialled: that it never was.
    pub(super) says_never: bool,
    /// The final cost.
    pub(super) cost: Option<Money>,
    address: Option<String>,
    /// Webhooks that were accepted.
    told: Vec<Vec<u8>>,
    /// Webhooks that are held back.
    held: Vec<Vec<u8>>,
}

impl Record {
    pub(super) fn name(&self) -> ProviderCallId {
        format!("{}-{}", self.provider, self.id).into()
    }

    pub(super) fn is_over(&self, now: u64) -> bool {
        now >= self.ends
    }
}

/// Sends a request, which arrives whatever happens to its sender.
pub(super) fn deliver(
    world: &Arc<World>,
    order: &PlaceRequest,
    provider: &'static str,
    after: u64,
    is_late: bool,
) {
    let id = world.with(|state| {
        *state.coming.entry(order.attempt).or_default() += 1;
        state.random.next() >> 24
    });
    let (world, order) = (Arc::clone(world), order.clone());
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(after)).await;
        if let Some(at) = arrived(&world, &order, provider, id, is_late) {
            live(&world, at).await;
        }
    });
}

fn arrived(
    world: &World,
    order: &PlaceRequest,
    provider: &'static str,
    id: u64,
    is_late: bool,
) -> Option<usize> {
    let now = world.now();
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
        // The key is known: there is the first request's call, and no other.
        let is_known = provider == KALLY
            && world.plan.keys
            && state.records.iter().any(|record| record.attempt == order.attempt);
        if is_known {
            return None;
        }
        let nth = state.delivered[wish].min(asked.rings.len() - 1);
        state.delivered[wish] += 1;
        let outcome = asked.rings[nth];
        let lasts = match outcome {
            Outcome::Completed | Outcome::Voicemail | Outcome::Menu => asked.talk,
            Outcome::NoAnswer | Outcome::Declined => 25_000,
            Outcome::Busy | Outcome::InvalidNumber | Outcome::Blocked => 2_000,
            Outcome::Failed | Outcome::Cancelled => 1_000,
        };
        let dials = now + asked.queue;
        let is_dropped = state.dropped.contains(&order.attempt);
        let (outcome, lasts) = if is_dropped { (Outcome::Failed, 0) } else { (outcome, lasts) };
        state.records.push(Record {
            id,
            provider,
            attempt: order.attempt,
            wish,
            to: order.call.to,
            task: order.call.task.clone(),
            agent: order.agent.clone(),
            created: now,
            dials,
            ends: dials + lasts,
            outcome,
            rang: false,
            says_never: is_dropped || world.sown == Some(Sown::RecordLies),
            cost: None,
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
            let (attempt, wish, id) = (record.attempt, record.wish, record.id);
            state.rings.push(Ring { attempt, wish, at: now });
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
        record.cost = if record.rang {
            world.deck.estimate(&record.to, lasted, jiff::Timestamp::UNIX_EPOCH)
        } else {
            None
        };
        let (outcome, wish) = (record.outcome, record.wish);
        state.trace.note(now, Happened::Over(outcome), Some(wish), None);
    });
    tell(world, at, "completed");
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

/// Sends the webhooks of a call.
fn tell(world: &Arc<World>, at: usize, word: &str) {
    let hooks = world.with(|state| {
        let record = &state.records[at];
        record.address.as_ref()?;
        // Use the whole id, because `Display` may mask it.
        let body = format!("{} {word}", record.name().as_str()).into_bytes();
        let hooks = if state.calm { Hooks::Prompt } else { world.plan.wishes[record.wish].hooks };
        Some((body, hooks, state.random.between(50, 2_000), state.random.between(0, 300)))
    });
    let Some((body, hooks, after, apart)) = hooks else {
        return;
    };
    match hooks {
        Hooks::Prompt => post(world, at, body, after, None),
        Hooks::Lost => post(world, at, body, after, Some(Fault::WebhookLost)),
        Hooks::Held => world.with(|state| state.records[at].held.push(body)),
        Hooks::Doubled => {
            post(world, at, body.clone(), after, Some(Fault::WebhookDoubled));
            post(world, at, body, after + apart, None);
        }
        Hooks::Reordered if word == "started" => {
            world.with(|state| state.records[at].held.push(body))
        }
        Hooks::Reordered => {
            post(world, at, body, after.min(300), Some(Fault::WebhookReordered));
            let first = world.with(|state| std::mem::take(&mut state.records[at].held));
            for body in first {
                post(world, at, body, after + 2_000 + apart * 20, Some(Fault::WebhookReordered));
            }
        }
    }
}

/// Sends a webhook, with retries. `fault` is counted in the state that the call has when it
/// arrives.
fn post(world: &Arc<World>, at: usize, body: Vec<u8>, after: u64, fault: Option<Fault>) {
    world.with(|state| state.letters += 1);
    let world = Arc::clone(world);
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(after)).await;
        let now = world.now();
        let address = world.with(|state| {
            let (attempt, wish) = (state.records[at].attempt, state.records[at].wish);
            if let Some(fault) = fault {
                let stage = state.stage_of_attempt(attempt);
                state.met(now, fault, stage, Some(wish), None);
            }
            state.records[at].address.clone()
        });
        let mut pause = 5_000;
        if let Some(address) = address.filter(|_| fault != Some(Fault::WebhookLost)) {
            let call = world.with(|state| state.attempts.get(&state.records[at].attempt).copied());
            for _ in 0..6 {
                if hand_in(&world, call, &address, &body).await == Some(true) {
                    world.with(|state| {
                        let told = &mut state.records[at].told;
                        if !told.contains(&body) {
                            told.push(body);
                        }
                    });
                    break;
                }
                tokio::time::sleep(Duration::from_millis(pause)).await;
                pause *= 3;
            }
        }
        world.with(|state| state.letters -= 1);
    });
}

/// True if it was accepted, false if it was rejected, `None` if there was no response.
async fn hand_in(
    world: &Arc<World>,
    call: Option<CallId>,
    address: &str,
    body: &[u8],
) -> Option<bool> {
    let (process, router) = world.another_than_of(call)?;
    let webhook = IncomingWebhook {
        headers: Vec::new(),
        body: body.to_vec(),
        received_at: world.truth.at(world.now()),
    };
    let taken = tokio::select! {
        biased;
        () = process.died() => return None,
        taken = timeout(Duration::from_secs(10), router.receive_webhook(address, webhook)) => taken.ok()?,
    };
    world.note(Happened::Webhook(taken.is_ok()), None, Some(process.number));
    Some(taken.is_ok())
}

/// Delivers the webhooks that a provider has held back, some of them twice. False if there are
/// none.
pub(super) fn let_go(world: &Arc<World>, call: CallId, fault: Fault) -> bool {
    let held = world.with(|state| {
        let of = |record: &Record| state.attempts.get(&record.attempt) == Some(&call);
        let at = state.records.iter().position(|record| of(record) && !record.held.is_empty())?;
        let double = state.random.chance(50);
        Some((at, std::mem::take(&mut state.records[at].held), double))
    });
    let Some((at, held, double)) = held else {
        return false;
    };
    for (nth, body) in held.into_iter().enumerate() {
        let after = 1 + 400 * nth as u64;
        if double {
            post(world, at, body.clone(), after, Some(Fault::WebhookDoubled));
        }
        post(world, at, body, after, Some(fault));
    }
    true
}

/// Delivers all webhooks that are still held back within this time.
pub(super) fn let_all_go(world: &Arc<World>, within: u64) {
    let held = world.with(|state| {
        let mut held = Vec::new();
        for (at, record) in state.records.iter_mut().enumerate() {
            held.extend(std::mem::take(&mut record.held).into_iter().map(|body| (at, body)));
        }
        held.into_iter()
            .map(|(at, body)| (at, body, state.random.below(within)))
            .collect::<Vec<_>>()
    });
    for (at, body, after) in held {
        post(world, at, body, after, Some(Fault::WebhookLate));
    }
}

/// Sends a handled webhook again. False if there is none.
pub(super) fn replay(world: &Arc<World>, call: CallId) -> bool {
    let told = world.with(|state| {
        let of = |record: &Record| state.attempts.get(&record.attempt) == Some(&call);
        let at = state.records.iter().position(|record| of(record) && !record.told.is_empty())?;
        let body = state.random.pick(&state.records[at].told).clone();
        Some((at, body))
    });
    let Some((at, body)) = told else { return false };
    post(world, at, body, 1, Some(Fault::WebhookReplayed));
    true
}

/// Sends a forged webhook to a guessed URL. False if the call has no URL yet.
pub(super) fn forge(world: &Arc<World>, call: CallId) -> bool {
    let address = world.with(|state| {
        let last = state.seen.get(&call)?.call.attempts.last()?.id;
        let address = state.addresses.get(&last)?.clone();
        Some((last, address))
    });
    let Some((attempt, address)) = address else {
        return false;
    };
    let (start, end) = address.split_at(address.len() - 1);
    let forged = format!("{start}{}", if end == "A" { "Q" } else { "A" });
    world.with(|state| state.letters += 1);
    let world = Arc::clone(world);
    tokio::spawn(async move {
        let (now, stage, wish) = world.with(|state| {
            let wish = state.seen.get(&call).map(|seen| seen.wish);
            (world.now(), state.stage_of_attempt(attempt), wish)
        });
        world.with(|state| state.met(now, Fault::WebhookForged, stage, wish, None));
        if hand_in(&world, None, &forged, b"kai-1 completed").await == Some(true) {
            world.with(|state| {
                state.breach(Property::FalseOutcomes, "a forged webhook was taken".to_owned())
            });
        }
        world.with(|state| state.letters -= 1);
    });
    true
}

/// True if lists currently contain the record.
pub(super) fn is_listed(
    state: &mut super::world::State,
    at: usize,
    now: u64,
    wishes: &[super::plan::Wish],
) -> bool {
    let (wish, attempt, created, is_over) = {
        let record = &state.records[at];
        (record.wish, record.attempt, record.created, record.is_over(now))
    };
    let stage = state.stage_of_attempt(attempt);
    let hidden = match stage {
        Stage::Sent | Stage::Unknown | Stage::Reconciling => wishes[wish].invisible,
        Stage::InProgress => wishes[wish].unseen && is_over,
        _ => false,
    };
    if state.calm {
        return true;
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
