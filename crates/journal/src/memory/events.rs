//! What a server keeps beside the calls, in memory.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{Result, TenantId};

use super::MemoryJournal;
use crate::server::{
    Deliveries, DeliveryFilter, DeliveryId, DeliveryOutcome, DueDelivery, EndpointChange,
    EndpointId, EventFeed, FeedBounds, FeedEvent, FeedPage, FeedQuery, NewEndpoint,
    WebhookDelivery, WebhookEndpoint, WebhookEndpoints,
};

#[async_trait]
impl EventFeed for MemoryJournal {
    async fn publish(&self, events: Vec<FeedEvent>) -> Result<()> {
        self.store.lock().feed.publish(events);
        self.wrote();
        Ok(())
    }

    async fn sequence(&self, at: Timestamp) -> Result<bool> {
        self.signal.turn_begins();
        Ok(self.store.lock().feed.turn(at))
    }

    async fn feed(&self, query: &FeedQuery) -> Result<FeedPage> {
        Ok(self.store.lock().feed.page(query))
    }

    async fn bounds(&self) -> Result<FeedBounds> {
        Ok(self.store.lock().feed.bounds())
    }

    async fn waits_since(&self) -> Result<Option<Timestamp>> {
        Ok(self.store.lock().feed.waits_since())
    }

    async fn wants_turn(&self, at_most: Duration) {
        self.signal.wants_turn(at_most).await;
    }

    async fn changed(&self, after: u64, at_most: Duration) {
        let mut moved = self.signal.watch();
        if self.store.lock().feed.bounds().newest <= after {
            let _ = tokio::time::timeout(at_most, moved.changed()).await;
        }
    }

    async fn forget(&self, before: Timestamp) -> Result<u64> {
        Ok(self.store.lock().forget(before))
    }
}

#[async_trait]
impl WebhookEndpoints for MemoryJournal {
    async fn add_endpoint(&self, endpoint: NewEndpoint) -> Result<Option<WebhookEndpoint>> {
        self.store.lock().feed.add_endpoint(endpoint)
    }

    async fn endpoint(&self, id: EndpointId) -> Result<Option<WebhookEndpoint>> {
        Ok(self.store.lock().feed.endpoint(id))
    }

    async fn endpoints(&self, tenant: Option<&TenantId>) -> Result<Vec<WebhookEndpoint>> {
        Ok(self.store.lock().feed.endpoints(tenant))
    }

    async fn change_endpoint(
        &self,
        id: EndpointId,
        change: EndpointChange,
    ) -> Result<Option<WebhookEndpoint>> {
        Ok(self.store.lock().feed.change_endpoint(id, change))
    }

    async fn remove_endpoint(&self, id: EndpointId) -> Result<bool> {
        Ok(self.store.lock().feed.remove_endpoint(id))
    }
}

#[async_trait]
impl Deliveries for MemoryJournal {
    async fn claim_deliveries(
        &self,
        at: Timestamp,
        lease: Duration,
        limit: u32,
        per_endpoint: u32,
    ) -> Result<Vec<DueDelivery>> {
        Ok(self.store.lock().feed.claim(at, lease, limit, per_endpoint))
    }

    async fn settle_delivery(
        &self,
        id: DeliveryId,
        outcome: DeliveryOutcome,
    ) -> Result<Option<WebhookEndpoint>> {
        Ok(self.store.lock().feed.settle(id, &outcome))
    }

    async fn deliveries(&self, filter: &DeliveryFilter) -> Result<Vec<WebhookDelivery>> {
        Ok(self.store.lock().feed.deliveries(filter))
    }

    async fn delivery(&self, id: DeliveryId) -> Result<Option<WebhookDelivery>> {
        Ok(self.store.lock().feed.delivery(id))
    }

    async fn redeliver(&self, id: DeliveryId, at: Timestamp) -> Result<bool> {
        Ok(self.store.lock().feed.redeliver(id, at))
    }

    async fn recover_endpoint(
        &self,
        id: EndpointId,
        since: Timestamp,
        at: Timestamp,
    ) -> Result<u64> {
        Ok(self.store.lock().feed.recover(id, since, at))
    }

    async fn due_deliveries(&self, at: Timestamp) -> Result<(u64, Option<Timestamp>)> {
        Ok(self.store.lock().feed.due(at))
    }

    async fn next_due(&self) -> Result<Option<Timestamp>> {
        Ok(self.store.lock().feed.next_due())
    }
}
