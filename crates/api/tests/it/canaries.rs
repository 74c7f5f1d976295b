//! Numbers, tasks and keys appear in no problem and no log.

use std::{
    io::Write,
    sync::{Arc, Mutex, OnceLock},
};

use http::StatusCode;
use serde_json::{Value, json};
use switchboard_api::caller::{KeyText, Role};

use crate::support::{Server, TASK, TO, call};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What is logged from now on, by every test of this program: a subscriber of one thread would miss
/// what others log, and callsites that others reached first.
fn log() -> Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let log = Log::default();
        let writer = log.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .init();
        log
    })
    .clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_problem_and_no_log_tells_whom_why_or_by_which_key() {
    let log = log();
    let (digits, key) = {
        let server = Server::start().await;
        let key = server.key(Some("acme"), Role::Caller).await;
        let mut told = String::new();
        let digits = &TO[2..];
        let wrong: Vec<Value> = vec![
            json!({"to": TO, "task": TASK, "agent": {"a": TASK}}),
            json!({"to": TO, "task": TASK, "urgent": TASK}),
            json!({"to": TO, "task": TASK, "max_duration_seconds": TO}),
            json!({"to": TO, "task": TASK, "redial": {"on": [TASK], "times": 1, "gap_seconds": 60}}),
            json!({"to": TO, "task": TASK, "not_before": TO}),
            json!({"to": format!("{TO}99"), "task": TASK}),
            json!({"to": TO, "task": TASK, "callback_number": format!("x{TO}")}),
            json!({"to": TO, "task": TASK, TO: 1}),
        ];
        for body in &wrong {
            let answer = server.place(&key, "k", body).await;
            assert!(answer.status.is_client_error(), "{body} {}", answer.text);
            told.push_str(&answer.text);
        }
        let placed = server.place(&key, "k", &call()).await;
        assert_eq!(placed.status, StatusCode::CREATED);
        let mut other = call();
        other["urgent"] = json!(true);
        told.push_str(&server.place(&key, "k", &other).await.text);
        let unknown = KeyText::random().unwrap();
        told.push_str(&server.get("/v1/me", unknown.expose()).await.text);
        told.push_str(&server.get(&format!("/v1/calls?cursor={TO}"), &key).await.text);
        told.push_str(&server.get(&format!("/v1/me?key={key}"), "").await.text);
        let id = placed.body["id"].as_str().unwrap();
        server.get(&format!("/v1/calls/{id}?wait_for=settled&timeout=55"), &key).await;
        assert!(!told.contains(digits) && !told.contains(TASK), "{told}");
        for key in [key.as_str(), unknown.expose()] {
            assert!(!told.contains(&key[16..]), "{told}");
        }
        (digits.to_owned(), key)
    };
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let requests: Vec<&str> =
        text.lines().filter(|line| line.contains("switchboard::requests")).collect();
    assert!(requests.len() > 10, "{text}");
    assert!(requests.iter().any(|line| line.contains("/v1/calls/{id}") && line.contains("acme")));
    for secret in [digits.as_str(), TASK, &key[16..]] {
        let line = text.lines().find(|line| line.contains(secret));
        assert_eq!(line, None);
    }
}
