//! What a provider was asked, and when.

use std::time::Duration;

use parking_lot::Mutex;
use switchboard_core::CallOrder;
use tokio::time::Instant;

/// What a provider was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Place,
    Get,
    List,
    Trace,
}

/// When a provider was asked what.
#[derive(Debug)]
pub(crate) struct Log {
    start: Instant,
    asked: Mutex<Vec<(Duration, Op)>>,
    orders: Mutex<Vec<CallOrder>>,
    received: Mutex<usize>,
}

impl Log {
    pub(super) fn new() -> Self {
        Self {
            start: Instant::now(),
            asked: Mutex::default(),
            orders: Mutex::default(),
            received: Mutex::default(),
        }
    }

    pub(super) fn note(&self, op: Op) {
        self.asked.lock().push((self.start.elapsed(), op));
    }

    pub(super) fn placing(&self, order: &CallOrder) {
        self.note(Op::Place);
        self.orders.lock().push(order.clone());
    }

    pub(super) fn receiving(&self) {
        *self.received.lock() += 1;
    }

    /// The order was not sent after all.
    pub(crate) fn forget_place(&self, order: &CallOrder) {
        let nth = self.orders.lock().iter().position(|one| one.attempt == order.attempt);
        let mut asked = self.asked.lock();
        let places =
            asked.iter().enumerate().filter(|(_, (_, op))| *op == Op::Place).map(|(at, _)| at);
        if let Some(at) = nth.and_then(|nth| places.into_iter().nth(nth)) {
            asked.remove(at);
            self.orders.lock().retain(|one| one.attempt != order.attempt);
        }
    }

    /// The moments, counted from the test's beginning.
    pub(crate) fn when(&self, op: Op) -> Vec<Duration> {
        self.asked.lock().iter().filter(|(_, asked)| *asked == op).map(|(at, _)| *at).collect()
    }

    pub(crate) fn count(&self, op: Op) -> usize {
        self.when(op).len()
    }

    pub(crate) fn asked(&self) -> Vec<(Duration, Op)> {
        self.asked.lock().clone()
    }

    pub(crate) fn orders(&self) -> Vec<CallOrder> {
        self.orders.lock().clone()
    }

    /// How many deliveries the webhook receiver was given.
    pub(crate) fn received(&self) -> usize {
        *self.received.lock()
    }
}
