//! Everything around the state machine: processes that crash and pause, requests on their way,
//! telephones that ring.
//!
//! What a process merely thinks is lost with it; what the journal holds stays. A request lives on
//! its own from the moment that it leaves: it arrives when it likes, also after its sender has
//! crashed, started again and given up.

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
    /// Crashes that are left.
    pub(super) crashes: u8,
    /// Pauses that are left.
    pub(super) pauses: u8,
    /// History: a step that brought nothing nearer to an end, so that it could be made for ever.
    pub(super) circled: bool,
}

/// A process.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Replica {
    pub(super) health: Health,
    /// The epoch that it won; 0 before it won one.
    pub(super) epoch: u8,
    pub(super) doing: Doing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Health {
    Running,
    Paused,
    Crashed,
}

/// What a process has in hand. Nothing of it is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Doing {
    /// It looks at the journal for what is next.
    Nothing,
    /// It wrote an intent down.
    Intended(Held),
    /// It claimed its attempt.
    Claimed(Held),
    /// It may write bytes until its send deadline.
    Ready { held: Held, late: bool },
    /// Its request is out; the journal knows nothing of it.
    Unwritten { provider: Provider, request: usize },
    /// Its request is out, and it listens for the answer.
    Waiting { request: usize },
}

/// An attempt in a process's hand, with the epoch under which it was begun: the process may have
/// lost the call since, and won it again.
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
    /// Where it is.
    pub(super) at: Place,
}

/// The idempotency key of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// The one that was written down with the attempt.
    Kept(usize),
    /// One that was made up for this request.
    Fresh,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// In the network; also: in a process that was paused between the check and the write.
    UnderWay,
    /// Gone, and nobody knows.
    Lost,
    /// Nothing of it left, and its sender can prove it.
    Unsent,
    /// The provider said that it will not place the call.
    Declined,
    /// The provider placed the call: a telephone rings.
    Rang,
    /// The provider knew the key, and answered with the call that it has.
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
            circled: false,
        }
    }

    /// How often telephones rang for the call.
    pub(super) fn rings(&self) -> usize {
        self.requests.iter().filter(|request| request.at == Place::Rang).count()
    }

    /// How often they did for one ring. A request of an attempt that no journal knows of counts for
    /// the present one.
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

    /// The last attempt of the journal.
    pub(super) fn last(&self) -> Option<usize> {
        self.ledger.attempts.len().checked_sub(1)
    }

    /// True where a process listens: a webhook finds somebody.
    pub(super) fn anybody_runs(&self) -> bool {
        self.replicas.iter().any(|one| one.health == Health::Running)
    }

    /// True where the process that owns the call keeps its lease.
    pub(super) fn owner_runs(&self) -> bool {
        self.replicas
            .iter()
            .any(|one| one.epoch == self.ledger.epoch && one.health == Health::Running)
    }

    /// What a window that is longer than deadline, pause and network together may rely on: no
    /// request of the attempt is on its way, and nobody is left who may still send one in time.
    pub(super) fn is_quiet(&self, attempt: usize) -> bool {
        let under_way =
            |request: &Request| request.attempt == attempt && request.at == Place::UnderWay;
        let may_send = |one: &Replica| matches!(one.doing, Doing::Ready { held, late: false } if held.attempt == attempt);
        !self.requests.iter().any(under_way) && !self.replicas.iter().any(may_send)
    }

    /// Grows with every step that may be taken, so that every run comes to an end: disturbances
    /// first, then the journal, then the requests and the clock, then what the processes have in
    /// hand.
    pub(super) fn rank(&self, bounds: Bounds) -> (usize, (u8, u8, usize, u8), usize, usize) {
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
            | Doing::Ready { late: false, .. } => 0,
            Doing::Ready { late: true, .. } => 1,
            Doing::Waiting { .. } => 2,
            Doing::Nothing => 3,
        });
        (disturbed, self.ledger.rank(), requests + expired + alarmed, doing.sum())
    }
}
