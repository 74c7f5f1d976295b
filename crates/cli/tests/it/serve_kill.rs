//! A server that is killed while calls come in, and clients that ask again: one call for each key,
//! one ring for each call.

#![cfg(unix)]

use std::collections::HashMap;

use serde_json::Value;
use tokio::{sync::watch, task::JoinSet};

use crate::{
    common::{
        Harness,
        server::{SECTION, Server, place},
    },
    serve::first_key,
};

const ROUNDS: usize = 4;
const CALLS: usize = 8;

fn number(call: usize) -> String {
    format!("+121255501{call:02}")
}

/// Asks until there is an answer that says what became of it. After a failure it waits until the
/// server is back.
async fn insist(
    address: String,
    key: String,
    call: usize,
    mut started: watch::Receiver<usize>,
) -> (usize, String) {
    loop {
        started.borrow_and_update();
        match place(&address, &key, &format!("call-{call}"), &number(call)).await {
            Ok(answer) if answer.status == 201 => {
                return (call, answer.json()["id"].as_str().unwrap().to_owned());
            }
            Ok(answer) => assert!(answer.status >= 500, "{answer:?}"),
            Err(_) => {}
        }
        started.changed().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_calls_come_in_it_rings_each_phone_once() {
    let harness = Harness::start(|config| config).await;
    harness.configure(SECTION);
    let key = first_key(&harness, &["--role", "caller", "--tenant", "acme"]).await;
    let mut server = Server::of(&harness, &[]).await;
    let address = server.address();
    let (start, started) = watch::channel(0);
    let ask = |call| insist(address.clone(), key.clone(), call, started.clone());
    let mut ids = HashMap::new();
    for round in 0..ROUNDS {
        let calls = round * CALLS..(round + 1) * CALLS;
        let mut asked: JoinSet<_> = calls.map(ask).collect();
        // Killed once the first of them has its answer; the others are anywhere.
        ids.extend(asked.join_next().await.unwrap());
        if round == 0 {
            harness.ledger.wait_for_rings(1).await;
        }
        server.kill().await;
        server = Server::of(&harness, &["--listen", &address]).await;
        start.send_replace(round + 1);
        while let Some(answered) = asked.join_next().await {
            ids.extend(answered);
        }
    }
    assert_eq!(ids.len(), ROUNDS * CALLS);
    for (call, id) in &ids {
        assert_eq!(&ask(*call).await.1, id, "the same key is the same call");
        let read = server.ask("GET", &format!("/v1/calls/{id}"), &key, &Value::Null).await;
        assert_eq!(read.status, 200, "{call}: {read:?}");
        // What was in doubt at a kill is not sent again, so it may not have rung at all.
        assert!(harness.ledger.count(&number(*call)) <= 1, "{call} rang twice");
    }
    assert!(harness.ledger.duplicates().is_empty());
}
