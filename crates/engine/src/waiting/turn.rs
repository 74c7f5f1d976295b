//! Waiting for a permit, and the task that grants permits.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use switchboard_core::Result;
use switchboard_router::scopes::scopes_of;
use tokio::sync::oneshot;

use super::{
    capacity::Capacity,
    key::WaitKey,
    queue::{Granted, Permit, Place, WaitQueue, hand_out},
    request::WaitRequest,
    worth,
};
use crate::{planned::Planned, provider::until, shared::Shared};

/// The longest interval between two looks, because some capacity becomes free without a
/// notification.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// How soon to look again at an obstacle that should be gone by now: a probe takes some time.
const LOOK_SOON: Duration = Duration::from_millis(200);

impl WaitQueue {
    /// Waits until the planned call may go. `true`: the call holds a permit for the plan's first
    /// candidate; candidates before it, whose free capacity is reserved for others, were moved to
    /// the rejected ones. `false`: time has passed, and the call has to be planned again.
    ///
    /// # Errors
    /// `NoProvider` if no provider can take the call in time, with every provider's reason;
    /// `RateLimited` if its tenant or its agent profile has too many calls.
    pub(crate) async fn turn(
        self: &Arc<Self>,
        inner: &Arc<Shared>,
        asks: &WaitRequest<'_>,
        planned: &mut Planned,
        pass: &mut Option<Permit>,
    ) -> Result<bool> {
        let best = planned.plan.candidates.first().map(|one| &one.provider);
        if best.is_some() && pass.as_ref().and_then(Permit::provider) == best {
            return Ok(true);
        }
        let parties = planned.plan.parties(&asks.request.tenant);
        let scopes = scopes_of(&asks.config.policy, parties);
        let mut openings = Capacity::new(asks.config, &inner.gates, planned.at);
        if self.try_now(&mut openings, planned, &scopes, pass) {
            return Ok(true);
        }
        let crowded = openings.exhausted(&scopes);
        worth::check(asks, &planned.plan, crowded.as_ref(), planned.at)?;
        let class = WaitKey::of(&planned.plan, &asks.config.policy, scopes.clone());
        let (sender, mut receiver) = oneshot::channel();
        let any_may_go = !planned.plan.candidates.is_empty();
        let place = self.enqueue(inner, asks, class, any_may_go, sender, pass.take());
        if let Ok(granted) = receiver.try_recv() {
            *pass = Some(granted);
            return Ok(self.try_now(&mut openings, planned, &scopes, pass));
        }
        worth::report(inner, asks.id, &planned.plan, crowded.as_ref());
        let closes = inner.clock.sleep(until(inner.now(), asks.give_up));
        tokio::select! {
            biased;
            granted = receiver => *pass = granted.ok(),
            () = closes => {}
        }
        drop(place);
        Ok(false)
    }

    /// Enqueues a call: at the end of its tenant's calls, or at the place that it had before. If a
    /// provider has free capacity, the first calls in the queue go at once.
    fn enqueue<'a>(
        self: &'a Arc<Self>,
        inner: &Arc<Shared>,
        asks: &WaitRequest<'_>,
        class: WaitKey,
        any_may_go: bool,
        sender: oneshot::Sender<Permit>,
        pass: Option<Permit>,
    ) -> Place<'a> {
        let config = inner.config();
        let mut openings = Capacity::new(&config, &inner.gates, inner.now());
        let turn = pass.and_then(|mut pass| pass.turn.take());
        let mut state = self.state.lock();
        let is_new = state.queue.len_in(&class) == 0;
        let ticket = match turn {
            Some(mut turn) => {
                (turn.class, turn.item) = (class, Some(sender));
                state.queue.give_back(turn)
            }
            None => state.queue.push(&asks.request.tenant, &class, asks.since, Some(sender)),
        };
        let granted =
            if any_may_go { self.grant(&mut state, &mut openings) } else { Granted::new() };
        let any_waiting = !state.queue.is_empty();
        let is_first = any_waiting && !std::mem::replace(&mut state.pumping, any_waiting);
        drop(state);
        hand_out(granted);
        if is_first {
            start(self, inner);
        } else if is_new {
            self.look();
        }
        Place { queue: self, ticket }
    }

    /// Grants permits to the calls that can go. Returns when to look again; `None` if no call waits
    /// any more.
    fn pump(self: &Arc<Self>, inner: &Shared) -> Option<Timestamp> {
        let (config, now) = (inner.config(), inner.now());
        let after = |pause: Duration| now.checked_add(pause).unwrap_or(Timestamp::MAX);
        let mut openings = Capacity::new(&config, &inner.gates, now);
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

/// Starts the pump, which runs as long as calls are waiting.
fn start(queue: &Arc<WaitQueue>, inner: &Arc<Shared>) {
    let (queue, weak, clock) = (Arc::clone(queue), Arc::downgrade(inner), Arc::clone(&inner.clock));
    inner.spawn(async move {
        loop {
            let next = weak.upgrade().and_then(|inner| queue.pump(&inner));
            let Some(next) = next else { return };
            let pause = clock.sleep(until(clock.now(), next));
            tokio::select! {
                biased;
                () = queue.changed.notified() => {}
                () = pause => {}
            }
        }
    });
}
