//! Injects faults: watches every write, and acts as the plan of the seed says.

use std::{sync::Arc, time::Duration};

use switchboard::{
    Call, CallId,
    core::AttemptState,
    journal::state::{Resolution, Verdict},
};

use super::{
    check,
    fault::{Fault, Means},
    journal::Meddle,
    kind::Kind,
    plan,
    process::Process,
    staff,
    stage::Stage,
    trace::Happened,
    webhooks,
    world::{Seen, State, World},
};

/// How often a fault that is not possible yet is retried.
const TRIES: u32 = 8;

/// Chooses what happens to a write.
pub(super) fn meddle(
    world: &Arc<World>,
    process: &Arc<Process>,
    call: Option<CallId>,
    wish: usize,
) -> Meddle {
    let now = world.now();
    world.with(|state| {
        let stage = call.map_or(Stage::New, |call| state.stage(call));
        let mut meddle = Meddle {
            before: state.random.between(1, 5),
            after: state.random.between(1, 5),
            fault: None,
        };
        let Some(aim) = state.aimed(stage, wish, |aim| aim.fault.means() == Means::Writing) else {
            return meddle;
        };
        state.met(now, aim.fault, stage, Some(wish), Some(process.number));
        meddle.fault = Some(aim.fault);
        if aim.fault == Fault::SlowWrite {
            let slow = state.random.between(500, 60_000);
            if state.random.chance(50) {
                meddle.before = slow;
            } else {
                meddle.after = slow;
            }
        }
        meddle
    })
}

/// Called after a process has written to a call.
pub(super) fn wrote(
    world: &Arc<World>,
    process: &Arc<Process>,
    fact: &'static str,
    call: Arc<Call>,
) {
    let now = world.now();
    let (id, wish, stage) = (call.id, plan::wish_named(&call.metadata), Stage::of(&call));
    let struck = world.with(|state| {
        state.trace.note(now, Happened::Written(fact, stage), Some(wish), Some(process.number));
        let before = state.seen.get(&id).cloned();
        if let Some(before) = before
            .as_ref()
            .filter(|_| state.owners.get(&id).is_some_and(|owner| *owner != process.number))
        {
            state.met(now, Fault::ToldByAnother, before.stage, Some(wish), Some(process.number));
        }
        check::step(state, before.as_ref().map(|seen| &*seen.call), &call);
        count(state, before.as_ref().map(|seen| &*seen.call), &call, stage);
        state.seen.insert(id, Seen { wish, stage, call });
        if before.is_some_and(|before| before.stage == stage) {
            return Vec::new();
        }
        let mut struck = Vec::new();
        while let Some(aim) =
            state.aimed(stage, wish, |aim| aim.fault.means() == Means::Arrival && !aim.at_door)
        {
            struck.push(aim);
        }
        struck
    });
    for aim in struck {
        if aim.delay == 0 && strike(world, aim.fault, id, Some(process)) {
            continue;
        }
        insist(world, aim, id, Arc::clone(process));
    }
    if matches!(stage, Stage::Indeterminate | Stage::Stalled) && world.plan.wishes[wish].cared_for {
        staff::look_after(world, id);
    }
}

/// Counts what only shows while a world runs: doubts, and costs that change.
fn count(state: &mut State, before: Option<&Call>, after: &Call, stage: Stage) {
    if matches!(stage, Stage::Unknown | Stage::Reconciling | Stage::Indeterminate) {
        state.doubted.extend(after.attempts.last().map(|last| last.id));
    }
    for (was, is) in before.iter().flat_map(|before| &before.attempts).zip(&after.attempts) {
        let kind = Kind::ALL.into_iter().find(|kind| kind.id() == is.provider);
        if let Some(kind) = kind.filter(|_| was.cost.is_some() && was.cost != is.cost) {
            state.tallies.at(kind).rebilled += 1;
        }
    }
}

/// Injects the fault as soon as possible, or leaves it to another call.
fn insist(world: &Arc<World>, aim: plan::Aim, call: CallId, process: Arc<Process>) {
    let world = Arc::clone(world);
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(aim.delay.max(1))).await;
        for _ in 0..TRIES {
            let (calm, stage) = world.with(|state| (state.calm, state.stage(call)));
            if calm || strike(&world, aim.fault, call, Some(&process)) {
                return;
            }
            if stage != aim.stage {
                break;
            }
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
        world.with(|state| {
            if let Some(unspent) = state
                .aims
                .iter_mut()
                .find(|other| (other.fault, other.stage) == (aim.fault, aim.stage))
            {
                unspent.left += 1;
            }
        });
    });
}

/// Called when a process has made its last check and is about to send.
pub(super) fn at_door(world: &Arc<World>, process: &Arc<Process>, call: CallId) {
    let aim = world.with(|state| {
        let wish = state.seen.get(&call).map_or(0, |seen| seen.wish);
        state.aimed(Stage::Sent, wish, |aim| aim.at_door)
    });
    if let Some(aim) = aim {
        strike(world, aim.fault, call, Some(process));
    }
}

/// Injects a fault into a call. Returns false if it is not possible now.
fn strike(world: &Arc<World>, fault: Fault, call: CallId, process: Option<&Arc<Process>>) -> bool {
    let now = world.now();
    let standing = world.with(|state| {
        let alive = process.filter(|process| !process.is_dead()).cloned();
        let other = || {
            state.slots.iter().filter_map(|slot| slot.process.clone()).find(|one| one.is_running())
        };
        let process = alive.or_else(other);
        state.seen.get(&call).map(|seen| (seen.wish, seen.stage, process))
    });
    let Some((wish, stage, process)) = standing else {
        return false;
    };
    let meets = |process: Option<&Arc<Process>>| {
        let number = process.map(|process| process.number);
        world.with(|state| state.met(now, fault, stage, Some(wish), number));
    };
    match fault {
        Fault::Crash => process.is_some_and(|process| {
            meets(Some(&process));
            crash(world, &process);
            true
        }),
        Fault::Pause => process.filter(|process| process.is_running()).is_some_and(|process| {
            meets(Some(&process));
            pause(world, &process, false);
            true
        }),
        Fault::SleptThroughTakeover => {
            process.filter(|process| process.is_running()).is_some_and(|process| {
                meets(Some(&process));
                pause(world, &process, true);
                true
            })
        }
        Fault::ClockForward | Fault::ClockBack => process.is_some_and(|process| {
            meets(Some(&process));
            let by = world.with(|state| {
                state.turned = true;
                let by = match state.random.below(3) {
                    0 => state.random.between(500, 10_000),
                    1 => state.random.between(10_000, 600_000),
                    _ => state.random.between(600_000, 7_200_000),
                };
                if fault == Fault::ClockBack {
                    state.set_back += by;
                }
                i64::try_from(by).unwrap_or(0)
            });
            process.turn(if fault == Fault::ClockForward { by } else { -by });
            true
        }),
        Fault::WebhookLate => webhooks::let_go(world, call, fault),
        Fault::WebhookReplayed => webhooks::replay(world, call),
        Fault::WebhookForged => webhooks::forge(world, call),
        Fault::WebhookUnsigned => webhooks::leave_unsigned(world, call),
        Fault::OperatorResolves => {
            let verdict = verdict(world, call);
            verdict.is_some_and(|verdict| {
                meets(None);
                staff::resolve(world, call, verdict);
                true
            })
        }
        Fault::Cancel => {
            meets(None);
            staff::cancel(world, call);
            true
        }
        Fault::Stop => {
            meets(None);
            staff::stop(world, call);
            true
        }
        Fault::OptOut => {
            meets(None);
            staff::opt_out(world, call);
            true
        }
        _ => true,
    }
}

/// What a truthful operator can say about the last attempt, if it will stay true.
pub(super) fn verdict(world: &World, call: CallId) -> Option<Resolution> {
    let now = world.now();
    let verdict = world.with(|state| {
        let seen = state.seen.get(&call)?;
        let last = seen.call.attempts.last()?;
        let may_leave = state.unsent.get(&last.id).is_some_and(|process| !process.is_dead());
        if may_leave || state.coming.contains_key(&last.id) || last.state == AttemptState::NotPlaced
        {
            return None;
        }
        let record = state.records.iter().find(|record| record.attempt == last.id);
        match record {
            None if seen.stage == Stage::Stalled => None,
            None => Some(Verdict::NotPlaced),
            Some(record) if record.is_over(now) => {
                let word = state.random.chance(50) || seen.stage == Stage::Stalled;
                Some(if word {
                    Verdict::Ended(record.outcome)
                } else {
                    Verdict::Placed(record.name())
                })
            }
            Some(_) if seen.stage == Stage::Stalled => None,
            Some(record) => Some(Verdict::Placed(record.name())),
        }
    })?;
    Some(Resolution {
        verdict,
        call: None,
        by: "an operator".to_owned(),
        note: "asked the provider".to_owned(),
    })
}

/// Kills the process and starts another one in its place.
pub(super) fn crash(world: &Arc<World>, process: &Arc<Process>) {
    let now = world.now();
    let fallen = world.with(|state| {
        let slot = &mut state.slots[process.slot];
        if !slot.process.as_ref().is_some_and(|one| Arc::ptr_eq(one, process)) {
            return None;
        }
        slot.ready = false;
        slot.process = None;
        let (router, journal) = (slot.router.take(), slot.journal.take());
        state.trace.note(now, Happened::End, None, Some(process.number));
        let known = state.random.chance(60);
        let again = if state.random.chance(70) {
            state.random.between(10, 5_000)
        } else {
            state.random.between(5_000, 90_000)
        };
        Some((router, journal.filter(|_| known), again))
    });
    let Some((router, known, again)) = fallen else {
        return;
    };
    process.kill();
    if let Some(journal) = known {
        journal.leave();
    }
    if let Some(router) = router {
        router.stop_now();
        world.with(|state| state.graveyard.push(router));
    }
    let (world, slot) = (Arc::clone(world), process.slot);
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(again)).await;
        staff::start(&world, slot);
    });
}

/// Pauses the process, for a short time or until long after others consider it dead.
fn pause(world: &Arc<World>, process: &Arc<Process>, long: bool) {
    process.stop();
    let gone = world.plan.lease + world.plan.sweep * 2;
    let pause = world.with(|state| match state.random.below(3) {
        _ if long => state.random.between(gone, gone + 60_000 + world.plan.reconcile),
        0 => state.random.between(100, 8_000),
        1 => state.random.between(8_000, world.plan.lease + 30_000),
        _ => state.random.between(world.plan.lease, world.plan.lease + world.plan.reconcile * 2),
    });
    let (world, process) = (Arc::clone(world), Arc::clone(process));
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(pause)).await;
        if !process.is_dead() {
            world.note(Happened::Resumed, None, Some(process.number));
            process.resume();
        }
    });
}
