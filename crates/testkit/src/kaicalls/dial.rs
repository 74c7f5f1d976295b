//! A call from its acceptance to its webhooks.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::calls::{Wanted, body_of};
use super::world::{Record, World};
use crate::Ring;
use crate::calls::{CallPlan, Life, Outcome, Phase};
use crate::host::RequestContext;

impl World {
    /// Accepts a call. Nothing can take it back from here on, so the phone counts as rung: the ring is in the
    /// ledger before there is an answer. `None` when the ledger could not be written, and then nobody is called.
    pub(crate) fn place(self: &Arc<Self>, wanted: Wanted, context: &RequestContext) -> Option<Value> {
        let mut calls = self.calls.lock();
        let line = self.host.timeline;
        let nth = calls.dialled.entry(wanted.to.clone()).or_insert(0);
        let mut plan = CallPlan::draw(self.seed, &wanted.to, *nth, self.config.script(&wanted.to, *nth));
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
            created_at: self.now(),
            accepted: line.now(),
            life: Life::begin(line.now(), queue, plan),
        };
        let answer = json!({
            "id": record.id, "conversation_id": record.conversation_id, "status": "queued",
            "agent_id": record.agent_id, "to": record.to, "name": record.name, "created_at": record.created_at,
        });
        let ends_at = record.life.ends_at(line);
        calls.records.push(record);
        drop(calls);
        context.rang();
        self.host.spawn(Arc::clone(self).follow(place, ends_at));
        Some(answer)
    }

    /// Tells of the end of a call: to its own URL without a signature, to the subscriptions with one.
    async fn follow(self: Arc<Self>, place: usize, ends_at: Instant) {
        tokio::time::sleep_until(ends_at).await;
        let Some((event, fields, own)) = self.calls.lock().records.get(place).map(|record| {
            let (event, fields) = event_of(&self, record);
            (event, fields, record.webhook_url.clone())
        }) else {
            return;
        };
        if let Some(url) = own {
            let mut body = fields.clone();
            body.insert("event".to_owned(), event.into());
            self.send(url, event, Value::Object(body).to_string(), None);
        }
        self.publish(event, &fields);
    }
}

/// The event of an ended call and its fields (document 004, "Webhooks").
fn event_of(world: &World, record: &Record) -> (&'static str, Map<String, Value>) {
    let error = match record.life.phase(world.host.timeline) {
        Phase::Over(Outcome::NoAnswer) => Some("no_answer"),
        Phase::Over(Outcome::Busy) => Some("busy"),
        Phase::Over(Outcome::Failed) => Some("failed"),
        Phase::Over(Outcome::Completed | Outcome::Voicemail) | Phase::Queued | Phase::Ringing | Phase::Talking | Phase::Cut => None,
    };
    let body = body_of(world, record);
    let mut fields = Map::new();
    fields.insert("call_id".to_owned(), record.id.clone().into());
    fields.insert("timestamp".to_owned(), world.now().into());
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
