//! Incoming webhooks. Their URL is set for one call when it is placed; there are no subscriptions.

use std::sync::Arc;

use serde_json::Value;
use switchboard_core::{
    Error, ErrorKind, Event, EventFeed, IncomingWebhook, Result, WebhookReceiver,
    WebhookSubscriptions, Webhooks,
};

use crate::{account::Account, events};

/// [`Webhooks`]. Since July 2026 deliveries are not signed (published guide on webhooks), so whoever
/// knows the address can send one: it says which call to read, and nothing in it is believed.
#[derive(Debug, Clone)]
pub(crate) struct CallEWebhooks(pub(crate) Arc<Account>);

impl CallEWebhooks {
    fn unreadable(&self, message: &'static str) -> Error {
        self.0.failed("webhooks.receive", Error::new(ErrorKind::Decode, message))
    }
}

impl Webhooks for CallEWebhooks {
    fn receiver(&self) -> Option<&dyn WebhookReceiver> {
        Some(self)
    }

    fn subscriptions(&self) -> Option<&dyn WebhookSubscriptions> {
        None
    }

    fn feed(&self) -> Option<&dyn EventFeed> {
        None
    }
}

impl WebhookReceiver for CallEWebhooks {
    fn receive(&self, delivery: &IncomingWebhook) -> Result<Vec<Event>> {
        let Ok(Value::Object(body)) = serde_json::from_slice(&delivery.body) else {
            return Err(self.unreadable("the delivery is not a JSON object"));
        };
        events::read(self.0.provider(), body)
            .map(|event| vec![event])
            .ok_or_else(|| self.unreadable("the delivery names no event"))
    }
}
