//! A call from its acceptance to its webhook.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::body;
use super::codes::Refused;
use super::state::{Record, SimState, Wanted};
use super::words::WORDS;
use crate::calls::{Course, Reached};
use crate::host::RequestContext;

/// How long, in call time, the work after a conversation takes.
const AFTERWARDS: Duration = Duration::from_secs(3);

impl SimState {
    /// Accepts a call, if a line is free, and returns the answer.
    pub(crate) fn place(
        self: &Arc<Self>,
        wanted: Wanted,
        context: &RequestContext,
    ) -> Result<Value, Refused> {
        let line = self.host.timeline;
        let mut calls = self.calls.lock();
        let lag = line.real(self.config.platform.slot_lag);
        let active = calls
            .records
            .iter()
            .filter(|record| record.course.ended(line).is_none_or(|at| at.elapsed() < lag))
            .count();
        if active >= self.concurrency() {
            return Err(Refused::new("account_concurrency_exceeded", "all lines are in use").with(
                json!({
                    "max_active_tasks": self.concurrency(), "line_type": "platform_default",
                }),
            ));
        }
        let nth = calls.accepted.entry(wanted.phone.clone()).or_insert(0);
        let mut course = Course::draw(self.seed, &self.config, &WORDS, &wanted.phone, *nth, line);
        *nth += 1;
        let id = self.id("call", calls.records.len());
        if course.dials_at_once() {
            if !self.host.ring(&wanted.phone, &id, context) {
                return Err(Refused::new("internal_error", "the ring ledger cannot be written"));
            }
            course.dialled = Some(line.timestamp());
        }
        let mut record = Record {
            id: id.clone(),
            wanted,
            made: line.timestamp(),
            course,
            settled: false,
            events: Vec::new(),
        };
        let answer = body::queued(&record);
        record.note("call.queued", &answer, line);
        calls.records.push(record);
        drop(calls);
        self.host.spawn(Arc::clone(self).follow(id, context.clone()));
        Ok(answer)
    }

    /// Dials, unless the call was cancelled before.
    fn dial(&self, id: &str, context: &RequestContext) -> bool {
        let line = self.host.timeline;
        let mut calls = self.calls.lock();
        let Some(record) =
            calls.find_mut(id).filter(|record| record.course.reached > Reached::Accepted)
        else {
            return false;
        };
        if record.course.dialled.is_none() {
            if !self.host.ring(&record.wanted.phone, id, context) {
                record.course.never_dialled("call_failed");
                return false;
            }
            record.course.dialled = Some(line.timestamp());
        }
        let now = body::of(record, line);
        record.note("call.in_progress", &now, line);
        true
    }

    async fn follow(self: Arc<Self>, id: String, context: RequestContext) {
        let line = self.host.timeline;
        let Some(mut moments) =
            self.calls.lock().find(&id).map(|record| record.course.moments(line))
        else {
            return;
        };
        if let Some(rings_at) = moments.rings_at
            && moments.reach(rings_at).await
        {
            self.dial(&id, &context);
        }
        moments.reach(moments.ends_at).await;
        let answered =
            self.calls.lock().find(&id).is_some_and(|record| record.course.is_answered(line));
        if answered {
            tokio::time::sleep(line.real(AFTERWARDS)).await;
        }
        let ended = self.calls.lock().find_mut(&id).map(|record| {
            record.settled = true;
            let now = body::of(record, line);
            let event = format!("call.{}", now["status"].as_str().unwrap_or_default());
            let event = record.note(&event, &now, line);
            (record.wanted.webhook_url.clone(), event)
        });
        if let Some((Some(url), event)) = ended {
            self.tell(url, event);
        }
    }
}
