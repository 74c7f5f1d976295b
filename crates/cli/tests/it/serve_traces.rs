//! Traces of calls, as a collector receives them.

#![cfg(all(unix, feature = "otel"))]

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use axum::{Json, Router, extract::State, routing::post};
use serde_json::{Value, json};
use switchboard_testkit::calls::Outcome;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::{
    common::{
        Harness,
        server::{Answer, SECTION, Server, exchange},
    },
    serve::{first_key, receiver},
};

const NUMBER: &str = "+12125550101";
const TASK: &str = "Ask whether the gryphon is in.";
const CLIENTS_TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CLIENTS_SPAN: &str = "b7ad6b7169203331";

/// A collector of OpenTelemetry, as far as it is needed here.
struct Collector {
    url: String,
    received: UnboundedReceiver<Value>,
    /// Everything that was received, as text.
    all: String,
    spans: Vec<Value>,
}

impl Collector {
    async fn start() -> Self {
        let (sender, received) = unbounded_channel();
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", socket.local_addr().unwrap());
        let router = Router::new().route("/v1/traces", post(take)).with_state(sender);
        tokio::spawn(async move { axum::serve(socket, router).await });
        Self { url, received, all: String::new(), spans: Vec::new() }
    }

    /// Receives until this holds for the spans.
    async fn until(&mut self, holds: impl Fn(&[Value]) -> bool + Send) {
        let begun = Instant::now();
        while !holds(&self.spans) {
            let left = Duration::from_secs(60).saturating_sub(begun.elapsed());
            let sent = tokio::time::timeout(left, self.received.recv()).await;
            let sent = sent.unwrap_or_else(|_| panic!("there are only {:#?}", self.spans)).unwrap();
            self.take(&sent);
        }
    }

    fn take(&mut self, sent: &Value) {
        self.all.push_str(&sent.to_string());
        for resource in sent["resourceSpans"].as_array().unwrap() {
            let name = attribute(&resource["resource"], "service.name");
            assert_eq!(name["stringValue"], "switchboard");
            for scope in resource["scopeSpans"].as_array().unwrap() {
                self.spans.extend(scope["spans"].as_array().unwrap().iter().cloned());
            }
        }
    }
}

async fn take(
    State(sender): State<UnboundedSender<Value>>,
    Json(sent): Json<Value>,
) -> Json<Value> {
    let _ = sender.send(sent);
    Json(json!({}))
}

/// The spans of a trace by their names; of those with the same name, the last one.
fn of<'a>(spans: &'a [Value], trace: &str) -> BTreeMap<&'a str, &'a Value> {
    let of_trace = spans.iter().filter(|span| span["traceId"] == trace);
    of_trace.map(|span| (span["name"].as_str().unwrap(), span)).collect()
}

fn attribute<'a>(span: &'a Value, key: &str) -> &'a Value {
    let attributes = span["attributes"].as_array().unwrap();
    let found = attributes.iter().find(|one| one["key"] == key);
    &found.unwrap_or_else(|| panic!("no {key} in {span}"))["value"]
}

async fn place(server: &Server, key: &str, name: &str, more: &[(&str, &str)]) -> Answer {
    let mut headers =
        vec![("Authorization", format!("Bearer {key}")), ("Idempotency-Key", name.to_owned())];
    headers.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    let body = json!({"to": NUMBER, "task": format!("{TASK} {name}")});
    exchange(&server.address(), "POST", "/v1/calls", &headers, &body).await.unwrap()
}

/// The trace of a call is its id.
fn trace_of(call: &Value) -> String {
    call["id"].as_str().unwrap().replace('-', "")
}

async fn start(collector: &Collector, percent: u8) -> (Harness, Server, String) {
    let harness = Harness::start(|config| config.outcome(NUMBER, Outcome::Completed)).await;
    harness.configure(&format!(
        "{SECTION}\n[server.webhooks]\nallow_networks = [\"127.0.0.0/8\", \"::1/128\"]\n\
         [telemetry]\notlp_endpoint = \"{}\"\nsample_percent = {percent}",
        collector.url
    ));
    let key = first_key(&harness, &["--role", "admin", "--tenant", "acme"]).await;
    let server = Server::of(&harness, &[]).await;
    (harness, server, key)
}

#[tokio::test(flavor = "multi_thread")]
async fn acceptance_attempt_and_delivery_are_one_trace() {
    let mut collector = Collector::start().await;
    let (_harness, server, key) = start(&collector, 100).await;
    let (url, mut received) = receiver().await;
    let url = url.replace("localhost", "127.0.0.1");
    let made = server.ask("POST", "/v1/webhook-endpoints", &key, &json!({"url": url})).await;
    assert_eq!(made.status, 201, "{made:?}");
    let placed = place(&server, &key, "alone", &[]).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    received.recv().await.unwrap();
    let trace = trace_of(&placed.json());
    let all = ["POST /v1/calls", "accept", "ledger.commit", "plan", "attempt", "delivery"];
    let has_all = |spans: &[Value]| {
        let found = of(spans, &trace);
        all.iter().all(|name| found.contains_key(name))
    };
    collector.until(has_all).await;

    let spans = of(&collector.spans, &trace);
    let id = |name: &str| spans[name]["spanId"].as_str().unwrap().to_owned();
    // The first span has no parent, and all others lead to it.
    let first = id("POST /v1/calls");
    assert_eq!(spans["POST /v1/calls"]["parentSpanId"], "");
    assert!(trace.ends_with(&first), "it follows from the call's id");
    for name in ["accept", "plan", "attempt", "delivery"] {
        assert_eq!(spans[name]["parentSpanId"], first, "{name}");
    }
    assert_eq!(attribute(spans["attempt"], "switchboard.provider")["stringValue"], "kaicalls");
    assert_eq!(attribute(spans["attempt"], "switchboard.delivery")["stringValue"], "placed");
    assert_eq!(attribute(spans["delivery"], "switchboard.result")["stringValue"], "delivered");
    let commits = collector.spans.iter().filter(|span| span["name"] == "ledger.commit");
    let parents: Vec<_> = commits.map(|span| span["parentSpanId"].clone()).collect();
    assert!(parents.contains(&json!(id("accept"))), "{parents:?}");
    assert!(parents.contains(&json!(id("attempt"))), "{parents:?}");
    assert_eq!(server.place(&key, "more", "+12125550102").await.status, 201);
    server.signal("-TERM");
    let (code, log) = server.ended().await;
    assert_eq!(code, Some(0), "{log:?}");
    // What was still to be sent was sent at the end.
    collector
        .until(|spans| spans.iter().filter(|span| span["name"] == "accept").count() == 2)
        .await;
    for canary in ["2125550101", "gryphon", "acme", "sb_", "alone"] {
        assert!(!collector.all.contains(canary), "{canary} is in {}", collector.all);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_with_a_traceparent_is_part_of_its_clients_trace() {
    let mut collector = Collector::start().await;
    let (harness, server, key) = start(&collector, 100).await;
    let parent = |flags: &str| format!("00-{CLIENTS_TRACE}-{CLIENTS_SPAN}-{flags}");
    let state = ("tracestate", "vendor=canary");
    let unsampled = place(&server, &key, "unsampled", &[("traceparent", &parent("00"))]).await;
    let placed = place(&server, &key, "sampled", &[("traceparent", &parent("01")), state]).await;
    let (trace, other) = (trace_of(&placed.json()), trace_of(&unsampled.json()));
    collector
        .until(|spans| {
            of(spans, CLIENTS_TRACE).contains_key("POST /v1/calls")
                && of(spans, &trace).contains_key("accept")
                && of(spans, &other).contains_key("accept")
        })
        .await;
    let theirs = of(&collector.spans, CLIENTS_TRACE);
    assert_eq!(theirs.len(), 1, "nothing else is in their trace");
    let (request, accept) = (theirs["POST /v1/calls"], of(&collector.spans, &trace)["accept"]);
    assert_eq!(request["parentSpanId"], CLIENTS_SPAN);
    assert_eq!(attribute(request, "http.response.status_code")["intValue"], "201");
    assert_eq!(accept["parentSpanId"], "");
    let links = |span: &Value| {
        let link = &span["links"][0];
        (link["traceId"].clone(), link["spanId"].clone())
    };
    assert_eq!(links(request), (json!(trace), accept["spanId"].clone()));
    assert_eq!(links(accept), (json!(CLIENTS_TRACE), request["spanId"].clone()));
    assert!(!collector.all.contains("canary"), "tracestate is dropped: {}", collector.all);
    let sent = harness.kaicalls.requests();
    assert!(sent.iter().any(|request| request.method == "POST"), "{sent:?}");
    for header in ["traceparent", "tracestate"] {
        assert!(sent.iter().all(|request| !request.headers.contains_key(header)), "{sent:?}");
    }
    server.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_away_holds_up_nothing() {
    let mut collector = Collector::start().await;
    collector.url = "http://127.0.0.1:1".to_owned();
    let (_harness, server, key) = start(&collector, 100).await;
    assert_eq!(place(&server, &key, "untold", &[]).await.status, 201);
    server.signal("-TERM");
    let (code, log) = server.ended().await;
    assert_eq!(code, Some(0), "{log:?}");
    let warnings = log.iter().filter(|line| line.contains("traces cannot be sent")).count();
    assert_eq!(warnings, 1, "{log:?}");
}
