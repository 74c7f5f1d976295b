//! The invariants, checked after every write and at the end of every world.
//!
//! The journal contains what the product believes; the rings and the records of the providers are
//! the truth.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use jiff::Timestamp;
use switchboard::{
    Call, CallId, CallStatus, Delivery, Engine, Outcome,
    core::{AttemptState, Proof, Refusal},
    journal::{Membership, News},
};

use super::{
    law,
    staff::SEND_WITHIN,
    tally,
    world::{Seen, State, World},
};

/// An invariant of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Property {
    /// A ring that was not requested.
    DuplicateRings,
    /// An accepted call that no process drives any more.
    LostCalls,
    /// The reported outcome is not what happened.
    FalseOutcomes,
    /// A rate limit of a provider was exceeded.
    Limits,
    /// A state moved backwards, or two calls held one callee.
    Invariants,
    /// A budget was exceeded.
    Budgets,
    /// A ring that the calling rules did not allow.
    Rules,
}

/// The maximum number of requests per ring to a provider that takes no call for a while: one and
/// three repeats.
const MOST_REFUSED: u32 = 4;

/// A violated invariant.
#[derive(Debug, Clone)]
pub struct Breach {
    /// The invariant.
    pub property: Property,
    /// A description without phone numbers.
    pub what: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.property, self.what)
    }
}

/// Checks the invariants of a write.
pub(super) fn step(state: &mut State, before: Option<&Call>, after: &Call) {
    let mut wrong = Vec::new();
    if let Some(before) = before {
        match (before.status, after.status) {
            (CallStatus::Refused, CallStatus::Refused)
            | (CallStatus::NeedsApproval, CallStatus::NeedsApproval)
            | (CallStatus::Closed, CallStatus::Closed | CallStatus::Scheduled) => {}
            (CallStatus::Refused | CallStatus::NeedsApproval | CallStatus::Closed, other) => {
                wrong.push(format!("{} became {other}", before.status));
            }
            _ => {}
        }
        if before.status == CallStatus::Closed
            && after.status == CallStatus::Closed
            && before.outcome != after.outcome
        {
            wrong.push("an outcome changed".to_owned());
        }
        for (was, is) in before.attempts.iter().zip(&after.attempts) {
            if was.id != is.id
                || was.state == AttemptState::NotPlaced && is.state != AttemptState::NotPlaced
            {
                wrong.push("an attempt that was over moved".to_owned());
            }
        }
        if after.attempts.len() < before.attempts.len() {
            wrong.push("an attempt is gone".to_owned());
        }
    }
    let ring = after.attempts.last().map_or(0, |last| last.ring);
    let mut refused = BTreeMap::<_, u32>::new();
    for one in after.attempts.iter().filter(|one| {
        matches!(one.delivery, Some(Delivery::Refused(Refusal::RateLimited | Refusal::Quota)))
    }) {
        *refused.entry((one.ring, &one.provider)).or_default() += 1;
    }
    if refused.values().any(|times| *times > MOST_REFUSED) {
        state.breach(
            Property::Limits,
            "a provider that takes no call was asked too often for one ring".to_owned(),
        );
    }
    let live = after.attempts.iter().filter(|one| one.ring == ring && one.state.is_live());
    if live.count() > 1 {
        wrong.push("two attempts of one ring are live".to_owned());
    }
    let same = |other: &Call| {
        other.id != after.id
            && other.to == after.to
            && other.tenant == after.tenant
            && other.status.holds_callee()
    };
    if after.status.holds_callee() && state.seen.values().any(|seen| same(&seen.call)) {
        wrong.push("two calls hold one person".to_owned());
    }
    for what in wrong {
        state.breach(Property::Invariants, what);
    }
}

/// How many sweeps may pass until a call of a running process is attended to.
const SWEEPS: u64 = 4;
const MORE: u64 = 15_000;

/// Repeatedly checks that every unsettled call of a running process is attended to.
pub(super) async fn attendance(world: Arc<World>) {
    let often = world.plan.sweep.min(10_000);
    loop {
        tokio::time::sleep(Duration::from_millis(often)).await;
        let now = world.now();
        let open: Vec<(CallId, usize, Option<Engine>)> = world.with(|state| {
            let open = state.seen.iter().filter(|(_, seen)| !seen.stage.is_settled());
            open.map(|(id, seen)| (*id, seen.wish, state.router_of(*id))).collect()
        });
        let unattended = |(id, wish, router): (CallId, usize, Option<Engine>)| {
            router.is_some_and(|router| !router.attends(id)).then_some((id, wish))
        };
        let unattended: BTreeMap<CallId, usize> = open.into_iter().filter_map(unattended).collect();
        world.with(|state| {
            let before = std::mem::take(&mut state.unattended);
            for (id, wish) in unattended {
                let since = before.get(&id).copied().unwrap_or(now);
                if now - since > world.plan.sweep * SWEEPS + MORE {
                    let stage = state.stage(id).name();
                    state.breach(
                        Property::LostCalls,
                        format!("call {wish}: {stage}, and nobody attends to it"),
                    );
                    // Report it once.
                    state.owners.remove(&id);
                }
                state.unattended.insert(id, since);
            }
        });
    }
}

/// Checks that all news about calls was processed by their owners.
pub(super) async fn news(world: &World) {
    for news in unheard(world).await {
        world.with(|state| {
            let wish = state.seen.get(&news.call).map_or(0, |seen| seen.wish);
            let what = format!("call {wish}: what another process wrote was never acted on");
            state.breach(Property::LostCalls, what);
        });
    }
}

/// The news that running processes have not processed. About a call that waits for the rules they
/// have time.
pub(super) async fn unheard(world: &World) -> Vec<News> {
    let journals = world.with(|state| {
        state.slots.iter().filter_map(|slot| slot.journal.clone()).collect::<Vec<_>>()
    });
    let mut unheard = Vec::new();
    for journal in journals {
        unheard.extend(journal.news().await.expect("books in memory can be read"));
    }
    world.with(|state| {
        let waits = |call: &CallId| {
            state.seen.get(call).is_some_and(|seen| is_waiting(world, state, &seen.call))
        };
        unheard.retain(|news| !waits(&news.call));
    });
    unheard
}

/// Checks the invariants at the end.
pub(super) fn end(world: &World, calls: &[Call]) {
    world.with(|state| {
        rings(state, calls);
        lost(state, world, calls);
        truth(state, calls);
        limits(state, world.plan.place_limit);
        budgets(state, world);
        law::judge(state, world);
        tally::end(state, calls);
    });
}

fn rings(state: &mut State, calls: &[Call]) {
    let mut served: BTreeMap<(usize, u32), u32> = BTreeMap::new();
    let mut wrong = Vec::new();
    for ring in &state.rings {
        let found = calls.iter().enumerate().find_map(|(at, call)| {
            let attempt = call.attempts.iter().find(|attempt| attempt.id == ring.attempt)?;
            Some((at, attempt.ring))
        });
        match found {
            Some(key) => *served.entry(key).or_default() += 1,
            None => wrong.push(format!(
                "call {}: a phone rang by an attempt that nobody wrote down",
                ring.wish
            )),
        }
    }
    for ((at, ring), count) in served {
        for _ in 1..count {
            let wish = super::plan::wish_named(&calls[at].metadata);
            wrong.push(format!("call {wish}: ring {ring} made the phone ring {count} times"));
        }
    }
    for what in wrong {
        state.breach(Property::DuplicateRings, what);
    }
}

/// True if nothing happens to the call before this many milliseconds have passed: it is settled, or
/// the calling rules make it wait longer.
pub(super) fn is_at_rest(world: &World, seen: &Seen, within: u64) -> bool {
    seen.stage.is_settled() || waits_for_rules(&seen.call, world.truth.at(world.now() + within))
}

/// True if the calling rules let the call pass only after this time.
fn waits_for_rules(call: &Call, after: Timestamp) -> bool {
    let may_wait = match call.status {
        CallStatus::Received | CallStatus::Scheduled | CallStatus::Admitted => true,
        CallStatus::Attempting => {
            call.attempts.last().is_some_and(|last| last.state == AttemptState::NotPlaced)
        }
        _ => false,
    };
    let decision = call.decision.as_ref().filter(|_| may_wait);
    decision.is_some_and(|decision| decision.wait_until.is_some_and(|until| until > after))
}

/// True if the calling rules still make the call wait. A clock that was set back makes it longer.
fn is_waiting(world: &World, state: &State, call: &Call) -> bool {
    waits_for_rules(call, world.truth.at(world.now().saturating_sub(state.set_back)))
}

/// True if no call is under way: each is settled, or waits for the calling rules.
pub(super) fn is_over(world: &World, state: &State) -> bool {
    state.seen.values().all(|seen| seen.stage.is_settled() || is_waiting(world, state, &seen.call))
}

fn lost(state: &mut State, world: &World, calls: &[Call]) {
    let mut wrong = Vec::new();
    for (wish, accepted) in state.accepted.iter().enumerate() {
        if accepted.is_some_and(|id| calls.iter().all(|call| call.id != id)) {
            wrong.push(format!("call {wish}: taken in and not in the journal"));
        }
    }
    let open = calls.iter().filter(|call| !call.status.is_settled());
    for call in open.filter(|call| !is_waiting(world, state, call)) {
        let wish = super::plan::wish_named(&call.metadata);
        wrong.push(format!("call {wish}: {} for ever", call.status));
    }
    for what in wrong {
        state.breach(Property::LostCalls, what);
    }
}

fn truth(state: &mut State, calls: &[Call]) {
    let mut wrong = Vec::new();
    for call in calls {
        let wish = super::plan::wish_named(&call.metadata);
        let rang = |attempt: &switchboard::Attempt| {
            state.rings.iter().any(|ring| ring.attempt == attempt.id)
        };
        let any_rang = call.attempts.iter().any(rang);
        match (call.status, call.outcome) {
            (CallStatus::Refused | CallStatus::NeedsApproval, _) if any_rang => {
                wrong.push(format!("call {wish}: {} though the phone rang", call.status));
            }
            (
                CallStatus::Closed,
                Some(Outcome::Completed | Outcome::NoAnswer | Outcome::Busy | Outcome::Voicemail),
            ) if !any_rang => {
                wrong.push(format!("call {wish}: closed though no phone rang"));
            }
            (CallStatus::Closed, None) => {
                wrong.push(format!("call {wish}: closed without an outcome"))
            }
            _ => {}
        }
        for attempt in &call.attempts {
            let record = state.records.iter().find(|record| record.attempt == attempt.id);
            if attempt.state == AttemptState::NotPlaced && rang(attempt) {
                wrong.push(format!("call {wish}: an attempt counts as silent and its phone rang"));
            }
            if attempt.state != AttemptState::Placed {
                continue;
            }
            let by = attempt
                .evidence
                .iter()
                .rev()
                .find(|evidence| evidence.proof != Proof::Record)
                .map(|by| by.proof);
            let Some(record) = record else {
                wrong.push(format!(
                    "call {wish}: an attempt counts as placed, by {by:?}, and the provider never had it"
                ));
                continue;
            };
            if attempt.provider_call_id.as_ref().is_some_and(|theirs| *theirs != record.name()) {
                wrong.push(format!("call {wish}: took another's call for its own, by {by:?}"));
            }
            if attempt.outcome.is_some_and(|outcome| outcome != record.outcome) {
                wrong.push(format!(
                    "call {wish}: reported {:?} and was {}",
                    attempt.outcome, record.outcome
                ));
            }
        }
    }
    for attempt in tally::invented(&state.records, calls) {
        wrong.push(format!("{} is said to have a cost that nobody billed", attempt.id));
    }
    for what in wrong {
        state.breach(Property::FalseOutcomes, what);
    }
}

/// Slots are counted when they are taken and requests arrive a little later, so the window at the
/// provider is shorter by that. If a clock was changed, nothing is guaranteed, because limits use
/// the clocks of the processes.
fn limits(state: &mut State, limit: Option<u32>) {
    let Some(limit) = limit.filter(|_| !state.turned) else {
        return;
    };
    let window = 60_000 - u64::try_from(SEND_WITHIN.as_millis()).unwrap_or(0);
    let mut came = state.door.clone();
    came.sort_unstable();
    let many = came.iter().any(|last| {
        came.iter().filter(|at| *at <= last && **at + window > *last).count() > limit as usize
    });
    if many {
        state.breach(Property::Limits, format!("more than {limit} requests in {window} ms"));
    }
}

fn budgets(state: &mut State, world: &World) {
    let thrifty = |wish: usize| world.plan.wishes[wish].call.tenant.as_str() == "thrifty";
    let bills = state.records.iter().filter(|record| record.rang && thrifty(record.wish));
    let (mut spent, mut risen) = (0, 0);
    for record in bills {
        let cost = world.deck.estimate(
            &record.to,
            Duration::from_millis(record.ends.saturating_sub(record.dials)),
            jiff::Timestamp::UNIX_EPOCH,
        );
        let cost = cost.map_or(0, |cost| cost.micros());
        spent += cost;
        // Between a first bill and a higher one, a call may have been let pass.
        risen += record.costs.first().map_or(0, |(_, first)| cost - first.micros());
    }
    if spent > world.plan.budget + risen {
        state.breach(
            Property::Budgets,
            format!("{spent} millionths spent of {} and {risen}", world.plan.budget),
        );
    }
}
