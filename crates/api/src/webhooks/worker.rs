//! Claims the deliveries that are due, and sends them.

use std::time::Duration;

use serde_json::json;
use switchboard::journal::server::{
    DeliveryOutcome, DisabledBecause, DueDelivery, EndpointChange, FeedEvent, WebhookEndpoint,
    derived_id,
};
use tokio::{sync::watch, task::JoinSet};
use tracing::{Instrument, Span, debug_span, field};

use crate::{
    DeliveryResult, Service,
    webhooks::{
        Sent,
        body::{self, NoBody},
        pace::AT_ONCE,
        schedule::{has_failed, next_try},
    },
};

/// For how much longer than a request may take deliveries are claimed. What a process had claimed
/// when it was killed counts against its endpoint, and is sent by nobody else, until its lease is
/// over: so it is as short as it can be.
const LEASE_BEYOND: Duration = Duration::from_secs(15);
/// What has to be left of a lease, beyond a request, when a delivery is sent.
const MARGIN: Duration = Duration::from_secs(5);
/// Requests at the same time, to all endpoints.
const MOST: usize = 1_024;
/// Deliveries that are claimed with one query.
const CLAIM: usize = 128;
/// The store is asked this often: time makes deliveries due, and so do other processes.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// Sends what is due until `stopping` is true, and then waits for what is under way.
pub(crate) async fn deliver(service: Service, mut stopping: watch::Receiver<bool>) {
    let mut running = JoinSet::new();
    while !*stopping.borrow() {
        while running.try_join_next().is_some() {}
        // Begins before the look at what is due, so that no time passes unnoticed.
        let later = service.clock().sleep(ASK_EVERY);
        let room = MOST.saturating_sub(running.len()).min(CLAIM);
        let claimed = claim(&service, room).await;
        let may_be_more = !claimed.is_empty();
        for due in claimed {
            let begun = service.clock().uptime();
            let span = span(&due);
            running.spawn(one(service.clone(), due, begun).instrument(span));
        }
        if may_be_more && running.len() < MOST {
            continue;
        }
        tokio::select! {
            biased;
            // True, or whoever would say so is gone.
            _ = stopping.wait_for(|stopping| *stopping) => break,
            Some(_) = running.join_next() => {}
            () = service.hub().deliveries() => {}
            () = later => {}
        }
    }
    while running.join_next().await.is_some() {}
}

fn span(due: &DueDelivery) -> Span {
    let span = debug_span!(
        "delivery",
        call = field::Empty,
        event = due.event.kind,
        status = field::Empty,
        result = field::Empty
    );
    if let Some(call) = due.event.call {
        span.record("call", field::display(&call));
    }
    span
}

async fn claim(service: &Service, room: usize) -> Vec<DueDelivery> {
    let Some(limit) = u32::try_from(room).ok().filter(|room| *room > 0) else {
        return Vec::new();
    };
    let now = service.clock().now();
    let lease = service.settings().webhooks.timeout + LEASE_BEYOND;
    match service.store().claim_deliveries(now, lease, limit, AT_ONCE).await {
        Ok(claimed) => claimed,
        Err(error) => {
            tracing::warn!(%error, "webhooks could not be claimed");
            Vec::new()
        }
    }
}

/// Sends one delivery, and records what became of it.
async fn one(service: Service, due: DueDelivery, claimed_at: Duration) {
    let turn = service.pace().turn(due.endpoint.settings.id).await;
    // Too little of the lease is left: somebody else may claim it while it is being sent.
    let waited = service.clock().uptime().saturating_sub(claimed_at);
    if waited + MARGIN > LEASE_BEYOND {
        return;
    }
    let at = service.clock().now();
    let begun = service.clock().uptime();
    let (sent, is_final) = match body::of(&service, &due).await {
        Ok(body) => {
            let id = format!("evt_{}", due.event.id.simple());
            let sent = service.poster().post(&due.endpoint, &id, at, body).await;
            (sent, sent.status == Some(410))
        }
        Err(NoBody::Never(why)) => (Sent::failed(why), true),
        Err(NoBody::NotNow) => (Sent::failed("journal"), false),
    };
    match sent {
        Sent { failure: None, .. } => turn.went_well(),
        Sent { status: Some(429 | 502 | 504), .. } => turn.was_too_much(),
        Sent { .. } => {}
    }
    drop(turn);
    let tries = due.delivery.attempts.saturating_add(1);
    let next = next_try(tries, service.clock().now(), sent.retry_after, chance());
    if let Some(status) = sent.status {
        Span::current().record("status", status);
    }
    Span::current().record("result", sent.failure.unwrap_or("delivered"));
    let outcome = DeliveryOutcome {
        at,
        status: sent.status,
        took: service.clock().uptime().saturating_sub(begun),
        failure: sent.failure.map(str::to_owned),
        next: next.filter(|_| sent.failure.is_some() && !is_final),
    };
    if let Some(observer) = service.observer() {
        observer.delivered(match (&outcome.failure, outcome.next) {
            (None, _) => DeliveryResult::Delivered,
            (Some(_), Some(_)) => DeliveryResult::Retried,
            (Some(_), None) => DeliveryResult::Dead,
        });
    }
    let endpoint = match service.store().settle_delivery(due.delivery.id, outcome).await {
        Ok(endpoint) => endpoint,
        // It is sent again when its lease is over.
        Err(error) => {
            tracing::warn!(%error, "what became of a webhook could not be recorded");
            return;
        }
    };
    if let Some(endpoint) = endpoint.filter(|one| one.disabled.is_none()) {
        disable(&service, &endpoint, sent).await;
    }
}

/// Disables an endpoint that is gone, or that has failed for days.
async fn disable(service: &Service, endpoint: &WebhookEndpoint, sent: Sent) {
    let now = service.clock().now();
    let (because, reason) = if sent.status == Some(410) {
        (DisabledBecause::Gone, "gone")
    } else if sent.failure.is_some() && has_failed(endpoint, now) {
        (DisabledBecause::Failing, "failing")
    } else {
        return;
    };
    let id = endpoint.settings.id;
    let change = EndpointChange { disabled: Some(Some(because)), ..EndpointChange::default() };
    let since = endpoint.failing_since.unwrap_or(now);
    let data = json!({
        "webhook_endpoint": {"id": format!("we_{}", id.simple())},
        "reason": reason,
        "failing_since": since,
    });
    // The same event for every delivery that sees it.
    let event = derived_id(since, &[id.as_bytes(), since.to_string().as_bytes()]);
    let mut event = FeedEvent::new(event, "webhook_endpoint.disabled", now, data);
    if let Some(tenant) = &endpoint.settings.tenant {
        event = event.of_tenant(tenant.clone());
    }
    tracing::warn!(endpoint = %id, reason, "a webhook endpoint was disabled");
    let disabled = async {
        service.store().change_endpoint(id, change).await?;
        service.store().publish(vec![event]).await
    };
    if let Err(error) = disabled.await {
        tracing::warn!(endpoint = %id, %error, "a webhook endpoint could not be disabled");
    }
}

/// Anything from 0 to 1.
fn chance() -> f64 {
    getrandom::u32().map_or(0.5, |random| f64::from(random) / f64::from(u32::MAX))
}
