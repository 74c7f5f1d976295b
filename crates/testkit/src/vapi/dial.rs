//! A call from its acceptance to its last webhook.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::body;
use super::codes::Refused;
use super::reasons::{NO_SLOT, WORDS};
use super::state::{Record, SimState, Wanted};
use crate::OverLimit;
use crate::calls::{Course, Reached};
use crate::host::RequestContext;

/// How long, in call time, the work after a call takes.
const AFTERWARDS: Duration = Duration::from_secs(2);

impl SimState {
    /// Accepts a call and returns it, with what is left of the limits.
    pub(crate) fn place(
        self: &Arc<Self>,
        wanted: Wanted,
        context: &RequestContext,
    ) -> Result<Value, Refused> {
        let line = self.host.timeline;
        let mut calls = self.calls.lock();
        let nth = calls.accepted.entry(wanted.to.clone()).or_insert(0);
        let mut course = Course::draw(self.seed, &self.config, &WORDS, &wanted.to, *nth, line);
        if let Some(flaw) = wanted.flaw {
            course.never_dialled(flaw);
        }
        let active = self.active(&calls);
        let blocked = active >= self.concurrency() && wanted.wait.is_none();
        let mut waiting = false;
        if blocked && course.reached > Reached::Accepted {
            match self.config.platform.over_limit {
                OverLimit::Waits => waiting = true,
                OverLimit::NeverDialled => course.never_dialled(NO_SLOT),
                OverLimit::Refused => {
                    return Err(Refused::new(400, "Over the concurrency limit of this account."));
                }
            }
        }
        *calls.accepted.entry(wanted.to.clone()).or_insert(0) += 1;
        if course.talks_longer_than(wanted.longest) {
            course.limit(wanted.longest);
            "exceeded-max-duration".clone_into(&mut course.word);
        }
        let id = self.id("call", calls.records.len());
        if let Some(wait) = wanted.wait {
            course.begin(line.now() + line.real(wait));
        } else if !waiting && course.dials_at_once() {
            if !self.host.ring(&wanted.to, &id, context) {
                return Err(Refused::new(500, "The ring ledger could not be written."));
            }
            course.dialled = Some(line.timestamp());
        }
        let scheduled = wanted.wait.is_some();
        let takes_slot = !scheduled && !waiting && course.reached > Reached::Accepted;
        let record = Record {
            id: id.clone(),
            wanted,
            accepted: line.now(),
            made: line.timestamp(),
            course,
            scheduled,
            waiting,
            settled: false,
            deleted: false,
        };
        let mut answer = body::of(self, &record);
        // Dialling is asynchronous: the answer does not show it yet.
        answer["status"] = if scheduled { "scheduled" } else { "queued" }.into();
        for later in ["endedAt", "endedReason", "phoneCallProviderId", "startedAt", "artifact"] {
            answer.as_object_mut().map(|fields| fields.remove(later));
        }
        calls.records.push(record);
        answer["subscriptionLimits"] = json!({
            "concurrencyBlocked": blocked, "concurrencyLimit": self.concurrency(),
            "remainingConcurrentCalls": self.concurrency().saturating_sub(active + usize::from(takes_slot)),
        });
        drop(calls);
        self.host.spawn(Arc::clone(self).follow(id, context.clone()));
        Ok(answer)
    }

    /// Dials, unless the call was ended before.
    fn dial(&self, id: &str, context: &RequestContext) -> bool {
        let mut calls = self.calls.lock();
        let Some(record) =
            calls.any_mut(id).filter(|record| record.course.reached > Reached::Accepted)
        else {
            return false;
        };
        record.scheduled = false;
        if record.course.dialled.is_none() {
            if !self.host.ring(&record.wanted.to, id, context) {
                record.course.never_dialled("call.start.error-vapifault-get-transport");
                return false;
            }
            record.course.dialled = Some(self.host.timeline.timestamp());
        }
        true
    }

    async fn follow(self: Arc<Self>, id: String, context: RequestContext) {
        let line = self.host.timeline;
        let look = || {
            let calls = self.calls.lock();
            let record = calls.records.iter().find(|record| record.id == id)?;
            Some((record.course.moments(line), record.waiting))
        };
        let Some((mut moments, waiting)) = look() else {
            return;
        };
        if waiting
            && self.slot(&id, &mut moments).await
            && let Some((begun, _)) = look()
        {
            moments = begun;
        }
        if let Some(rings_at) = moments.rings_at
            && moments.reach(rings_at).await
            && self.dial(&id, &context)
        {
            self.tell_status(&id, "ringing");
            if let Some(answered_at) = moments.answered_at
                && moments.reach(answered_at).await
            {
                self.tell_status(&id, "in-progress");
            }
        }
        moments.reach(moments.ends_at).await;
        self.freed.send_modify(|count| *count += 1);
        self.tell_status(&id, "ended");
        tokio::time::sleep(line.real(AFTERWARDS)).await;
        if let Some(record) = self.calls.lock().any_mut(&id) {
            record.settled = true;
        }
        self.tell_report(&id);
    }
}
