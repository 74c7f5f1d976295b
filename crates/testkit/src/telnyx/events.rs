//! The events of a call: kept in the history, and delivered to the call's own URL or the
//! connection's.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::state::{Row, SimState, iso};
use crate::host::Delivery;

impl SimState {
    /// Adds a command to the history.
    pub(crate) fn note_command(&self, call: &str, name: &str, mut metadata: Value) {
        let mut calls = self.calls.lock();
        if let Some(record) = calls.find(call) {
            metadata["connection_id"] = record.wanted.connection.clone().into();
            metadata["to"] = record.wanted.to.clone().into();
            metadata["from"] = record.wanted.from.clone().into();
        }
        calls.rows.push(Row {
            call: call.to_owned(),
            name: name.to_owned(),
            command: true,
            at: self.host.timeline.timestamp(),
            metadata,
        });
    }

    /// Adds an event to the history and delivers it.
    pub(crate) fn tell(&self, call: &str, event: &str, fields: Value) {
        let mut calls = self.calls.lock();
        let now = self.host.timeline.timestamp();
        let id = self.id("event", calls.rows.len());
        let Some(record) = calls.find(call) else {
            return;
        };
        let wanted = &record.wanted;
        let mut payload = json!({
            "call_control_id": record.id, "call_leg_id": record.leg,
            "call_session_id": record.session, "connection_id": wanted.connection,
            "client_state": wanted.client_state, "from": wanted.from, "to": wanted.to,
            "direction": "outgoing", "occurred_at": iso(now),
        });
        if let (Some(payload), Value::Object(fields)) = (payload.as_object_mut(), fields) {
            payload.extend(fields);
        }
        let url = wanted.webhook_url.clone().or_else(|| self.config.platform.webhook_url.clone());
        let retries = wanted.retries.get(event).unwrap_or(&self.config.webhook_retries).clone();
        let data = json!({
            "record_type": "event", "id": id, "event_type": event, "occurred_at": iso(now),
            "payload": payload,
        });
        calls.rows.push(Row {
            call: call.to_owned(),
            name: event.to_owned(),
            command: false,
            at: now,
            metadata: data.clone(),
        });
        drop(calls);
        let Some(url) = url else {
            return;
        };
        let signer = Arc::clone(&self.signer);
        let to = url.clone();
        self.host.send(Delivery {
            url,
            event: event.to_owned(),
            body: Arc::new(move |attempt| {
                json!({"data": data, "meta": {"attempt": attempt, "delivered_to": to}}).to_string()
            }),
            headers: Vec::new(),
            sign: Some(Arc::new(move |at, body, forged| signer.sign(at, body, forged))),
            event_id: Some(id),
            webhook_id: None,
            retries,
            failover_url: self.config.platform.webhook_failover_url.clone(),
            timeout: Duration::from_secs(10),
        });
    }
}
