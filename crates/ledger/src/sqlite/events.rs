//! The feed, webhook endpoints and deliveries of the ledger in a file.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{Result, TenantId};
use switchboard_journal::server::{
    Deliveries, DeliveryFilter, DeliveryId, DeliveryOutcome, DueDelivery, EndpointChange,
    EndpointId, EventFeed, FeedBounds, FeedEvent, FeedPage, FeedQuery, NewEndpoint,
    WebhookDelivery, WebhookEndpoint, WebhookEndpoints,
};
use tokio::time::{Instant, timeout};

use crate::{
    feed::{EventRow, LONGEST_WAIT, POLL},
    row::moment,
    sqlite::{SqliteJournal, deliveries, endpoints, feed},
};

impl SqliteJournal {
    /// Events were written.
    pub(super) fn wrote(&self) {
        self.signal.written();
        self.signal.moved();
    }
}

#[async_trait]
impl EventFeed for SqliteJournal {
    async fn publish(&self, events: Vec<FeedEvent>) -> Result<()> {
        let rows = EventRow::all(&events)?;
        self.writer
            .run_without_savepoint(move |connection| Ok(feed::append(connection, &rows, true)?))
            .await?;
        self.wrote();
        Ok(())
    }

    async fn sequence(&self, at: Timestamp) -> Result<bool> {
        self.signal.turn_begins();
        // Nothing is committed where nothing is new.
        if self.read(move |connection| Ok(feed::turn(connection, at)?.is_none())).await? {
            return Ok(false);
        }
        self.writer
            .run_without_savepoint(move |connection| {
                let Some(turn) = feed::turn(connection, at)? else {
                    return Ok(false);
                };
                feed::take(connection, &turn)?;
                Ok(turn.has_more)
            })
            .await
    }

    async fn feed(&self, query: &FeedQuery) -> Result<FeedPage> {
        let query = query.clone();
        self.read(move |connection| feed::page(connection, &query)).await
    }

    async fn bounds(&self) -> Result<FeedBounds> {
        self.read(|connection| Ok(feed::head(connection)?.bounds())).await
    }

    async fn waits_since(&self) -> Result<Option<Timestamp>> {
        let since = self.read(|connection| Ok(feed::waits_since(connection)?)).await?;
        since.map(|at| moment(at, "the time of an event")).transpose()
    }

    async fn wants_turn(&self, at_most: Duration) {
        self.signal.wants_turn(at_most).await;
    }

    /// Other processes do not say what they write, so the file is asked each second.
    async fn changed(&self, after: u64, at_most: Duration) {
        let end = Instant::now() + at_most.min(LONGEST_WAIT);
        loop {
            let mut moved = self.signal.watch();
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || self.bounds().await.map_or(true, |its| its.newest > after) {
                return;
            }
            let _ = timeout(left.min(POLL), moved.changed()).await;
        }
    }

    async fn forget(&self, before: Timestamp) -> Result<u64> {
        let (last, events) = self
            .writer
            .run_without_savepoint(move |connection| feed::forget(connection, before))
            .await?;
        // A page at a time, so that calls do not wait for long.
        while self
            .writer
            .run_without_savepoint(move |connection| feed::clear(connection, last))
            .await?
        {}
        self.writer
            .run_without_savepoint(move |connection| endpoints::forget(connection, before))
            .await?;
        Ok(events)
    }
}

#[async_trait]
impl WebhookEndpoints for SqliteJournal {
    async fn add_endpoint(&self, endpoint: NewEndpoint) -> Result<Option<WebhookEndpoint>> {
        self.writer
            .run(move |connection| {
                // What happened before is not for it.
                feed::catch_up(connection, endpoint.created_at)?;
                endpoints::add(connection, endpoint)
            })
            .await
    }

    async fn endpoint(&self, id: EndpointId) -> Result<Option<WebhookEndpoint>> {
        self.read(move |connection| endpoints::endpoint(connection, id)).await
    }

    async fn endpoints(&self, tenant: Option<&TenantId>) -> Result<Vec<WebhookEndpoint>> {
        let tenant = tenant.cloned();
        self.read(move |connection| {
            endpoints::endpoints(connection, tenant.as_ref().map(TenantId::as_str))
        })
        .await
    }

    async fn change_endpoint(
        &self,
        id: EndpointId,
        change: EndpointChange,
    ) -> Result<Option<WebhookEndpoint>> {
        self.writer.run(move |connection| endpoints::change(connection, id, change)).await
    }

    async fn remove_endpoint(&self, id: EndpointId) -> Result<bool> {
        self.writer.run_without_savepoint(move |connection| endpoints::remove(connection, id)).await
    }
}

#[async_trait]
impl Deliveries for SqliteJournal {
    async fn claim_deliveries(
        &self,
        at: Timestamp,
        lease: Duration,
        limit: u32,
        per_endpoint: u32,
    ) -> Result<Vec<DueDelivery>> {
        // Nothing is written where nothing is due.
        if self.due_deliveries(at).await?.0 == 0 {
            return Ok(Vec::new());
        }
        self.writer
            .run(move |connection| deliveries::claim(connection, at, lease, limit, per_endpoint))
            .await
    }

    async fn settle_delivery(
        &self,
        id: DeliveryId,
        outcome: DeliveryOutcome,
    ) -> Result<Option<WebhookEndpoint>> {
        self.writer.run(move |connection| deliveries::settle(connection, id, &outcome)).await
    }

    async fn deliveries(&self, filter: &DeliveryFilter) -> Result<Vec<WebhookDelivery>> {
        let filter = filter.clone();
        self.read(move |connection| deliveries::deliveries(connection, &filter)).await
    }

    async fn delivery(&self, id: DeliveryId) -> Result<Option<WebhookDelivery>> {
        self.read(move |connection| deliveries::delivery(connection, id)).await
    }

    async fn redeliver(&self, id: DeliveryId, at: Timestamp) -> Result<bool> {
        self.writer
            .run_without_savepoint(move |connection| deliveries::redeliver(connection, id, at))
            .await
    }

    async fn recover_endpoint(
        &self,
        id: EndpointId,
        since: Timestamp,
        at: Timestamp,
    ) -> Result<u64> {
        let mut behind = self.read(move |connection| Ok(feed::before(connection, since)?)).await?;
        let mut due = 0;
        while let Some(from) = behind {
            let (made, next) = self
                .writer
                .run(move |connection| deliveries::recover(connection, id, since, at, from))
                .await?;
            due += made;
            behind = next;
        }
        Ok(due)
    }

    async fn due_deliveries(&self, at: Timestamp) -> Result<(u64, Option<Timestamp>)> {
        self.read(move |connection| deliveries::due(connection, at)).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>> {
        self.read(deliveries::next).await
    }
}
