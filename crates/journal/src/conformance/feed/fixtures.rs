//! What the rules about the feed are built from.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;
use switchboard_core::{CallId, TenantId};
use uuid::Uuid;

use super::super::fixtures::at;
use crate::{
    Journal,
    server::{
        Deliveries, EndpointSecrets, EventFeed, FeedEvent, FeedQuery, NewEndpoint, Positioned,
        WebhookEndpoints,
    },
};

/// A journal with a feed.
pub trait FeedStore: Journal + EventFeed + WebhookEndpoints + Deliveries {}

impl<T: Journal + EventFeed + WebhookEndpoints + Deliveries + ?Sized> FeedStore for T {}

/// The same store as a journal.
pub(super) fn journal(store: &Arc<dyn FeedStore>) -> Arc<dyn Journal> {
    Arc::clone(store) as Arc<dyn Journal>
}

/// Takes turns until there is nothing left to do.
pub(super) async fn settle_turns(store: &Arc<dyn FeedStore>, now: Timestamp) {
    while store.sequence(now).await.unwrap() {}
}

/// Everything that was told, in order.
pub(super) async fn told(store: &Arc<dyn FeedStore>) -> Vec<Positioned> {
    settle_turns(store, at(9)).await;
    let mut events = Vec::new();
    let mut query = FeedQuery { limit: 7, ..FeedQuery::default() };
    loop {
        let page = store.feed(&query).await.unwrap();
        query.after = page.read_up_to;
        events.extend(page.events);
        if !page.has_more {
            return events;
        }
    }
}

/// The types of everything that was told, in order.
pub(super) async fn kinds(store: &Arc<dyn FeedStore>) -> Vec<String> {
    told(store).await.into_iter().map(|one| one.event.kind).collect()
}

/// The `n`th event that is about no call, at so many seconds.
pub(super) fn news(n: u128, after: u64) -> FeedEvent {
    let id = Uuid::from_u128(0x7 << 76 | 0b10 << 62 | n);
    FeedEvent::new(id, "provider.unhealthy", at(after), json!({ "provider": format!("p-{n}") }))
}

/// The `n`th endpoint, which receives everything.
pub(super) fn endpoint(n: u128) -> NewEndpoint {
    NewEndpoint {
        id: Uuid::from_u128(0x7 << 76 | 0b10 << 62 | (0xe000 + n)),
        tenant: None,
        url: format!("https://example.test/{n}"),
        kinds: Vec::new(),
        call: None,
        format: crate::server::EndpointFormat::Standard,
        metadata: false,
        description: String::new(),
        secrets: EndpointSecrets { current: vec![1, 2, 3], former: None },
        created_at: at(0),
        request_key: None,
        at_most: 100,
    }
}

pub(super) fn tenant(name: &str) -> TenantId {
    TenantId::new(name)
}

/// The types of the deliveries to an endpoint, oldest first.
pub(super) async fn delivered_to(
    store: &Arc<dyn FeedStore>,
    endpoint: &NewEndpoint,
) -> Vec<String> {
    settle_turns(store, at(9)).await;
    let filter = crate::server::DeliveryFilter {
        endpoint: Some(endpoint.id),
        limit: 1_000,
        ..Default::default()
    };
    let found = store.deliveries(&filter).await.unwrap();
    found.into_iter().rev().map(|delivery| delivery.kind).collect()
}

/// The id of a call, as an event has it.
pub(super) fn about(event: &FeedEvent) -> CallId {
    event.call.unwrap()
}
