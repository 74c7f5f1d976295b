//! Where calls wait, and what is reserved for those that may go.

use std::{fmt, sync::Arc};

use parking_lot::Mutex;
use switchboard_core::ProviderId;
use switchboard_router::{Rejected, Rejection, Scope};
use tokio::sync::{Notify, oneshot};

use super::{
    capacity::{Capacity, ReservedCounts},
    key::WaitKey,
    reserved::Reserved,
};
use crate::{
    fair::{FairQueue, Ticket, Turn},
    planned::Planned,
};

/// A call that waits: where it is told that it may go.
pub(crate) type Waiter = Option<oneshot::Sender<Permit>>;

/// A share of what is free at one provider, set aside for one call; and its turn, as long as the
/// turn is not used. Whatever is dropped is free for others.
pub(crate) struct Permit {
    room: Arc<WaitQueue>,
    share: Option<Reserved>,
    pub(super) turn: Option<Turn<WaitKey, Waiter>>,
}

impl Permit {
    pub(super) fn new(
        room: &Arc<WaitQueue>,
        share: Option<Reserved>,
        turn: Option<Turn<WaitKey, Waiter>>,
    ) -> Self {
        Self { room: Arc::clone(room), share, turn }
    }

    /// Where it may go.
    pub(crate) fn provider(&self) -> Option<&ProviderId> {
        self.share.as_ref().map(|share| &share.provider)
    }

    /// The provider's rate limit knows of the attempt from now on.
    pub(crate) fn slot_taken(&mut self) {
        if let Some(share) = &mut self.share
            && std::mem::take(&mut share.slot)
        {
            self.room.slot_taken(&share.provider);
        }
    }

    /// Leaves the share to others, and keeps the turn: the call could not go.
    pub(crate) fn release(&mut self) {
        if let Some(share) = self.share.take() {
            self.room.leave(&share);
        }
    }

    /// The share is another one from now on. The former one is the room's to set free.
    pub(super) fn change(&mut self, share: Reserved) -> Option<Reserved> {
        self.share.replace(share)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.release();
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pass").field("share", &self.share).finish_non_exhaustive()
    }
}

/// Where the calls of an engine wait.
#[derive(Debug, Default)]
pub(crate) struct WaitQueue {
    pub(super) state: Mutex<State>,
    /// Told to the pump: something may be free.
    pub(super) changed: Notify,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) queue: FairQueue<WaitKey, Waiter>,
    pub(super) aside: ReservedCounts,
    /// The pump runs.
    pub(super) pumping: bool,
}

/// A place in the queue; given up when it is dropped.
pub(super) struct Place<'a> {
    pub(super) room: &'a WaitQueue,
    pub(super) ticket: Ticket,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let left = self.room.state.lock().queue.remove(self.ticket);
        drop(left);
    }
}

/// Passes, and where they are waited for. They are handed out when the room is not locked: a pass
/// that is dropped locks it.
pub(super) type Granted = Vec<(Waiter, Permit)>;

impl WaitQueue {
    /// How many calls wait.
    pub(crate) fn len(&self) -> usize {
        self.state.lock().queue.len()
    }

    /// Something may be free.
    pub(crate) fn look(&self) {
        self.changed.notify_one();
    }

    /// Lets every call be planned anew, and come back to where it stood.
    pub(crate) fn requeue_all(self: &Arc<Self>) {
        let all = self.state.lock().queue.drain();
        let all =
            all.into_iter().map(|mut turn| (turn.item.take(), Permit::new(self, None, Some(turn))));
        hand_out(all.collect());
    }

    pub(super) fn slot_taken(&self, provider: &ProviderId) {
        self.state.lock().aside.slot_taken(provider);
    }

    pub(super) fn leave(&self, share: &Reserved) {
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

    /// True where it has a pass for one of the candidates, or nobody waits and one of them has
    /// something free: the first such candidate is the plan's first from then on. Otherwise it has
    /// a pass for nobody.
    pub(super) fn try_now(
        self: &Arc<Self>,
        openings: &mut Capacity<'_>,
        planned: &mut Planned,
        scopes: &[Scope],
        pass: &mut Option<Permit>,
    ) -> bool {
        let Planned { plan, readings, at, .. } = planned;
        let mut state = self.state.lock();
        let State { queue, aside, .. } = &mut *state;
        let holds = pass.as_ref().and_then(Permit::provider);
        let had = plan.candidates.iter().position(|one| Some(&one.provider) == holds);
        let may_choose = had.is_some() || queue.is_empty() && openings.allows(scopes, aside);
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
            let share = Reserved {
                provider: one.provider.clone(),
                slot: reading.is_some_and(|reading| reading.headroom.is_some()),
                room: reading.is_some_and(|reading| reading.concurrency.is_some()),
                gates: scopes.to_vec(),
            };
            aside.add(&share);
            former = pass.get_or_insert_with(|| Permit::new(self, None, None)).change(share);
        }
        drop(state);
        if let Some(former) = former {
            self.leave(&former);
        }
        let Some(first) = first else {
            pass.iter_mut().for_each(Permit::release);
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

    /// Sets aside what is free for the calls that come first in line.
    pub(super) fn grant(
        self: &Arc<Self>,
        state: &mut State,
        openings: &mut Capacity<'_>,
    ) -> Granted {
        let State { queue, aside, .. } = state;
        let mut granted = Granted::new();
        while let Some(mut turn) = queue.pop(|class| openings.way(class, aside).is_some()) {
            let share = openings.way(&turn.class, aside);
            share.iter().for_each(|share| aside.add(share));
            let waiter = turn.item.take();
            granted.push((waiter, Permit::new(self, share, Some(turn))));
        }
        granted
    }
}

pub(super) fn hand_out(granted: Granted) {
    for (waiter, pass) in granted {
        if let Some(waiter) = waiter {
            // Whoever does not wait any more leaves the pass to others.
            let _ = waiter.send(pass);
        }
    }
}
