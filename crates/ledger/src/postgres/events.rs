//! The feed, webhook endpoints and deliveries of the ledger in PostgreSQL.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{PgPool, postgres::PgListener};
use switchboard_core::{Result, TenantId};
use switchboard_journal::server::{
    Deliveries, DeliveryFilter, DeliveryId, DeliveryOutcome, DueDelivery, EndpointChange,
    EndpointId, EventFeed, FeedBounds, FeedEvent, FeedPage, FeedQuery, FeedSignal, NewEndpoint,
    WebhookDelivery, WebhookEndpoint, WebhookEndpoints,
};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    feed::{EventRow, LONGEST_WAIT, POLL},
    postgres::{
        PostgresJournal, carry_out, deliveries, endpoints,
        feed::{self, CHANNEL, Turn},
        read,
    },
    row::moment,
};

/// Passes on what other processes say about new positions, until the pool is closed. What is missed
/// while the connection is lost is seen when the feed is asked the next time.
pub(super) async fn listen(pool: PgPool, signal: Arc<FeedSignal>) {
    while !pool.is_closed() {
        if let Ok(mut listener) = PgListener::connect_with(&pool).await
            && listener.listen(CHANNEL).await.is_ok()
        {
            signal.moved();
            while listener.recv().await.is_ok() {
                signal.moved();
            }
        }
        sleep(POLL).await;
    }
}

#[async_trait]
impl EventFeed for PostgresJournal {
    async fn publish(&self, events: Vec<FeedEvent>) -> Result<()> {
        let (inner, rows) = (Arc::clone(&self.inner), EventRow::all(&events)?);
        carry_out(async move {
            let mut change = inner.begin().await?;
            let answer = feed::publish(&mut change, &rows).await;
            inner.ended_beside(change, answer).await
        })
        .await?;
        self.inner.signal.written();
        Ok(())
    }

    async fn sequence(&self, at: Timestamp) -> Result<bool> {
        let inner = Arc::clone(&self.inner);
        carry_out(async move {
            inner.signal.turn_begins();
            let mut change = inner.begin().await?;
            let answer = feed::turn(&mut change, at).await;
            match inner.ended_beside(change, answer).await? {
                // The other process may have looked before this one wrote.
                Turn::Taken => {
                    inner.signal.written();
                    Ok(false)
                }
                Turn::Idle => Ok(false),
                Turn::Moved { more } => {
                    inner.signal.moved();
                    Ok(more)
                }
            }
        })
        .await
    }

    async fn feed(&self, query: &FeedQuery) -> Result<FeedPage> {
        let mut snapshot = self.inner.snapshot().await?;
        read(feed::page(&mut snapshot, query).await)
    }

    async fn bounds(&self) -> Result<FeedBounds> {
        let mut snapshot = self.inner.snapshot().await?;
        Ok(read(feed::head(&mut snapshot).await)?.bounds())
    }

    async fn waits_since(&self) -> Result<Option<Timestamp>> {
        let mut snapshot = self.inner.snapshot().await?;
        let since = read(feed::waits_since(&mut snapshot).await)?;
        since.map(|at| moment(at, "the time of an event")).transpose()
    }

    async fn wants_turn(&self, at_most: Duration) {
        self.inner.signal.wants_turn(at_most).await;
    }

    async fn changed(&self, after: u64, at_most: Duration) {
        self.inner.listen(listen);
        let end = Instant::now() + at_most.min(LONGEST_WAIT);
        loop {
            let mut moved = self.inner.signal.watch();
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || self.bounds().await.map_or(true, |its| its.newest > after) {
                return;
            }
            let _ = timeout(left.min(POLL), moved.changed()).await;
        }
    }

    async fn forget(&self, before: Timestamp) -> Result<u64> {
        let inner = Arc::clone(&self.inner);
        carry_out(async move {
            let mut change = inner.begin().await?;
            let answer = feed::forget(&mut change, before).await;
            let (last, events) = inner.ended_beside(change, answer).await?;
            loop {
                let mut change = inner.begin().await?;
                let answer = feed::clear(&mut change, last).await;
                if !inner.ended_beside(change, answer).await? {
                    break;
                }
            }
            let mut change = inner.begin().await?;
            let answer = endpoints::forget(&mut change, before).await;
            inner.ended_beside(change, answer).await?;
            Ok(events)
        })
        .await
    }
}

#[async_trait]
impl WebhookEndpoints for PostgresJournal {
    async fn add_endpoint(&self, endpoint: NewEndpoint) -> Result<Option<WebhookEndpoint>> {
        let inner = Arc::clone(&self.inner);
        carry_out(async move {
            let mut change = inner.begin().await?;
            let answer = async {
                // What happened before is not for it.
                feed::catch_up(&mut change, endpoint.created_at).await?;
                endpoints::add(&mut change, endpoint).await
            };
            let answer = answer.await;
            inner.ended_beside(change, answer).await
        })
        .await
    }

    async fn endpoint(&self, id: EndpointId) -> Result<Option<WebhookEndpoint>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(endpoints::endpoint(&mut snapshot, id).await)
    }

    async fn endpoints(&self, tenant: Option<&TenantId>) -> Result<Vec<WebhookEndpoint>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(endpoints::endpoints(&mut snapshot, tenant.map(TenantId::as_str)).await)
    }

    async fn change_endpoint(
        &self,
        id: EndpointId,
        changes: EndpointChange,
    ) -> Result<Option<WebhookEndpoint>> {
        let inner = Arc::clone(&self.inner);
        carry_out(async move {
            let mut change = inner.begin().await?;
            let answer = endpoints::change(&mut change, id, changes).await;
            inner.ended_beside(change, answer).await
        })
        .await
    }

    async fn remove_endpoint(&self, id: EndpointId) -> Result<bool> {
        let inner = Arc::clone(&self.inner);
        carry_out(async move {
            let mut change = inner.begin().await?;
            let answer = endpoints::remove(&mut change, id).await;
            inner.ended_beside(change, answer).await
        })
        .await
    }
}

#[async_trait]
impl Deliveries for PostgresJournal {
    async fn claim_deliveries(
        &self,
        at: Timestamp,
        lease: Duration,
        limit: u32,
        per_endpoint: u32,
    ) -> Result<Vec<DueDelivery>> {
        let inner = Arc::clone(&self.inner);
        carry_out(async move {
            let mut change = inner.begin().await?;
            let answer = deliveries::claim(&mut change, at, lease, limit, per_endpoint).await;
            inner.ended_beside(change, answer).await
        })
        .await
    }

    async fn settle_delivery(
        &self,
        id: DeliveryId,
        outcome: DeliveryOutcome,
    ) -> Result<Option<WebhookEndpoint>> {
        let inner = Arc::clone(&self.inner);
        carry_out(async move {
            let mut change = inner.begin().await?;
            let answer = deliveries::settle(&mut change, id, &outcome).await;
            inner.ended_beside(change, answer).await
        })
        .await
    }

    async fn deliveries(&self, filter: &DeliveryFilter) -> Result<Vec<WebhookDelivery>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(deliveries::deliveries(&mut snapshot, filter).await)
    }

    async fn delivery(&self, id: DeliveryId) -> Result<Option<WebhookDelivery>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(deliveries::delivery(&mut snapshot, id).await)
    }

    async fn redeliver(&self, id: DeliveryId, at: Timestamp) -> Result<bool> {
        let inner = Arc::clone(&self.inner);
        carry_out(async move {
            let mut change = inner.begin().await?;
            let answer = deliveries::redeliver(&mut change, id, at).await;
            inner.ended_beside(change, answer).await
        })
        .await
    }

    async fn recover_endpoint(
        &self,
        id: EndpointId,
        since: Timestamp,
        at: Timestamp,
    ) -> Result<u64> {
        let inner = Arc::clone(&self.inner);
        carry_out(async move {
            let mut snapshot = inner.snapshot().await?;
            let mut behind = read(feed::before(&mut snapshot, since).await)?;
            drop(snapshot);
            let mut due = 0;
            while let Some(from) = behind {
                let mut change = inner.begin().await?;
                let answer = deliveries::recover(&mut change, id, since, at, from).await;
                let (made, next) = inner.ended_beside(change, answer).await?;
                due += made;
                behind = next;
            }
            Ok(due)
        })
        .await
    }

    async fn due_deliveries(&self, at: Timestamp) -> Result<(u64, Option<Timestamp>)> {
        let mut snapshot = self.inner.snapshot().await?;
        read(deliveries::due(&mut snapshot, at).await)
    }

    async fn next_due(&self) -> Result<Option<Timestamp>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(deliveries::next(&mut snapshot).await)
    }
}
