//! The queue of waiting calls, and the permits of those that may go.

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

/// A waiting call: the channel through which it gets its permit.
pub(crate) type Waiter = Option<oneshot::Sender<Permit>>;

/// Capacity reserved for one call at one provider, and the call's turn in the queue until it is
/// used. Dropping the permit releases the reservation.
pub(crate) struct Permit {
    queue: Arc<WaitQueue>,
    share: Option<Reserved>,
    pub(super) turn: Option<Turn<WaitKey, Waiter>>,
}

impl Permit {
    pub(super) fn new(
        queue: &Arc<WaitQueue>,
        share: Option<Reserved>,
        turn: Option<Turn<WaitKey, Waiter>>,
    ) -> Self {
        Self { queue: Arc::clone(queue), share, turn }
    }

    /// The provider at which capacity is reserved.
    pub(crate) fn provider(&self) -> Option<&ProviderId> {
        self.share.as_ref().map(|share| &share.provider)
    }

    /// Releases the reserved rate slot: the provider's rate limit counts the attempt from now on.
    pub(crate) fn slot_taken(&mut self) {
        if let Some(share) = &mut self.share
            && std::mem::take(&mut share.rate_slot)
        {
            self.queue.slot_taken(&share.provider);
        }
    }

    /// Releases the reservation but keeps the turn: the call could not go.
    pub(crate) fn release(&mut self) {
        if let Some(share) = self.share.take() {
            self.queue.leave(&share);
        }
    }

    /// Replaces the reservation. The caller must release the returned former one.
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
        f.debug_struct("Permit").field("share", &self.share).finish_non_exhaustive()
    }
}

/// The queue of an engine's waiting calls.
#[derive(Debug, Default)]
pub(crate) struct WaitQueue {
    pub(super) state: Mutex<State>,
    /// Notifies the pump that capacity may be free.
    pub(super) changed: Notify,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) queue: FairQueue<WaitKey, Waiter>,
    pub(super) reserved: ReservedCounts,
    /// True while the pump is running.
    pub(super) pumping: bool,
}

/// A place in the queue, which is left when this is dropped.
pub(super) struct Place<'a> {
    pub(super) queue: &'a WaitQueue,
    pub(super) ticket: Ticket,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let left = self.queue.state.lock().queue.remove(self.ticket);
        drop(left);
    }
}

/// Granted permits with their waiters. They must be handed out while the queue is not locked,
/// because dropping a permit locks it.
pub(super) type Granted = Vec<(Waiter, Permit)>;

impl WaitQueue {
    /// How many calls wait.
    pub(crate) fn len(&self) -> usize {
        self.state.lock().queue.len()
    }

    /// Wakes the pump: capacity may be free.
    pub(crate) fn look(&self) {
        self.changed.notify_one();
    }

    /// Makes every waiting call plan again. All keep their places in the queue.
    pub(crate) fn requeue_all(self: &Arc<Self>) {
        let all = self.state.lock().queue.drain();
        let all =
            all.into_iter().map(|mut turn| (turn.item.take(), Permit::new(self, None, Some(turn))));
        hand_out(all.collect());
    }

    pub(super) fn slot_taken(&self, provider: &ProviderId) {
        self.state.lock().reserved.slot_taken(provider);
    }

    pub(super) fn leave(&self, share: &Reserved) {
        if share.is_empty() {
            return;
        }
        let mut state = self.state.lock();
        state.reserved.leave(share);
        let waited_for = !state.queue.is_empty();
        drop(state);
        if waited_for {
            self.look();
        }
    }

    /// Tries to go without waiting. True if the call holds a permit for one of the candidates, or
    /// if no call is waiting and a candidate has free capacity: that candidate is the plan's first
    /// one then. If false, any reservation was released.
    pub(super) fn try_now(
        self: &Arc<Self>,
        openings: &mut Capacity<'_>,
        planned: &mut Planned,
        scopes: &[Scope],
        pass: &mut Option<Permit>,
    ) -> bool {
        let Planned { plan, readings, at, .. } = planned;
        let mut state = self.state.lock();
        let State { queue, reserved, .. } = &mut *state;
        let holds = pass.as_ref().and_then(Permit::provider);
        let had = plan.candidates.iter().position(|one| Some(&one.provider) == holds);
        let may_choose = had.is_some() || queue.is_empty() && openings.allows(scopes, reserved);
        // A call that had its turn was ahead of those that wait, so it may use capacity that became
        // free since.
        let better = plan.candidates.iter().take(had.unwrap_or(usize::MAX)).position(|one| {
            let reading = readings.get(one.index);
            let (rate_slots, concurrency_slots) = reserved.left(
                &one.provider,
                reading.and_then(|reading| reading.headroom),
                reading.and_then(|reading| reading.concurrency),
            );
            may_choose && rate_slots > 0 && concurrency_slots > 0
        });
        let first = better.or(had);
        let chosen = first.and_then(|first| plan.candidates.get(first)).filter(|_| first != had);
        let mut former = None;
        if let Some(one) = chosen {
            let reading = readings.get(one.index);
            let share = Reserved {
                provider: one.provider.clone(),
                rate_slot: reading.is_some_and(|reading| reading.headroom.is_some()),
                concurrency_slot: reading.is_some_and(|reading| reading.concurrency.is_some()),
                gates: scopes.to_vec(),
            };
            reserved.add(&share);
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
        // Adjust the readings too, so that replaying the plan from them gives the same choice.
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

    /// Reserves the free capacity for the first calls in the queue.
    pub(super) fn grant(
        self: &Arc<Self>,
        state: &mut State,
        openings: &mut Capacity<'_>,
    ) -> Granted {
        let State { queue, reserved, .. } = state;
        let mut granted = Granted::new();
        while let Some(mut turn) =
            queue.pop(|class| openings.find_capacity(class, reserved).is_some())
        {
            let share = openings.find_capacity(&turn.class, reserved);
            share.iter().for_each(|share| reserved.add(share));
            let waiter = turn.item.take();
            granted.push((waiter, Permit::new(self, share, Some(turn))));
        }
        granted
    }
}

pub(super) fn hand_out(granted: Granted) {
    for (waiter, pass) in granted {
        if let Some(waiter) = waiter {
            // If the call no longer waits, dropping the permit releases it.
            let _ = waiter.send(pass);
        }
    }
}
