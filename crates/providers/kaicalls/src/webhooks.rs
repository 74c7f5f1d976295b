//! Incoming deliveries, webhook subscriptions, and the event log that can replace deliveries.
//!
//! Deliveries to a call's own URL have no documented signature. The secret URL makes them credible,
//! and they are only hints: the call is read before anything is believed.

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
            return Err(self.unreadable("the delivery is not a JSON object"));
        };
        events::read(self.account.provider(), body)
            .map(|event| vec![event])
            .ok_or_else(|| self.unreadable("the delivery names no event"))
    }
}

#[async_trait]
impl WebhookSubscriptions for KaiCallsWebhooks {
    async fn list(&self) -> Result<Vec<Subscription>> {
        let subscriptions =
            self.account.client.webhooks().list(self.account.business()).await?.items;
        let subscriptions: Vec<Subscription> =
            subscriptions.into_iter().map(convert::subscription).collect();
        // A subscription without an id is an error: leaving it out would say that it does not
        // exist.
        if subscriptions.iter().any(|subscription| subscription.id.is_empty()) {
            let error = Error::new(ErrorKind::Decode, "a webhook in the list has no id");
            return Err(self.account.failed("webhooks.list", error));
        }
        Ok(subscriptions)
    }

    async fn create(&self, url: &Url, events: &[String]) -> Result<Subscription> {
        let mut subscription = CreateWebhook::new(url.as_str());
        if !events.is_empty() {
            subscription = subscription.events(events);
        }
        if let Some(business) = self.account.business() {
            subscription = subscription.business_id(business);
        }
        // Returned even without an id: its secret is shown only this once.
        Ok(convert::subscription(self.account.client.webhooks().create(&subscription).await?))
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
