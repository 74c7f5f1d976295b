//! KallyAI has no webhooks: a feed of events takes their place.

use std::sync::Arc;

use switchboard_core::{EventFeed, WebhookReceiver, WebhookSubscriptions, Webhooks};

use crate::{account::Account, feed::KallyAiFeed};

/// [`Webhooks`] on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct KallyAiWebhooks {
    feed: KallyAiFeed,
}

impl KallyAiWebhooks {
    pub(crate) fn new(account: &Arc<Account>) -> Self {
        Self { feed: KallyAiFeed(Arc::clone(account)) }
    }
}

impl Webhooks for KallyAiWebhooks {
    fn receiver(&self) -> Option<&dyn WebhookReceiver> {
        None
    }

    fn subscriptions(&self) -> Option<&dyn WebhookSubscriptions> {
        None
    }

    fn feed(&self) -> Option<&dyn EventFeed> {
        Some(&self.feed)
    }
}
