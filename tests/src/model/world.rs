//! The environment of the state machine: processes that crash and pause, requests in flight, phones
//! that ring.
//!
//! The memory of a process is lost in a crash; the journal stays. A sent request is independent of
//! its sender: it may arrive at any time, even after the sender crashed, restarted and gave up.

use super::{
    ledger::Ledger,
    setup::{Bounds, Provider},
};

/// A state of the model.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct World {
    pub(super) ledger: Ledger,
    pub(super) replicas: Vec<Replica>,
    pub(super) requests: Vec<Request>,
    /// The remaining number of crashes.
    pub(super) crashes: u8,
    /// The remaining number of pauses.
    pub(super) pauses: u8,
    /// The callee opted out, and the journal knows it.
    pub(super) opted_out: bool,
    /// History: a step made no progress, so it could repeat forever.
    pub(super) circled: bool,
}

/// A process.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Replica {
    pub(super) health: Health,
    /// The epoch of the process; 0 before it has one.
    pub(super) epoch: u8,
    pub(super) doing: Doing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Health {
    Running,
    Paused,
    Crashed,
}

/// The current work of a process, which is not in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Doing {
    /// It decides by the journal what is next.
    Nothing,
    /// It wrote an intent.
    Intended(Held),
    /// It claimed its attempt.
    Claimed(Held),
    /// It may send until its send deadline.
    Ready { held: Held, late: bool },
    /// It wrote that it sends the request of this attempt again. `unwanted`: the callee had opted out
    /// before that.
    Repeating { attempt: usize, unwanted: bool },
    /// Its request was sent, but is not in the journal.
    Unwritten { provider: Provider, request: usize },
    /// Its request was sent, and it waits for the response.
    Waiting { request: usize },
}

/// An attempt that a process works on, with the epoch in which it began: the process may have lost
/// and regained the call since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Held {
    pub(super) attempt: usize,
    pub(super) epoch: u8,
}

/// A request that places a call.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Request {
    pub(super) attempt: usize,
    pub(super) provider: Provider,
    pub(super) key: Key,
    /// The state of the request.
    pub(super) at: Place,
    /// The callee had opted out before the journal let it be sent.
    pub(super) unwanted: bool,
}

/// The idempotency key of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// The key that was written with the attempt.
    Kept(usize),
    /// A new key for this request.
    Fresh,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// In the network, or in a process that was paused between the check and the write.
    UnderWay,
    /// Lost without anybody knowing.
    Lost,
    /// Provably not sent.
    Unsent,
    /// The provider refused the call.
    Declined,
    /// The provider placed the call, so a phone rings.
    Rang,
    /// The provider accepted the call and never dials it.
    Dropped,
    /// The provider knew the key and returned the existing call.
    Known,
}

impl World {
    pub(super) fn new(replicas: u8, bounds: Bounds) -> Self {
        let replica = |epoch| Replica { health: Health::Running, epoch, doing: Doing::Nothing };
        Self {
            ledger: Ledger::received(),
            replicas: (0..replicas).map(|index| replica(u8::from(index == 0))).collect(),
            requests: Vec::new(),
            crashes: bounds.crashes,
            pauses: bounds.pauses,
            opted_out: false,
            circled: false,
        }
    }

    /// How often phones rang for the call.
    pub(super) fn rings(&self) -> usize {
        self.requests.iter().filter(|request| request.at == Place::Rang).count()
    }

    /// How often phones rang for one ring. A request of an attempt that is not in the journal
    /// counts for the current one.
    pub(super) fn rings_of(&self, ring: u8) -> usize {
        let served = |request: &Request| {
            self.ledger.attempts.get(request.attempt).map_or(self.ledger.ring, |tried| tried.ring)
        };
        let rang = self.requests.iter().filter(|request| request.at == Place::Rang);
        rang.filter(|request| served(request) == ring).count()
    }

    pub(super) fn rang(&self, attempt: usize) -> bool {
        self.requests.iter().any(|request| request.attempt == attempt && request.at == Place::Rang)
    }

    /// True if a provider accepted the attempt's call, whether or not it dialled it.
    pub(super) fn was_placed(&self, attempt: usize) -> bool {
        self.rang(attempt) || self.was_dropped(attempt)
    }

    pub(super) fn was_dropped(&self, attempt: usize) -> bool {
        let dropped =
            |request: &Request| request.attempt == attempt && request.at == Place::Dropped;
        self.requests.iter().any(dropped)
    }

    /// The last attempt in the journal.
    pub(super) fn last(&self) -> Option<usize> {
        self.ledger.attempts.len().checked_sub(1)
    }

    /// True if a process is running and can receive webhooks.
    pub(super) fn anybody_runs(&self) -> bool {
        self.replicas.iter().any(|one| one.health == Health::Running)
    }

    /// True if the owner of the call keeps its lease.
    pub(super) fn owner_runs(&self) -> bool {
        self.replicas
            .iter()
            .any(|one| one.epoch == self.ledger.epoch && one.health == Health::Running)
    }

    /// What holds after a period longer than deadline, pause and network delay together: no request
    /// of the attempt is in flight, and no process may still send one.
    pub(super) fn is_quiet(&self, attempt: usize) -> bool {
        let under_way =
            |request: &Request| request.attempt == attempt && request.at == Place::UnderWay;
        let may_send = |one: &Replica| matches!(one.doing, Doing::Ready { held, late: false } if held.attempt == attempt);
        !self.requests.iter().any(under_way) && !self.replicas.iter().any(may_send)
    }

    /// A rank that increases with every step, so that every run terminates: disturbances first,
    /// then the journal, the requests and the clock, and the work of the processes.
    pub(super) fn rank(&self, bounds: Bounds) -> (usize, (u8, usize, u8, usize, u8), usize, usize) {
        let used =
            usize::from(bounds.crashes - self.crashes) + usize::from(bounds.pauses - self.pauses);
        let down = self.replicas.iter().filter(|one| one.health != Health::Running).count();
        let disturbed = 2 * used + usize::from(self.ledger.epoch) - down;
        let requests: usize = self
            .requests
            .iter()
            .map(|request| if request.at == Place::UnderWay { 1 } else { 2 })
            .sum();
        let expired = self.ledger.attempts.iter().filter(|tried| tried.expired).count();
        let alarmed = usize::from(self.ledger.alarmed);
        let doing = self.replicas.iter().map(|one| match one.doing {
            Doing::Intended(_)
            | Doing::Claimed(_)
            | Doing::Unwritten { .. }
            | Doing::Repeating { .. }
            | Doing::Ready { late: false, .. } => 0,
            Doing::Ready { late: true, .. } => 1,
            Doing::Waiting { .. } => 2,
            Doing::Nothing => 3,
        });
        let told = usize::from(self.opted_out);
        let replayed = self.ledger.attempts.iter().filter(|tried| tried.replayed).count();
        (disturbed, self.ledger.rank(), requests + expired + alarmed + told + replayed, doing.sum())
    }
}
