//! Keys of callers: the same key at the same time, and keys that are revoked.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::join_all;
use serde_json::Value;
use switchboard_tests::{
    callee,
    serve::{Stage, http::ask},
    wait::within,
};

use crate::support::{get, place, postgres, servers, settled, sqlite, stream};

const CLIENTS: usize = 1_000;

/// So many first requests with one key at the same time, shared out to all servers.
async fn one_key(stage: &Stage, replicas: usize) {
    let (_servers, addresses) = servers(stage, replicas).await;
    let key = stage.key(&["--role", "caller", "--tenant", "acme"]).await;
    let to = callee(1);
    let asked = (0..CLIENTS).map(|n| place(&addresses[n % replicas], &key, "the-key", &to));
    let answers = join_all(asked).await;
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    let wrong: Vec<_> = answers.iter().filter(|answer| answer.status != 201).collect();
    assert!(wrong.is_empty(), "{} of {CLIENTS}: {:?}", wrong.len(), wrong[0]);
    let replayed = answers.iter().filter(|one| one.header("idempotent-replayed") == Some("true"));
    assert_eq!(replayed.count(), CLIENTS - 1);
    let id = answers[0].json()["id"].as_str().unwrap().to_owned();
    assert!(answers.iter().all(|answer| answer.json()["id"] == id.as_str()));
    let call = settled(&addresses[0], &key, &id).await;
    assert_eq!(call["status"], "closed", "{call}");
    let all = get(&addresses[0], &key, "/v1/calls").await.json();
    assert_eq!(all["data"].as_array().unwrap().len(), 1);
    assert_eq!(stage.sims.rings.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_first_requests_with_one_key_are_one_call() {
    one_key(&sqlite(|_| {}).await, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_first_requests_with_one_key_at_three_replicas_are_one_call() {
    if let Some((stage, _)) = postgres(|_| {}).await {
        one_key(&stage, 3).await;
    }
}

/// Asks who it is, again and again. Returns when the last request that was accepted began, and the
/// code of the first that was not.
async fn use_up(address: String, key: String, over: Arc<AtomicBool>) -> (Instant, String) {
    let mut last = Instant::now();
    while !over.load(Ordering::SeqCst) {
        let began = Instant::now();
        let answer = ask(&address, &key, "GET", "/v1/me", &Value::Null).await.unwrap();
        match answer.status {
            200 => last = began,
            _ => return (last, answer.code()),
        }
    }
    (last, String::new())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_is_refused_by_every_replica_within_two_seconds() {
    let Some((stage, _)) = postgres(|_| {}).await else {
        return;
    };
    let (_servers, addresses) = servers(&stage, 3).await;
    let admin = stage.key(&["--role", "admin"]).await;
    for role in ["caller", "admin"] {
        let tenant: &[&str] = if role == "caller" { &["--tenant", "acme"] } else { &[] };
        let key = stage.key(&[&["--role", role], tenant].concat()).await;
        let mut streams = Vec::new();
        for address in &addresses {
            streams.push(stream(address, &key).await);
        }
        let over = Arc::new(AtomicBool::new(false));
        let users: Vec<_> = addresses
            .iter()
            .flat_map(|address| std::iter::repeat_n(address, 4))
            .map(|address| tokio::spawn(use_up(address.clone(), key.clone(), Arc::clone(&over))))
            .collect();
        for address in &addresses {
            assert_eq!(get(address, &key, "/v1/me").await.status, 200);
        }
        let id = key.split('_').nth(1).unwrap();
        let path = format!("/v1/keys/{id}");
        let revoked = ask(&addresses[0], &admin, "DELETE", &path, &Value::Null).await.unwrap();
        assert_eq!(revoked.status, 204, "{revoked:?}");
        let at = Instant::now();
        let ended = within("every user to be refused", join_all(users)).await;
        for (last, code) in ended.into_iter().map(Result::unwrap) {
            assert_eq!(code, "revoked_key");
            let later = last.saturating_duration_since(at);
            assert!(later <= Duration::from_secs(2), "{role}: accepted {later:?} later");
        }
        // Whoever follows the events with it is let go.
        for mut stream in streams {
            within("a stream to end", async { while let Ok(Some(_)) = stream.piece().await {} })
                .await;
        }
    }
}
