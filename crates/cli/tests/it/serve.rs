//! `switchboard serve`: calls over HTTP, health, metrics, and an end in good order.

#![cfg(unix)]

use axum::http::{HeaderMap, StatusCode};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use switchboard_api::webhooks::sign;
use tokio::io::AsyncBufReadExt;

use crate::common::{
    Harness, Ran,
    server::{SECTION, Server, exchange, serve},
};

const NUMBER: &str = "+442079460958";

#[tokio::test(flavor = "multi_thread")]
async fn a_simulated_server_places_follows_and_tells_a_call() {
    let server = Server::simulated().await;
    let key = server.text("key");
    let placed = server.place(key, "first-call", NUMBER).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    let call = placed.json();
    let path = placed.header("location").unwrap().to_owned();
    assert!(path.ends_with(call["id"].as_str().unwrap()), "{path}");
    assert_eq!((&call["tenant"], &call["country"]), (&json!("demo"), &json!("GB")));

    // The same request again is the same call, whatever happened to it meanwhile.
    let again = server.place(key, "first-call", NUMBER).await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"), "{again:?}");
    assert_eq!(again.json()["id"], call["id"]);

    let id = call["id"].as_str().unwrap();
    let path = format!("/v1/calls/{id}?wait_for=settled&timeout=55");
    let over = server.ask("GET", &path, key, &Value::Null).await.json();
    assert_eq!((&over["status"], &over["settled"]), (&json!("closed"), &json!(true)), "{over}");
    let history = server.ask("GET", &format!("/v1/calls/{id}/history"), key, &Value::Null).await;
    assert_eq!(history.status, 200, "{history:?}");
    assert!(history.body.contains("received"), "{history:?}");
    let events = server.ask("GET", &format!("/v1/events?call={id}"), key, &Value::Null).await;
    assert_eq!(events.status, 200, "{events:?}");

    // Another tenant's calls are not there, an operator sees them.
    let admin = server.text("admin_key");
    let seen = server.ask("GET", &format!("/v1/calls/{id}"), admin, &Value::Null).await;
    assert_eq!(seen.status, 200, "{seen:?}");
    let stopped = server.ask("POST", &format!("/v1/calls/{id}/stop"), key, &Value::Null).await;
    assert_eq!(stopped.json()["code"], "already_over", "{stopped:?}");

    server.signal("-TERM");
    let (code, log) = server.ended().await;
    assert_eq!(code, Some(0), "{log:?}");
    // One line for each request, without the number and without the key.
    let lines: Vec<Value> = log.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let of = |route: &str| lines.iter().filter(|line| line["route"] == route).count();
    assert_eq!(of("/v1/calls"), 2, "{log:?}");
    let text = log.concat();
    assert!(!text.contains("2079460958") && !text.contains("sb_"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn health_and_metrics_need_no_key_and_name_nobody() {
    let server = Server::simulated().await;
    for path in ["/livez", "/readyz"] {
        assert_eq!(server.admin(path).await.status, 200, "{path}");
    }
    let key = server.text("key");
    let placed = server.place(key, "measured", "+12125550101").await;
    let id = placed.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/calls/{id}?wait_for=decided&timeout=30");
    server.ask("GET", &path, key, &Value::Null).await;
    // Attempts are counted from events, which come a moment later.
    let mut tries = 0;
    let metrics = loop {
        let metrics = server.admin("/metrics").await;
        assert_eq!(metrics.status, 200);
        tries += 1;
        if metrics.body.contains("switchboard_attempts_total{") || tries == 1_000 {
            break metrics;
        }
    };
    assert!(metrics.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    let text = &metrics.body;
    for line in [
        "switchboard_http_requests_total{route=\"/v1/calls\",method=\"POST\",status=\"201\"} 1",
        "switchboard_call_accept_seconds_count 1",
        "switchboard_provider_up{provider=\"kaicalls\"} 1",
        "switchboard_provider_up{provider=\"kallyai\"} 1",
        "switchboard_attempts_total{provider=\"kaicalls\",delivery=\"placed\",refusal=\"\"} 1",
        "switchboard_ledger_up 1",
        "# TYPE process_start_time_seconds gauge",
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    assert!(text.ends_with("# EOF\n"), "{text}");
    for canary in ["2125550101", "demo", "sb_", id.as_str()] {
        assert!(!text.contains(canary), "{canary} is in\n{text}");
    }
    well_formed(text);
}

/// Each sample belongs to a metric that was described before, each metric is described once, and
/// no sample comes twice.
fn well_formed(text: &str) {
    let mut described = Vec::new();
    let mut samples = std::collections::HashSet::new();
    for line in text.lines().filter(|line| *line != "# EOF") {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, _) = rest.split_once(' ').unwrap();
            assert!(!described.contains(&name), "{name} is described twice");
            described.push(name);
        } else if !line.starts_with('#') {
            let (sample, value) = line.rsplit_once(' ').unwrap();
            assert!(value.parse::<f64>().is_ok(), "{line}");
            assert!(samples.insert(sample), "{sample} comes twice");
            let name = sample.split('{').next().unwrap();
            assert!(described.last().is_some_and(|metric| name.starts_with(metric)), "{line}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ends_refuses_new_calls_and_loses_none() {
    let harness = Harness::start(|config| config.speed(1.0)).await;
    harness.configure(&SECTION.replace("settle_seconds = 0", "settle_seconds = 2"));
    let key = first_key(&harness, &["--role", "caller", "--tenant", "acme"]).await;
    let server = Server::of(&harness, &[]).await;
    let placed = server.place(&key, "before", "+12125550101").await;
    assert_eq!(placed.status, 201, "{placed:?}");
    let id = placed.json()["id"].as_str().unwrap().to_owned();
    harness.ledger.wait_for_rings(1).await;

    server.signal("-TERM");
    // While load balancers find out, it says so, and goes on.
    let ready = loop {
        let ready = server.admin("/readyz").await;
        if ready.status != 200 {
            break ready;
        }
    };
    assert_eq!(ready.json()["status"], "stopping");
    assert_eq!(server.place(&key, "meanwhile", "+12125550102").await.status, 201);
    let (code, log) = server.ended().await;
    assert_eq!(code, Some(0), "{log:?}");

    // The next process has the calls, and rings nobody again.
    let server = Server::of(&harness, &[]).await;
    let found = server.ask("GET", &format!("/v1/calls/{id}"), &key, &Value::Null).await;
    assert_eq!(found.json()["id"], json!(id), "{found:?}");
    let again = server.place(&key, "before", "+12125550101").await;
    assert_eq!(again.json()["id"], json!(id), "{again:?}");
    harness.ledger.wait_for_rings(2).await;
    assert!(harness.ledger.duplicates().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_or_unsafe_is_said_before_anything_listens() {
    let harness = Harness::start(|config| config).await;
    let bare = harness.run(&["serve"]).await;
    assert_eq!(bare.code, 2, "{}", bare.err);
    assert!(bare.err.contains("[server]") && bare.err.contains("--simulated"), "{}", bare.err);

    harness.configure(SECTION);
    let no_secret = harness.run(&["serve"]).await;
    assert_eq!(no_secret.code, 2);
    assert!(no_secret.err.contains("TEST_SERVER_SECRET is not set"), "{}", no_secret.err);
    assert!(no_secret.err.contains("openssl rand -hex 32"), "{}", no_secret.err);

    let outside = run(&harness, &["--listen", "0.0.0.0:0"]).await;
    assert_eq!(outside.code, 2);
    assert!(outside.err.contains("server.public_url"), "{}", outside.err);

    let text = std::fs::read_to_string(harness.config()).unwrap();
    let with = |url: &str| {
        let section = format!("[server]\n    public_url = \"{url}\"");
        std::fs::write(harness.config(), text.replace("[server]", &section)).unwrap();
    };
    with("http://calls.example.com");
    let plain = run(&harness, &[]).await;
    assert_eq!(plain.code, 2);
    assert!(plain.err.contains("plain_http_outside"), "{}", plain.err);

    // With an address of its own it may be reached from outside, once there is a key.
    with("https://calls.example.com");
    let no_key = run(&harness, &["--listen", "0.0.0.0:0"]).await;
    assert_eq!(no_key.code, 2, "{}", no_key.err);
    assert!(no_key.err.contains("switchboard keys create"), "{}", no_key.err);
    let simulated = harness.run(&["serve", "--simulated", "--listen", "0.0.0.0:0"]).await;
    assert_eq!(simulated.code, 2, "{}", simulated.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_stops_working_everywhere_within_two_seconds_of_its_revocation() {
    let harness = Harness::start(|config| config).await;
    harness.configure(SECTION);
    let key =
        first_key(&harness, &["--role", "caller", "--tenant", "acme", "--name", "ours"]).await;
    let server = Server::of(&harness, &[]).await;
    let me = server.ask("GET", "/v1/me", &key, &Value::Null).await;
    assert_eq!(me.json()["tenant"], "acme", "{me:?}");

    // A key that is made while the server runs works at once.
    let admin = first_key(&harness, &["--role", "admin"]).await;
    let keys = server.ask("GET", "/v1/keys", &admin, &Value::Null).await.json();
    assert_eq!(keys["data"].as_array().unwrap().len(), 2, "{keys}");
    let listed = harness.run(&["keys", "list"]).await;
    assert!(listed.out.contains("caller") && listed.out.contains("ours"), "{}", listed.out);
    assert!(!listed.out.contains("sb_"), "{}", listed.out);

    let revoked = harness.run(&["keys", "--by", "ada", "revoke", &key]).await;
    assert_eq!(revoked.code, 0, "{}", revoked.err);
    let since = std::time::Instant::now();
    let refused = loop {
        let me = server.ask("GET", "/v1/me", &key, &Value::Null).await;
        // Above its quota of requests the key is still accepted, and answered with 429.
        if !matches!(me.status, 200 | 429) {
            break me;
        }
        assert!(since.elapsed().as_secs() < 2, "it still works");
    };
    assert_eq!((refused.status, &refused.json()["code"]), (401, &json!("revoked_key")));

    let rotated = harness.run(&["keys", "--by", "ada", "rotate", &admin, "--json"]).await.json();
    let next = rotated["secret"].as_str().unwrap();
    assert_eq!(server.ask("GET", "/v1/keys", next, &Value::Null).await.status, 200);
    let unknown = harness.run(&["keys", "--by", "ada", "revoke", "nosuchkey123"]).await;
    assert_eq!(unknown.code, 2, "{}", unknown.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_say_nothing_sensible_are_answered_and_ended() {
    let server = Server::simulated().await;
    let address = server.address();
    let unknown = exchange(&address, "GET", "/nowhere", &[], &Value::Null).await.unwrap();
    assert_eq!((unknown.status, &unknown.json()["code"]), (404, &json!("not_found")));
    let no_key = exchange(&address, "GET", "/v1/me", &[], &Value::Null).await.unwrap();
    assert_eq!((no_key.status, &no_key.json()["code"]), (401, &json!("missing_key")));
    // Health and metrics are not on the public listener.
    for path in ["/livez", "/readyz", "/metrics"] {
        let answer = exchange(&address, "GET", path, &[], &Value::Null).await.unwrap();
        assert_eq!(answer.status, 404, "{path}");
    }
    let document = exchange(&address, "GET", "/v1/openapi.json", &[], &Value::Null).await.unwrap();
    let printed = crate::common::run(&["openapi", "--url", server.text("url")]).json();
    assert_eq!(document.json(), printed);
}

async fn run(harness: &Harness, more: &[&str]) -> Ran {
    let mut command = tokio::process::Command::from(serve(harness, more));
    Ran::of(command.output().await.unwrap())
}

/// Makes a key by the command line.
pub(crate) async fn first_key(harness: &Harness, more: &[&str]) -> String {
    let made = harness.run(&[&["keys", "--by", "ada", "create"], more].concat()).await;
    assert_eq!(made.code, 0, "{}", made.err);
    made.out.trim().to_owned()
}

/// A receiver that answers 204, and keeps what it was sent.
pub(crate) async fn receiver() -> (String, tokio::sync::mpsc::UnboundedReceiver<(HeaderMap, String)>)
{
    let (sender, received) = tokio::sync::mpsc::unbounded_channel();
    let take = move |headers: HeaderMap, body: String| {
        let _ = sender.send((headers, body));
        std::future::ready(StatusCode::NO_CONTENT)
    };
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://localhost:{}/hook", socket.local_addr().unwrap().port());
    let router = axum::Router::new().route("/hook", axum::routing::post(take));
    tokio::spawn(async move { axum::serve(socket, router).await });
    (url, received)
}

#[tokio::test(flavor = "multi_thread")]
async fn listen_forwards_events_signed_with_the_secret_that_it_prints() {
    let server = Server::simulated().await;
    let (url, mut received) = receiver().await;
    let arguments = ["listen", "--json", "--forward-to", &url, "--url", server.text("url")];
    let mut command = tokio::process::Command::from(crate::common::command(&arguments));
    command.env("SWITCHBOARD_KEY", server.text("key")).kill_on_drop(true);
    let mut child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut out = tokio::io::BufReader::new(child.stdout.take().unwrap()).lines();
    let first = out.next_line().await.unwrap().unwrap();
    let first: Value = serde_json::from_str(&first).unwrap();
    let secret = first["secret"].as_str().unwrap().strip_prefix("whsec_").unwrap();
    let secret: [u8; 32] = STANDARD.decode(secret).unwrap().try_into().unwrap();

    // The stream begins with what happens from now on, so calls are placed until one is seen.
    let mut placed = 0;
    let (headers, body) = loop {
        server.place(server.text("key"), &format!("heard-{placed}"), NUMBER).await;
        placed += 1;
        let wait = std::time::Duration::from_secs(2);
        if let Ok(event) = tokio::time::timeout(wait, received.recv()).await {
            break event.unwrap();
        }
        assert!(placed < 20, "nothing is forwarded");
    };
    let header = |name: &str| headers[name].to_str().unwrap();
    let at = header("webhook-timestamp").parse().unwrap();
    let expected = sign(&[secret], header("webhook-id"), at, body.as_bytes());
    assert_eq!(header("webhook-signature"), expected);
    let event: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(event["id"], header("webhook-id"));
    let line: Value = serde_json::from_str(&out.next_line().await.unwrap().unwrap()).unwrap();
    assert_eq!((&line["status"], &line["type"]), (&json!(204), &event["type"]));
    child.kill().await.unwrap();
}
