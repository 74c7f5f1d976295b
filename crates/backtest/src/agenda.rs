//! The queue of events, in the order of time.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
};

use jiff::Timestamp;
use switchboard_core::{AttemptId, Money};

/// A ring of a call, by their indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RingId {
    /// The number of the call, in the order of creation.
    pub(super) call: usize,
    /// Index into the rings of the call.
    pub(super) ring: usize,
}

/// Something that happens. Events at the same moment happen in the order of these variants: what is
/// released is available to attempts of that moment, and attempts that are known to have been sent
/// come before those that are only tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Event {
    /// An attempt that provably reached no phone releases what it had reserved.
    NotPlaced {
        /// The attempt.
        attempt: AttemptId,
        /// True if no byte was sent.
        unsent: bool,
    },
    /// The bill of an attempt.
    Bill {
        /// The attempt.
        attempt: AttemptId,
        /// The amount, in millionths of the policy's currency.
        micros: i64,
    },
    /// The phone call of an attempt ends.
    Ended(AttemptId),
    /// An attempt from before the replayed period is sent, as it was. The last field is its index
    /// in the ring.
    Earlier(AttemptId, RingId, usize),
    /// A past attempt is sent again. Of several at the same moment, the one with the lower id comes
    /// first. The last field is its index in the ring.
    Repeat(AttemptId, RingId, usize),
    /// A ring starts.
    Started(RingId),
    /// A ring continues after a wait or a failed attempt.
    Continue(RingId),
    /// A provider is asked that was not asked in the past, by its index in the policy.
    Ask(RingId, usize),
}

impl Event {
    /// The ring that it is about; `None` if it is about the reservations of an attempt.
    pub(super) fn ring(&self) -> Option<RingId> {
        match *self {
            Event::Earlier(_, at, _)
            | Event::Repeat(_, at, _)
            | Event::Started(at)
            | Event::Continue(at)
            | Event::Ask(at, _) => Some(at),
            Event::NotPlaced { .. } | Event::Bill { .. } | Event::Ended(_) => None,
        }
    }
}

/// The events that are still to come.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    /// How many of them are about rings of each call.
    of_calls: HashMap<usize, usize>,
    next: BinaryHeap<Reverse<(Timestamp, Event, u64)>>,
    count: u64,
    now: Option<Timestamp>,
}

impl Agenda {
    /// Schedules an event. One whose time has passed happens now.
    pub(super) fn schedule(&mut self, at: Timestamp, event: Event) {
        let at = self.now.map_or(at, |now| now.max(at));
        self.count += 1;
        if let Some(ring) = event.ring() {
            *self.of_calls.entry(ring.call).or_default() += 1;
        }
        self.next.push(Reverse((at, event, self.count)));
    }

    /// The next event, if it comes before this moment.
    pub(super) fn next_before(&mut self, until: Option<Timestamp>) -> Option<(Timestamp, Event)> {
        let Reverse((at, ..)) = self.next.peek()?;
        if until.is_some_and(|until| *at >= until) {
            return None;
        }
        let Reverse((at, event, _)) = self.next.pop()?;
        self.now = Some(at);
        if let Some(ring) = event.ring()
            && let Some(left) = self.of_calls.get_mut(&ring.call)
        {
            *left -= 1;
            if *left == 0 {
                self.of_calls.remove(&ring.call);
            }
        }
        Some((at, event))
    }

    /// True if an event of this call is still to come.
    pub(super) fn has_more_of(&self, call: usize) -> bool {
        self.of_calls.contains_key(&call)
    }
}

/// An amount in millionths, if it is in this currency.
pub(super) fn micros_in(money: Option<Money>, currency: switchboard_core::Currency) -> Option<i64> {
    money.filter(|money| money.currency() == currency).map(Money::micros)
}
