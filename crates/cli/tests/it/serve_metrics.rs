//! What `/metrics` says: every metric is there and moves, and Prometheus' own tool accepts it.

#![cfg(unix)]

use std::{
    io::Write,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use switchboard_testkit::calls::{CallScript, Outcome};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    common::{
        Harness,
        server::{Answer, SECTION, Server, exchange},
    },
    serve::{first_key, receiver},
};

const TALKS: &str = "+12125550101";
const ON_A_LIST: &str = "+12125550102";
const LATER: &str = "+12125550103";
const LOCAL_RECEIVERS: &str =
    "[server.webhooks]\nallow_networks = [\"127.0.0.0/8\", \"::1/128\"]\n";

/// Asks until the metrics have all of these lines: most of what is counted happens a moment after
/// the answer that it belongs to.
async fn shows(server: &Server, lines: &[&str]) -> String {
    let begun = Instant::now();
    loop {
        let text = server.admin("/metrics").await.body;
        let missing: Vec<_> = lines.iter().filter(|line| !has(&text, line)).collect();
        if missing.is_empty() {
            return text;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{missing:?} are missing in\n{text}");
    }
}

/// True if there is this line. A line that ends with ` +` stands for any value above zero.
fn has(text: &str, line: &str) -> bool {
    text.lines().any(|found| match line.strip_suffix(" +") {
        Some(name) => found
            .strip_prefix(name)
            .and_then(|rest| rest.trim().parse::<f64>().ok())
            .is_some_and(|value| value > 0.0),
        None => found == line,
    })
}

async fn place(server: &Server, key: &str, name: &str, to: &str, more: Value) -> Answer {
    let mut body = json!({"to": to, "task": format!("Ask for the opening hours, {name}.")});
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    let headers =
        [("Authorization", format!("Bearer {key}")), ("Idempotency-Key", name.to_owned())];
    exchange(&server.address(), "POST", "/v1/calls", &headers, &body).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_waits_attempts_and_webhooks_are_counted() {
    let talks = CallScript::new(Outcome::Completed).talking_for(Duration::from_secs(3_600));
    let harness = Harness::start(|config| {
        config.speed(1.0).outcome(TALKS, talks).refuse(ON_A_LIST, "number_on_dnc")
    })
    .await;
    harness.configure(&format!("{SECTION}\n{LOCAL_RECEIVERS}"));
    let key = first_key(&harness, &["--role", "admin", "--tenant", "acme"]).await;
    let server = Server::of(&harness, &[]).await;
    let zeros = [
        "switchboard_calls{status=\"in_progress\"} 0",
        "switchboard_waiting{reason=\"busy_callee\"} 0",
        "switchboard_waiting{reason=\"other\"} 0",
        "switchboard_streams 0",
        "switchboard_feed_lag_seconds 0.0",
    ];
    shows(&server, &zeros).await;

    let (url, mut received) = receiver().await;
    let url = url.replace("localhost", "127.0.0.1");
    for url in [url.as_str(), "http://127.0.0.1:1/nobody"] {
        let new = json!({"url": url});
        let made = server.ask("POST", "/v1/webhook-endpoints", &key, &new).await;
        assert_eq!(made.status, 201, "{made:?}");
    }
    let later = json!({"not_before": "2099-01-01T00:00:00Z", "not_after": "2099-01-02T00:00:00Z"});
    let calls = [
        ("talks", TALKS, json!({})),
        ("talks-again", TALKS, json!({})),
        ("on-a-list", ON_A_LIST, json!({})),
        ("later", LATER, later),
    ];
    for (name, to, more) in calls {
        let placed = place(&server, &key, name, to, more).await;
        assert_eq!(placed.status, 201, "{placed:?}");
    }
    let forged = exchange(&server.address(), "POST", "/hooks/v1/nobody/x", &[], &json!({})).await;
    assert_eq!(forged.unwrap().status, 404);
    received.recv().await.unwrap();
    let text = shows(
        &server,
        &[
            "switchboard_calls{status=\"scheduled\"} 1",
            "switchboard_calls{status=\"in_progress\"} 1",
            "switchboard_calls{status=\"received\"} 1",
            "switchboard_waiting{reason=\"busy_callee\"} 1",
            "switchboard_attempts_total{provider=\"kaicalls\",delivery=\"placed\",refusal=\"\"} 1",
            "switchboard_attempts_total{provider=\"kaicalls\",delivery=\"refused\",refusal=\"everyone\"} 1",
            "switchboard_deliveries_total{result=\"delivered\"} +",
            "switchboard_deliveries_total{result=\"retried\"} +",
            "switchboard_hooks_total{provider=\"none\",result=\"not_found\"} 1",
            "switchboard_ledger_commit_seconds_count +",
            "switchboard_ledger_commit_seconds_sum +",
            "switchboard_ledger_group_size_count +",
            "switchboard_ledger_group_size_sum +",
        ],
    )
    .await;
    for canary in ["2125550101", "acme", "nobody", "sb_", "talks"] {
        assert!(!text.contains(canary), "{canary} is in\n{text}");
    }
    is_explained(&text);
    promtool(&server).await;
    server.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_and_webhooks_of_providers_are_counted() {
    let server = Server::simulated().await;
    let key = server.text("key");
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let head =
        format!("GET /v1/events/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut begin = [0; 12];
    stream.read_exact(&mut begin).await.unwrap();
    assert_eq!(&begin, b"HTTP/1.1 200");
    shows(&server, &["switchboard_streams 1"]).await;
    drop(stream);
    let placed = server.place(key, "hooked", TALKS).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    // The simulated provider tells of its call. The stream is missed when something is written to
    // it.
    shows(
        &server,
        &[
            "switchboard_hooks_total{provider=\"kaicalls\",result=\"stored\"} +",
            "switchboard_streams 0",
        ],
    )
    .await;
    server.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_format_is_what_the_client_asks_for() {
    let server = Server::simulated().await;
    let openmetrics = ("application/openmetrics-text", true);
    let plain = ("text/plain", false);
    for (accept, (kind, has_end)) in [
        ("application/openmetrics-text;version=1.0.0,text/plain;q=0.5", openmetrics),
        ("*/*", openmetrics),
        ("text/plain;version=0.0.4", plain),
    ] {
        let answer = metrics(&server, accept).await;
        assert!(answer.header("content-type").unwrap().starts_with(kind), "{accept}: {answer:?}");
        assert_eq!(answer.body.ends_with("# EOF\n"), has_end, "{accept}");
    }
    server.kill().await;
}

/// The page explains every metric.
fn is_explained(text: &str) {
    const PAGE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/server.md"));
    let families = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    let ours: Vec<_> = families.filter(|name| name.starts_with("switchboard_")).collect();
    assert!(ours.len() > 24, "{ours:?}");
    for name in ours {
        assert!(PAGE.contains(&format!("`{name}")), "docs/server.md does not explain {name}");
    }
}

async fn metrics(server: &Server, accept: &str) -> Answer {
    let address = server.text("admin_url").strip_prefix("http://").unwrap().to_owned();
    let headers = [("Accept", accept.to_owned())];
    exchange(&address, "GET", "/metrics", &headers, &Value::Null).await.unwrap()
}

/// Has Prometheus' own tool read the metrics, where it is installed.
async fn promtool(server: &Server) {
    let text = metrics(server, "text/plain").await.body;
    let mut command = Command::new("promtool");
    command.args(["check", "metrics"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let Ok(mut child) = command.stderr(Stdio::piped()).spawn() else {
        println!("promtool is not installed: install the package prometheus to check the metrics");
        return;
    };
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].map(|out| String::from_utf8(out).unwrap()).concat();
    assert!(output.status.success(), "{said}\n{text}");
}
