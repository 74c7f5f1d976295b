//! Batches: tables of calls over the API.

mod cancelling;
mod reading;
mod results;
mod stopping;
mod submitting;

use axum::body::Body;
use http::Method;
use serde_json::Value;

use crate::support::{Answer, Server, request};

pub(crate) const CSV: &str = "text/csv";
pub(crate) const JSON_LINES: &str = "application/jsonl";

/// Sends a table with this key and query.
pub(crate) async fn send(
    server: &Server,
    key: &str,
    named: &str,
    query: &str,
    table: (&str, &str),
) -> Answer {
    let (kind, text) = table;
    let sent = request(Method::POST, &format!("/v1/batches{query}"), key)
        .header("content-type", kind)
        .header("idempotency-key", named)
        .body(Body::from(text.to_owned()));
    server.send(sent.unwrap()).await
}

/// The path of an accepted batch.
fn path(sent: &Answer) -> String {
    assert_eq!(sent.status.as_u16(), 201, "{}", sent.text);
    let path = format!("/v1/batches/{}", sent.body["batch"]["id"].as_str().unwrap());
    assert_eq!(sent.header("location"), path);
    path
}

/// The number of the `n`th person.
fn person(n: usize) -> String {
    format!("+1212555{n:04}")
}

/// A table with a row for each of these people.
fn people(numbers: impl IntoIterator<Item = usize>) -> String {
    let rows = numbers.into_iter().map(|n| format!("{},Ask {n}.\n", person(n)));
    format!("to,task\n{}", rows.collect::<String>())
}

/// Reads a batch until it is as it should be.
async fn until(
    server: &Server,
    key: &str,
    path: &str,
    is_so: impl Fn(&Value) -> bool + Send + Sync,
) -> Value {
    const AT_MOST: std::time::Duration = std::time::Duration::from_secs(60);
    let mut turns = tokio::time::interval(std::time::Duration::from_millis(120));
    let reading = async {
        loop {
            turns.tick().await;
            let read = server.get(path, key).await;
            assert_eq!(read.status.as_u16(), 200, "{}", read.text);
            if is_so(&read.body) {
                return read.body;
            }
        }
    };
    match tokio::time::timeout(AT_MOST, reading).await {
        Ok(read) => read,
        Err(_) => panic!("{}", server.get(path, key).await.text),
    }
}

async fn until_done(server: &Server, key: &str, path: &str) -> Value {
    until(server, key, path, |read| read["batch"]["state"] == "done").await
}

/// The results of a batch in a form.
async fn results(server: &Server, key: &str, path: &str, kind: &str) -> Answer {
    let asked = request(Method::GET, &format!("{path}/results"), key)
        .header("accept", kind)
        .body(Body::empty());
    let answer = server.send(asked.unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, kind));
    answer
}

/// The rows of JSON lines.
fn lines(answer: &Answer) -> Vec<Value> {
    answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
