//! Calls that wait for their time or for a free slot.

use super::state::{Calls, Record, SimState};
use crate::calls::Moments;

impl SimState {
    /// How many slots are in use.
    pub(crate) fn active(&self, calls: &Calls) -> usize {
        let line = self.host.timeline;
        let busy =
            |record: &&Record| !record.scheduled && !record.waiting && !record.course.is_over(line);
        calls.records.iter().filter(busy).count()
    }

    /// Waits until a slot is free and takes it. Returns false if the call is cut short before.
    pub(crate) async fn slot(&self, id: &str, moments: &mut Moments) -> bool {
        let mut freed = self.freed.subscribe();
        loop {
            {
                let mut calls = self.calls.lock();
                let free = self.active(&calls) < self.concurrency();
                // The oldest call that waits is the next one.
                let next = calls.records.iter().find(|record| record.waiting);
                if free && next.is_some_and(|next| next.id == id) {
                    if let Some(record) = calls.any_mut(id) {
                        record.waiting = false;
                        record.course.begin(self.host.timeline.now());
                    }
                    self.freed.send_modify(|count| *count += 1);
                    return true;
                }
            }
            // The sender lives in `self`.
            let freed = async { drop(freed.changed().await) };
            if !moments.unless_cut(freed).await {
                return false;
            }
        }
    }
}
