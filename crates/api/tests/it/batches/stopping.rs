//! A batch whose agents leave out what they have to say first.

use serde_json::json;
use switchboard_api::caller::Role;

use super::{JSON_LINES, path, person, send, until};
use crate::support::Server;

#[tokio::test(flavor = "multi_thread")]
async fn the_second_call_without_its_first_words_cancels_a_batch() {
    const ROWS: usize = 200;
    let server = Server::with_rules_and_rude_agents().await;
    let _background = server.background();
    let key = server.key(Some("acme"), Role::Caller).await;
    let row = |n| {
        let call = json!({
            "task": format!("Book a table for {n}."), "to": person(n), "purpose": "reservation",
            "on_behalf_of": "Ada Lovelace", "published_number": "its own website",
            "callback_number": "+442079460018",
        });
        call.to_string() + "\n"
    };
    let table: String = (1..=ROWS).map(row).collect();
    let sent = send(&server, &key, "first", "?name=may", (JSON_LINES, &table)).await;
    let path = path(&sent);
    let stopped = until(&server, &key, &path, |read| read["batch"]["state"] == "cancelled").await;
    assert!(server.rings.len() < ROWS, "{stopped}");

    // What made it stop can be seen at the calls.
    let calls = server.get("/v1/calls?batch=may&limit=100", &key).await;
    let calls = calls.body["data"].as_array().unwrap().clone();
    let flagged: Vec<_> =
        calls.iter().filter(|call| call["flags"][0]["code"] == "first_words_missing").collect();
    assert!(flagged.len() >= 2, "{calls:?}");
    assert!(flagged[0]["flags"][0]["message"].as_str().unwrap().contains("that it is an AI"));
    let audit = server.key(None, Role::Admin).await;
    let audit = server.get("/v1/audit?topic=call&limit=100", &audit).await;
    let entry = audit.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["what"]["cancel_batch"]["why"] == "first_words_missing");
    assert!(entry.is_some(), "{}", audit.text);
}
