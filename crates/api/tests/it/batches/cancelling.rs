//! Cancelling: what waits is not submitted, what was not sent is withdrawn.

use std::time::Duration;

use http::Method;
use serde_json::json;
use switchboard::{
    CallRequest,
    core::CallKey,
    jiff::Timestamp,
    journal::server::{Batches, RowsQuery},
    uuid::Uuid,
};
use switchboard_api::caller::Role;
use switchboard_batch::Keys;

use super::{CSV, JSON_LINES, lines, path, people, person, results, send, until};
use crate::support::{Server, schema::operation};

async fn cancel(server: &Server, key: &str, path: &str) -> serde_json::Value {
    let answer = server.ask(Method::POST, &format!("{path}/cancel"), key).await;
    operation("cancelBatch").check(&answer);
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
    answer.body
}

/// Rows for these people, to be called in a thousand years.
fn later(numbers: std::ops::RangeInclusive<usize>) -> String {
    let rows = numbers.map(|n| format!("{},Ask {n}.,2999-01-01T00:00:00Z\n", person(n)));
    format!("to,task,not_before\n{}", rows.collect::<String>())
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_wait_are_not_submitted() {
    let server = Server::start().await;
    let key = server.key(Some("acme"), Role::Caller).await;
    let reader = server.key(Some("acme"), Role::Reader).await;
    let path = path(&send(&server, &key, "k", "", (CSV, &people(1..=3))).await);
    let refused = server.ask(Method::POST, &format!("{path}/cancel"), &reader).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "missing_scope"));
    let cancelled = cancel(&server, &key, &path).await;
    assert_eq!(cancelled["batch"]["state"], "cancelled");
    assert_eq!(cancelled["batch"]["rows"]["cancelled"], 3);
    assert_eq!((&cancelled["withdrawn"], &cancelled["going_on"]), (&json!(0), &json!(0)));
    let _background = server.background();
    // A batch that was sent later is done, so this one was passed over.
    let other = super::path(&send(&server, &key, "l", "", (CSV, &people(4..=4))).await);
    super::until_done(&server, &key, &other).await;
    assert_eq!(server.rings.len(), 1);
    let rows = lines(&results(&server, &key, &path, JSON_LINES).await);
    assert!(rows.iter().all(|row| row["state"] == "cancelled" && row["call"].is_null()));
    let read = server.get(&path, &key).await;
    assert_eq!(read.body["finished_rows"], 3);
    assert_eq!(cancel(&server, &key, &path).await["batch"]["state"], "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_were_not_sent_are_withdrawn_and_the_others_go_on() {
    let server = Server::start().await;
    let _background = server.background();
    let key = server.key(Some("acme"), Role::Caller).await;
    let now = path(&send(&server, &key, "now", "", (CSV, &people(1..=2))).await);
    super::until_done(&server, &key, &now).await;
    let path = path(&send(&server, &key, "later", "", (CSV, &later(3..=22))).await);
    until(&server, &key, &path, |read| read["batch"]["rows"]["waiting"] == 0).await;
    let cancelled = cancel(&server, &key, &path).await;
    assert_eq!((&cancelled["withdrawn"], &cancelled["going_on"]), (&json!(20), &json!(0)));
    let rows = lines(&results(&server, &key, &path, JSON_LINES).await);
    assert_eq!(rows.len(), 20);
    for row in rows {
        assert_eq!(row["call"]["status"], "refused", "{row}");
        assert_eq!(row["call"]["fault"]["code"], "withdrawn");
    }
    // What is over stays as it is.
    let over = cancel(&server, &key, &now).await;
    assert_eq!((&over["withdrawn"], &over["going_on"]), (&json!(0), &json!(0)));
    let read = server.get(&now, &key).await;
    assert_eq!(read.body["calls"]["statuses"], json!({"closed": 2}));
    assert_eq!(server.rings.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_whose_process_was_gone_before_it_was_noted_is_taken_back() {
    let server = Server::start().await;
    let key = server.key(Some("acme"), Role::Caller).await;
    let sent = send(&server, &key, "k", "?name=may", (CSV, &later(1..=3))).await;
    let path = path(&sent);
    let batch = sent.body["batch"]["id"].as_str().unwrap().parse().unwrap();
    // A process claims the batch, submits its first row, and is gone.
    let long_ago = Timestamp::now() - Duration::from_secs(600);
    let lease = Duration::from_secs(60);
    server.store.claim_batch(Uuid::new_v4(), long_ago, lease).await.unwrap().unwrap();
    let row = server.store.batch_rows(batch, RowsQuery::default()).await.unwrap().remove(0);
    let request: CallRequest = *row.request.unwrap();
    let mut call = request.validate(Timestamp::now()).unwrap();
    call.key = Some(CallKey::Derived(Keys::new("may").unwrap().key(&call, 0)));
    let call = server.switchboard.engine().accept(call).await.unwrap().into_call();

    let cancelled = cancel(&server, &key, &path).await;
    assert_eq!(cancelled["batch"]["rows"]["cancelled"], 3, "nobody knows of the call yet");
    let _background = server.background();
    let read = until(&server, &key, &path, |read| read["batch"]["done_at"].is_string()).await;
    until(&server, &key, &path, |read| read["calls"]["settled"] == 1).await;
    assert_eq!(read["batch"]["state"], "cancelled");
    let taken_back = server.get(&format!("/v1/calls/{}", call.id), &key).await;
    assert_eq!(taken_back.body["fault"]["code"], "withdrawn", "{}", taken_back.text);
    let rows = lines(&results(&server, &key, &path, JSON_LINES).await);
    assert_eq!(rows[0]["call"]["id"], call.id.to_string());
    assert!(rows[1]["call"].is_null());
    assert!(server.rings.is_empty());
}
