//! Each code of a problem is met once.

use axum::body::Body;
use http::{Method, Request};
use serde_json::json;
use switchboard_api::caller::Role;

use crate::support::{Answer, Server, TO, call, request};

/// A request whose answer has this status and code.
struct Met(u16, &'static str, Answer);

fn raw(
    method: Method,
    path: &str,
    key: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Request<Body> {
    let mut builder = request(method, path, key);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(Body::from(body.to_owned())).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_are_wrong_meet_their_code() {
    let server = Server::start().await;
    let key = server.key(Some("acme"), Role::Caller).await;
    let operator = server.key(None, Role::Admin).await;
    let json = ("content-type", "application/json");
    let named = ("idempotency-key", "k");
    let good = call().to_string();
    let long = format!("/v1/calls?tag={}", "x".repeat(9_000));
    let many: Vec<(String, String)> =
        (0..70).map(|n| (format!("x-header-{n}"), "x".to_owned())).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (&**name, &**value)).collect();
    let post = |headers: &[(&str, &str)], body: &str| {
        server.send(raw(Method::POST, "/v1/calls", &key, headers, body))
    };
    let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
    let met = [
        Met(400, "malformed_json", post(&[json, named], "{\"to\": ").await),
        Met(400, "malformed_json", post(&[json, named], &deep).await),
        Met(400, "malformed_json", post(&[json, named], &format!("{good} {{}}")).await),
        Met(400, "invalid_request", post(&[json, named], "{\"to\": 5, \"task\": \"x\"}").await),
        Met(400, "unknown_field", post(&[json, named], "{\"too\": \"x\"}").await),
        Met(400, "idempotency_key_missing", post(&[json], &good).await),
        Met(400, "idempotency_key_invalid", post(&[json, ("idempotency-key", "\"x")], &good).await),
        Met(400, "tenant_missing", server.place(&operator, "k", &call()).await),
        Met(406, "not_acceptable", post(&[json, named, ("accept", "image/png")], &good).await),
        Met(413, "body_too_large", post(&[json, named], &" ".repeat(70_000)).await),
        Met(414, "uri_too_long", server.get(&long, &key).await),
        Met(
            415,
            "unsupported_media_type",
            post(&[("content-type", "text/plain"), named], &good).await,
        ),
        Met(
            422,
            "number_not_allowed",
            server.place(&key, "k", &json!({"to": "+1911", "task": "x"})).await,
        ),
        Met(
            431,
            "headers_too_large",
            server.send(raw(Method::GET, "/v1/me", &key, &many, "")).await,
        ),
        Met(
            403,
            "tenant_not_allowed",
            server.place(&key, "k", &json!({"to": TO, "task": "x", "tenant": "other"})).await,
        ),
    ];
    for Met(status, code, answer) in met {
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{}", answer.text);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let kind = answer.body["type"].as_str().unwrap();
        let page = kind.strip_prefix("https://calls.example.com").unwrap();
        let page = server.get(page, "").await;
        assert!(page.status.is_success() && page.text.contains(code), "{kind}");
    }
    assert!(server.rings.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_call_does_not_allow_meets_its_code() {
    let server = Server::start().await;
    let key = server.key(Some("acme"), Role::Admin).await;
    let id = server.finished(&key, "first").await;
    let stopped = server.ask(Method::POST, &format!("/v1/calls/{id}/stop"), &key).await;
    assert_eq!((stopped.status.as_u16(), stopped.code()), (409, "already_over"));
    let verdict = json!({"verdict": "not_placed", "note": "x"});
    let resolved = server.post(&format!("/v1/calls/{id}/resolve"), &key, &verdict).await;
    assert_eq!((resolved.status.as_u16(), resolved.code()), (409, "nothing_to_resolve"));
    let later = json!({"to": TO, "task": "Say hello.", "not_before": "2999-01-01T00:00:00Z"});
    let placed = server.place(&key, "later", &later).await;
    assert_eq!(placed.status.as_u16(), 201, "{}", placed.text);
    let later = placed.body["id"].as_str().unwrap();
    let transcript = server.get(&format!("/v1/calls/{later}/transcript"), &key).await;
    assert_eq!((transcript.status.as_u16(), transcript.code()), (409, "not_over"));
    let withdrawn = server.ask(Method::POST, &format!("/v1/calls/{later}/stop"), &key).await;
    assert_eq!(withdrawn.status.as_u16(), 202, "{}", withdrawn.text);
    assert_eq!(
        (&withdrawn.body["status"], &withdrawn.body["fault"]["code"]),
        (&json!("refused"), &json!("withdrawn"))
    );
    let transcript = server.get(&format!("/v1/calls/{later}/transcript"), &key).await;
    assert_eq!((transcript.status.as_u16(), transcript.code()), (404, "no_transcript"));
    let recording = server.get(&format!("/v1/calls/{later}/recording"), &key).await;
    assert_eq!((recording.status.as_u16(), recording.code()), (404, "no_recording"));
    assert_eq!(server.rings.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_says_that_nothing_was_sent() {
    let server = Server::start().await;
    let key = server.key(Some("acme"), Role::Caller).await;
    server.switchboard.engine().stop_now();
    let answer = server.place(&key, "k", &call()).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (503, "stopping"), "{}", answer.text);
    assert_eq!(answer.body["delivery"], "not_sent");
    assert!(!answer.header("retry-after").is_empty());
    assert!(server.rings.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_experiment_in_the_wrong_phase_is_not_changed() {
    let server = Server::start().await;
    let operator = server.key(None, Role::Admin).await;
    let started = server.post("/v1/experiments/greeting/start", &operator, &json!({})).await;
    assert_eq!(started.body["stage"], "running", "{}", started.text);
    let again = server.post("/v1/experiments/greeting/start", &operator, &json!({})).await;
    assert_eq!((again.status.as_u16(), again.code()), (409, "wrong_phase"));
    let ramped =
        server.post("/v1/experiments/greeting/ramp", &operator, &json!({"percent": 101})).await;
    assert_eq!((ramped.status.as_u16(), ramped.code()), (400, "invalid_request"));
    let arm = json!({"arm": "b", "note": "Too many complaints."});
    let stopped = server.post("/v1/experiments/greeting/stop", &operator, &arm).await;
    assert_eq!(stopped.body["arms"][1]["stopped"], true, "{}", stopped.text);
    let audit = server.get("/v1/audit?topic=experiment", &operator).await;
    assert_eq!(audit.body["data"].as_array().unwrap().len(), 2, "{}", audit.text);
}
