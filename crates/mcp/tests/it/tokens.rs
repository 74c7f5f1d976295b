//! Access tokens of an issuer instead of a key.

use serde_json::{Value, json};
use switchboard::Clock;

use crate::{
    issuer::{AUDIENCE, EVERYTHING, Issuer, Key, LOOKING, encoded},
    logged::logged,
    support::{Person, Server, TO, answer, call, exchange, problem, status},
};

fn list() -> String {
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}).to_string()
}

/// Lists the tools with a token.
async fn ask(server: &Server, token: &str) -> String {
    let bearer = format!("Bearer {token}");
    exchange(server.address, "POST", "/mcp", &[("authorization", &bearer)], &list()).await
}

fn header<'a>(answer: &'a str, name: &str) -> &'a str {
    let line = answer.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}: ")));
    line.map_or("", |line| &line[name.len() + 2..])
}

/// The claims of a good token with these instead; `null` takes one out.
fn claims_with(server: &Server, issuer: &Issuer, more: &Value) -> Value {
    let mut claims = issuer.claims(server.clock.now());
    for (name, value) in more.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_the_issuer_are_taken_whatever_its_kind_of_key() {
    let keys = [Key::rsa("a"), Key::p256("b"), Key::ed25519("c")];
    let issuer = Issuer::start(&keys.each_ref()).await;
    let server = Server::with_issuer(&issuer).await;
    for key in &keys {
        for more in [
            json!({}),
            json!({"aud": ["https://other.example", AUDIENCE]}),
            json!({"nbf": null, "iat": null}),
            json!({"scope": null, "scp": [EVERYTHING]}),
            json!({"scope": format!("openid {LOOKING} something else")}),
            // Clocks are never quite the same.
            json!({"exp": server.clock.now().as_second() - 50}),
            json!({"nbf": server.clock.now().as_second() + 50}),
            json!({"exp": server.clock.now().as_second() as f64 + 0.5}),
        ] {
            let token = key.token(&claims_with(&server, &issuer, &more));
            let listed = ask(&server, &token).await;
            assert_eq!(status(&listed), 200, "{} {more}: {listed}", key.algorithm());
            assert!(listed.contains("place_call"), "{listed}");
        }
    }
    assert_eq!(issuer.reads(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_tokens_are_refused_and_nothing_of_them_is_repeated() {
    let log = logged();
    let (key, other) = (Key::p256("one"), Key::p256("one"));
    let issuer = Issuer::start(&[&key]).await;
    let server = Server::with_issuer(&issuer).await;
    let now = server.clock.now().as_second();
    let claims = |more: Value| claims_with(&server, &issuer, &more);
    let none = {
        let header = encoded(json!({"alg": "none", "kid": "one"}).to_string());
        format!("{header}.{}.", encoded(claims(json!({})).to_string()))
    };
    let own = json!({"alg": "ES256", "kid": "one", "jwk": other.public(), "jku": "http://evil"});
    let cases = [
        ("another issuer", key.token(&claims(json!({"iss": "https://evil.example"})))),
        ("the issuer with a slash", key.token(&claims(json!({"iss": format!("{}/", issuer.url)})))),
        ("no issuer", key.token(&claims(json!({"iss": null})))),
        ("another audience", key.token(&claims(json!({"aud": "https://other.example"})))),
        ("audiences without ours", key.token(&claims(json!({"aud": ["a", "b"]})))),
        ("no audience", key.token(&claims(json!({"aud": null})))),
        ("expired", key.token(&claims(json!({"exp": now - 120})))),
        ("no expiry", key.token(&claims(json!({"exp": null})))),
        ("an expiry that is no time", key.token(&claims(json!({"exp": "never"})))),
        ("not yet", key.token(&claims(json!({"nbf": now + 120})))),
        ("a begin that is no time", key.token(&claims(json!({"nbf": "soon"})))),
        ("no subject", key.token(&claims(json!({"sub": null})))),
        ("no tenant", key.token(&claims(json!({"org_id": null})))),
        ("an empty tenant", key.token(&claims(json!({"org_id": ""})))),
        ("every tenant", key.token(&claims(json!({"org_id": "*"})))),
        ("a tenant that is no text", key.token(&claims(json!({"org_id": ["acme"]})))),
        ("a tenant with a line break", key.token(&claims(json!({"org_id": "acme\nother"})))),
        ("none", none),
        ("HS256", key.token_of_the_public_key(&claims(json!({})))),
        ("a key of the same name", other.token(&claims(json!({})))),
        ("a key that the token brings", other.token_with(&own, &claims(json!({})))),
        ("no claims", key.token(&json!("text"))),
    ];
    for (what, token) in &cases {
        // Each from a server of its own: an address that sends many of them is not answered.
        let server = Server::with_issuer(&issuer).await;
        let refused = ask(&server, token).await;
        assert_eq!(status(&refused), 401, "{what}: {refused}");
        assert!(refused.contains("\"invalid_token\""), "{what}: {refused}");
        let challenge = header(&refused, "www-authenticate");
        assert!(challenge.starts_with("Bearer error=\"invalid_token\", "), "{what}: {refused}");
        assert!(challenge.contains("/.well-known/oauth-protected-resource/mcp"), "{refused}");
        for part in token.split('.').filter(|part| part.len() > 20) {
            assert!(!refused.contains(part), "{what}: {refused}");
            assert!(!log.text().contains(part), "{what}");
        }
    }
    let good = key.token(&claims(json!({})));
    assert_eq!(status(&ask(&server, &good).await), 200);
    assert!(!log.text().contains(good.rsplit('.').next().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_that_is_not_mapped_gives_nothing() {
    let key = Key::ed25519("one");
    let issuer = Issuer::start(&[&key]).await;
    let server = Server::with_issuer(&issuer).await;
    for more in [
        json!({"scope": "openid profile"}),
        json!({"scope": null}),
        json!({"scope": ""}),
        json!({"scope": 5}),
        json!({"scope": format!("{EVERYTHING}s")}),
        // Our own names are not the issuer's.
        json!({"scope": "calls:write calls:read"}),
        // What only operators may do cannot be given.
        json!({"scope": "switchboard.operator"}),
    ] {
        let refused = ask(&server, &key.token(&claims_with(&server, &issuer, &more))).await;
        assert_eq!(status(&refused), 403, "{more}: {refused}");
        let challenge = header(&refused, "www-authenticate");
        assert!(challenge.contains("error=\"insufficient_scope\""), "{refused}");
        assert!(challenge.contains(&format!("scope=\"{EVERYTHING} ")), "{refused}");
    }
    // One that allows to look does not place a call.
    let claims = claims_with(&server, &issuer, &json!({"scope": LOOKING}));
    let client = server.client(&key.token(&claims), Person::Confirms).await;
    assert!(answer(&client.call("list_agents", json!({})).await)["data"].is_array());
    let refused = problem(&client.call("place_call", call()).await);
    assert_eq!(
        (&refused["code"], &refused["scope"]),
        (&json!("missing_scope"), &json!("calls:write"))
    );
    assert_eq!(server.written().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_of_a_token_is_always_confirmed_and_belongs_to_its_tenant() {
    let key = Key::p256("one");
    let issuer = Issuer::start(&[&key]).await;
    let server = Server::with_issuer(&issuer).await;
    let token = key.token(&issuer.claims(server.clock.now()));
    let mut declines = server.client(&token, Person::Declines).await;
    let refused = problem(&declines.call("place_call", call()).await);
    assert_eq!(refused["code"], "not_confirmed", "{refused}");
    assert!(declines.question().unwrap().contains(TO));
    let absent = server.client(&token, Person::Absent).await;
    let refused = problem(&absent.call("place_call", call()).await);
    assert_eq!(refused["code"], "confirmation_needed", "{refused}");
    assert_eq!((server.written().await, server.rings.len()), (0, 0));

    let mut client = server.client(&token, Person::Confirms).await;
    let placed = answer(&client.call("place_call", call()).await);
    assert!(client.question().unwrap().contains(TO));
    let id = placed["call"]["id"].clone();
    let waited = client.call("wait_for_call", json!({"call": id, "timeout_seconds": 50})).await;
    assert_eq!(answer(&waited)["call"]["outcome"], "completed");
    assert_eq!((server.written().await, server.rings.len()), (1, 1));

    // Others of the tenant see it, with a key or a token; other tenants do not.
    let others = claims_with(&server, &issuer, &json!({"sub": "eve", "org_id": "other"}));
    let same = claims_with(&server, &issuer, &json!({"sub": "eve"}));
    let its_key = server.key(true).await;
    for (key, is_seen) in [(its_key, true), (key.token(&same), true), (key.token(&others), false)] {
        let client = server.client(&key, Person::Absent).await;
        let found = client.call("get_call", json!({"call": id})).await;
        match is_seen {
            true => assert_eq!(answer(&found)["call"]["id"], id),
            false => assert_eq!(problem(&found)["code"], "not_found"),
        }
        let stopped = client.call("stop_call", json!({"call": id})).await;
        let code = if is_seen { "already_over" } else { "not_found" };
        assert_eq!(problem(&stopped)["code"], code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn new_keys_are_read_once_and_strangers_cannot_make_us_read_them() {
    let (old, new) = (Key::p256("old"), Key::ed25519("new"));
    let issuer = Issuer::start(&[&old]).await;
    let server = Server::with_issuer(&issuer).await;
    let now = || issuer.claims(server.clock.now());
    // Many at once are one question to the issuer.
    let tokens: Vec<String> = (0..20).map(|_| old.token(&now())).collect();
    let asked = futures::future::join_all(tokens.iter().map(|token| ask(&server, token))).await;
    assert!(asked.iter().all(|answer| status(answer) == 200), "{asked:?}");
    assert_eq!(issuer.reads(), 1);

    // Within a minute no name of a key is asked for, and what is known goes on.
    issuer.publish(&[&old, &new]);
    let strangers: Vec<String> =
        (0..15).map(|n| Key::ed25519(&format!("stranger-{n}")).token(&now())).collect();
    let asked = futures::future::join_all(strangers.iter().map(|token| ask(&server, token))).await;
    assert!(asked.iter().all(|answer| status(answer) == 401), "{asked:?}");
    assert_eq!(status(&ask(&server, &old.token(&now())).await), 200);
    assert_eq!(issuer.reads(), 1);
    // What is no token never asks, not even for the first keys.
    let other = Server::with_issuer(&issuer).await;
    for text in ["a.b.c", "..", &format!("{}.e30.", encoded(r#"{"alg":"none"}"#))] {
        assert_eq!(status(&ask(&other, text).await), 401, "{text}");
    }
    assert_eq!(issuer.reads(), 1);

    // Then one question is enough for everybody.
    server.clock.by_minutes(1);
    let tokens: Vec<String> = (0..10).map(|_| new.token(&now())).collect();
    let asked = futures::future::join_all(tokens.iter().map(|token| ask(&server, token))).await;
    assert!(asked.iter().all(|answer| status(answer) == 200), "{asked:?}");
    assert_eq!(issuer.reads(), 2);

    // A key that the issuer has withdrawn is not believed for long, although nobody names a new one.
    issuer.publish(&[&new]);
    server.clock.by_minutes(12);
    assert_eq!(status(&ask(&server, &old.token(&now())).await), 401);
    assert_eq!(issuer.reads(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_that_does_not_answer_stops_nobody_whose_key_is_known() {
    let key = Key::p256("one");
    let issuer = Issuer::start(&[&key]).await;
    issuer.is_down(true);
    let server = Server::with_issuer(&issuer).await;
    let token = || key.token(&issuer.claims(server.clock.now()));
    let refused = ask(&server, &token()).await;
    assert_eq!((status(&refused), header(&refused, "retry-after")), (503, "60"), "{refused}");
    assert!(refused.contains("issuer_unavailable"), "{refused}");
    issuer.is_down(false);
    server.clock.by_minutes(1);
    assert_eq!(status(&ask(&server, &token()).await), 200);
    issuer.is_down(true);
    server.clock.by_minutes(60);
    assert_eq!(status(&ask(&server, &token()).await), 200);
    server.clock.by_minutes(25 * 60);
    assert_eq!(status(&ask(&server, &token()).await), 503);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_counted_for_the_issuer_and_the_subject() {
    let key = Key::p256("one");
    let issuer = Issuer::start(&[&key]).await;
    let server = Server::with_issuer(&issuer).await;
    let left = async |more: Value| {
        let token = key.token(&claims_with(&server, &issuer, &more));
        header(&ask(&server, &token).await, "ratelimit").to_owned()
    };
    // Another token of the same person is no other quota.
    for (more, wanted) in [
        (json!({}), "r=599"),
        (json!({"jti": "another", "exp": server.clock.now().as_second() + 900}), "r=598"),
        (json!({"sub": "eve"}), "r=599"),
        (json!({"org_id": "other"}), "r=597"),
    ] {
        let left = left(more.clone()).await;
        assert!(left.contains(wanted), "{more}: {left}");
    }
    // Who sends many that nobody signed is not answered any more; good ones of that address are.
    let stranger = Key::p256("one");
    let forged = stranger.token(&issuer.claims(server.clock.now()));
    let mut last = 0;
    for _ in 0..21 {
        last = status(&ask(&server, &forged).await);
    }
    assert_eq!(last, 429);
    let good = key.token(&issuer.claims(server.clock.now()));
    assert_eq!(status(&ask(&server, &good).await), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_find_the_issuer() {
    let key = Key::p256("one");
    let issuer = Issuer::start(&[&key]).await;
    let server = Server::with_issuer(&issuer).await;
    let base = format!("http://{}", server.address);
    let refused = exchange(server.address, "POST", "/mcp", &[], &list()).await;
    assert_eq!(status(&refused), 401, "{refused}");
    let challenge = format!(
        "Bearer resource_metadata=\"{base}/.well-known/oauth-protected-resource/mcp\", scope=\"{EVERYTHING} {LOOKING}\""
    );
    assert_eq!(header(&refused, "www-authenticate"), challenge);
    let refused = ask(&server, "sb_nothing").await;
    assert!(header(&refused, "www-authenticate").contains("resource_metadata="), "{refused}");
    let places =
        ["/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp"];
    for place in places {
        let found = exchange(server.address, "GET", place, &[], "").await;
        assert_eq!(status(&found), 200, "{found}");
        let body: Value = serde_json::from_str(found.split("\r\n\r\n").nth(1).unwrap()).unwrap();
        let wanted = json!({
            "resource": format!("{base}/mcp"),
            "authorization_servers": [issuer.url],
            "scopes_supported": [EVERYTHING, LOOKING],
            "bearer_methods_supported": ["header"],
        });
        assert_eq!(body, wanted);
    }
    // A token opens nothing but this.
    let bearer = format!("Bearer {}", key.token(&issuer.claims(server.clock.now())));
    let v1 = [("authorization", bearer.as_str())];
    for place in ["/v1/me", "/v1/calls"] {
        let refused = exchange(server.address, "GET", place, &v1, "").await;
        assert_eq!(status(&refused), 401, "{refused}");
        assert_eq!(header(&refused, "www-authenticate"), "Bearer");
    }
    // Keys work as before.
    let its_key = server.key(true).await;
    assert_eq!(status(&ask(&server, &its_key).await), 200);

    // Without an issuer there is nothing of this.
    let server = Server::start().await;
    for place in places {
        assert_eq!(status(&exchange(server.address, "GET", place, &[], "").await), 404);
    }
    let refused = ask(&server, &key.token(&issuer.claims(server.clock.now()))).await;
    assert_eq!((status(&refused), header(&refused, "www-authenticate")), (401, "Bearer"));
}
