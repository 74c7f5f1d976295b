//! Who delivers what when.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use futures::future::join_all;

use super::{
    super::fixtures::at,
    deliveries::succeeded,
    fixtures::{FeedStore, endpoint, news, settle_turns},
};
use crate::server::{DeliveryOutcome, DeliveryState, DueDelivery};

const LEASE: Duration = Duration::from_secs(60);

/// Endpoints that receive everything, and so many events, each at its own second.
async fn with_events(store: &Arc<dyn FeedStore>, endpoints: u128, events: u64) {
    for n in 1..=endpoints {
        store.add_endpoint(endpoint(n)).await.unwrap();
    }
    store.publish((1..=events).map(|n| news(n.into(), n)).collect()).await.unwrap();
    settle_turns(store, at(1)).await;
}

async fn claim(store: &Arc<dyn FeedStore>, now: u64, limit: u32, each: u32) -> Vec<DueDelivery> {
    store.claim_deliveries(at(now), LEASE, limit, each).await.unwrap()
}

fn events(due: &[DueDelivery]) -> Vec<u64> {
    let number = |one: &DueDelivery| {
        let name = one.event.data["provider"].as_str().unwrap();
        name.strip_prefix("p-").unwrap().parse().unwrap()
    };
    due.iter().map(number).collect()
}

fn failed(after: u64, next: Option<u64>) -> DeliveryOutcome {
    DeliveryOutcome {
        at: at(after),
        status: Some(503),
        took: Duration::from_secs(2),
        failure: Some("status".to_owned()),
        next: next.map(at),
    }
}

pub(super) async fn a_claim_is_one_processs_until_its_lease_ends(store: Arc<dyn FeedStore>) {
    with_events(&store, 1, 3).await;
    assert_eq!(claim(&store, 0, 9, 9).await, [], "nothing is due yet");
    assert_eq!(store.next_due().await.unwrap(), Some(at(1)));
    assert_eq!(store.due_deliveries(at(5)).await.unwrap(), (3, Some(at(1))));
    let first = claim(&store, 5, 2, 9).await;
    assert_eq!(events(&first), [1, 2], "the oldest");
    let second = claim(&store, 5, 9, 9).await;
    assert_eq!(events(&second), [3]);
    assert_eq!(claim(&store, 64, 9, 9).await, []);
    assert_eq!(store.due_deliveries(at(64)).await.unwrap(), (0, None));
    assert_eq!(store.next_due().await.unwrap(), Some(at(65)), "when the leases end");
    store.settle_delivery(first[0].delivery.id, succeeded(6)).await.unwrap();
    assert_eq!(events(&claim(&store, 65, 9, 9).await), [2, 3]);
}

pub(super) async fn an_endpoint_has_so_many_claims(store: Arc<dyn FeedStore>) {
    with_events(&store, 2, 9).await;
    let first = claim(&store, 1, 100, 3).await;
    assert_eq!(first.len(), 6);
    assert_eq!(claim(&store, 2, 100, 3).await, []);
    store.settle_delivery(first[0].delivery.id, succeeded(2)).await.unwrap();
    store.settle_delivery(first[1].delivery.id, failed(2, Some(500))).await.unwrap();
    let next = claim(&store, 3, 100, 3).await;
    let of = |due: &[DueDelivery]| {
        let mut of: Vec<_> = due.iter().map(|one| one.endpoint.settings.id).collect();
        of.sort_unstable();
        of
    };
    assert_eq!(of(&next), of(&first[..2]), "one for each that is over");
    assert_eq!(claim(&store, 4, 100, 4).await.len(), 2);
}

pub(super) async fn a_slow_endpoint_holds_up_no_other(store: Arc<dyn FeedStore>) {
    with_events(&store, 1, 40).await;
    assert_eq!(claim(&store, 1, 100, 8).await.len(), 8);
    store.add_endpoint(endpoint(2)).await.unwrap();
    store.publish(vec![news(41, 2)]).await.unwrap();
    settle_turns(&store, at(2)).await;
    let due = claim(&store, 2, 3, 8).await;
    assert_eq!(events(&due), [41]);
    assert_eq!(due[0].endpoint.settings.id, endpoint(2).id);
}

pub(super) async fn every_try_is_counted(store: Arc<dyn FeedStore>) {
    with_events(&store, 1, 2).await;
    let due = claim(&store, 1, 9, 9).await;
    let [one, other] = [due[0].delivery.id, due[1].delivery.id];
    let failing = store.settle_delivery(one, failed(2, Some(7))).await.unwrap().unwrap();
    assert_eq!((failing.failures, failing.failing_since), (1, Some(at(2))));
    let delivery = store.delivery(one).await.unwrap().unwrap();
    assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Pending, 1));
    assert_eq!((delivery.due_at, delivery.tried_at), (at(7), Some(at(2))));
    assert_eq!((delivery.status, delivery.took), (Some(503), Some(Duration::from_secs(2))));
    assert_eq!(delivery.failure.as_deref(), Some("status"));
    assert_eq!(store.next_due().await.unwrap(), Some(at(7)), "the other is claimed for longer");

    let again = claim(&store, 7, 9, 9).await;
    assert_eq!(again[0].delivery, delivery, "as it is before the next try");
    let failing = store.settle_delivery(one, failed(8, None)).await.unwrap().unwrap();
    assert_eq!((failing.failures, failing.failing_since), (2, Some(at(2))));
    assert_eq!(failing.last_success_at, None);
    let delivery = store.delivery(one).await.unwrap().unwrap();
    assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Dead, 2));

    let well = store.settle_delivery(other, succeeded(9)).await.unwrap().unwrap();
    assert_eq!((well.failures, well.failing_since), (0, None));
    assert_eq!(well.last_success_at, Some(at(9)));
    assert_eq!(store.endpoint(endpoint(1).id).await.unwrap().unwrap(), well);
    let delivery = store.delivery(other).await.unwrap().unwrap();
    assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Delivered, 1));
    assert_eq!((delivery.status, delivery.failure), (Some(204), None));
    assert_eq!(delivery.took, Some(Duration::from_micros(1_250)));
    // A second answer, after the lease had ended, takes nothing back.
    let late = store.settle_delivery(other, failed(10, Some(20))).await.unwrap().unwrap();
    assert_eq!(late, well);
    assert_eq!(claim(&store, 1_000, 9, 9).await, []);
    assert_eq!(store.next_due().await.unwrap(), None);
    store.remove_endpoint(endpoint(1).id).await.unwrap();
    assert!(store.settle_delivery(other, succeeded(11)).await.unwrap().is_none());
}

pub(super) async fn a_delivery_starts_over(store: Arc<dyn FeedStore>) {
    with_events(&store, 1, 1).await;
    let due = claim(&store, 1, 9, 9).await;
    let id = due[0].delivery.id;
    store.settle_delivery(id, failed(2, Some(7))).await.unwrap();
    claim(&store, 7, 9, 9).await;
    store.settle_delivery(id, succeeded(8)).await.unwrap();
    assert!(store.redeliver(id, at(20)).await.unwrap());
    let delivery = store.delivery(id).await.unwrap().unwrap();
    assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Pending, 0));
    assert_eq!(claim(&store, 19, 9, 9).await, []);
    assert_eq!(events(&claim(&store, 20, 9, 9).await), [1]);
    assert!(!store.redeliver(uuid::Uuid::nil(), at(20)).await.unwrap());
}

pub(super) async fn claims_are_shared(one: &Arc<dyn FeedStore>, other: &Arc<dyn FeedStore>) {
    with_events(one, 2, 40).await;
    settle_turns(other, at(1)).await;
    let claims = (0..8).map(|n| claim(if n % 2 == 0 { one } else { other }, 1, 4, 10));
    let claimed: Vec<DueDelivery> = join_all(claims).await.into_iter().flatten().collect();
    let ids: BTreeSet<_> = claimed.iter().map(|one| one.delivery.id).collect();
    assert_eq!((ids.len(), claimed.len()), (20, 20), "each once, and ten for each endpoint");
    assert_eq!(claim(other, 1, 100, 10).await, []);
    let found = other.delivery(claimed[0].delivery.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&claimed[0].delivery));
}
