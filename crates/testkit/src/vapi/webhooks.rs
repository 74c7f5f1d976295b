//! Webhooks: messages about a call, to one receiver, repeated only if that asks for it.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::body;
use super::signing::sign;
use super::state::SimState;
use crate::host::Delivery;

impl SimState {
    /// Tells the status of a call.
    pub(crate) fn tell_status(&self, id: &str, status: &str) {
        let mut fields = Map::new();
        fields.insert("status".to_owned(), status.into());
        if status == "ended" {
            let word = self.calls.lock().any_mut(id).map(|record| record.course.word.clone());
            fields.insert("endedReason".to_owned(), word.into());
        }
        self.tell(id, "status-update", fields);
    }

    /// Tells how the call went, once that is known.
    pub(crate) fn tell_report(&self, id: &str) {
        let call = {
            let mut calls = self.calls.lock();
            calls.any_mut(id).map(|record| body::of(self, record))
        };
        let mut fields = Map::new();
        let names = [
            "endedReason",
            "cost",
            "costs",
            "costBreakdown",
            "artifact",
            "analysis",
            "startedAt",
            "endedAt",
        ];
        for name in names {
            let value = call.as_ref().and_then(|call| call.get(name)).cloned();
            fields.insert(name.to_owned(), value.unwrap_or_default());
        }
        self.tell(id, "end-of-call-report", fields);
    }

    /// Sends a message to the receiver of a call, if that wants it.
    pub(crate) fn tell(&self, id: &str, kind: &str, mut fields: Map<String, Value>) {
        let (server, call) = {
            let mut calls = self.calls.lock();
            let Some(record) = calls.any_mut(id) else {
                return;
            };
            if !record.wanted.messages.iter().any(|wanted| wanted == kind) {
                return;
            }
            (record.wanted.server.clone(), body::of(self, record))
        };
        let Some(server) = server else {
            return;
        };
        let line = self.host.timeline;
        fields.insert("type".to_owned(), kind.into());
        fields.insert("timestamp".to_owned(), line.timestamp().as_millisecond().into());
        fields.insert("call".to_owned(), call);
        let text = json!({"message": fields}).to_string();
        self.host.send(Delivery {
            url: server.url,
            event: kind.to_owned(),
            body: Arc::new(move |_| text.clone()),
            headers: Vec::new(),
            sign: sign(self.config.platform.vapi_signature, &self.webhook_secret),
            event_id: None,
            webhook_id: None,
            retries: server.retries.iter().map(|pause| line.real(*pause)).collect(),
            failover_url: None,
            timeout: server.timeout,
        });
    }
}
