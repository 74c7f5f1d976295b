//! API keys: kept whole, made once, revoked for good.

#![allow(clippy::unwrap_used)]

use futures::future::BoxFuture;
use jiff::Timestamp;
use switchboard_core::{ErrorKind, TenantId};

use crate::{
    conformance::at,
    server::{ApiKey, ApiKeys, KeyId, KeyLimits},
};

/// The `n`th key, made after `n` seconds.
fn key(n: u8) -> ApiKey {
    ApiKey::new(id(n), [n; 32], at(n.into()))
}

fn id(n: u8) -> KeyId {
    KeyId::new(format!("abcdefgh{n:04}"))
}

async fn add(store: &impl ApiKeys, key: ApiKey) {
    assert_eq!(store.add_key(key).await.unwrap(), None);
}

async fn get(store: &impl ApiKeys, n: u8) -> ApiKey {
    store.key(&id(n)).await.unwrap().unwrap()
}

async fn epoch(store: &impl ApiKeys) -> u64 {
    store.keys_epoch().await.unwrap()
}

pub(super) async fn a_key_comes_back_whole(store: &impl ApiKeys) {
    assert_eq!(store.key(&id(1)).await.unwrap(), None);
    let mut whole = key(1);
    whole.tenant = Some(TenantId::from("acme"));
    whole.name = "\u{0}\\ \"billing\" 🙂".to_owned();
    whole.scopes = vec!["calls:read".to_owned(), "calls:write".to_owned()];
    whole.expires_at = Some(at(9_000));
    whole.ip_allow = vec!["10.0.0.0/8".to_owned(), "2001:db8::/32".to_owned()];
    whole.limits =
        KeyLimits { requests_per_minute: Some(7), concurrent_requests: None, streams: Some(1) };
    whole.confirm = false;
    whole.created_by = "an operator".to_owned();
    whole.request_key = Some([9; 32]);
    for one in [key(2), whole] {
        add(store, one.clone()).await;
        assert_eq!(store.key(&one.id).await.unwrap(), Some(one));
    }
}

pub(super) async fn the_same_request_makes_one_key(store: &impl ApiKeys) {
    let asked = |n| ApiKey { request_key: Some([1; 32]), ..key(n) };
    add(store, asked(1)).await;
    assert_eq!(store.add_key(asked(2)).await.unwrap(), Some(asked(1)));
    assert_eq!(store.key(&id(2)).await.unwrap(), None, "nothing was stored");
    // Keys of different requests, and of none, are different keys.
    add(store, ApiKey { request_key: Some([2; 32]), ..key(3) }).await;
    add(store, key(4)).await;
    add(store, key(5)).await;
    let taken = store.add_key(ApiKey { secret_hash: [8; 32], ..key(4) }).await.unwrap_err();
    assert_eq!((taken.kind(), taken.code()), (ErrorKind::Conflict, Some("key_exists")));
    assert_eq!(get(store, 4).await, key(4), "the first one stays");
    assert_eq!(store.keys(None).await.unwrap().len(), 4);
    // Asked for again, a revoked key is answered as it is.
    assert!(store.revoke_key(&id(1), at(50)).await.unwrap());
    let replayed = store.add_key(asked(6)).await.unwrap().unwrap();
    assert_eq!((replayed.id, replayed.revoked_at), (id(1), Some(at(50))));
}

pub(super) async fn keys_are_listed_newest_first(store: &impl ApiKeys) {
    let acme = TenantId::from("acme");
    for n in [1, 3, 2, 4] {
        let tenant = (n % 2 == 0).then(|| acme.clone());
        add(store, ApiKey { tenant, ..key(n) }).await;
    }
    // Two of the same moment: the one that was stored later is the newer one.
    add(store, ApiKey { created_at: at(4), ..key(5) }).await;
    assert!(store.revoke_key(&id(2), at(10)).await.unwrap());
    let ids = |keys: Vec<ApiKey>| keys.into_iter().map(|key| key.id).collect::<Vec<_>>();
    assert_eq!(ids(store.keys(None).await.unwrap()), [5, 4, 3, 2, 1].map(id));
    assert_eq!(ids(store.keys(Some(&acme)).await.unwrap()), [4, 2].map(id), "revoked ones too");
    assert_eq!(store.keys(Some(&TenantId::from("nobody"))).await.unwrap(), []);
}

pub(super) async fn a_key_is_revoked_once(store: &impl ApiKeys) {
    add(store, key(1)).await;
    add(store, ApiKey { expires_at: Some(at(20)), ..key(2) }).await;
    let mut last = epoch(store).await;
    assert!(store.revoke_key(&id(1), at(10)).await.unwrap());
    let raised = epoch(store).await;
    assert!(raised > last);
    last = raised;
    assert_eq!(get(store, 1).await.revoked_at, Some(at(10)));
    for (n, moment) in [(1, at(11)), (2, at(20)), (3, at(11))] {
        assert!(!store.revoke_key(&id(n), moment).await.unwrap(), "{n} does not work");
        assert_eq!(epoch(store).await, last);
    }
    assert_eq!(get(store, 1).await.revoked_at, Some(at(10)));
    assert_eq!(get(store, 2).await.revoked_at, None);
    assert!(store.revoke_key(&id(2), at(19)).await.unwrap());
    assert!(epoch(store).await > last);
}

pub(super) async fn a_key_expires_at_the_earlier_time(store: &impl ApiKeys) {
    for n in [1, 2] {
        add(store, key(n)).await;
    }
    assert!(store.revoke_key(&id(2), at(5)).await.unwrap());
    let mut last = epoch(store).await;
    let steps: [(u64, u64, bool); 4] =
        [(100, 100, true), (200, 100, false), (60, 60, true), (60, 60, false)];
    for (given, kept, raises) in steps {
        assert!(store.expire_key(&id(1), at(given)).await.unwrap());
        assert_eq!(get(store, 1).await.expires_at, Some(at(kept)));
        let now = epoch(store).await;
        assert_eq!(now > last, raises, "{given}");
        last = now;
    }
    for n in [2, 3] {
        assert!(!store.expire_key(&id(n), at(7)).await.unwrap());
    }
    assert_eq!((get(store, 2).await.expires_at, epoch(store).await), (None, last));
}

pub(super) async fn a_use_is_noted_every_five_minutes(store: &impl ApiKeys) {
    add(store, key(1)).await;
    let started = epoch(store).await;
    let steps: [(u64, u64); 6] =
        [(10, 10), (11, 10), (309, 10), (310, 310), (300, 310), (10_000, 10_000)];
    for (used, noted) in steps {
        store.note_key_used(&id(1), at(used)).await.unwrap();
        let noted: Option<Timestamp> = Some(at(noted));
        assert_eq!(get(store, 1).await.last_used_at, noted, "after {used}");
    }
    store.note_key_used(&id(2), at(1)).await.unwrap();
    assert_eq!(store.key(&id(2)).await.unwrap(), None);
    assert_eq!(epoch(store).await, started, "a use revokes nothing");
}

pub(super) async fn a_revocation_is_seen_by_everybody(one: &impl ApiKeys, other: &impl ApiKeys) {
    add(one, key(1)).await;
    add(one, key(2)).await;
    let before = epoch(other).await;
    assert_eq!(before, epoch(one).await);
    assert!(other.revoke_key(&id(1), at(3)).await.unwrap());
    let revoked = epoch(one).await;
    assert!(revoked > before);
    assert_eq!(get(one, 1).await.revoked_at, Some(at(3)));
    assert!(one.expire_key(&id(2), at(4)).await.unwrap());
    assert!(epoch(other).await > revoked);
    // Both at once: it is revoked once, and no rise is lost.
    add(one, key(3)).await;
    add(one, key(4)).await;
    let before = epoch(other).await;
    let (same, id3, id4) = (id(3), id(3), id(4));
    let done = futures::join!(
        one.revoke_key(&same, at(5)),
        other.revoke_key(&id3, at(5)),
        other.revoke_key(&id4, at(5))
    );
    assert!(done.0.unwrap() != done.1.unwrap() && done.2.unwrap());
    assert_eq!(epoch(one).await, before + 2);
}

pub(super) async fn living_processes_are_counted(other: &impl ApiKeys, gone: BoxFuture<'_, ()>) {
    assert_eq!(other.processes().await.unwrap(), 2);
    gone.await;
    assert_eq!(other.processes().await.unwrap(), 1);
}
