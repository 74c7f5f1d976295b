//! Reads, writes and streams: what is sent again, what never is, and what is on the wire.

use std::time::Duration;

use crate::support::*;
use futures::StreamExt;
use switchboard_core::{Delivery, ErrorKind, ProviderId};
use switchboard_http::{ClientConfig, HttpClient, NoCodes, NoCredential, Request};
use tokio::net::TcpListener;
use url::Url;

fn list() -> Request {
    Request::get("calls.list", "/v1/calls")
}

fn cancel() -> Request {
    Request::post("calls.cancel", "/v1/calls/{call_id}/cancel")
        .param("call_id", "c_1")
        .json(&serde_json::json!({}))
        .unwrap()
}

#[tokio::test]
async fn a_read_is_sent_again_until_it_succeeds() {
    let acts = [
        Act::Answer(answer(500, "")),
        Act::Close,
        Act::Answer(answer(503, "")),
        Act::Answer(answer(200, "[1]")),
    ];
    let server = Server::new(acts).await;
    let answer = client(config(&server.url())).read(list()).await.unwrap();
    assert_eq!(answer.json::<Vec<u8>>().unwrap(), [1]);
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn a_read_gives_up_after_three_retries_with_the_last_error() {
    let server =
        Server::answering(answer(500, r#"{"error":{"code":"internal_error","message":"Oops"}}"#))
            .await;
    let error = client(config(&server.url())).read(list()).await.unwrap_err();
    assert_plain(&error, ErrorKind::Provider);
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn a_read_is_not_sent_again_where_a_moment_mends_nothing() {
    for status in [307, 400, 401, 402, 403, 404, 405, 409, 413, 422, 501] {
        let server = Server::answering(answer(status, "{}")).await;
        client(config(&server.url())).read(list()).await.unwrap_err();
        assert_eq!(server.requests().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_read_waits_as_asked_where_that_is_soon() {
    let server = Server::new([
        Act::Answer(answer_with(429, "retry-after: 0\r\n", "")),
        Act::Answer(answer(200, "{}")),
    ])
    .await;
    client(config(&server.url())).read(list()).await.unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_read_that_is_asked_to_wait_past_its_deadline_says_so_at_once() {
    let server = Server::answering(answer_with(429, "retry-after: 86400\r\n", "")).await;
    let error = client(config(&server.url())).read(list()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.retry_after()),
        (ErrorKind::RateLimited, Some(Duration::from_secs(900)))
    );
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn the_retry_budget_runs_out() {
    let server = Server::answering(answer(500, "")).await;
    let client = client(config(&server.url()));
    for _ in 0..40 {
        client.read(list()).await.unwrap_err();
    }
    // Ten in ten seconds for a quiet client, a tenth of the forty requests, and one window's grace.
    let retries = server.requests().len() - 40;
    assert!((10..=16).contains(&retries), "{retries} retries");
}

#[tokio::test]
async fn a_write_is_never_sent_again_once_its_first_byte_left() {
    for act in [
        Act::Close,
        Act::Reset,
        Act::Answer("garbage\r\n\r\n".into()),
        Act::Answer(answer(500, "")),
        Act::Answer(answer(503, "")),
        Act::Answer(answer(408, "")),
        Act::Answer(answer_with(429, "retry-after: 0\r\n", "")),
        Act::Answer("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{".into()),
    ] {
        let server = Server::new([act.clone(), Act::Answer(answer(200, "{}"))]).await;
        client(config(&server.url())).write(cancel()).await.unwrap_err();
        assert_eq!(server.posts(), 1, "{act:?}");
    }
}

#[tokio::test]
async fn a_write_that_timed_out_is_not_sent_again() {
    let server = Server::new([Act::Hang]).await;
    let mut config = config(&server.url());
    config.read_timeout = Duration::from_millis(250);
    assert_plain(&client(config).write(cancel()).await.unwrap_err(), ErrorKind::Timeout);
    assert_eq!(server.posts(), 1);
}

#[tokio::test]
async fn a_write_that_could_not_connect_is_tried_again() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut config = config(&format!("http://{port}"));
    // TLS to a plain port fails while connecting: the server counts the tries, and no request
    // arrives.
    let server = Server::new([Act::Blurt(answer(400, "{}"))]).await;
    assert_plain(&client(config.clone()).write(cancel()).await.unwrap_err(), ErrorKind::Connect);
    config.base_url = Url::parse(&server.url().replace("http:", "https:")).unwrap();
    assert_plain(&client(config).write(cancel()).await.unwrap_err(), ErrorKind::Connect);
    assert_eq!(server.posts(), 0);
    assert_eq!(server.connections(), 4);
}

#[tokio::test]
async fn routes_queries_and_bodies_are_encoded() {
    let server = Server::answering(answer(200, "{}")).await;
    let client = client(config(&format!("{}/api/", server.url())));
    let request = Request::get("calls.get", "/v1/calls/{call_id}/turns")
        .param("call_id", "../a b?c#d/é")
        .query("limit", 10)
        .query_opt("after", Some("2026-01-01T00:00:00+01:00"))
        .query_opt("before", None::<&str>);
    client.read(request).await.unwrap();
    client
        .write(
            Request::post("auth.token", "/token")
                .form(&[("grant_type", "refresh_token"), ("x", "a b&c")])
                .public(),
        )
        .await
        .unwrap();
    let requests = server.requests();
    let line = requests[0].lines().next().unwrap();
    assert_eq!(
        line,
        "GET /api/v1/calls/..%2Fa%20b%3Fc%23d%2F%C3%A9/turns?limit=10&after=2026-01-01T00%3A00%3A00%2B01%3A00 HTTP/1.1"
    );
    assert!(requests[1].starts_with("POST /api/token HTTP/1.1\r\n"));
    assert!(requests[1].ends_with("\r\n\r\ngrant_type=refresh_token&x=a+b%26c"));
    assert_eq!(header(&requests[1], "content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(header(&requests[1], "authorization"), None);
}

#[tokio::test]
async fn a_stream_is_read_as_it_arrives_and_ends_with_what_ended_it() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: Text/Event-Stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n";
    let server = Server::new([
        Act::AnswerThenHang(format!("{head}9\r\ndata: 1\n\n\r\n")),
        Act::Answer(format!("{head}3\r\nab")),
        Act::Answer(answer(404, "")),
    ])
    .await;
    let mut config = config(&server.url());
    config.stream_idle_timeout = Duration::from_millis(250);
    let client = client(config);
    let events = || Request::get("events.stream", "/v1/events");

    let answer = client.stream(events()).await.unwrap();
    assert!(answer.is_event_stream());
    let pieces: Vec<_> = answer.into_stream().collect().await;
    assert_eq!(pieces[0].as_ref().unwrap(), "data: 1\n\n");
    assert_plain(pieces[1].as_ref().unwrap_err(), ErrorKind::Timeout);
    assert_eq!(pieces.len(), 2);

    let pieces: Vec<_> = client.stream(events()).await.unwrap().into_stream().collect().await;
    assert_plain(pieces.last().unwrap().as_ref().unwrap_err(), ErrorKind::Transport);

    assert_plain(&client.stream(events()).await.unwrap_err(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_client_without_credentials_sends_public_requests_only() {
    let server = Server::answering(answer(200, "{}")).await;
    let client =
        HttpClient::new(config(&server.url()), std::sync::Arc::new(NoCredential), &NoCodes)
            .unwrap();
    assert_error(
        &client.place(placing()).await.unwrap_err(),
        ErrorKind::Unauthorized,
        Delivery::NotSent,
    );
    client.read(list().public()).await.unwrap();
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_base_url_that_cannot_work_is_refused() {
    for url in [
        "ftp://api.example.com",
        "https://user:pass@api.example.com",
        "https://api.example.com/?a=1",
        "unix:/run/socket",
    ] {
        let config =
            ClientConfig::new(ProviderId::from_static("simulated"), Url::parse(url).unwrap());
        let error =
            HttpClient::new(config, std::sync::Arc::new(NoCredential), &NoCodes).unwrap_err();
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::Configuration, Some("base_url")),
            "{url}"
        );
    }
}

#[test]
fn debug_shows_no_secret_and_no_value() {
    let request = placing().header("x-api-key", "secret-token").query("phone", "+14155550100");
    let client = client(config("http://127.0.0.1:1"));
    for shown in [format!("{request:?}"), format!("{client:?}")] {
        assert!(
            !shown.contains("secret-token")
                && !shown.contains("4155550100")
                && !shown.contains("key-1"),
            "{shown}"
        );
    }
}
