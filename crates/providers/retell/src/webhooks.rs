//! Incoming webhooks. Their URLs are set at Retell, or for one call when it is placed; there are no
//! subscriptions by API.

use std::sync::Arc;

use serde_json::Value;
use switchboard_core::{
    Error, ErrorKind, Event, EventFeed, IncomingWebhook, Result, WebhookReceiver,
    WebhookSubscriptions, Webhooks,
};

use crate::{account::Account, events, signature};

/// [`Webhooks`]. Every delivery must be signed.
#[derive(Debug, Clone)]
pub(crate) struct RetellWebhooks(pub(crate) Arc<Account>);

impl RetellWebhooks {
    fn unreadable(&self, message: &'static str) -> Error {
        self.0.failed("webhooks.receive", Error::new(ErrorKind::Decode, message))
    }
}

impl Webhooks for RetellWebhooks {
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

impl WebhookReceiver for RetellWebhooks {
    fn receive(&self, delivery: &IncomingWebhook) -> Result<Vec<Event>> {
        let config = &self.0.config;
        signature::verify(config.signing_key(), delivery)
            .map_err(|error| error.with_provider(config.id.clone()))?;
        let Ok(Value::Object(body)) = serde_json::from_slice(&delivery.body) else {
            return Err(self.unreadable("the delivery is not a JSON object"));
        };
        events::read(&config.id, &config.not_dialled, body)
            .map(|event| vec![event])
            .ok_or_else(|| self.unreadable("the delivery names no event"))
    }
}
