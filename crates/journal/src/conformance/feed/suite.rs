//! The lists of all rules about the feed.

use std::sync::Arc;

use super::{
    claims, deliveries, endpoints, events,
    fixtures::FeedStore,
    order::{self, many_writers_and_followers},
};

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
    order::what_waits_for_its_turn_is_known(new().await).await;
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
