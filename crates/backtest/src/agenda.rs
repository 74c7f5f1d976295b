//! The queue of events, in the order of time.

use std::{cmp::Reverse, collections::BinaryHeap};

use jiff::Timestamp;
use switchboard_core::{AttemptId, Money};

/// A ring of a call, by their indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RingId {
    /// Index into the replayed calls.
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

/// The events that are still to come.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    next: BinaryHeap<Reverse<(Timestamp, Event, u64)>>,
    count: u64,
    now: Option<Timestamp>,
}

impl Agenda {
    /// Schedules an event. One whose time has passed happens now.
    pub(super) fn schedule(&mut self, at: Timestamp, event: Event) {
        let at = self.now.map_or(at, |now| now.max(at));
        self.count += 1;
        self.next.push(Reverse((at, event, self.count)));
    }

    pub(super) fn next(&mut self) -> Option<(Timestamp, Event)> {
        let Reverse((at, event, _)) = self.next.pop()?;
        self.now = Some(at);
        Some((at, event))
    }
}

/// An amount in millionths, if it is in this currency.
pub(super) fn micros_in(money: Option<Money>, currency: switchboard_core::Currency) -> Option<i64> {
    money.filter(|money| money.currency() == currency).map(Money::micros)
}
