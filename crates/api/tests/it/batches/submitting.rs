//! Submitting rows: each person once, whatever is repeated and whoever is gone.

use std::{collections::BTreeSet, time::Duration};

use serde_json::json;
use switchboard_api::caller::Role;

use super::{CSV, JSON_LINES, lines, path, people, person, results, send, until, until_done};
use crate::support::{Answer, Server, schema::operation};

/// Who was rung, each as often as they were.
fn rung(server: &Server) -> Vec<String> {
    let mut rung: Vec<String> = server.rings.rings().into_iter().map(|ring| ring.to).collect();
    rung.sort_unstable();
    rung
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_rings_everybody_once_however_often_it_is_sent() {
    let server = Server::start().await;
    let _background = server.background();
    let key = server.key(Some("acme"), Role::Caller).await;
    let table = people(1..=5);
    let sent = send(&server, &key, "first", "?name=may", (CSV, &table)).await;
    let path = path(&sent);
    assert_eq!(sent.header("idempotent-replayed"), "false");
    let again = send(&server, &key, "first", "?name=may", (CSV, &table)).await;
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(super::path(&again), path);
    let other = send(&server, &key, "first", "?name=june", (CSV, &table)).await;
    operation("createBatch").check(&other);
    assert_eq!((other.status.as_u16(), other.code()), (422, "idempotency_key_reused"));
    assert_eq!(other.body["batch"], sent.body["batch"]["id"]);
    let done = until_done(&server, &key, &path).await;
    let calls = &done["calls"];
    assert_eq!((&calls["statuses"], &calls["settled"]), (&json!({"closed": 5}), &json!(5)));
    assert_eq!((&done["finished_rows"], &done["problems"]), (&json!(5), &json!([])));
    let expected: Vec<String> = (1..=5).map(person).collect();
    assert_eq!(rung(&server), expected);

    // The same people in another form and in a batch of the same name: their rows are their calls.
    let rows =
        (1..=6).map(|n| json!({"task": format!("Ask {n}."), "to": person(n)}).to_string() + "\n");
    let more =
        send(&server, &key, "second", "?name=may", (JSON_LINES, &rows.collect::<String>())).await;
    let second = super::path(&more);
    until_done(&server, &key, &second).await;
    let calls = |answer: &Answer| -> Vec<String> {
        lines(answer).iter().map(|row| row["call"]["id"].as_str().unwrap().to_owned()).collect()
    };
    let first = calls(&results(&server, &key, &path, JSON_LINES).await);
    let second = calls(&results(&server, &key, &second, JSON_LINES).await);
    assert_eq!(second[..5], first);
    let expected: Vec<String> = (1..=6).map(person).collect();
    assert_eq!(rung(&server), expected);
    let found = server.get("/v1/calls?batch=may", &key).await;
    assert_eq!(found.body["data"].as_array().unwrap().len(), 6);

    // In a batch of another name they were called a moment ago.
    let third = send(&server, &key, "third", "?name=june", (CSV, &people(1..=1))).await;
    let third = super::path(&third);
    let done = until_done(&server, &key, &third).await;
    assert_eq!(done["problems"][0]["reason"], "possible_duplicate");
    assert!(done["problems"][0]["fix"].as_str().unwrap().contains("again=true"));
    let fourth =
        send(&server, &key, "fourth", "?name=july&again=true", (CSV, &people(1..=1))).await;
    until_done(&server, &key, &super::path(&fourth)).await;
    assert_eq!(server.rings.len(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_are_listed_in_pages() {
    let server = Server::start().await;
    let key = server.key(Some("acme"), Role::Caller).await;
    let mut sent = Vec::new();
    for n in 0..5 {
        let one = send(&server, &key, &n.to_string(), "", (CSV, &people([n]))).await;
        sent.insert(0, one.body["batch"]["id"].clone());
    }
    let (mut found, mut path) = (Vec::new(), "/v1/batches?limit=2".to_owned());
    loop {
        let page = server.get(&path, &key).await;
        operation("listBatches").check(&page);
        found.extend(page.body["data"].as_array().unwrap().iter().map(|one| one["id"].clone()));
        let Some(next) = page.body["next_cursor"].as_str() else { break };
        path = format!("/v1/batches?limit=2&cursor={next}");
    }
    assert_eq!(found, sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_goes_on_where_one_was_killed() {
    const PEOPLE: usize = 400;
    let first = Server::start().await;
    let background = first.background();
    let key = first.key(Some("acme"), Role::Caller).await;
    let sent = send(&first, &key, "k", "", (CSV, &people(1..=PEOPLE))).await;
    let path = path(&sent);
    // Gone between two rows, or within one, with its claim.
    until(&first, &key, &path, |read| read["batch"]["rows"]["submitted"].as_u64() > Some(0)).await;
    drop(background);
    let is_quiet =
        |read: &serde_json::Value| read["calls"]["settled"] == read["batch"]["rows"]["submitted"];
    let before = until(&first, &key, &path, is_quiet).await;
    assert_ne!(before["batch"]["rows"]["waiting"], 0, "{before}");
    first.switchboard.engine().stop_now();

    // Behind the end of the claim.
    let next = first.next(Duration::from_secs(120));
    next.switchboard.recover().await.unwrap();
    let _background = next.background();
    let done = until_done(&next, &key, &path).await;
    assert_eq!(done["batch"]["rows"]["submitted"], PEOPLE, "{before}");
    assert_eq!(done["calls"]["settled"], PEOPLE);
    let rung = rung(&next);
    let people: BTreeSet<&String> = rung.iter().collect();
    assert_eq!(rung.len(), people.len(), "nobody was rung twice");
    let rows = lines(&results(&next, &key, &path, JSON_LINES).await);
    assert_eq!(rows.len(), PEOPLE);
    let calls: BTreeSet<String> =
        rows.iter().map(|row| row["call"]["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(calls.len(), PEOPLE, "each row is a call of its own");
}
