//! Webhook endpoints.

use std::sync::Arc;

use switchboard_core::{CallId, ErrorKind};
use uuid::Uuid;

use super::{
    super::fixtures::at,
    fixtures::{FeedStore, endpoint, tenant},
};
use crate::server::{
    DisabledBecause, EndpointChange, EndpointFormat, EndpointSecrets, NewEndpoint, WebhookEndpoint,
};

pub(super) async fn an_endpoint_comes_back_as_it_was_made(store: Arc<dyn FeedStore>) {
    let everything = NewEndpoint {
        tenant: Some(tenant("acme")),
        kinds: vec!["call.ended".to_owned(), "call.refused".to_owned()],
        call: Some(CallId::new(Uuid::from_u128(17))),
        format: EndpointFormat::Kaicalls,
        metadata: true,
        description: "Chez \"Nous\"\nline two".to_owned(),
        secrets: EndpointSecrets {
            current: (0..=255).collect(),
            former: Some((vec![0; 60], at(3_600))),
        },
        created_at: at(5),
        request_key: Some([7; 32]),
        at_most: 3,
        ..endpoint(1)
    };
    assert!(store.add_endpoint(everything.clone()).await.unwrap().is_none());
    let plain = NewEndpoint { tenant: Some(tenant("other")), ..endpoint(2) };
    store.add_endpoint(plain.clone()).await.unwrap();
    store.add_endpoint(endpoint(3)).await.unwrap();
    let found = store.endpoint(everything.id).await.unwrap().unwrap();
    assert_eq!(found, WebhookEndpoint::new(everything.clone()));
    assert!(store.endpoint(Uuid::nil()).await.unwrap().is_none());
    let of = async |whose: Option<&str>| {
        let whose = whose.map(tenant);
        let found = store.endpoints(whose.as_ref()).await.unwrap();
        found.into_iter().map(|one| one.settings).collect::<Vec<_>>()
    };
    assert_eq!(of(Some("acme")).await, std::slice::from_ref(&everything));
    assert_eq!(of(Some("nobody")).await, []);
    assert_eq!(of(None).await, [endpoint(3), plain, everything], "newest first");
}

pub(super) async fn a_request_makes_one_endpoint(store: Arc<dyn FeedStore>) {
    let first = NewEndpoint { request_key: Some([1; 32]), ..endpoint(1) };
    assert!(store.add_endpoint(first.clone()).await.unwrap().is_none());
    let again = NewEndpoint { url: "https://elsewhere.test/".to_owned(), ..first.clone() };
    let again = NewEndpoint { id: endpoint(2).id, ..again };
    let known = store.add_endpoint(again).await.unwrap().unwrap();
    assert_eq!(known.settings, first);
    let other = NewEndpoint { request_key: Some([2; 32]), ..endpoint(3) };
    assert!(store.add_endpoint(other).await.unwrap().is_none());
    assert!(store.add_endpoint(endpoint(4)).await.unwrap().is_none());
    assert!(store.add_endpoint(endpoint(5)).await.unwrap().is_none(), "no key is no key");
    assert_eq!(store.endpoints(None).await.unwrap().len(), 4);
    let taken = store.add_endpoint(endpoint(5)).await.unwrap_err();
    assert_eq!((taken.kind(), taken.code()), (ErrorKind::Conflict, Some("endpoint_exists")));
}

pub(super) async fn a_tenant_has_so_many_endpoints(store: Arc<dyn FeedStore>) {
    let limited = |n: u128, whose: Option<&str>| NewEndpoint {
        tenant: whose.map(tenant),
        at_most: 2,
        ..endpoint(n)
    };
    for n in 1..=2 {
        store.add_endpoint(limited(n, Some("acme"))).await.unwrap();
    }
    let many = store.add_endpoint(limited(3, Some("acme"))).await.unwrap_err();
    assert_eq!((many.kind(), many.code()), (ErrorKind::Conflict, Some("too_many_endpoints")));
    let of_call =
        NewEndpoint { call: Some(CallId::new(Uuid::from_u128(17))), ..limited(4, Some("acme")) };
    store.add_endpoint(of_call).await.unwrap();
    for n in 5..=6 {
        store.add_endpoint(limited(n, None)).await.unwrap();
    }
    store.add_endpoint(limited(7, None)).await.unwrap_err();
    store.add_endpoint(limited(8, Some("other"))).await.unwrap();
    assert!(store.remove_endpoint(limited(1, None).id).await.unwrap());
    store.add_endpoint(limited(9, Some("acme"))).await.unwrap();
}

pub(super) async fn an_endpoint_is_changed_and_removed(store: Arc<dyn FeedStore>) {
    store.add_endpoint(endpoint(1)).await.unwrap();
    let id = endpoint(1).id;
    let change = async |change: EndpointChange| {
        let changed = store.change_endpoint(id, change).await.unwrap().unwrap();
        assert_eq!(store.endpoint(id).await.unwrap().unwrap(), changed);
        changed
    };
    let unchanged = change(EndpointChange::default()).await;
    assert_eq!(unchanged, WebhookEndpoint::new(endpoint(1)));
    let secrets = EndpointSecrets { current: vec![9], former: Some((vec![1, 2, 3], at(100))) };
    let everything = EndpointChange {
        url: Some("https://elsewhere.test/".to_owned()),
        kinds: Some(vec!["call.ended".to_owned()]),
        metadata: Some(true),
        description: Some("new".to_owned()),
        disabled: Some(Some(DisabledBecause::Gone)),
        secrets: Some(secrets.clone()),
    };
    let changed = change(everything).await;
    let mut expected = WebhookEndpoint::new(NewEndpoint {
        url: "https://elsewhere.test/".to_owned(),
        kinds: vec!["call.ended".to_owned()],
        metadata: true,
        description: "new".to_owned(),
        secrets,
        ..endpoint(1)
    });
    expected.disabled = Some(DisabledBecause::Gone);
    assert_eq!(changed, expected);
    for because in [DisabledBecause::Owner, DisabledBecause::Failing] {
        let disabled = EndpointChange { disabled: Some(Some(because)), ..Default::default() };
        assert_eq!(change(disabled).await.disabled, Some(because));
    }
    let enabled = EndpointChange { disabled: Some(None), ..Default::default() };
    assert_eq!(change(enabled).await.disabled, None);
    let nobody = store.change_endpoint(Uuid::nil(), EndpointChange::default()).await.unwrap();
    assert!(nobody.is_none());
    assert!(store.remove_endpoint(id).await.unwrap());
    assert!(!store.remove_endpoint(id).await.unwrap());
    assert!(store.endpoint(id).await.unwrap().is_none());
}
