//! Events of the account: pending notifications and the log of inbound calls.

use std::sync::Arc;

use async_trait::async_trait;
use futures::{StreamExt, stream, stream::BoxStream};
use switchboard_core::{Event, EventFeed, Result};
use switchboard_http::SeenIds;

use crate::{
    account::Account,
    api::{InboundEvents, POLL_EVERY, SEEN_EVENTS},
    events,
};

/// [`EventFeed`] on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct KallyAiFeed(pub(crate) Arc<Account>);

#[async_trait]
impl EventFeed for KallyAiFeed {
    async fn poll(&self) -> Result<Vec<Event>> {
        let (notifications, inbound) = (self.0.client.notifications(), self.0.client.inbound());
        let (pending, recent) = futures::join!(notifications.pending(), inbound.recent_events());
        let mut found = events::pending(self.0.provider(), pending?);
        found.extend(recent?.into_iter().map(|event| events::inbound(self.0.provider(), event)));
        Ok(found)
    }

    async fn stream(&self) -> Result<BoxStream<'static, Result<Event>>> {
        match self.0.client.inbound().events().await? {
            InboundEvents::Live(live) => {
                let provider = self.0.provider().clone();
                Ok(live
                    .map(move |event| event.map(|event| events::inbound(&provider, event)))
                    .boxed())
            }
            // Earlier events count as seen from here on: the stream only has new ones.
            InboundEvents::Recent(_) => {
                let mut seen = SeenIds::new(SEEN_EVENTS);
                for event in self.poll().await? {
                    seen.insert(&event.id);
                }
                Ok(self.clone().polled(seen))
            }
        }
    }
}

impl KallyAiFeed {
    /// New events, poll after poll. A failed poll yields its error and does not end the stream.
    fn polled(self, seen: SeenIds) -> BoxStream<'static, Result<Event>> {
        let looks = stream::unfold((self, seen), |(feed, mut seen)| async move {
            feed.0.clock.sleep(POLL_EVERY).await;
            let news = match feed.poll().await {
                Ok(found) => {
                    found.into_iter().filter(|event| seen.insert(&event.id)).map(Ok).collect()
                }
                Err(error) => vec![Err(error)],
            };
            Some((stream::iter(news), (feed, seen)))
        });
        looks.flatten().boxed()
    }
}
