//! What every store tells programs outside: the rules about the feed, about webhook endpoints and
//! about deliveries.
//!
//! | file | rules about |
//! |---|---|
//! | `events.rs` | which events there are |
//! | `order.rs` | positions: in order, without gaps, forgotten and never given twice |
//! | `endpoints.rs` | webhook endpoints |
//! | `deliveries.rs` | which events go to which endpoint, and what becomes of them |
//! | `claims.rs` | who delivers what when |

mod claims;
mod deliveries;
mod endpoints;
mod events;
mod order;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;
use switchboard_core::{CallId, TenantId};
use uuid::Uuid;

use super::at;
use crate::{
    Journal,
    server::{
        Deliveries, EndpointSecrets, EventFeed, FeedEvent, FeedQuery, NewEndpoint, Positioned,
        WebhookEndpoints,
    },
};

pub use order::many_writers_and_followers;

/// A journal with a feed.
pub trait FeedStore: Journal + EventFeed + WebhookEndpoints + Deliveries {}

impl<T: Journal + EventFeed + WebhookEndpoints + Deliveries + ?Sized> FeedStore for T {}

/// Every rule about what one process tells, each on a store of its own.
///
/// # Panics
/// Where the store breaks one.
pub async fn hold_feed<Made: Future<Output = Arc<dyn FeedStore>> + Send>(
    new: impl Fn() -> Made + Send + Sync,
) {
    events::an_event_is_there_if_and_only_if_the_change_is(new().await).await;
    events::a_call_counts_its_changes(new().await).await;
    events::an_event_says_where_its_call_stands(new().await).await;
    events::a_ring_that_leads_to_another_has_not_ended_the_call(new().await).await;
    events::events_are_found_by_tenant_type_and_call(new().await).await;
    events::no_number_and_no_word_is_told(new().await).await;
    order::reading_goes_on_behind_every_position(new().await).await;
    order::old_positions_are_forgotten_and_never_given_again(new().await).await;
    order::a_page_looks_at_so_many_positions(new().await).await;
    endpoints::an_endpoint_comes_back_as_it_was_made(new().await).await;
    endpoints::a_request_makes_one_endpoint(new().await).await;
    endpoints::a_tenant_has_so_many_endpoints(new().await).await;
    endpoints::an_endpoint_is_changed_and_removed(new().await).await;
    deliveries::an_endpoint_receives_what_it_asks_for(new().await).await;
    deliveries::what_happened_before_is_not_delivered(new().await).await;
    deliveries::deliveries_are_listed_newest_first(new().await).await;
    deliveries::a_disabled_endpoint_receives_nothing_until_it_is_recovered(new().await).await;
    deliveries::what_waits_is_not_forgotten(new().await).await;
    deliveries::endpoints_of_calls_that_are_over_are_forgotten(new().await).await;
    claims::a_claim_is_one_processs_until_its_lease_ends(new().await).await;
    claims::an_endpoint_has_so_many_claims(new().await).await;
    claims::a_slow_endpoint_holds_up_no_other(new().await).await;
    claims::every_try_is_counted(new().await).await;
    claims::a_delivery_starts_over(new().await).await;
}

/// Every rule about what several processes tell together. Both are handles to the same store.
///
/// # Panics
/// Where the store breaks one.
pub async fn hold_shared_feed<Made>(new: impl Fn() -> Made + Send + Sync)
where
    Made: Future<Output = (Arc<dyn FeedStore>, Arc<dyn FeedStore>)> + Send,
{
    let (one, other) = new().await;
    order::what_both_publish_is_there_once(&one, &other).await;
    let (one, other) = new().await;
    claims::claims_are_shared(&one, &other).await;
    let (one, other) = new().await;
    many_writers_and_followers(&[one, other]).await;
}

/// The same store as a journal.
fn journal(store: &Arc<dyn FeedStore>) -> Arc<dyn Journal> {
    Arc::clone(store) as Arc<dyn Journal>
}

/// Takes turns until there is nothing left to do.
async fn settle_turns(store: &Arc<dyn FeedStore>, now: Timestamp) {
    while store.sequence(now).await.unwrap() {}
}

/// Everything that was told, in order.
async fn told(store: &Arc<dyn FeedStore>) -> Vec<Positioned> {
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
async fn kinds(store: &Arc<dyn FeedStore>) -> Vec<String> {
    told(store).await.into_iter().map(|one| one.event.kind).collect()
}

/// The `n`th event that is about no call, at so many seconds.
fn news(n: u128, after: u64) -> FeedEvent {
    let id = Uuid::from_u128(0x7 << 76 | 0b10 << 62 | n);
    FeedEvent::new(id, "provider.unhealthy", at(after), json!({ "provider": format!("p-{n}") }))
}

/// The `n`th endpoint, which receives everything.
fn endpoint(n: u128) -> NewEndpoint {
    NewEndpoint {
        id: Uuid::from_u128(0x7 << 76 | 0b10 << 62 | 0xe000 + n),
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

fn tenant(name: &str) -> TenantId {
    TenantId::new(name)
}

/// The types of the deliveries to an endpoint, oldest first.
async fn delivered_to(store: &Arc<dyn FeedStore>, endpoint: &NewEndpoint) -> Vec<String> {
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
fn about(event: &FeedEvent) -> CallId {
    event.call.unwrap()
}
