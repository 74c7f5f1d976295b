//! Deliveries that come in, standing orders for them, and the log of events that stands in for
//! them.
//!
//! A delivery to a call's own URL is documented without a signature. Its address is what makes it
//! believable, and it stays a hint either way: whoever acts on it reads the call.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use switchboard_core::{
    Error, ErrorKind, Event, EventFeed, IncomingWebhook, Result, Subscription, WebhookReceiver,
    WebhookSubscriptions, Webhooks,
};
use url::Url;

use crate::{
    account::Account, api::CreateWebhook, convert, events, feed::KaiCallsFeed, signature::Verifier,
};

/// [`Webhooks`] on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct KaiCallsWebhooks {
    account: Arc<Account>,
    verifier: Option<Verifier>,
    feed: KaiCallsFeed,
}

impl KaiCallsWebhooks {
    pub(crate) fn new(account: &Arc<Account>) -> Self {
        Self {
            account: Arc::clone(account),
            verifier: Verifier::new(&account.config.webhook),
            feed: KaiCallsFeed::new(account),
        }
    }

    fn unreadable(&self, message: &'static str) -> Error {
        self.account.failed("webhooks.receive", Error::new(ErrorKind::Decode, message))
    }
}

impl Webhooks for KaiCallsWebhooks {
    fn receiver(&self) -> Option<&dyn WebhookReceiver> {
        Some(self)
    }

    fn subscriptions(&self) -> Option<&dyn WebhookSubscriptions> {
        Some(self)
    }

    fn feed(&self) -> Option<&dyn EventFeed> {
        Some(&self.feed)
    }
}

impl WebhookReceiver for KaiCallsWebhooks {
    fn receive(&self, delivery: &IncomingWebhook) -> Result<Vec<Event>> {
        if let Some(verifier) = &self.verifier {
            verifier
                .verify(delivery)
                .map_err(|error| error.with_provider(self.account.provider().clone()))?;
        }
        let Ok(Value::Object(body)) = serde_json::from_slice(&delivery.body) else {
            return Err(self.unreadable("the delivery is no JSON object"));
        };
        events::read(self.account.provider(), body)
            .map(|event| vec![event])
            .ok_or_else(|| self.unreadable("the delivery names no event"))
    }
}

#[async_trait]
impl WebhookSubscriptions for KaiCallsWebhooks {
    async fn list(&self) -> Result<Vec<Subscription>> {
        let orders = self.account.client.webhooks().list(self.account.business()).await?.items;
        let orders: Vec<Subscription> = orders.into_iter().map(convert::subscription).collect();
        // One without an id is an error: a list without it would say that it is not there.
        if orders.iter().any(|order| order.id.is_empty()) {
            let error = Error::new(ErrorKind::Decode, "a webhook of the list has no id");
            return Err(self.account.failed("webhooks.list", error));
        }
        Ok(orders)
    }

    async fn create(&self, url: &Url, events: &[String]) -> Result<Subscription> {
        let mut order = CreateWebhook::new(url.as_str());
        if !events.is_empty() {
            order = order.events(events);
        }
        if let Some(business) = self.account.business() {
            order = order.business_id(business);
        }
        // Even without an id: the secret in it is shown this once.
        Ok(convert::subscription(self.account.client.webhooks().create(&order).await?))
    }

    async fn delete(&self, id: &str) -> Result<()> {
        let answer = self.account.client.webhooks().delete(id, self.account.business()).await?;
        if answer.success == Some(false) {
            let error = Error::new(ErrorKind::Provider, "the webhook was not deleted");
            return Err(self.account.failed("webhooks.delete", error));
        }
        Ok(())
    }
}
