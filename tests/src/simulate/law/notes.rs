//! What the judge writes down while a world runs: it asks no process what it believes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use switchboard::{PhoneNumber, core::AttemptId};

use crate::simulate::network::Ring;

/// The permission to send a request of an attempt.
#[derive(Debug, Clone)]
pub(super) struct Permit {
    /// Its place among all permissions and opt-outs of the world.
    pub(super) order: u64,
    /// The clock of the process when it asked for it.
    pub(super) clock: Timestamp,
    /// The latest time that this clock showed since the rules were asked.
    pub(super) latest: Timestamp,
}

/// What the judge has written down.
#[derive(Debug, Default)]
pub(in crate::simulate) struct Notes {
    order: u64,
    /// The first opt-out of each person that was durable.
    pub(super) opt_outs: BTreeMap<&'static str, u64>,
    /// The permissions of an attempt, in the order in which they were given: one for its first request,
    /// and one for the repeat, if there is one.
    permits: BTreeMap<AttemptId, Vec<Permit>>,
    /// What the clock of the process showed in the seconds before each request of an attempt left.
    left: BTreeMap<AttemptId, Vec<Vec<Timestamp>>>,
}

impl Notes {
    fn next(&mut self) -> u64 {
        self.order += 1;
        self.order
    }

    /// An opt-out is durable from now on.
    pub(in crate::simulate) fn opted_out(&mut self, to: &PhoneNumber) {
        let order = self.next();
        self.opt_outs.entry(super::callees::callee(to.e164()).number).or_insert(order);
    }

    /// The journal has permitted a request of this attempt. `readings`: what the clock of the process showed since
    /// the rules may have been asked, the last of them when it wrote.
    pub(in crate::simulate) fn permitted(&mut self, attempt: AttemptId, readings: &[Timestamp]) {
        let order = self.next();
        if let (Some(clock), Some(latest)) = (readings.last(), readings.iter().max()) {
            let permit = Permit { order, clock: *clock, latest: *latest };
            self.permits.entry(attempt).or_default().push(permit);
        }
    }

    /// A request of this attempt leaves. Returns how many of the attempt left before it: a ring is judged by
    /// the request that made it, and not by the first one.
    pub(in crate::simulate) fn leaves(
        &mut self,
        attempt: AttemptId,
        readings: Vec<Timestamp>,
    ) -> usize {
        let left = self.left.entry(attempt).or_default();
        left.push(readings);
        left.len() - 1
    }

    /// The permission for the request that made this phone ring.
    pub(super) fn permit(&self, ring: &Ring) -> Option<&Permit> {
        self.permits.get(&ring.attempt)?.get(ring.request)
    }

    /// What the clock showed before the request left that made this phone ring.
    pub(super) fn readings(&self, ring: &Ring) -> Option<&[Timestamp]> {
        self.left.get(&ring.attempt)?.get(ring.request).map(Vec::as_slice)
    }
}
