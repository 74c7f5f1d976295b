//! A client so small that nothing is hidden in it: one connection for each request, and what came
//! back in bytes.

pub(crate) mod receiver;

use std::io::ErrorKind;
use std::net::SocketAddr;

use serde_json::Value;
use switchboard_testkit::SimHandle;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came back over the wire.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    /// How the connection ended: `None` for an end of stream.
    pub(crate) broken: Option<ErrorKind>,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// A request with the headers given, read to the end of the stream.
pub(crate) async fn raw(
    address: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Reply {
    let mut socket = TcpStream::connect(address).await.expect("a connection");
    let mut request = format!("{method} {target} HTTP/1.1\r\nhost: sim\r\nconnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    socket.write_all(request.as_bytes()).await.unwrap();
    socket.write_all(body).await.unwrap();
    read(socket).await
}

pub(crate) async fn read(mut socket: TcpStream) -> Reply {
    let mut bytes = Vec::new();
    let broken = socket.read_to_end(&mut bytes).await.err().map(|error| error.kind());
    let split = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    let (head, body) = split.map_or((&bytes[..], &[][..]), |at| (&bytes[..at], &bytes[at + 4..]));
    let head = String::from_utf8_lossy(head).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let body = if head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
        unchunk(body)
    } else {
        body.to_vec()
    };
    Reply { status, head, body, broken }
}

fn unchunk(mut body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    while let Some(end) = body.windows(2).position(|window| window == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&body[..end]).unwrap(), 16).unwrap();
        out.extend_from_slice(&body[end + 2..end + 2 + size]);
        body = &body[end + 4 + size..];
    }
    out
}

/// A request with the simulator's credential and, unless it is null, a JSON body.
pub(crate) async fn call(sim: &SimHandle, method: &str, target: &str, body: Value) -> Reply {
    call_with(sim, method, target, &[], body).await
}

pub(crate) async fn call_with(
    sim: &SimHandle,
    method: &str,
    target: &str,
    extra: &[(&str, &str)],
    body: Value,
) -> Reply {
    let bearer = format!("Bearer {}", sim.credential());
    let mut headers =
        vec![("authorization", bearer.as_str()), ("content-type", "application/json")];
    headers.extend_from_slice(extra);
    let bytes = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    raw(sim.address(), method, target, &headers, &bytes).await
}

pub(crate) async fn get(sim: &SimHandle, target: &str) -> Reply {
    call(sim, "GET", target, Value::Null).await
}

/// Lets time pass on the simulators' clock. The runtime must have one thread.
pub(crate) async fn pass(time: std::time::Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

/// A body of KallyAI's `POST /v1/calls`.
pub(crate) fn submission(to: &str) -> Value {
    serde_json::json!({
        "submission": {
            "task_category": "restaurant", "task_description": "Reserve table for 4 at 8pm",
            "respondent_phone": to, "business_name": "Nobu", "language": "en", "call_language": "en",
        },
        "timezone": "America/New_York",
    })
}
