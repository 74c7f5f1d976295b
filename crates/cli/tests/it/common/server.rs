//! `switchboard serve` as a process, and a client for it.

use std::{
    process::{Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines},
    net::TcpStream,
    process::{Child, ChildStderr},
};

use super::Harness;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the configuration of a harness needs to be served.
pub(crate) const SECTION: &str = r#"
    [server]
    listen = "127.0.0.1:0"
    admin_listen = "127.0.0.1:0"
    secret_env = "TEST_SERVER_SECRET"
    settle_seconds = 0
    drain_seconds = 5
"#;
pub(crate) const SECRET: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// A server that is ready.
pub(crate) struct Server {
    child: Child,
    log: Lines<BufReader<ChildStderr>>,
    pub(crate) ready: Value,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl Server {
    /// Starts one, and waits until it is ready.
    pub(crate) async fn start(command: Command) -> Self {
        let mut child = tokio::process::Command::from(command)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let ready = tokio::time::timeout(PATIENCE, out.next_line()).await.unwrap().unwrap();
        let Some(ready) = ready else {
            let mut said = String::new();
            while let Some(line) = log.next_line().await.unwrap() {
                said.push_str(&line);
            }
            panic!("it ended before it was ready: {said}");
        };
        Self { child, log, ready: serde_json::from_str(&ready).unwrap() }
    }

    /// With simulated providers and no call yet, on any port.
    pub(crate) async fn simulated() -> Self {
        let arguments = ["serve", "--simulated", "--empty", "--json", "--listen", "127.0.0.1:0"];
        Self::start(super::command(&arguments)).await
    }

    /// With simulated providers and the day of calls that a simulation begins with.
    pub(crate) async fn seeded() -> Self {
        let arguments = ["serve", "--simulated", "--json", "--listen", "127.0.0.1:0"];
        Self::start(super::command(&arguments)).await
    }

    /// On the configuration of a harness.
    pub(crate) async fn of(harness: &Harness, more: &[&str]) -> Self {
        Self::start(serve(harness, more)).await
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.ready[name].as_str().unwrap_or_else(|| panic!("{name} in {}", self.ready))
    }

    /// The address of the API.
    pub(crate) fn address(&self) -> String {
        host(self.text("url")).to_owned()
    }

    /// A request with this key, and with a body if it is not null.
    pub(crate) async fn ask(&self, method: &str, path: &str, key: &str, body: &Value) -> Answer {
        let headers = [("Authorization", format!("Bearer {key}"))];
        exchange(&self.address(), method, path, &headers, body).await.unwrap()
    }

    /// Places a call.
    pub(crate) async fn place(&self, key: &str, idempotency_key: &str, to: &str) -> Answer {
        place(&self.address(), key, idempotency_key, to).await.unwrap()
    }

    /// A page of health and metrics.
    pub(crate) async fn admin(&self, path: &str) -> Answer {
        exchange(host(self.text("admin_url")), "GET", path, &[], &Value::Null).await.unwrap()
    }

    pub(crate) fn signal(&self, signal: &str) {
        let process = self.child.id().unwrap().to_string();
        let sent = Command::new("kill").args([signal, &process]).status().unwrap();
        assert!(sent.success());
    }

    /// Its exit code, and what it logged.
    pub(crate) async fn ended(mut self) -> (Option<i32>, Vec<String>) {
        let ended = async {
            let mut log = Vec::new();
            while let Some(line) = self.log.next_line().await.unwrap() {
                log.push(line);
            }
            (self.child.wait().await.unwrap().code(), log)
        };
        tokio::time::timeout(PATIENCE, ended).await.expect("it ends")
    }

    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

/// `serve` on the configuration of a harness.
pub(crate) fn serve(harness: &Harness, more: &[&str]) -> Command {
    let mut command = harness.command(&[&["serve", "--json"], more].concat());
    command.env("TEST_SERVER_SECRET", SECRET);
    command
}

fn host(url: &str) -> &str {
    url.strip_prefix("http://").unwrap()
}

/// Places a call; an error where the connection breaks.
pub(crate) async fn place(
    address: &str,
    key: &str,
    idempotency_key: &str,
    to: &str,
) -> std::io::Result<Answer> {
    let headers = [
        ("Authorization", format!("Bearer {key}")),
        ("Idempotency-Key", idempotency_key.to_owned()),
    ];
    let body = json!({"to": to, "task": format!("Ask for the opening hours, {idempotency_key}.")});
    exchange(address, "POST", "/v1/calls", &headers, &body).await
}

/// One request on a connection of its own.
pub(crate) async fn exchange(
    address: &str,
    method: &str,
    path: &str,
    headers: &[(&str, String)],
    body: &Value,
) -> std::io::Result<Answer> {
    let mut stream = TcpStream::connect(address).await?;
    let mut request =
        format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    if body.is_null() {
        request.push_str("\r\n");
    } else {
        let body = body.to_string();
        request.push_str(&format!(
            "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ));
    }
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let broken = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(broken)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok(Answer { status: status.ok_or_else(broken)?, head: head.to_owned(), body: body.to_owned() })
}
