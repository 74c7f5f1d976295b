//! What providers tell by webhooks, which are lost, late, doubled, reordered, repeated, forged or not
//! signed.

use std::{sync::Arc, time::Duration};

use switchboard::{CallId, IncomingWebhook};
use tokio::time::timeout;

use super::{
    check::Property, fault::Fault, kind::Kind, network::Record, plan::Hooks, trace::Happened,
    world::World,
};

/// The header of a signature, and what a right one is.
pub(super) const SIGNATURE: (&str, &str) = ("x-signature", "right");

/// Sends the webhooks of a call.
pub(super) fn tell(world: &Arc<World>, at: usize, word: &str) {
    let hooks = world.with(|state| {
        let record = &state.records[at];
        record.address.as_ref()?;
        if word == "started" && record.kind.tells_only_the_end() {
            return None;
        }
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
                if hand_in(&world, call, &address, &body, true).await == Some(true) {
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
    is_signed: bool,
) -> Option<bool> {
    let (process, router) = world.another_than_of(call)?;
    let webhook = IncomingWebhook {
        headers: is_signed
            .then(|| (SIGNATURE.0.to_owned(), SIGNATURE.1.to_owned()))
            .into_iter()
            .collect(),
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
    strange(world, call, Fault::WebhookForged)
}

/// Sends a webhook without a signature to the right URL. False if the call has no URL yet.
pub(super) fn leave_unsigned(world: &Arc<World>, call: CallId) -> bool {
    strange(world, call, Fault::WebhookUnsigned)
}

/// Sends what a stranger has made up about a call that there is not.
fn strange(world: &Arc<World>, call: CallId, fault: Fault) -> bool {
    let known = world.with(|state| {
        let seen = state.seen.get(&call)?;
        let last = seen.call.attempts.last()?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.id() == last.provider)?;
        Some((last.id, seen.wish, kind, state.addresses.get(&last.id)?.clone()))
    });
    let Some((attempt, wish, kind, mut address)) = known else {
        return false;
    };
    if fault == Fault::WebhookForged {
        let other = if address.ends_with('A') { 'Q' } else { 'A' };
        address.pop();
        address.push(other);
    }
    world.with(|state| state.letters += 1);
    let world = Arc::clone(world);
    tokio::spawn(async move {
        let now = world.now();
        world.with(|state| {
            let stage = state.stage_of_attempt(attempt);
            state.met(now, fault, stage, Some(wish), None);
        });
        let body = format!("{}-1 completed", kind.name()).into_bytes();
        // At a forged URL a right signature helps nobody.
        let is_signed = fault == Fault::WebhookForged;
        let taken = hand_in(&world, None, &address, &body, is_signed).await;
        let must_fail = fault == Fault::WebhookForged || kind.signs();
        world.with(|state| {
            if taken == Some(true) && must_fail {
                let what = format!("a webhook was taken in spite of {}", fault.name());
                state.breach(Property::FalseOutcomes, what);
            }
            if taken == Some(false) && fault == Fault::WebhookUnsigned && kind.signs() {
                state.tallies.at(kind).unsigned += 1;
            }
            state.letters -= 1;
        });
    });
    true
}
