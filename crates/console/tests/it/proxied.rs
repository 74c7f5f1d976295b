//! People whom a proxy signs in: from which address, with which headers, and as what.

use std::time::Duration;

use axum::body::Body;
use http::{Method, Request, StatusCode, request::Builder};
use serde_json::Value;
use switchboard_api::caller::{ProxySignIn, Role};

use crate::support::{Answer, Server};

const PROXY: &str = "10.0.0.5";
const USER: &str = "x-forwarded-user";
const GROUPS: &str = "x-forwarded-groups";

fn sign_in() -> ProxySignIn {
    let tenant = |name: &str| Some(name.into());
    ProxySignIn::new(USER.parse().unwrap(), GROUPS.parse().unwrap())
        .with_group("admins", Role::Admin, None)
        .with_group("ops", Role::Operator, None)
        .with_group("support", Role::Reader, None)
        .with_group("programs", Role::Caller, None)
        .with_group("acme-support", Role::Reader, tenant("acme"))
        .with_group("acme-ops", Role::Operator, tenant("acme"))
        .with_group("other-ops", Role::Operator, tenant("other"))
}

async fn server() -> Server {
    Server::behind(&["10.0.0.5/32"], sign_in()).await
}

fn get(path: &str) -> Builder {
    Request::builder().uri(path)
}

fn named(request: Builder, user: &str, groups: &str) -> Builder {
    request.header(USER, user).header(GROUPS, groups)
}

fn empty(request: Builder) -> Request<Body> {
    request.body(Body::empty()).unwrap()
}

/// The first page for somebody in these groups.
async fn now(server: &Server, user: &str, groups: &str) -> Answer {
    server.send_from(PROXY, empty(named(get("/console"), user, groups))).await
}

/// Sends a form as the browser of somebody in these groups does.
async fn post(server: &Server, path: &str, who: (&str, &str), fields: &str) -> Answer {
    let form = named(get(path).method(Method::POST), who.0, who.1)
        .header("sec-fetch-site", "same-origin")
        .header("origin", "https://calls.example.com")
        .header("content-type", "application/x-www-form-urlencoded");
    server.send_from(PROXY, form.body(Body::from(fields.to_owned())).unwrap()).await
}

fn is_refused(answer: &Answer, why: &str) {
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text);
    assert!(answer.has("sign_in_refused") && answer.has(why), "{why}: {}", answer.text);
    assert!(!answer.has("/console/calls"), "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_are_believed_from_the_proxy_alone() {
    let proxies = ["10.0.0.5/32", "192.168.7.0/24"];
    let server = Server::behind(&proxies, sign_in()).await;
    for (peer, forwarded, is_believed) in [
        (PROXY, "", true),
        ("192.168.7.200", "", true),
        ("::ffff:10.0.0.5", "", true),
        // Whom the proxy asks for does not matter, even where it is another machine's.
        (PROXY, "203.0.113.9", true),
        ("10.0.0.6", "", false),
        ("203.0.113.9", "", false),
        ("127.0.0.1", "", false),
        ("::1", "", false),
        // Nobody becomes the proxy by saying that it sent them.
        ("203.0.113.9", PROXY, false),
        ("127.0.0.1", PROXY, false),
    ] {
        let mut request = named(get("/console"), "ada", "ops");
        if !forwarded.is_empty() {
            request = request.header("x-forwarded-for", forwarded);
        }
        let answer = server.send_from(peer, empty(request)).await;
        if is_believed {
            assert_eq!(answer.status, StatusCode::OK, "{peer}: {}", answer.text);
        } else {
            is_refused(&answer, "through the proxy");
        }
        let without = server.send_from(peer, empty(get("/console"))).await;
        assert_eq!(without.status, StatusCode::FORBIDDEN, "{peer}");
    }
    // This machine may be the proxy's, if it is named.
    let here = Server::behind(&["127.0.0.1/32"], sign_in()).await;
    let answer = here.send_from("127.0.0.1", empty(named(get("/console"), "ada", "ops"))).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_that_are_missing_or_stand_twice_let_nobody_in() {
    let server = server().await;
    let cases: [(&[(&str, &str)], &str); 10] = [
        (&[], "did not say who you are"),
        (&[(GROUPS, "ops")], "did not say who you are"),
        (&[(USER, ""), (GROUPS, "ops")], "did not say who you are"),
        (&[(USER, " "), (GROUPS, "ops")], "did not say who you are"),
        (&[(USER, "ada"), (USER, "eve"), (GROUPS, "ops")], "more than once"),
        (&[(USER, "ada"), (USER, "ada"), (GROUPS, "ops")], "more than once"),
        (&[(USER, "ada"), (GROUPS, "support"), (GROUPS, "ops")], "more than once"),
        (&[(USER, "ada"), (GROUPS, ""), (GROUPS, "ops")], "more than once"),
        (&[(USER, "ada")], "none of your groups"),
        (&[("x-forwarded-email", "ada"), ("x-groups", "ops")], "did not say who you are"),
    ];
    for (headers, why) in cases {
        let mut request = get("/console");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        is_refused(&server.send_from(PROXY, empty(request)).await, why);
    }
    let broken = get("/console").header(USER, &b"ad\xff"[..]).header(GROUPS, "ops");
    is_refused(&server.send_from(PROXY, empty(broken)).await, "not UTF-8");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_strongest_group_counts_and_roles_are_never_put_together() {
    let server = server().await;
    let keys = "href=\"/console/keys\"";
    let providers = "href=\"/console/providers\"";
    let webhooks = "href=\"/console/webhooks\"";
    // Groups; whether they see every tenant or this one; what is offered; what is not.
    let cases: [(&str, &str, &[&str], &[&str]); 9] = [
        ("admins", "every tenant", &[keys, providers, webhooks], &[]),
        ("ops", "every tenant", &[providers, webhooks], &[keys]),
        ("support", "every tenant", &[providers], &[keys, webhooks]),
        ("support,ops", "every tenant", &[providers, webhooks], &[keys]),
        (" ops , unknown", "every tenant", &[providers, webhooks], &[keys]),
        ("acme-support", "acme", &[], &[keys, providers, webhooks]),
        ("acme-ops,acme-support", "acme", &[webhooks], &[keys, providers]),
        // The stronger role is for one tenant: it does not become one for all.
        ("support,acme-ops", "acme", &[webhooks], &[keys, providers]),
        // Of two that are equal the one for every tenant.
        ("other-ops,ops,acme-ops", "every tenant", &[providers, webhooks], &[keys]),
    ];
    for (groups, tenant, offered, withheld) in cases {
        let page = now(&server, "ada@example.com", groups).await;
        assert_eq!(page.status, StatusCode::OK, "{groups}: {}", page.text);
        let who = format!("<strong>ada@example.com</strong><br>{tenant}<");
        assert!(page.has(&who), "{groups}: {}", page.text);
        assert!(offered.iter().all(|link| page.has(link)), "{groups}: {}", page.text);
        assert!(!withheld.iter().any(|link| page.has(link)), "{groups}: {}", page.text);
        assert!(!page.has("sign-out"), "{}", page.text);
    }
    for (groups, why) in [
        ("", "none of your groups"),
        ("strangers", "none of your groups"),
        ("OPS", "none of your groups"),
        ("op,s", "none of your groups"),
        // This role may not use the console.
        ("programs", "none of your groups"),
        ("acme-ops,other-ops", "more than one tenant"),
    ] {
        is_refused(&now(&server, "ada", groups).await, why);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_they_do_is_audited_under_their_name() {
    let server = server().await;
    let admin = server.key(None, Role::Admin).await;
    let long = "n".repeat(500);
    for (user, by) in [
        ("ada@example.com", "user ada@example.com".to_owned()),
        // No name reads like a key's.
        ("key abc", "user key abc".to_owned()),
        ("zo\u{eb}\u{202e}\u{200b} \t<b>", "user zo\u{eb}  <b>".to_owned()),
        (long.as_str(), format!("user {}\u{2026}", "n".repeat(120))),
    ] {
        let id = server.waiting(&admin).await;
        let path = format!("/console/calls/{id}");
        let token = now(&server, user, "ops").await.field("token");
        let who = (user, "ops");
        let shown = post(&server, &format!("{path}/show"), who, &format!("token={token}")).await;
        assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
        let audit = "/v1/audit?topic=call&limit=100";
        let page = server.api(Method::GET, audit, &admin, &Value::Null).await;
        let last = page["data"].as_array().unwrap().last().unwrap();
        assert_eq!(last["by"], by, "{last}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_have_the_token_of_their_person_and_role() {
    let server = server().await;
    let admin = server.key(None, Role::Admin).await;
    let id = server.waiting(&admin).await;
    let stop = format!("/console/calls/{id}/stop");
    let ada = ("ada", "ops");
    let token = now(&server, ada.0, ada.1).await.field("token");
    let others = now(&server, "eve", "ops").await.field("token");
    let before = now(&server, "ada", "acme-ops").await.field("token");
    for wrong in ["", "wrong", &others, &before] {
        let refused = post(&server, &stop, ada, &format!("token={wrong}")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{wrong}");
        assert!(refused.has("csrf") && refused.has("Nothing was changed"), "{}", refused.text);
    }
    // The right token, sent by another site.
    let form = named(get(&stop).method(Method::POST), ada.0, ada.1)
        .header("sec-fetch-site", "cross-site")
        .header("origin", "https://evil.example")
        .body(Body::from(format!("token={token}")));
    let foreign = server.send_from(PROXY, form.unwrap()).await;
    assert!(foreign.status == StatusCode::FORBIDDEN && foreign.has("csrf"), "{}", foreign.text);
    // And by somebody who goes past the proxy.
    let form = named(get(&stop).method(Method::POST), ada.0, ada.1)
        .header("sec-fetch-site", "same-origin")
        .header("origin", "https://calls.example.com")
        .body(Body::from(format!("token={token}")));
    is_refused(&server.send_from("203.0.113.9", form.unwrap()).await, "through the proxy");
    // A reader's form is theirs, and may not stop a call all the same.
    let reader = now(&server, "ada", "support").await.field("token");
    let refused = post(&server, &stop, ("ada", "support"), &format!("token={reader}")).await;
    assert!(refused.has("missing_scope") && refused.has("user ada"), "{}", refused.text);
    // A page that was open over night still works, one of the day before does not.
    server.later(12 * 60 * 60);
    let stopped = post(&server, &stop, ada, &format!("token={token}")).await;
    assert_eq!(stopped.status, StatusCode::SEE_OTHER, "{}", stopped.text);
    server.later(12 * 60 * 60);
    let old = post(&server, "/console/theme", ada, &format!("token={token}&theme=dark")).await;
    assert!(old.has("csrf"), "{}", old.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_does_not_sign_in_where_the_proxy_does_and_the_other_way_round() {
    let by_proxy = server().await;
    let key = by_proxy.key(None, Role::Admin).await;
    let form = get("/console/sign-in")
        .method(Method::POST)
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(format!("key={key}")));
    let refused = by_proxy.send_from(PROXY, form.unwrap()).await;
    is_refused(&refused, "at the proxy");
    assert_eq!(refused.header("set-cookie"), "");
    // A session that a key has in the ledger is not looked at.
    let session = by_proxy.service.sign_in(&key, None, Duration::from_secs(600)).await.unwrap();
    for name in ["__Host-sb", "sb-443"] {
        let cookie = format!("{name}={}", session.expose());
        let request = get("/console").header("cookie", &cookie);
        is_refused(&by_proxy.send_from(PROXY, empty(request)).await, "did not say who you are");
        let request = named(get("/console"), "ada", "support").header("cookie", cookie);
        let page = by_proxy.send_from(PROXY, empty(request)).await;
        assert!(page.has("<strong>ada</strong>") && !page.has("/console/keys"), "{}", page.text);
    }
    // Whoever opens the page for signing in is signed in already.
    let asked = empty(get("/console/sign-in?next=%2Fconsole%2Fcalls"));
    let asked = by_proxy.send_from(PROXY, asked).await;
    assert_eq!(asked.header("location"), "/console/calls");
    let token = now(&by_proxy, "ada", "ops").await.field("token");
    let out = post(&by_proxy, "/console/sign-out", ("ada", "ops"), &format!("token={token}")).await;
    is_refused(&out, "at the proxy");

    let by_key = Server::start().await;
    let request = named(get("/console"), "ada", "admins");
    let turned = by_key.send_from("127.0.0.1", empty(request)).await;
    assert!(turned.header("location").starts_with("/console/sign-in"), "{:?}", turned.headers);
    // The person of a proxy has nothing below /v1.
    let request = named(get("/v1/calls"), "ada", "admins");
    let v1 = by_proxy.send_from(PROXY, empty(request)).await;
    assert_eq!(v1.status, StatusCode::UNAUTHORIZED, "{}", v1.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_and_is_asked_for_again_with_the_headers_of_that_moment() {
    let mut sign_in = sign_in();
    sign_in.stream_lifetime = Duration::from_millis(50);
    let server = Server::behind(&["10.0.0.5/32"], sign_in).await;
    let follow = async |groups: &str| {
        let request = empty(named(get("/console/events"), "ada", groups));
        server.open_from(PROXY.parse().unwrap(), request).await
    };
    let stream = follow("ops").await;
    assert_eq!(stream.status(), StatusCode::OK);
    let read = axum::body::to_bytes(stream.into_body(), 64 * 1024);
    let read = tokio::time::timeout(Duration::from_secs(30), read).await;
    assert!(read.expect("the stream ends").unwrap().starts_with(b"retry: "));
    assert_eq!(follow("strangers").await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_each_person_are_counted_for_them_alone() {
    let server = server().await;
    let first = now(&server, "ada", "ops").await.header("ratelimit").to_owned();
    let second = now(&server, "ada", "support").await.header("ratelimit").to_owned();
    let others = now(&server, "eve", "ops").await.header("ratelimit").to_owned();
    let left = |text: &str| text.split("r=").nth(1).unwrap().split(';').next().unwrap().to_owned();
    assert_ne!(left(&first), left(&second), "{first} {second}");
    assert_eq!(left(&first), left(&others), "{first} {others}");
}
