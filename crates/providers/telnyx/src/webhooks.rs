//! Incoming webhooks. Their URLs are set at Telnyx, or for one call when it is placed; there are no
//! subscriptions by API.

use std::sync::Arc;

use serde_json::Value;
use switchboard_core::{
    Error, ErrorKind, Event, EventFeed, IncomingWebhook, Result, WebhookReceiver,
    WebhookSubscriptions, Webhooks,
};

use crate::{account::Account, events, signature};

/// [`Webhooks`]. Every delivery must be signed with the key whose public half the configuration has.
#[derive(Debug, Clone)]
pub(crate) struct TelnyxWebhooks {
    account: Arc<Account>,
    public_key: Vec<u8>,
}

impl TelnyxWebhooks {
    /// `None` where the configuration has no public key: nothing could be verified.
    pub(crate) fn new(account: &Arc<Account>) -> Option<Self> {
        let public_key = account.config.public_key()?;
        Some(Self { account: Arc::clone(account), public_key })
    }

    fn unreadable(&self, message: &'static str) -> Error {
        self.account.failed("webhooks.receive", Error::new(ErrorKind::Decode, message))
    }
}

impl Webhooks for TelnyxWebhooks {
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

impl WebhookReceiver for TelnyxWebhooks {
    fn receive(&self, delivery: &IncomingWebhook) -> Result<Vec<Event>> {
        let provider = self.account.provider();
        signature::verify(&self.public_key, delivery)
            .map_err(|error| error.with_provider(provider.clone()))?;
        let Ok(Value::Object(body)) = serde_json::from_slice(&delivery.body) else {
            return Err(self.unreadable("the delivery is not a JSON object"));
        };
        events::read(provider, body)
            .map(|event| vec![event])
            .ok_or_else(|| self.unreadable("the delivery names no event"))
    }
}
