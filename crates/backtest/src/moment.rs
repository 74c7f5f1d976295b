//! What comes next, in the order of time.

use std::{cmp::Reverse, collections::BinaryHeap};

use jiff::Timestamp;
use switchboard_core::{AttemptId, Money};

/// Which ring of which call, by their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At {
    pub(super) call: usize,
    pub(super) ring: usize,
}

/// Something that happens. At one moment the first of these comes first: what is given back is
/// there for whoever asks, and what is known to have been sent goes before what is only tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// An attempt that provably reached no phone gives back what it held.
    Silent {
        /// Whose.
        attempt: AttemptId,
        /// No byte had left.
        unsent: bool,
    },
    /// The bill of an attempt.
    Bill {
        /// Whose.
        attempt: AttemptId,
        /// How much, in millionths of the policy's currency.
        micros: i64,
    },
    /// Its phone call is over.
    Over(AttemptId),
    /// An attempt from before the replayed time is sent, as it was.
    Before(AttemptId, At, usize),
    /// An attempt that was sent then is sent. Of several at one moment, that which was made first.
    Again(AttemptId, At, usize),
    /// A ring begins.
    Begin(At),
    /// A ring goes on.
    GoOn(At),
    /// A provider is asked that was not asked then, by its place in the policy.
    Ask(At, usize),
}

/// What is still to come.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    next: BinaryHeap<Reverse<(Timestamp, What, u64)>>,
    count: u64,
    now: Option<Timestamp>,
}

impl Agenda {
    /// Notes it. What is already past happens now.
    pub(super) fn note(&mut self, at: Timestamp, what: What) {
        let at = self.now.map_or(at, |now| now.max(at));
        self.count += 1;
        self.next.push(Reverse((at, what, self.count)));
    }

    pub(super) fn next(&mut self) -> Option<(Timestamp, What)> {
        let Reverse((at, what, _)) = self.next.pop()?;
        self.now = Some(at);
        Some((at, what))
    }
}

/// The bill in millionths, where it is in the currency that is counted in.
pub(super) fn micros_in(money: Option<Money>, currency: switchboard_core::Currency) -> Option<i64> {
    money.filter(|money| money.currency() == currency).map(Money::micros)
}
