//! Which events go to which endpoint, and what becomes of them.

use std::{sync::Arc, time::Duration};

use super::{
    super::fixtures::{at, fault, open, record, request},
    fixtures::{FeedStore, delivered_to, endpoint, journal, news, settle_turns, tenant, told},
};
use crate::{
    server::{
        DeliveryFilter, DeliveryOutcome, DeliveryState, DisabledBecause, EndpointChange,
        NewEndpoint,
    },
    state::Fact,
};

pub(super) fn succeeded(after: u64) -> DeliveryOutcome {
    DeliveryOutcome {
        at: at(after),
        status: Some(204),
        took: Duration::from_micros(1_250),
        failure: None,
        next: None,
    }
}

pub(super) fn disabled(because: Option<DisabledBecause>) -> EndpointChange {
    EndpointChange { disabled: Some(because), ..EndpointChange::default() }
}

pub(super) async fn an_endpoint_receives_what_it_asks_for(store: Arc<dyn FeedStore>) {
    let calls = journal(&store);
    let all = endpoint(1);
    let acme = NewEndpoint { tenant: Some(tenant("acme")), ..endpoint(2) };
    let refused = NewEndpoint {
        kinds: vec!["call.refused".to_owned(), "provider.unhealthy".to_owned()],
        ..endpoint(3)
    };
    let both = NewEndpoint { kinds: refused.kinds.clone(), id: endpoint(4).id, ..acme.clone() };
    for one in [&all, &acme, &refused, &both] {
        store.add_endpoint(one.clone()).await.unwrap();
    }
    let ours = super::super::new_call(
        &request(1).with(|call| call.tenant = Some("acme".to_owned())),
        at(0),
    );
    let of_call = NewEndpoint { call: Some(ours.id), tenant: Some(tenant("acme")), ..endpoint(5) };
    let of_call_of_others =
        NewEndpoint { call: Some(ours.id), tenant: Some(tenant("other")), ..endpoint(6) };
    for one in [&of_call, &of_call_of_others] {
        store.add_endpoint(one.clone()).await.unwrap();
    }
    let ours = match calls.open(ours).await.unwrap() {
        crate::Opened::New(call) => call.id,
        opened => panic!("{opened:?}"),
    };
    open(&calls, request(2), 0).await;
    record(&calls, ours, Fact::Refused(fault())).await;
    store.publish(vec![news(1, 2)]).await.unwrap();
    let created = "call.created";
    let mine = [created, "call.refused"];
    assert_eq!(
        delivered_to(&store, &all).await,
        [created, created, "call.refused", "provider.unhealthy"]
    );
    assert_eq!(delivered_to(&store, &acme).await, mine);
    assert_eq!(delivered_to(&store, &refused).await, ["call.refused", "provider.unhealthy"]);
    assert_eq!(delivered_to(&store, &both).await, ["call.refused"]);
    assert_eq!(delivered_to(&store, &of_call).await, mine);
    assert_eq!(delivered_to(&store, &of_call_of_others).await, [""; 0]);
    // The next turns make no delivery twice.
    settle_turns(&store, at(60)).await;
    let found = store.deliveries(&DeliveryFilter { limit: 100, ..Default::default() }).await;
    assert_eq!(found.unwrap().len(), 11);
    let due = store.claim_deliveries(at(9), Duration::from_secs(60), 100, 100).await.unwrap();
    let events: Vec<_> = told(&store).await.into_iter().map(|one| one.event).collect();
    for one in &due {
        assert!(events.contains(&one.event));
        assert_eq!((one.delivery.event, &one.delivery.kind), (one.event.id, &one.event.kind));
        assert!(one.endpoint.settings.wants(&one.event));
    }
    assert_eq!(due.len(), 11);
}

pub(super) async fn what_happened_before_is_not_delivered(store: Arc<dyn FeedStore>) {
    let calls = journal(&store);
    let first = open(&calls, request(1), 0).await;
    store.add_endpoint(endpoint(1)).await.unwrap();
    let second = open(&calls, request(2), 0).await;
    store.add_endpoint(endpoint(2)).await.unwrap();
    assert_eq!(delivered_to(&store, &endpoint(1)).await, ["call.created"]);
    assert_eq!(delivered_to(&store, &endpoint(2)).await, [""; 0]);
    record(&calls, first, Fact::Refused(fault())).await;
    record(&calls, second, Fact::Refused(fault())).await;
    assert_eq!(delivered_to(&store, &endpoint(2)).await, ["call.refused", "call.refused"]);
    assert_eq!(delivered_to(&store, &endpoint(1)).await.len(), 3);
    assert!(store.remove_endpoint(endpoint(1).id).await.unwrap());
    assert_eq!(delivered_to(&store, &endpoint(1)).await, [""; 0], "with its deliveries");
}

pub(super) async fn deliveries_are_listed_newest_first(store: Arc<dyn FeedStore>) {
    store.add_endpoint(endpoint(1)).await.unwrap();
    let acme = NewEndpoint { tenant: Some(tenant("acme")), ..endpoint(2) };
    store.add_endpoint(acme.clone()).await.unwrap();
    for n in 1..=6_u64 {
        let event = news(n.into(), n);
        let event = if n <= 2 { event.of_tenant(tenant("acme")) } else { event };
        store.publish(vec![event]).await.unwrap();
    }
    settle_turns(&store, at(9)).await;
    let list = async |filter: DeliveryFilter| store.deliveries(&filter).await.unwrap();
    let to_first =
        || DeliveryFilter { endpoint: Some(endpoint(1).id), limit: 100, ..Default::default() };
    let all = list(to_first()).await;
    assert!(all.is_sorted_by(|one, next| one.id > next.id));
    assert_eq!(all.len(), 6);
    assert_eq!((all[0].event, all[5].event), (news(6, 6).id, news(1, 1).id));
    assert_eq!((all[0].created_at, all[0].due_at, all[0].attempts), (at(9), at(9), 0));
    assert_eq!(store.delivery(all[3].id).await.unwrap().as_ref(), Some(&all[3]));
    assert!(store.delivery(uuid::Uuid::nil()).await.unwrap().is_none());
    let page = list(DeliveryFilter { before: Some(all[1].id), limit: 2, ..to_first() }).await;
    assert_eq!(page, all[2..4]);
    let of_acme = DeliveryFilter { tenant: Some(tenant("acme")), limit: 100, ..Default::default() };
    let of_acme = list(of_acme).await;
    assert_eq!(of_acme.len(), 2);
    assert!(of_acme.iter().all(|one| one.endpoint == acme.id));
    let claimed = store.claim_deliveries(at(9), Duration::from_secs(60), 1, 1).await.unwrap();
    store.settle_delivery(claimed[0].delivery.id, succeeded(10)).await.unwrap();
    let done =
        DeliveryFilter { state: Some(DeliveryState::Delivered), limit: 100, ..Default::default() };
    let done = list(done).await;
    assert_eq!(done.iter().map(|one| one.id).collect::<Vec<_>>(), [claimed[0].delivery.id]);
}

pub(super) async fn a_disabled_endpoint_receives_nothing_until_it_is_recovered(
    store: Arc<dyn FeedStore>,
) {
    let id = endpoint(1).id;
    store.publish(vec![news(1, 1)]).await.unwrap();
    store.add_endpoint(NewEndpoint { created_at: at(2), ..endpoint(1) }).await.unwrap();
    store.publish(vec![news(2, 3), news(3, 4)]).await.unwrap();
    settle_turns(&store, at(4)).await;
    let claim = async |now: u64| {
        let due = store.claim_deliveries(at(now), Duration::from_secs(5), 100, 100).await.unwrap();
        due.into_iter().map(|one| (one.delivery.id, one.event)).collect::<Vec<_>>()
    };
    let [(delivered, _), (dead, _)] = claim(4).await.try_into().unwrap();
    store.settle_delivery(delivered, succeeded(4)).await.unwrap();
    let last = DeliveryOutcome { failure: Some("timeout".to_owned()), ..succeeded(4) };
    store.settle_delivery(dead, last).await.unwrap();
    store.change_endpoint(id, disabled(Some(DisabledBecause::Failing))).await.unwrap();
    store.publish(vec![news(4, 5), news(5, 6)]).await.unwrap();
    settle_turns(&store, at(6)).await;
    assert_eq!(claim(7).await, []);
    assert_eq!(store.due_deliveries(at(7)).await.unwrap(), (0, None));
    store.change_endpoint(id, disabled(None)).await.unwrap();
    settle_turns(&store, at(7)).await;
    assert_eq!(claim(7).await, [], "what it missed is missing");

    assert_eq!(store.recover_endpoint(id, at(6), at(20)).await.unwrap(), 1);
    let recovered: Vec<_> = claim(20).await.into_iter().map(|(_, event)| event).collect();
    assert_eq!(recovered, [news(5, 6)], "since that time");
    assert_eq!(store.recover_endpoint(id, at(0), at(30)).await.unwrap(), 3);
    let recovered: Vec<_> = claim(30).await.into_iter().map(|(_, event)| event).collect();
    assert_eq!(recovered, [news(3, 4), news(4, 5), news(5, 6)], "not before it was made");
    let restarted = store.delivery(dead).await.unwrap().unwrap();
    assert_eq!((restarted.state, restarted.attempts), (DeliveryState::Pending, 0));
    let state = store.delivery(delivered).await.unwrap().unwrap().state;
    assert_eq!(state, DeliveryState::Delivered);
    assert_eq!(store.recover_endpoint(uuid::Uuid::nil(), at(0), at(30)).await.unwrap(), 0);
}

pub(super) async fn what_waits_is_not_forgotten(store: Arc<dyn FeedStore>) {
    for n in 1..=3 {
        store.add_endpoint(endpoint(n)).await.unwrap();
    }
    store.publish(vec![news(1, 1)]).await.unwrap();
    settle_turns(&store, at(1)).await;
    for one in store.claim_deliveries(at(1), Duration::from_secs(5), 100, 100).await.unwrap() {
        if one.endpoint.settings.id == endpoint(1).id {
            store.settle_delivery(one.delivery.id, succeeded(2)).await.unwrap();
        }
    }
    store.change_endpoint(endpoint(2).id, disabled(Some(DisabledBecause::Owner))).await.unwrap();
    assert_eq!(store.forget(at(100)).await.unwrap(), 1);
    assert!(told(&store).await.is_empty());
    assert_eq!(delivered_to(&store, &endpoint(1)).await, [""; 0], "it is delivered");
    assert_eq!(delivered_to(&store, &endpoint(2)).await, [""; 0], "it would never be delivered");
    let due = store.claim_deliveries(at(101), Duration::from_secs(5), 100, 100).await.unwrap();
    let due: Vec<_> = due.into_iter().map(|one| (one.endpoint.settings.id, one.event)).collect();
    assert_eq!(due, [(endpoint(3).id, news(1, 1))]);
}

pub(super) async fn endpoints_of_calls_that_are_over_are_forgotten(store: Arc<dyn FeedStore>) {
    let calls = journal(&store);
    let over = open(&calls, request(1), 0).await;
    let goes_on = open(&calls, request(2), 0).await;
    let of_over = NewEndpoint { call: Some(over), ..endpoint(1) };
    let waits = NewEndpoint { call: Some(over), ..endpoint(2) };
    let of_other = NewEndpoint { call: Some(goes_on), ..endpoint(3) };
    for one in [&of_over, &waits, &of_other] {
        store.add_endpoint(one.clone()).await.unwrap();
    }
    record(&calls, over, Fact::Refused(fault())).await;
    settle_turns(&store, at(1)).await;
    for one in store.claim_deliveries(at(1), Duration::from_secs(5), 100, 100).await.unwrap() {
        if one.endpoint.settings.id == of_over.id {
            store.settle_delivery(one.delivery.id, succeeded(2)).await.unwrap();
        }
    }
    store.forget(at(1)).await.unwrap();
    assert_eq!(store.endpoints(None).await.unwrap().len(), 3, "not yet");
    store.forget(at(100)).await.unwrap();
    let left: Vec<_> =
        store.endpoints(None).await.unwrap().into_iter().map(|one| one.settings).collect();
    assert_eq!(left, [of_other, waits], "it has something to deliver, or may have");
}
