//! Sessions: kept whole, ended at once, forgotten when they are over.

#![allow(clippy::unwrap_used)]

use crate::{
    conformance::at,
    server::{KeyId, Session, Sessions},
};

/// The `n`th session, begun after `n` seconds, which lasts ten seconds.
fn session(n: u8) -> Session {
    Session {
        hash: [n; 32],
        key: KeyId::new("abcdefgh0001"),
        created_at: at(n.into()),
        expires_at: at(u64::from(n) + 10),
    }
}

pub(super) async fn a_session_comes_back_whole(store: &impl Sessions) {
    assert_eq!(store.session(&[1; 32]).await.unwrap(), None);
    for one in [session(1), session(2)] {
        store.add_session(one.clone()).await.unwrap();
        assert_eq!(store.session(&one.hash).await.unwrap(), Some(one));
    }
}

pub(super) async fn a_session_ends_once(store: &impl Sessions) {
    store.add_session(session(1)).await.unwrap();
    store.add_session(session(2)).await.unwrap();
    assert!(store.end_session(&[1; 32]).await.unwrap());
    assert!(!store.end_session(&[1; 32]).await.unwrap());
    assert_eq!(store.session(&[1; 32]).await.unwrap(), None);
    assert_eq!(store.session(&[2; 32]).await.unwrap(), Some(session(2)));
}

pub(super) async fn what_is_over_is_forgotten(store: &impl Sessions) {
    for n in [1, 2, 11] {
        store.add_session(session(n)).await.unwrap();
    }
    assert_eq!(store.session(&[1; 32]).await.unwrap(), None, "it was over when the last one began");
    assert_eq!(store.session(&[2; 32]).await.unwrap(), Some(session(2)));
}
