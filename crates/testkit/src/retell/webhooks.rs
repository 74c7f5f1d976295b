//! Webhooks: signed with the API key, sent in the order of the events without waiting for earlier
//! ones.

use std::sync::Arc;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde_json::json;
use sha2::Sha256;

use super::body;
use super::state::SimState;
use crate::host::{Delivery, Headers};

impl SimState {
    /// Sends an event of a call to the receiver that asked for it.
    pub(crate) fn tell(&self, id: &str, event: &str) {
        let (hook, call) = {
            let calls = self.calls.lock();
            let Some(record) = calls.find(id) else {
                return;
            };
            (record.wanted.hook.clone(), body::of(record, self.host.timeline))
        };
        let Some(hook) = hook.filter(|hook| hook.events.iter().any(|wanted| wanted == event))
        else {
            return;
        };
        let text = json!({"event": event, "call": call}).to_string();
        let key = self.key.clone();
        self.host.send(Delivery {
            url: hook.url,
            event: event.to_owned(),
            body: Arc::new(move |_| text.clone()),
            headers: Vec::new(),
            sign: Some(Arc::new(move |at, body, forged| {
                signature(if forged { "a stranger's key" } else { &key }, at, body)
            })),
            event_id: None,
            webhook_id: None,
            retries: self.config.webhook_retries.clone(),
            failover_url: None,
            timeout: hook.timeout,
        });
    }
}

/// The time in milliseconds, and the HMAC-SHA256 of the body followed by that time.
fn signature(key: &str, at: Timestamp, body: &str) -> Headers {
    let millis = at.as_millisecond();
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else {
        return Headers::new();
    };
    mac.update(format!("{body}{millis}").as_bytes());
    let hex: String =
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    vec![("x-retell-signature".to_owned(), format!("v={millis},d={hex}"))]
}
