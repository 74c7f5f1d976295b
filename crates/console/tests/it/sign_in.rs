//! Who may see pages, and for how long.

use std::time::Duration;

use axum::body::Body;
use futures::{FutureExt, StreamExt};
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use switchboard_api::caller::{Role, ScopeName};

use crate::support::{Browser, Server};

#[tokio::test(flavor = "multi_thread")]
async fn a_key_signs_in_and_its_end_signs_out() {
    let server = Server::start().await;
    let (admin, key) =
        (server.key(None, Role::Admin).await, server.key(None, Role::Operator).await);
    let stranger = Request::builder().uri("/console/calls?status=closed").body(Body::empty());
    let turned = server.send(stranger.unwrap()).await;
    assert_eq!(turned.status, StatusCode::SEE_OTHER);
    let to = turned.header("location");
    assert_eq!(to, "/console/sign-in?next=%2Fconsole%2Fcalls%3Fstatus%3Dclosed");

    let browser = server.browser(&key).await;
    assert!(browser.cookie.starts_with("__Host-sb="), "{}", browser.cookie);
    assert_eq!(browser.get("/console").await.status, StatusCode::OK);
    assert_eq!(server.audited(&admin, "session").await, [json!({"event": "signed_in"})]);

    // The session is no key.
    let v1 = browser.get("/v1/calls").await;
    assert_eq!(v1.status, StatusCode::UNAUTHORIZED, "{}", v1.text);

    let id = &key[3..15];
    server.api(Method::DELETE, &format!("/v1/keys/{id}"), &admin, &Value::Null).await;
    server.later(2);
    assert_eq!(browser.get("/console").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_by_itself_and_by_signing_out() {
    let server = Server::start().await;
    let key = server.key(None, Role::Admin).await;
    let (one, other) = (server.browser(&key).await, server.browser(&key).await);
    let out = one.post("/console/sign-out", &[]).await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    assert!(out.header("set-cookie").contains("Max-Age=0"), "{:?}", out.headers);
    // The cookie that somebody kept does not work any more, and other browsers stay signed in.
    assert_eq!(one.get("/console").await.status, StatusCode::SEE_OTHER);
    assert_eq!(other.get("/console").await.status, StatusCode::OK);
    server.later(12 * 60 * 60 + 1);
    assert_eq!(other.get("/console").await.status, StatusCode::SEE_OTHER);
    let told = [
        json!({"event": "signed_in"}),
        json!({"event": "signed_in"}),
        json!({"event": "signed_out"}),
    ];
    assert_eq!(server.audited(&key, "session").await, told);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_keys_and_keys_without_the_scope_are_told_so() {
    let server = Server::start().await;
    let browser = server.browser(&server.key(None, Role::Admin).await).await;
    let wrong = browser.post("/console/sign-in", &[("key", "sb_wrong")]).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(wrong.has("There is no key like this") && !wrong.has("sb_wrong"), "{}", wrong.text);
    let caller = server.key(Some("acme"), Role::Caller).await;
    let lacks = browser.post("/console/sign-in", &[("key", &caller)]).await;
    assert_eq!(lacks.status, StatusCode::FORBIDDEN);
    assert!(lacks.has("lacks the scope console") && !lacks.has(&caller), "{}", lacks.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_fits_how_the_server_is_reached() {
    for (url, name, secure) in [
        ("https://calls.example.com", "__Host-sb=", true),
        ("http://127.0.0.1:8080", "sb-8080=", false),
        ("http://localhost:9000", "sb-9000=", false),
    ] {
        let server = Server::at(url).await;
        let key = server.key(None, Role::Admin).await;
        let browser = server.browser(&key).await;
        let again = browser.post("/console/sign-in", &[("key", &key)]).await;
        let cookie = again.header("set-cookie");
        assert!(cookie.starts_with(name), "{cookie}");
        assert_eq!(cookie.contains("; Secure"), secure, "{cookie}");
        for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_signs_in_over_plain_http_from_elsewhere() {
    let server = Server::at("http://calls.example.com").await;
    let key = server.key(None, Role::Admin).await;
    let form = Request::builder()
        .method(Method::POST)
        .uri("/console/sign-in")
        .header("origin", "http://calls.example.com")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(format!("key={key}")));
    let answer = server.send(form.unwrap()).await;
    assert!(answer.has("Nobody can sign in here"), "{}", answer.text);
    assert_eq!(answer.header("set-cookie"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_sent_to_another_site() {
    let server = Server::start().await;
    let key = server.key(None, Role::Admin).await;
    let browser = server.browser(&key).await;
    for (next, goes_to) in [
        ("/console/calls?status=closed", "/console/calls?status=closed"),
        ("https://evil.example", "/console"),
        ("//evil.example", "/console"),
        ("/consolexyz", "/console"),
        ("/console/\\evil", "/console"),
    ] {
        let answer = browser.post("/console/sign-in", &[("key", &key), ("next", next)]).await;
        assert_eq!(answer.header("location"), goes_to, "{next}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_the_headers_that_keep_others_out() {
    let server = Server::start().await;
    let browser = server.browser(&server.key(None, Role::Admin).await).await;
    for path in
        ["/console", "/console/calls", "/console/calls/nothing", "/console/x", "/console/sign-in"]
    {
        let answer = browser.get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"),
            "{path}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{path}");
        assert!(!answer.has(" style=") && !answer.has(" onclick="), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_kept_for_a_year_under_their_hash() {
    let server = Server::start().await;
    let browser = server.browser(&server.key(None, Role::Admin).await).await;
    let page = browser.get("/console").await;
    let mut seen = 0;
    for part in page.text.split('"').filter(|part| part.starts_with("/console/assets/")) {
        let file = browser.get(part).await;
        assert_eq!(file.status, StatusCode::OK, "{part}");
        assert!(file.header("cache-control").contains("immutable"), "{part}");
        seen += 1;
    }
    assert!(seen >= 4, "{}", page.text);
    let old = browser.get("/console/assets/0000000000000000/console.css").await;
    assert_eq!(old.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn places_that_a_key_may_not_see_are_not_offered() {
    let server = Server::start().await;
    let admin = server.browser(&server.key(None, Role::Admin).await).await;
    let only = server.key_with(Some("acme"), [ScopeName::Console, ScopeName::CallsRead]).await;
    let tenant = server.browser(&only).await;
    let (all, few) = (admin.get("/console").await, tenant.get("/console").await);
    assert!(all.has("href=\"/console/calls\"") && few.has("href=\"/console/calls\""));
    for place in ["providers", "keys", "configuration", "experiments", "rates", "money", "webhooks"]
    {
        let link = format!("href=\"/console/{place}\"");
        if all.has(&link) {
            assert!(!few.has(&link), "{place}");
            let refused = tenant.get(&format!("/console/{place}")).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{place}: {}", refused.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_when_somebody_signs_out() {
    let server = Server::start().await;
    let key = server.key(None, Role::Admin).await;
    let browser = server.browser(&key).await;
    let other = server.browser(&key).await;
    let follow = |cookie: &str| {
        let request = Request::builder().uri("/console/events").header("cookie", cookie);
        server.open(request.body(Body::empty()).unwrap())
    };
    let stream = follow(&browser.cookie).await;
    let stays = follow(&other.cookie).await;
    assert_eq!((stream.status(), stays.status()), (StatusCode::OK, StatusCode::OK));
    let left = browser.post("/console/sign-out", &[]).await;
    assert_eq!(left.status, StatusCode::SEE_OTHER);
    let read = axum::body::to_bytes(stream.into_body(), 64 * 1024);
    let read = tokio::time::timeout(Duration::from_secs(30), read).await;
    assert!(read.expect("the stream ends").unwrap().starts_with(b"retry: "));
    // The other session's stream goes on: its next bytes are not its end.
    let mut stays = stays.into_body().into_data_stream();
    assert!(stays.next().await.unwrap().unwrap().starts_with(b"retry: "));
    assert!(stays.next().now_or_never().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_looks_at_one_tenant() {
    let server = Server::start().await;
    let admin = server.key(None, Role::Admin).await;
    let id = server.finished(&admin).await;
    let mut browser = server.browser(&admin).await;
    let session = browser.cookie.clone();
    let call = format!("/console/calls/{id}");
    let looks = async |browser: &mut Browser<'_>, tenant: &str, back: &str| {
        let chosen = browser.post("/console/tenant", &[("tenant", tenant), ("back", back)]).await;
        assert_eq!(chosen.status, StatusCode::SEE_OTHER, "{}", chosen.text);
        let cookie = chosen.header("set-cookie").split(';').next().unwrap().to_owned();
        browser.cookie = format!("{session}; {cookie}");
        chosen.header("location").to_owned()
    };
    // The page of a call may be another tenant's: they come to the list.
    assert_eq!(looks(&mut browser, "other & co", &call).await, "/console/calls");
    let list = browser.get("/console/calls").await;
    assert!(list.has("looks at other &#38; co") && !list.has(&id), "{}", list.text);
    assert_eq!(browser.get(&call).await.status, StatusCode::NOT_FOUND);
    // What concerns every tenant is there all the same.
    let audit = browser.get("/console/configuration?topic=session").await;
    assert!(audit.status == StatusCode::OK && audit.has("signed_in"), "{}", audit.text);
    looks(&mut browser, "acme", "/console").await;
    assert!(browser.get("/console/calls").await.has(&id));
    assert_eq!(browser.get(&call).await.status, StatusCode::OK);
    looks(&mut browser, "", "/console").await;
    assert!(browser.get("/console").await.has("every tenant"));

    // A tenant's key cannot choose, and a cookie does not help it.
    let tenant = server.key(Some("other"), Role::Admin).await;
    let mut tenant = server.browser(&tenant).await;
    assert!(!tenant.get("/console").await.has("/console/tenant"));
    let refused = tenant.post("/console/tenant", &[("tenant", "acme")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    tenant.cookie = format!("{}; sb-tenant=acme", tenant.cookie);
    assert_eq!(tenant.get(&call).await.status, StatusCode::NOT_FOUND);
}
