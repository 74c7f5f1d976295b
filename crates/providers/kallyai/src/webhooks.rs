//! How KallyAI says what happened. It has no webhooks: pending notifications and the inbound event
//! log stand in.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::{StreamExt, stream, stream::BoxStream};
use switchboard_core::{Event, EventFeed, Result, WebhookReceiver, WebhookSubscriptions, Webhooks};

use crate::{client::InboundEvents, events, provider::Account, told::Told};

/// How often a provider that does not stream is asked. No read limit is documented; a live call is
/// worth a few seconds' delay.
pub(crate) const POLL_EVERY: Duration = Duration::from_secs(10);

#[derive(Debug, Clone)]
pub(crate) struct KallyAiFeed(pub(crate) Arc<Account>);

impl Webhooks for KallyAiFeed {
    fn receiver(&self) -> Option<&dyn WebhookReceiver> {
        None
    }

    fn subscriptions(&self) -> Option<&dyn WebhookSubscriptions> {
        None
    }

    fn feed(&self) -> Option<&dyn EventFeed> {
        Some(self)
    }
}

#[async_trait]
impl EventFeed for KallyAiFeed {
    async fn poll(&self) -> Result<Vec<Event>> {
        let (notifications, inbound) = (self.0.client.notifications(), self.0.client.inbound());
        let (pending, recent) = futures::join!(notifications.pending(), inbound.recent_events());
        let mut found = events::pending(&self.0.config.id, pending?);
        found.extend(recent?.into_iter().map(|event| events::inbound(&self.0.config.id, event)));
        Ok(found)
    }

    async fn stream(&self) -> Result<BoxStream<'static, Result<Event>>> {
        match self.0.client.inbound().events().await? {
            InboundEvents::Live(live) => {
                let provider = self.0.config.id.clone();
                Ok(live
                    .map(move |event| event.map(|event| events::inbound(&provider, event)))
                    .boxed())
            }
            // What happened before is known from here on; the stream tells what is new.
            InboundEvents::Recent(_) => {
                let mut told = Told::default();
                for event in self.poll().await? {
                    told.is_new(&event.id);
                }
                Ok(self.clone().polled(told))
            }
        }
    }
}

impl KallyAiFeed {
    /// New events, look after look. A failed look is told and ends nothing.
    fn polled(self, told: Told) -> BoxStream<'static, Result<Event>> {
        let looks = stream::unfold((self, told), |(feed, mut told)| async move {
            feed.0.clock.sleep(POLL_EVERY).await;
            let news = match feed.poll().await {
                Ok(found) => {
                    found.into_iter().filter(|event| told.is_new(&event.id)).map(Ok).collect()
                }
                Err(error) => vec![Err(error)],
            };
            Some((stream::iter(news), (feed, told)))
        });
        looks.flatten().boxed()
    }
}
