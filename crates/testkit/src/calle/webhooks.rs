//! Webhooks: one for the end of a call, to its own URL, without a signature. A repeat has the same
//! id.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::state::SimState;
use crate::host::Delivery;

impl SimState {
    pub(crate) fn tell(&self, url: String, event: Value) {
        let text = event.to_string();
        let word = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
        self.host.send(Delivery {
            url,
            event: word("type"),
            body: Arc::new(move |_| text.clone()),
            headers: vec![("CALL-E-Event-Id".to_owned(), word("id"))],
            sign: None,
            event_id: Some(word("id")),
            webhook_id: None,
            retries: self.config.webhook_retries.clone(),
            failover_url: None,
            timeout: Duration::from_secs(10),
        });
    }
}
