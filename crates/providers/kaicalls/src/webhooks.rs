//! Deliveries that come in, standing orders for them, and the log of events that stands in for
//! them.
//!
//! A delivery to a call's own URL is documented without a signature. Its address is what makes it
//! believable, and it stays a hint either way: whoever acts on it reads the call.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use switchboard_core::{
    Clock, Error, ErrorKind, Event, EventFeed, IncomingWebhook, Result, Subscription,
    WebhookReceiver, WebhookSubscriptions, Webhooks,
};
use url::Url;

use crate::{
    KaiCallsClient, api::CreateWebhook, config::WebhookConfig, convert, events, feed::KaiCallsFeed,
    signature::Verifier,
};

/// [`Webhooks`] on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct KaiCallsWebhooks {
    client: KaiCallsClient,
    business: Option<String>,
    verifier: Option<Verifier>,
    feed: KaiCallsFeed,
}

impl KaiCallsWebhooks {
    pub(crate) fn new(
        client: KaiCallsClient,
        business: Option<String>,
        config: &WebhookConfig,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            feed: KaiCallsFeed::new(client.clone(), business.clone(), clock),
            client,
            business,
            verifier: Verifier::new(config),
        }
    }

    fn unreadable(&self, message: &'static str) -> Error {
        Error::new(ErrorKind::Decode, message)
            .with_provider(self.client.provider().clone())
            .with_operation("webhooks.receive")
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
                .map_err(|error| error.with_provider(self.client.provider().clone()))?;
        }
        let Ok(Value::Object(body)) = serde_json::from_slice(&delivery.body) else {
            return Err(self.unreadable("the delivery is no JSON object"));
        };
        events::read(self.client.provider(), body)
            .map(|event| vec![event])
            .ok_or_else(|| self.unreadable("the delivery names no event"))
    }
}

#[async_trait]
impl WebhookSubscriptions for KaiCallsWebhooks {
    async fn list(&self) -> Result<Vec<Subscription>> {
        let orders = self.client.webhooks().list(self.business.as_deref()).await?.items;
        let orders: Vec<Subscription> = orders.into_iter().map(convert::subscription).collect();
        // One without an id is an error: a list without it would say that it is not there.
        if orders.iter().any(|order| order.id.is_empty()) {
            return Err(Error::new(ErrorKind::Decode, "a webhook of the list has no id")
                .with_provider(self.client.provider().clone())
                .with_operation("webhooks.list"));
        }
        Ok(orders)
    }

    async fn create(&self, url: &Url, events: &[String]) -> Result<Subscription> {
        let mut order = CreateWebhook::new(url.as_str());
        if !events.is_empty() {
            order = order.events(events);
        }
        if let Some(business) = &self.business {
            order = order.business_id(business.as_str());
        }
        // Even without an id: the secret in it is shown this once.
        Ok(convert::subscription(self.client.webhooks().create(&order).await?))
    }

    async fn delete(&self, id: &str) -> Result<()> {
        let answer = self.client.webhooks().delete(id, self.business.as_deref()).await?;
        if answer.success == Some(false) {
            return Err(Error::new(ErrorKind::Provider, "the webhook was not deleted")
                .with_provider(self.client.provider().clone())
                .with_operation("webhooks.delete"));
        }
        Ok(())
    }
}
