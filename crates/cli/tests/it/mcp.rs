//! `switchboard mcp`, and the path `/mcp` of a server.

#![cfg(unix)]

use std::process::Stdio;

use serde_json::{Value, json};
use switchboard_testkit::{SimConfig, calls::Outcome};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout},
};

use crate::common::{
    Harness,
    server::{SECTION, Server, exchange, serve},
};

pub(crate) const NUMBER: &str = "+442079460018";

/// A harness on which the number is answered.
pub(crate) async fn harness() -> Harness {
    Harness::start(|config: SimConfig| config.outcome(NUMBER, Outcome::Completed)).await
}

/// The command, spoken to line by line.
struct Spoken {
    child: Child,
    say: ChildStdin,
    hear: Lines<BufReader<ChildStdout>>,
}

impl Spoken {
    async fn start(harness: &Harness, more: &[&str]) -> Self {
        let arguments = [&["--log", "trace", "mcp", "--by", "ada"], more].concat();
        let mut child = tokio::process::Command::from(harness.command(&arguments))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let say = child.stdin.take().unwrap();
        let hear = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut spoken = Self { child, say, hear };
        let begun = spoken
            .ask("initialize", json!({"protocolVersion": "2025-11-25", "capabilities": {"elicitation": {}}, "clientInfo": {"name": "x", "version": "1"}}))
            .await;
        assert_eq!(begun["result"]["protocolVersion"], "2025-11-25", "{begun}");
        spoken.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
        spoken
    }

    async fn send(&mut self, message: &Value) {
        self.say.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    }

    /// The next message. Everything on standard output is one.
    async fn heard(&mut self) -> Value {
        let line = self.hear.next_line().await.unwrap().expect("it goes on");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    async fn ask(&mut self, method: &str, params: Value) -> Value {
        self.send(&json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})).await;
        self.heard().await
    }

    /// What it logged, once it ended by itself.
    async fn ended(self) -> String {
        let Self { mut child, say, .. } = self;
        drop(say);
        let mut log = String::new();
        child.stderr.take().unwrap().read_to_string(&mut log).await.unwrap();
        assert_eq!(child.wait().await.unwrap().code(), Some(0), "{log}");
        log
    }
}

fn place(key: &str) -> Value {
    json!({"name": "place_call", "arguments": {
        "idempotency_key": key, "to": NUMBER, "task": "Ask for the opening hours, for Quillfeather.",
    }})
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_on_this_machine_places_what_a_person_confirms() {
    let harness = harness().await;
    let mut spoken = Spoken::start(&harness, &["--tenant", "acme"]).await;
    for (action, placed) in [("decline", false), ("accept", true)] {
        let asked = spoken.ask("tools/call", place("a-key-of-this-one-call")).await;
        assert_eq!(asked["method"], "elicitation/create", "{asked}");
        let question = asked["params"]["message"].as_str().unwrap();
        assert!(question.contains(NUMBER) && question.contains("Quillfeather"), "{question}");
        let answer = json!({"action": action, "content": {"place_this_call": true}});
        spoken.send(&json!({"jsonrpc": "2.0", "id": asked["id"], "result": answer})).await;
        let result = spoken.heard().await;
        assert_eq!(result["result"]["isError"], json!(!placed), "{result}");
    }
    let listed = spoken.ask("tools/call", json!({"name": "list_calls", "arguments": {}})).await;
    let call = listed["result"]["structuredContent"]["calls"][0].clone();
    assert_eq!(call["tenant"], "acme", "{listed}");
    let wait =
        json!({"name": "wait_for_call", "arguments": {"call": call["id"], "timeout_seconds": 50}});
    let over = spoken.ask("tools/call", wait).await;
    assert_eq!(over["result"]["structuredContent"]["call"]["outcome"], "completed", "{over}");
    let log = spoken.ended().await;
    for hidden in ["2079460018", "Quillfeather"] {
        assert!(!log.contains(hidden), "{hidden} in {log}");
    }
    assert_eq!(harness.ledger.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_has_the_path_where_it_is_enabled() {
    let harness = harness().await;
    harness.configure(SECTION);
    let made = |more: &[&str]| {
        let arguments = [
            &["--json", "keys", "--by", "ada", "create", "--role", "caller", "--tenant", "acme"],
            more,
        ]
        .concat();
        let command = harness.command(&arguments);
        async move {
            crate::common::Ran::of(tokio::process::Command::from(command).output().await.unwrap())
                .json()
        }
    };
    let asks = made(&[]).await;
    let never = made(&["--confirm", "never"]).await;
    assert_eq!((&asks["key"]["confirm"], &never["key"]["confirm"]), (&json!(true), &json!(false)));
    let ask = async |server: &Server, key: &Value| {
        let headers = [
            ("Authorization", format!("Bearer {}", key["secret"].as_str().unwrap())),
            ("Accept", "application/json, text/event-stream".to_owned()),
        ];
        let request = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": place("a-key-of-this-one-call")});
        exchange(&server.address(), "POST", "/mcp", &headers, &request).await.unwrap()
    };
    let server = Server::start(serve(&harness, &[])).await;
    assert_eq!(ask(&server, &never).await.status, 404);
    server.kill().await;

    harness.configure("[server.mcp]\nenabled = true");
    let server = Server::start(serve(&harness, &["--log", "trace"])).await;
    let refused = ask(&server, &asks).await;
    assert!(refused.body.contains("confirmation_needed"), "{refused:?}");
    let placed = ask(&server, &never).await.json();
    assert_eq!(placed["result"]["isError"], false, "{placed}");
    server.signal("-TERM");
    let (code, log) = server.ended().await;
    assert_eq!(code, Some(0));
    let log = log.concat();
    for hidden in ["2079460018", "Quillfeather", never["secret"].as_str().unwrap()] {
        assert!(!log.contains(hidden), "{hidden} in the log");
    }
    assert!(log.contains("\"route\":\"/mcp\""), "{log}");
}
