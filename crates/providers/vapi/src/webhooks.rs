//! Incoming webhooks. Their URLs are set at Vapi, or for one call when it is placed; there are no
//! subscriptions by API.

use std::sync::Arc;

use serde_json::Value;
use switchboard_core::{
    Error, ErrorKind, Event, EventFeed, IncomingWebhook, Result, TrustedReasons, WebhookReceiver,
    WebhookSubscriptions, Webhooks,
};

use crate::{account::Account, events, signature};

/// [`Webhooks`]. With a `webhook_secret`, every delivery must be signed. Without one, whoever knows
/// the address can send one: it says which call to read, and never that a call was not dialled.
#[derive(Debug, Clone)]
pub(crate) struct VapiWebhooks(pub(crate) Arc<Account>);

impl VapiWebhooks {
    fn unreadable(&self, message: &'static str) -> Error {
        self.0.failed("webhooks.receive", Error::new(ErrorKind::Decode, message))
    }
}

impl Webhooks for VapiWebhooks {
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

impl WebhookReceiver for VapiWebhooks {
    fn receive(&self, delivery: &IncomingWebhook) -> Result<Vec<Event>> {
        let config = &self.0.config;
        let none = TrustedReasons::default();
        let trusted = match &config.webhook_secret {
            Some(secret) => {
                signature::verify(&config.webhook_check, secret, delivery)
                    .map_err(|error| error.with_provider(config.id.clone()))?;
                &config.not_dialled
            }
            None => &none,
        };
        let Ok(Value::Object(body)) = serde_json::from_slice(&delivery.body) else {
            return Err(self.unreadable("the delivery is not a JSON object"));
        };
        events::read(&config.id, trusted, body)
            .map(|event| vec![event])
            .ok_or_else(|| self.unreadable("the delivery names no event"))
    }
}
