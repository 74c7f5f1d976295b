//! What a trace shows: the route, and never a value. A program of its own, because the subscriber
//! that it installs is the whole process's.

#![allow(clippy::unwrap_used, clippy::expect_used, dead_code)]

#[path = "it/support/mod.rs"]
mod support;

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use support::*;
use switchboard_http::Request;
use tracing_subscriber::fmt::MakeWriter;

#[derive(Debug, Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn traces_name_the_route_and_never_a_value() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(lines.clone())
        .with_ansi(false)
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let refusal = r#"{"error":{"code":"forbidden","message":"not +14155550100"}}"#;
    let server =
        Server::new([Act::Answer(answer(403, refusal)), Act::Answer(answer(200, "{}"))]).await;
    let client = client(config(&server.url()));
    client.place(placing()).await.unwrap_err();
    let request = Request::get("people.get", "/v1/people/{phone}")
        .param("phone", "+14155550100")
        .query("q", "topsecret");
    client.read(request).await.unwrap();
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let ours: Vec<&str> = text.lines().filter(|line| line.contains("switchboard_http")).collect();
    assert!(
        ours.iter().any(|line| line.contains("calls.place")
            && line.contains("403")
            && line.contains("delivery=\"unknown\"")),
        "{text}"
    );
    assert!(
        ours.iter().any(|line| line.contains("/v1/people/{phone}") && line.contains("elapsed_ms")),
        "{text}"
    );
    for hidden in ["4155550100", "topsecret", "secret-token", "key-1"] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
}
