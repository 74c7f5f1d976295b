//! Keys: made, used, rotated, revoked, limited.

use std::net::SocketAddr;

use axum::{body::Body, extract::ConnectInfo};
use http::Method;
use jiff::{Timestamp, ToSpan};
use serde_json::json;
use switchboard_api::caller::{KeyText, Role, ScopeName};

use crate::support::{Server, request, schema::operation};

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_made_used_rotated_and_revoked() {
    let server = Server::start().await;
    let admin = server.key(None, Role::Admin).await;
    let new = json!({"name": "production", "tenant": "acme", "role": "caller"});
    let made = server.post("/v1/keys", &admin, &new).await;
    operation("createKey").check(&made);
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    let secret = made.body["secret"].as_str().unwrap();
    let id = made.body["key"]["id"].as_str().unwrap();
    let me = server.get("/v1/me", secret).await;
    operation("getMe").check(&me);
    assert_eq!((&me.body["key"], &me.body["tenant"]), (&json!(id), &json!("acme")));
    assert_eq!(me.body["limits"]["requests_left"], 599);

    let rotated = server.post(&format!("/v1/keys/{id}/rotate"), &admin, &json!({})).await;
    operation("rotateKey").check(&rotated);
    let next = rotated.body["secret"].as_str().unwrap();
    let next_id = rotated.body["key"]["id"].as_str().unwrap();
    assert_ne!(id, next_id);
    assert_eq!(server.get("/v1/me", next).await.body["tenant"], "acme");
    let gone = server.ask(Method::DELETE, &format!("/v1/keys/{next_id}"), &admin).await;
    operation("revokeKey").check(&gone);
    let again = server.ask(Method::DELETE, &format!("/v1/keys/{next_id}"), &admin).await;
    assert_eq!(again.status.as_u16(), 404);
    let listed = server.get("/v1/keys", &admin).await;
    operation("listKeys").check(&listed);
    assert!(!listed.text.contains(&secret[16..]) && listed.text.contains(id));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_makes_one_key() {
    let server = Server::start().await;
    let admin = server.key(None, Role::Admin).await;
    let send = || {
        let new = json!({"name": "production", "tenant": "acme", "role": "caller"});
        let request = request(Method::POST, "/v1/keys", &admin)
            .header("content-type", "application/json")
            .header("idempotency-key", "one")
            .body(Body::from(new.to_string()))
            .unwrap();
        server.send(request)
    };
    let (first, again) = (send().await, send().await);
    assert!(first.body["secret"].is_string() && again.body["secret"].is_null(), "{}", again.text);
    assert_eq!(first.body["key"]["id"], again.body["key"]["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_gives_no_more_than_it_has() {
    let server = Server::start().await;
    let maker = [ScopeName::KeysManage, ScopeName::CallsRead];
    let limited = server
        .key_with(Some("acme"), maker, |key| {
            key.confirm = true;
            key.ip_allow = vec!["192.0.2.0/24".to_owned()];
            key.expires_at = Timestamp::now().checked_add(1.hour()).ok();
            key.limits.streams = Some(2);
        })
        .await;
    let refused = [
        (json!({"name": "x", "scopes": ["calls:write"], "confirm": true}), "scopes"),
        (json!({"name": "x", "scopes": ["calls:read"], "confirm": false}), "confirm"),
        (json!({"name": "x", "scopes": ["calls:read"], "ip_allow": ["192.0.0.0/16"]}), "ip_allow"),
        (
            json!({"name": "x", "scopes": ["calls:read"], "expires_at": "2999-01-01T00:00:00Z"}),
            "expires_at",
        ),
        (json!({"name": "x", "scopes": ["calls:read"], "limits": {"streams": 3}}), "limits"),
    ];
    for (new, field) in refused {
        let answer = server.post("/v1/keys", &limited, &new).await;
        operation("createKey").check(&answer);
        assert_eq!((answer.code(), &answer.body["field"]), ("scope_exceeds_own", &json!(field)));
    }
    let other = json!({"name": "x", "tenant": "other", "scopes": ["calls:read"]});
    assert_eq!(server.post("/v1/keys", &limited, &other).await.code(), "tenant_not_allowed");
    // What is left out is inherited.
    let new = json!({"name": "x", "scopes": ["calls:read"]});
    let made = server.post("/v1/keys", &limited, &new).await;
    assert_eq!(made.body["key"]["ip_allow"], json!(["192.0.2.0/24"]), "{}", made.text);
    assert_eq!(made.body["key"]["limits"]["streams"], 2);
    assert!(made.body["key"]["expires_at"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_key_is_told_to_whoever_has_its_secret() {
    let server = Server::start().await;
    let expired = server
        .key_with(Some("acme"), [ScopeName::CallsRead], |key| {
            key.expires_at = Timestamp::now().checked_sub(1.hour()).ok();
        })
        .await;
    let revoked = server
        .key_with(Some("acme"), [ScopeName::CallsRead], |key| {
            key.revoked_at = Some(Timestamp::now());
        })
        .await;
    let elsewhere = server
        .key_with(Some("acme"), [ScopeName::CallsRead], |key| {
            key.ip_allow = vec!["198.51.100.0/24".to_owned()];
        })
        .await;
    assert_eq!(server.get("/v1/me", &expired).await.code(), "expired_key");
    assert_eq!(server.get("/v1/me", &revoked).await.code(), "revoked_key");
    assert_eq!(server.get("/v1/me", &elsewhere).await.code(), "ip_not_allowed");
    // The right id with another secret.
    let id = expired[3..15].to_owned();
    let other = KeyText::random().unwrap();
    assert_eq!(server.get("/v1/me", other.expose()).await.code(), "invalid_key");
    let garbled = expired.replace(&id, "AAAAAAAAAAAA");
    assert_eq!(server.get("/v1/me", &garbled).await.code(), "invalid_key");
    let in_address = server.get(&format!("/v1/me?key={expired}"), "").await;
    assert_eq!((in_address.status.as_u16(), in_address.code()), (401, "missing_key"));
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_wrong_keys_are_enough_from_one_address() {
    let server = Server::start().await;
    let right = server.key(Some("acme"), Role::Caller).await;
    assert_eq!(server.get("/v1/me", &right).await.status.as_u16(), 200);
    for _ in 0..20 {
        let wrong = KeyText::random().unwrap();
        assert_eq!(server.get("/v1/me", wrong.expose()).await.code(), "invalid_key");
    }
    let wrong = KeyText::random().unwrap();
    let limited = server.get("/v1/me", wrong.expose()).await;
    assert_eq!((limited.status.as_u16(), limited.code()), (429, "rate_limited"));
    assert!(limited.header("retry-after").parse::<u64>().unwrap() <= 60);
    assert_eq!(limited.header("ratelimit"), "", "a wrong key sees no policy");
    // A key that is in use goes on working, and other addresses are not meant.
    assert_eq!(server.get("/v1/me", &right).await.status.as_u16(), 200);
    let mut elsewhere = request(Method::GET, "/v1/me", wrong.expose()).body(Body::empty()).unwrap();
    let address = SocketAddr::from(([192, 0, 2, 99], 1));
    elsewhere.extensions_mut().insert(ConnectInfo(address));
    assert_eq!(server.send(elsewhere).await.code(), "invalid_key");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_above_the_quota_are_told_when_to_come_back() {
    let server = Server::with(|api| api.limits.requests_per_minute = 3).await;
    let key = server.key(Some("acme"), Role::Caller).await;
    for left in [2, 1, 0] {
        let answer = server.get("/v1/me", &key).await;
        assert_eq!(answer.status.as_u16(), 200);
        assert!(answer.header("ratelimit").starts_with(&format!("\"requests\";r={left};")));
    }
    let refused = server.get("/v1/me", &key).await;
    operation("getMe").check(&refused);
    assert_eq!((refused.status.as_u16(), refused.code()), (429, "rate_limited"));
    assert_eq!(refused.body["violated-policies"], json!(["requests"]));
    assert_eq!(
        refused.body["type"],
        "https://iana.org/assignments/http-problem-types#quota-exceeded"
    );
    assert!((1..=20).contains(&refused.header("retry-after").parse::<u64>().unwrap()));
}
