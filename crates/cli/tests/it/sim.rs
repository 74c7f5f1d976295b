//! `switchboard sim`: a line when it is ready, a provider on the socket, and an end in good order.

#![cfg(unix)]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};

use crate::common::command;

struct Sim {
    child: Child,
    ready: Value,
}

impl Sim {
    fn start(arguments: &[&str]) -> Self {
        let mut child =
            command(&[&["sim"], arguments].concat()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap();
        Self { child, ready }
    }

    fn text(&self, name: &str) -> &str {
        self.ready[name].as_str().unwrap_or_default()
    }

    /// One request on a connection of its own; the whole answer as text.
    fn exchange(&self, method: &str, path: &str, body: &Value) -> String {
        let host = self.text("url").strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        let body = body.to_string();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.text("credential"),
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Sends it a signal and waits for its end.
    fn end(mut self, signal: &str) -> Option<i32> {
        let sent =
            Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        self.child.wait().unwrap().code()
    }
}

#[test]
fn kallyai_serves_rings_and_ends() {
    let directory = tempfile::tempdir().unwrap();
    let ledger = directory.path().join("rings.jsonl");
    let sim = Sim::start(&[
        "kallyai",
        "--listen",
        "127.0.0.1:0",
        "--speed",
        "6000",
        "--seed",
        "5",
        "--ring-ledger",
        ledger.to_str().unwrap(),
    ]);
    assert_eq!(sim.text("provider"), "kallyai");
    assert!(sim.ready.get("agent_id").is_none());

    let submission = json!({"submission": {
        "task_category": "general", "task_description": "Ask for the opening hours.", "respondent_phone": "+442079460018",
    }, "timezone": "Europe/London"});
    let answer = sim.exchange("POST", "/v1/calls", &submission);
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert!(answer.to_ascii_lowercase().contains("x-simulated: true"), "{answer}");

    let rings = std::fs::read_to_string(&ledger).unwrap();
    let ring: Value = serde_json::from_str(rings.trim()).expect("one ring");
    assert_eq!(ring["to"], "+442079460018");
    assert!(ring["at"].is_string() && ring["call_id"].is_string());
    assert_eq!(sim.end("-TERM"), Some(0));
}

#[test]
fn kaicalls_names_its_agent_and_follows_a_fault_script() {
    let directory = tempfile::tempdir().unwrap();
    let script = directory.path().join("faults.json");
    let fault = json!({"rule": [{"method": "POST", "path": "/api/v1/calls", "nth": [1], "fault": {"kind": "answer", "status": 503}}]});
    std::fs::write(&script, fault.to_string()).unwrap();
    let sim = Sim::start(&["kaicalls", "--faults", script.to_str().unwrap()]);
    assert_eq!(sim.text("provider"), "kaicalls");
    assert!(sim.text("credential").starts_with("kc_live_") && !sim.text("business_id").is_empty());

    let call = json!({"agent_id": sim.text("agent_id"), "to": "+12125550123"});
    assert!(sim.exchange("POST", "/api/v1/calls", &call).starts_with("HTTP/1.1 503"));
    assert!(sim.exchange("POST", "/api/v1/calls", &call).starts_with("HTTP/1.1 201"));
    assert_eq!(sim.end("-INT"), Some(0));
}

#[test]
fn kallyai_answers_in_the_shape_that_is_asked_for() {
    for (shape, key) in [("2026-02", "total"), ("2026-01", "total"), ("assistant", "items")] {
        let sim = Sim::start(&["kallyai", "--shape", shape]);
        let refused = sim.exchange("GET", "/v1/nothing", &Value::Null);
        let body: Value = serde_json::from_str(refused.split("\r\n\r\n").last().unwrap()).unwrap();
        assert_eq!(body["error"].is_string(), shape == "assistant", "{shape}: {body}");
        assert_eq!(
            body["error"]["details"]["message"].is_string(),
            shape == "2026-01",
            "{shape}: {body}"
        );
        let list = sim.exchange("GET", "/v1/calls", &Value::Null);
        assert!(list.contains(&format!("\"{key}\"")), "{shape}: {list}");
        assert_eq!(sim.end("-TERM"), Some(0));
    }
    assert_eq!(crate::common::run(&["sim", "kallyai", "--shape", "2025"]).code, 2);
}

#[test]
fn a_seed_has_one_credential() {
    let credential = || {
        let sim = Sim::start(&["kallyai", "--seed", "9"]);
        let credential = sim.text("credential").to_owned();
        assert_eq!(sim.end("-TERM"), Some(0));
        credential
    };
    assert_eq!(credential(), credential());
}

#[test]
fn a_fault_script_that_is_none_is_bad_input() {
    let directory = tempfile::tempdir().unwrap();
    let script = directory.path().join("faults.toml");
    std::fs::write(&script, "[[rules]]\n").unwrap();
    let ran = crate::common::run(&["sim", "kallyai", "--faults", script.to_str().unwrap()]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("--faults"), "{}", ran.err);
}

#[test]
fn the_seed_is_drawn_by_chance_and_said() {
    let [one, other] = [Sim::start(&["kaicalls"]), Sim::start(&["kaicalls"])];
    assert_ne!(one.ready["seed"], other.ready["seed"]);
    let seed = one.ready["seed"].to_string();
    let again = Sim::start(&["kaicalls", "--seed", &seed]);
    assert_eq!(again.text("credential"), one.text("credential"));
    assert_ne!(again.text("credential"), other.text("credential"));
    for sim in [one, other, again] {
        assert_eq!(sim.end("-TERM"), Some(0));
    }
}

#[test]
fn each_provider_names_what_belongs_to_its_account() {
    for (provider, fields) in [
        ("kallyai", vec![]),
        ("kaicalls", vec!["agent_id", "business_id"]),
        ("retell", vec!["agent_id", "from_number"]),
        ("calle", vec![]),
        ("telnyx", vec!["agent_id", "connection_id", "from_number", "webhook_public_key"]),
        ("vapi", vec!["agent_id", "phone_number_id"]),
    ] {
        let sim = Sim::start(&[provider, "--seed", "7"]);
        assert_eq!(sim.text("provider"), provider);
        let always = ["provider", "url", "credential", "seed"];
        let more = sim.ready.as_object().unwrap().keys().map(String::as_str);
        let mut more: Vec<&str> = more.filter(|name| !always.contains(name)).collect();
        more.sort_unstable();
        assert_eq!(more, fields, "{provider}");
        assert!(fields.iter().all(|field| !sim.text(field).is_empty()), "{:?}", sim.ready);
        assert_eq!(sim.end("-TERM"), Some(0));
    }
}

#[test]
fn the_lines_and_the_calls_a_minute_can_be_chosen() {
    let call = |sim: &Sim| {
        let to = json!({
            "from_number": sim.text("from_number"), "to_number": "+12125550123",
            "override_agent_id": sim.text("agent_id"),
        });
        sim.exchange("POST", "/v2/create-phone-call", &to)
    };
    let one_line = Sim::start(&["retell", "--lines", "1", "--calls-per-minute", "10"]);
    let first = call(&one_line);
    let second = call(&one_line);
    let id = second.split("\"call_id\":\"").nth(1).and_then(|rest| rest.split('"').next());
    let path = format!("/v2/get-call/{}", id.unwrap_or_default());
    let second = one_line.exchange("GET", &path, &Value::Null);
    assert_eq!(one_line.end("-TERM"), Some(0));
    assert!(first.starts_with("HTTP/1.1 201"), "{first}");
    assert!(second.contains("concurrency_limit_reached"), "the only line is in use: {second}");

    let two_calls = Sim::start(&["retell", "--lines", "9", "--calls-per-minute", "2"]);
    let answers = [call(&two_calls), call(&two_calls), call(&two_calls)];
    assert_eq!(two_calls.end("-TERM"), Some(0));
    let statuses = answers.each_ref().map(|answer| answer.split(' ').nth(1).unwrap_or_default());
    assert_eq!(statuses, ["201", "201", "429"]);

    let refused = crate::common::run(&["sim", "kallyai", "--calls-per-minute", "2"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("--calls-per-minute"), "{}", refused.err);
}
