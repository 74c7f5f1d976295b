//! A call from its acceptance to its webhooks.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::calls::body_of;
use super::deliver::Parcel;
use super::state::{Record, SimState};
use super::wanted::Wanted;
use crate::Ring;
use crate::calls::{CallPlan, Life, Outcome, Phase};
use crate::host::RequestContext;

impl SimState {
    /// Accepts a call. It cannot be cancelled from here on, so the phone counts as rung: the ring
    /// is in the ledger before there is a response. `None` if the ledger could not be written; then
    /// no call is made.
    pub(crate) fn place(
        self: &Arc<Self>,
        wanted: Wanted,
        context: &RequestContext,
    ) -> Option<Value> {
        let mut calls = self.calls.lock();
        let line = self.host.timeline;
        let nth = calls.dialled.entry(wanted.to.clone()).or_insert(0);
        let mut plan =
            CallPlan::draw(self.seed, &wanted.to, *nth, self.config.script(&wanted.to, *nth));
        *nth += 1;
        plan.talk = plan.talk.min(Duration::from_secs(wanted.max_duration));
        let place = calls.records.len();
        let id = self.id("call", place);
        let ring = Ring {
            at: line.rfc3339_millis(),
            to: wanted.to.clone(),
            call_id: id.clone(),
            provider: self.host.surface.provider.to_owned(),
            request_id: Some(context.request_id.clone()),
            idempotency_key: context.idempotency_key.clone(),
        };
        if let Err(error) = self.host.ledger.record(ring) {
            tracing::error!(%error, "the ring ledger could not be written: the phone does not ring");
            return None;
        }
        let queue = self.config.queue.unwrap_or(Duration::from_secs(1));
        let made = self.creation(calls.records.last());
        let record = Record {
            conversation_id: format!("vapi-conv-{}", &id[..8]),
            id: id.clone(),
            to: wanted.to,
            name: wanted.name,
            agent_id: wanted.agent_id,
            agent_name: wanted.agent_name,
            lead_id: wanted.lead_id,
            context: wanted.context,
            first_message: wanted.first_message,
            webhook_url: wanted.webhook_url,
            created_at: made.to_string(),
            made,
            accepted: line.now(),
            life: Life::begin(line.now(), queue, plan),
        };
        let answer = json!({
            "id": record.id, "conversation_id": record.conversation_id, "status": "queued",
            "agent_id": record.agent_id, "to": record.to, "name": record.name, "created_at": record.created_at,
        });
        let answered_at = record.accepted + line.real(queue + plan.ring);
        let course = Course {
            rings_at: record.life.rings_at(line),
            answered_at: (!plan.talk.is_zero()).then_some(answered_at),
            ends_at: record.life.ends_at(line),
        };
        calls.records.push(record);
        drop(calls);
        self.note(&id, "call.queued", "queued");
        context.rang();
        self.host.spawn(Arc::clone(self).follow(place, id, course));
        Some(answer)
    }

    /// The creation time of a call. If the cursor must lose nothing, no two calls have the same
    /// time.
    fn creation(&self, before: Option<&Record>) -> Timestamp {
        let now = self.host.timeline.timestamp();
        if self.config.lossy_cursor {
            return Timestamp::from_second(now.as_second()).unwrap_or(now);
        }
        let now = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
        let next =
            before.and_then(|record| record.made.checked_add(SignedDuration::from_micros(1)).ok());
        next.map_or(now, |next| next.max(now))
    }

    /// Adds a step of a call to the event log. Steps before the end are not delivered as webhooks.
    fn note(&self, call_id: &str, event: &str, status: &str) {
        let mut fields = Map::new();
        fields.insert("call_id".to_owned(), call_id.into());
        fields.insert("status".to_owned(), status.into());
        fields.insert("timestamp".to_owned(), self.now().into());
        self.record_event(event, call_id, fields);
    }

    /// Records the steps of a call, and sends webhooks for its end.
    async fn follow(self: Arc<Self>, place: usize, id: String, course: Course) {
        tokio::time::sleep_until(course.rings_at).await;
        self.note(&id, "call.ringing", "ringing");
        if let Some(answered_at) = course.answered_at {
            tokio::time::sleep_until(answered_at).await;
            self.note(&id, "call.started", "in-progress");
        }
        tokio::time::sleep_until(course.ends_at).await;
        let Some((event, fields)) =
            self.calls.lock().records.get(place).map(|record| event_of(&self, record))
        else {
            return;
        };
        let event_id = self.record_event(event, &id, fields.clone());
        self.tell(event, &id, &fields, &event_id);
    }

    /// Delivers an event of a call: unsigned to the call's own URL if the call has ended, and
    /// signed to the subscriptions.
    pub(crate) fn tell(
        self: &Arc<Self>,
        event: &str,
        call_id: &str,
        fields: &Map<String, Value>,
        event_id: &str,
    ) {
        let own = {
            let calls = self.calls.lock();
            let record = calls.records.iter().find(|record| record.id == call_id);
            record.and_then(|record| record.webhook_url.clone())
        };
        if let Some(url) = own.filter(|_| matches!(event, "call.completed" | "call.failed")) {
            let mut body = fields.clone();
            body.insert("event".to_owned(), event.into());
            self.send(Parcel {
                url,
                event: event.to_owned(),
                body: Value::Object(body).to_string(),
                secret: None,
                event_id: Some(event_id.to_owned()),
                webhook_id: None,
            });
        }
        self.publish(event, fields, event_id);
    }
}

/// The times of the steps of a call.
struct Course {
    rings_at: Instant,
    answered_at: Option<Instant>,
    ends_at: Instant,
}

/// The event of an ended call and its fields (document 004, "Webhooks").
fn event_of(sim: &SimState, record: &Record) -> (&'static str, Map<String, Value>) {
    let error = match record.life.phase(sim.host.timeline) {
        Phase::Over(Outcome::NoAnswer) => Some("no_answer"),
        Phase::Over(Outcome::Busy) => Some("busy"),
        Phase::Over(Outcome::Failed) => Some("failed"),
        Phase::Over(Outcome::Completed | Outcome::Voicemail)
        | Phase::Queued
        | Phase::Ringing
        | Phase::Talking
        | Phase::Cut => None,
    };
    let body = body_of(sim, record);
    let mut fields = Map::new();
    fields.insert("call_id".to_owned(), record.id.clone().into());
    fields.insert("timestamp".to_owned(), sim.now().into());
    match error {
        Some(error) => {
            fields.insert("status".to_owned(), "failed".into());
            fields.insert("error".to_owned(), error.into());
            ("call.failed", fields)
        }
        None => {
            for name in ["status", "duration", "recording_url", "summary"] {
                fields.insert(name.to_owned(), body[name].clone());
            }
            ("call.completed", fields)
        }
    }
}
