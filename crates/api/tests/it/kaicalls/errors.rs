//! Errors in KaiCalls' form, and what this surface does not do.

use std::sync::Arc;

use http::Method;
use serde_json::{Value, json};
use switchboard::SystemClock;
use switchboard_api::caller::{Role, ScopeName};

use super::{
    http_client::send,
    server::{COMPLETED, Server, TASK},
};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_call_is_named_in_the_words_of_kaicalls() {
    let server = Server::start().await;
    let key = server.key("acme").await;
    let with = |field: &str, value: Value| {
        let mut body = server.call(COMPLETED);
        body[field] = value;
        body
    };
    let without = |field: &str| {
        let mut body = server.call(COMPLETED);
        body.as_object_mut().unwrap().remove(field);
        body
    };
    let cases = [
        (without("agent_id"), 400, "invalid_request", "agent_id"),
        (without("to"), 400, "invalid_request", "to"),
        (with("agent_id", json!("nobody")), 404, "not_found", "agent_id"),
        (with("to", json!("+1911")), 400, "invalid_request", "number_not_allowed"),
        (with("to", json!("2015550101")), 400, "invalid_request", "to"),
        (with("to", json!("+12015550101999")), 400, "invalid_request", "to"),
        (with("max_duration", json!(29)), 400, "invalid_request", "max_duration"),
        (with("max_duration", json!(3_601)), 400, "invalid_request", "max_duration"),
        (with("max_duration", json!("ten")), 400, "invalid_request", "max_duration"),
        (with("max_durations", json!(60)), 400, "invalid_request", "did you mean max_duration"),
        (with("context", json!("x".repeat(8_001))), 400, "invalid_request", "context"),
        (with("name", json!("x".repeat(2_000))), 400, "invalid_request", "name"),
        (with("first_message", json!("x".repeat(2_001))), 400, "invalid_request", "first_message"),
        (with("webhook_url", json!("http://10.0.0.1/hook")), 400, "invalid_request", "webhook_url"),
        (with("business_id", json!("other")), 403, "forbidden", "business_id"),
    ];
    for (body, status, code, told) in cases {
        let answer = server.post("calls", &key, &body).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{}", answer.text);
        assert!(answer.message().contains(told), "{told}: {}", answer.text);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.body["error"]["delivery"], "not_sent", "{}", answer.text);
        assert!(answer.header("x-request-id").is_some());
        assert!(!answer.text.contains("2015550101") && !answer.text.contains(TASK));
    }
    assert!(server.rings.is_empty());
    assert_eq!(server.get("calls", &key).await.body["calls"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_scopes_are_refused_in_the_words_of_kaicalls() {
    let server = Server::start().await;
    for key in ["kc_live_abc123", "", "sb_nothing"] {
        let answer = server.get("calls", key).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (401, "unauthorized"));
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
    let reader = server.key_with(Some("acme"), Role::Reader.scopes(true)).await;
    let answer = server.post("calls", &reader, &server.call(COMPLETED)).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (403, "forbidden"), "{}", answer.text);
    // An address could be used to hear of words that the key may not read.
    let scopes = [ScopeName::CallsWrite, ScopeName::CallsRead];
    let writer = server.key_with(Some("acme"), scopes).await;
    let mut body = server.call(COMPLETED);
    body["webhook_url"] = json!("http://127.0.0.1:9/hook");
    let answer = server.post("calls", &writer, &body).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (403, "forbidden"), "{}", answer.text);

    // An operator's key has to say for whom.
    let operator = server.key_with(None, Role::Operator.scopes(false)).await;
    let answer = server.post("calls", &operator, &server.call(COMPLETED)).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (400, "invalid_request"));
    assert!(answer.message().contains("business_id"), "{}", answer.text);
    assert!(server.rings.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_scope_for_words_neither_summary_nor_recording_is_shown() {
    let server = Server::start().await;
    let key = server.key("acme").await;
    let over = server.finished(&key, "one", &server.call(COMPLETED)).await;
    let reader = server.key_with(Some("acme"), [ScopeName::CallsRead]).await;
    let id = over["id"].as_str().unwrap();
    let read = server.get(&format!("calls?id={id}"), &reader).await;
    assert_eq!((&read.body["summary"], &read.body["recording_url"]), (&Value::Null, &Value::Null));
    for path in [format!("recordings?call_id={id}"), "transcripts".to_owned()] {
        let answer = server.get(&path, &reader).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (403, "forbidden"));
    }
    // Another tenant's call is not there.
    let stranger = server.key("other").await;
    let answer = server.get(&format!("calls?id={id}"), &stranger).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (404, "not_found"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_mapping_is_refused_with_the_way_that_there_is() {
    let server = Server::start().await;
    let key = server.key("acme").await;
    let refused = [
        (Method::POST, "agents", "[agents.NAME]"),
        (Method::PATCH, "agents", "[agents.NAME]"),
        (Method::GET, "agents/versions?agent_id=x", "provider"),
        (Method::GET, "phone-numbers/available", "provider"),
        (Method::POST, "phone-numbers", "provider"),
        (Method::DELETE, "phone-numbers?phone_number=x", "provider"),
        (Method::GET, "leads", "metadata"),
        (Method::POST, "sms/send", "KaiCalls"),
        (Method::GET, "workspaces", "tenants"),
        (Method::POST, "evals/run", "experiments"),
        (Method::GET, "analytics/dashboard", "/v1/usage"),
        (Method::POST, "communication-runs", "/v1/calls/batch"),
        (Method::POST, "events/replay", "redeliver"),
        (Method::POST, "signup", "key"),
    ];
    for (method, path, told) in refused {
        let answer = server.ask(method, path, &key, Some(&json!({}))).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (501, "not_supported"), "{path}");
        assert!(answer.message().contains(told), "{path}: {}", answer.text);
    }
    for method in [Method::GET, Method::POST, Method::DELETE] {
        let answer = server.ask(method, "keys", &key, None).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (403, "forbidden"));
        assert!(answer.message().contains("/v1/keys"), "{}", answer.text);
    }
    let nothing = server.get("nothing", &key).await;
    assert_eq!((nothing.status.as_u16(), nothing.code()), (404, "not_found"));
    let wrong = server.ask(Method::DELETE, "calls", &key, None).await;
    assert_eq!((wrong.status.as_u16(), wrong.code()), (405, "invalid_request"));
    assert!(server.rings.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_there_only_where_it_is_asked_for() {
    let server = Server::with(Arc::new(SystemClock), |api| api.kaicalls = None).await;
    let key = server.key("acme").await;
    let answer = server.get("health", &key).await;
    assert_eq!((answer.status.as_u16(), &answer.body["code"]), (404, &json!("not_found")));

    // Where it is, everything else keeps its own form.
    let server = Server::start().await;
    let answer = send(server.address, Method::GET, "/v1/me", &[], None).await;
    assert_eq!((answer.status.as_u16(), &answer.body["code"]), (401, &json!("missing_key")));
    let answer = send(server.address, Method::GET, "/compat/kaicallsx", &[], None).await;
    assert_eq!((answer.status.as_u16(), &answer.body["code"]), (404, &json!("not_found")));
}
