//! Coming in, waiting, and the pump.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use parking_lot::Mutex;
use switchboard_core::{CallId, ProviderId, Result, ValidCall};
use switchboard_router::{Rejected, Rejection, reservation::scopes_of};
use tokio::sync::{Notify, oneshot};

use super::{
    class::Class,
    opening::{Aside, Openings},
    pass::{Pass, Share, Waiter},
    worth,
};
use crate::{
    fair::{FairQueue, Ticket},
    lane::until,
    shared::{Inner, Planned},
    world::World,
};

/// The longest that nobody looks, where something frees of which nobody tells.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// How soon what should be over by now is looked at again: a probe takes its time.
const LOOK_SOON: Duration = Duration::from_millis(200);

/// Where the calls of a router wait.
#[derive(Debug, Default)]
pub(crate) struct WaitingRoom {
    state: Mutex<State>,
    /// Told to the pump: something may be free.
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    queue: FairQueue<Class, Waiter>,
    aside: Aside,
    /// The pump runs.
    pumping: bool,
}

/// A call that asks for its turn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asks<'a> {
    pub(crate) id: CallId,
    pub(crate) request: &'a Arc<ValidCall>,
    pub(crate) world: &'a World,
    /// Since when it could go.
    pub(crate) since: Timestamp,
    /// Until when it waits.
    pub(crate) give_up: Timestamp,
}

/// A place in the queue; given up when it is dropped.
struct Place<'a> {
    room: &'a WaitingRoom,
    ticket: Ticket,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let left = self.room.state.lock().queue.remove(self.ticket);
        drop(left);
    }
}

/// Passes, and where they are waited for. They are handed out when the room is not locked: a pass
/// that is dropped locks it.
type Granted = Vec<(Waiter, Pass)>;

impl WaitingRoom {
    /// How many calls wait.
    pub(crate) fn len(&self) -> usize {
        self.state.lock().queue.len()
    }

    /// Something may be free.
    pub(crate) fn look(&self) {
        self.changed.notify_one();
    }

    /// Lets every call be planned anew, and come back to where it stood.
    pub(crate) fn shake(self: &Arc<Self>) {
        let all = self.state.lock().queue.drain();
        let all =
            all.into_iter().map(|mut turn| (turn.item.take(), Pass::new(self, None, Some(turn))));
        hand_out(all.collect());
    }

    pub(super) fn slot_taken(&self, provider: &ProviderId) {
        self.state.lock().aside.slot_taken(provider);
    }

    pub(super) fn leave(&self, share: &Share) {
        if share.is_empty() {
            return;
        }
        let mut state = self.state.lock();
        state.aside.leave(share);
        let waited_for = !state.queue.is_empty();
        drop(state);
        if waited_for {
            self.look();
        }
    }

    /// Waits for the turn of a call for which this was planned. `true`: it has a pass for the
    /// plan's first candidate; those before it, of which all that was free is set aside for others,
    /// were rejected. `false`: time has passed, and it has to be planned anew.
    ///
    /// # Errors
    /// `NoProvider` where nobody takes it in time, with every provider's reason; `RateLimited`
    /// where its caller or its agent profile has too many calls.
    pub(crate) async fn turn(
        self: &Arc<Self>,
        inner: &Arc<Inner>,
        asks: &Asks<'_>,
        planned: &mut Planned,
        pass: &mut Option<Pass>,
    ) -> Result<bool> {
        let best = planned.plan.candidates.first().map(|one| &one.provider);
        if best.is_some() && pass.as_ref().and_then(Pass::provider) == best {
            return Ok(true);
        }
        let scopes =
            scopes_of(&asks.world.policy, (&asks.request.tenant, planned.plan.profile.as_ref()));
        let mut openings = Openings::new(asks.world, &inner.gates, planned.at);
        if self.goes_now(&mut openings, planned, &scopes, pass) {
            return Ok(true);
        }
        let crowded = openings.crowded(&scopes);
        worth::check(asks, &planned.plan, crowded.as_deref(), planned.at)?;
        let class = Class::of(&planned.plan, &asks.world.policy, scopes.clone());
        let (tell, mut told) = oneshot::channel();
        let somebody_may_go = !planned.plan.candidates.is_empty();
        let place = self.come_in(inner, asks, class, somebody_may_go, tell, pass.take());
        if let Ok(granted) = told.try_recv() {
            *pass = Some(granted);
            return Ok(self.goes_now(&mut openings, planned, &scopes, pass));
        }
        worth::tell(inner, asks.id, &planned.plan, crowded.as_deref());
        let closes = inner.clock.sleep(until(inner.now(), asks.give_up));
        tokio::select! {
            biased;
            granted = told => *pass = granted.ok(),
            () = closes => {}
        }
        drop(place);
        Ok(false)
    }

    /// True where it has a pass for one of the candidates, or nobody waits and one of them has
    /// something free: the first such candidate is the plan's first from then on. Otherwise it has
    /// a pass for nobody.
    fn goes_now(
        self: &Arc<Self>,
        openings: &mut Openings<'_>,
        planned: &mut Planned,
        scopes: &[String],
        pass: &mut Option<Pass>,
    ) -> bool {
        let Planned { plan, readings, at, .. } = planned;
        let mut state = self.state.lock();
        let State { queue, aside, .. } = &mut *state;
        let holds = pass.as_ref().and_then(Pass::provider);
        let had = plan.candidates.iter().position(|one| Some(&one.provider) == holds);
        let may_choose = had.is_some() || queue.is_empty() && openings.lets_in(scopes, aside);
        // Who has had a turn was in line before those who wait, and may choose among what became
        // free since.
        let better = plan.candidates.iter().take(had.unwrap_or(usize::MAX)).position(|one| {
            let reading = readings.get(one.index);
            let (slots, rooms) = aside.left(
                &one.provider,
                reading.and_then(|reading| reading.headroom),
                reading.and_then(|reading| reading.concurrency),
            );
            may_choose && slots > 0 && rooms > 0
        });
        let first = better.or(had);
        let chosen = first.and_then(|first| plan.candidates.get(first)).filter(|_| first != had);
        let mut former = None;
        if let Some(one) = chosen {
            let reading = readings.get(one.index);
            let share = Share {
                provider: one.provider.clone(),
                slot: reading.is_some_and(|reading| reading.headroom.is_some()),
                room: reading.is_some_and(|reading| reading.concurrency.is_some()),
                gates: scopes.to_vec(),
            };
            aside.add(&share);
            former = pass.get_or_insert_with(|| Pass::new(self, None, None)).change(share);
        }
        drop(state);
        if let Some(former) = former {
            self.leave(&former);
        }
        let Some(first) = first else {
            pass.iter_mut().for_each(Pass::let_go);
            return false;
        };
        // Whoever makes this plan again from its readings comes to the same choice.
        for one in plan.candidates.drain(..first) {
            if let Some(reading) = readings.get_mut(one.index) {
                let limits = [&mut reading.headroom, &mut reading.concurrency];
                limits.into_iter().flatten().for_each(|left| left.free = 0);
            }
            plan.rejected.push(Rejected {
                provider: one.provider,
                rejection: Rejection::Full(*at),
                measured: one.measured,
            });
        }
        true
    }

    /// Takes its place in the queue: a new one, or the one that it had. Where a provider has
    /// something free, whoever comes first in line goes at once.
    fn come_in<'a>(
        self: &'a Arc<Self>,
        inner: &Arc<Inner>,
        asks: &Asks<'_>,
        class: Class,
        somebody_may_go: bool,
        tell: oneshot::Sender<Pass>,
        pass: Option<Pass>,
    ) -> Place<'a> {
        let world = inner.world();
        let mut openings = Openings::new(&world, &inner.gates, inner.now());
        let turn = pass.and_then(|mut pass| pass.turn.take());
        let mut state = self.state.lock();
        let is_new = state.queue.len_in(&class) == 0;
        let ticket = match turn {
            Some(mut turn) => {
                (turn.class, turn.item) = (class, Some(tell));
                state.queue.give_back(turn)
            }
            None => state.queue.push(&asks.request.tenant, &class, asks.since, Some(tell)),
        };
        let granted =
            if somebody_may_go { self.grant(&mut state, &mut openings) } else { Granted::new() };
        let somebody_waits = !state.queue.is_empty();
        let is_first = somebody_waits && !std::mem::replace(&mut state.pumping, somebody_waits);
        drop(state);
        hand_out(granted);
        if is_first {
            start(self, inner);
        } else if is_new {
            self.look();
        }
        Place { room: self, ticket }
    }

    /// Sets aside what is free for the calls that come first in line.
    fn grant(self: &Arc<Self>, state: &mut State, openings: &mut Openings<'_>) -> Granted {
        let State { queue, aside, .. } = state;
        let mut granted = Granted::new();
        while let Some(mut turn) = queue.pop(|class| openings.way(class, aside).is_some()) {
            let share = openings.way(&turn.class, aside);
            share.iter().for_each(|share| aside.add(share));
            let waiter = turn.item.take();
            granted.push((waiter, Pass::new(self, share, Some(turn))));
        }
        granted
    }

    /// Lets go whoever can. Says when to look again; `None`: nobody waits any more.
    fn pump(self: &Arc<Self>, inner: &Inner) -> Option<Timestamp> {
        let (world, now) = (inner.world(), inner.now());
        let after = |pause: Duration| now.checked_add(pause).unwrap_or(Timestamp::MAX);
        let mut openings = Openings::new(&world, &inner.gates, now);
        let mut state = self.state.lock();
        let granted = self.grant(&mut state, &mut openings);
        let looks = state.queue.classes().map(|(class, _)| match openings.look_again(class) {
            Some(at) if at <= now => after(LOOK_SOON),
            Some(at) => at.min(after(LOOK_AGAIN)),
            None => after(LOOK_AGAIN),
        });
        let next = looks.min();
        state.pumping = next.is_some();
        drop(state);
        hand_out(granted);
        next
    }
}

fn hand_out(granted: Granted) {
    for (waiter, pass) in granted {
        if let Some(waiter) = waiter {
            // Whoever does not wait any more leaves the pass to others.
            let _ = waiter.send(pass);
        }
    }
}

/// The pump: runs as long as somebody waits.
fn start(room: &Arc<WaitingRoom>, inner: &Arc<Inner>) {
    let (room, weak, clock) = (Arc::clone(room), Arc::downgrade(inner), Arc::clone(&inner.clock));
    inner.spawn(async move {
        loop {
            let next = weak.upgrade().and_then(|inner| room.pump(&inner));
            let Some(next) = next else { return };
            let pause = clock.sleep(until(clock.now(), next));
            tokio::select! {
                biased;
                () = room.changed.notified() => {}
                () = pause => {}
            }
        }
    });
}
