//! A server made of sockets, so that it can do what no HTTP library lets a server do.

pub(crate) mod proxy;
pub(crate) mod tls;

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use switchboard_core::{Delivery, Error, ErrorKind, PlaceError, ProviderId, Refusal};
use switchboard_http::{
    ClientConfig, Codes, HttpClient, NoCodes, Request, RetryPolicy, StaticToken,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use url::Url;

/// What the server does with one connection.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Reads the request, writes these bytes, closes.
    Answer(String),
    /// Reads the request, writes these bytes, which need be no text, closes.
    AnswerBytes(Vec<u8>),
    /// Reads and answers requests with these bytes for as long as the connection is kept.
    Keep(String),
    /// Reads the request; 200 for this bearer token, 401 for any other.
    Token(&'static str),
    /// Writes these bytes at once, then swallows what comes.
    Blurt(String),
    /// Closes at once, unread.
    CloseUnread,
    /// Reads the request, then closes.
    Close,
    /// Reads the request, then resets the connection.
    Reset,
    /// Neither reads nor writes.
    HangUnread,
    /// Reads the request, never answers.
    Hang,
    /// Writes these bytes, then is silent.
    AnswerThenHang(String),
    /// Reads the head only, writes these bytes, then swallows the rest.
    AnswerEarly(String),
    /// Reads the head only, writes these bytes, resets.
    AnswerEarlyThenReset(String),
    /// Reads the head, writes `100 Continue`, reads the body, writes these bytes.
    Continue(String),
}

/// A server that plays one act for each connection; the last one repeats.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn new(acts: impl IntoIterator<Item = Act>) -> Self {
        let acts: Vec<Act> = acts.into_iter().collect();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        let task = tokio::spawn(async move {
            let mut playing = tokio::task::JoinSet::new();
            for turn in 0.. {
                let (socket, _) = listener.accept().await.unwrap();
                let act = acts[turn.min(acts.len() - 1)].clone();
                counted.fetch_add(1, Ordering::SeqCst);
                playing.spawn(play(socket, act, Arc::clone(&seen)));
            }
        });
        Self { address, requests, connections, task }
    }

    pub(crate) async fn answering(answer: impl Into<String>) -> Self {
        Self::new([Act::Answer(answer.into())]).await
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every request whose head arrived, head and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// Every connection that was accepted.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn posts(&self) -> usize {
        self.requests().iter().filter(|request| request.starts_with("POST ")).count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn play(mut socket: TcpStream, act: Act, seen: Arc<Mutex<Vec<String>>>) {
    let note = |request: String| {
        let mut seen = seen.lock().unwrap();
        seen.push(request);
        seen.len() - 1
    };
    match act {
        Act::CloseUnread => {}
        Act::HangUnread => std::future::pending().await,
        Act::Answer(answer) => {
            let Some(request) = read_request(&mut socket).await else {
                return;
            };
            note(request);
            let _ = socket.write_all(answer.as_bytes()).await;
        }
        Act::AnswerBytes(answer) => {
            let Some(request) = read_request(&mut socket).await else {
                return;
            };
            note(request);
            let _ = socket.write_all(&answer).await;
        }
        Act::Keep(answer) => {
            while let Some(request) = read_request(&mut socket).await {
                note(request);
                let _ = socket.write_all(answer.as_bytes()).await;
            }
        }
        Act::Token(token) => {
            let Some(request) = read_request(&mut socket).await else {
                return;
            };
            let known = header(&request, "authorization") == Some(&format!("Bearer {token}"));
            note(request);
            let _ = socket.write_all(answer(if known { 200 } else { 401 }, "{}").as_bytes()).await;
        }
        Act::Blurt(answer) => {
            let _ = socket.write_all(answer.as_bytes()).await;
            let _ = tokio::io::copy(&mut socket, &mut tokio::io::sink()).await;
        }
        Act::Close => {
            let Some(request) = read_request(&mut socket).await else {
                return;
            };
            note(request);
        }
        Act::Reset => {
            let Some(request) = read_request(&mut socket).await else {
                return;
            };
            note(request);
            socket.set_zero_linger().unwrap();
        }
        Act::Hang => {
            let Some(request) = read_request(&mut socket).await else {
                return;
            };
            note(request);
            std::future::pending().await
        }
        Act::AnswerThenHang(answer) => {
            let Some(request) = read_request(&mut socket).await else {
                return;
            };
            note(request);
            let _ = socket.write_all(answer.as_bytes()).await;
            std::future::pending().await
        }
        Act::AnswerEarly(answer) => {
            let Some((head, _)) = read_head(&mut socket).await else {
                return;
            };
            note(head);
            let _ = socket.write_all(answer.as_bytes()).await;
            let _ = tokio::io::copy(&mut socket, &mut tokio::io::sink()).await;
        }
        Act::AnswerEarlyThenReset(answer) => {
            let Some((head, _)) = read_head(&mut socket).await else {
                return;
            };
            note(head);
            let _ = socket.write_all(answer.as_bytes()).await;
            socket.set_zero_linger().unwrap();
        }
        Act::Continue(answer) => {
            let Some((head, rest)) = read_head(&mut socket).await else {
                return;
            };
            let _ = socket.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await;
            let Some(body) = read_body(&mut socket, &head, rest).await else {
                return;
            };
            note(head + &body);
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    }
}

async fn read_request(socket: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let (head, rest) = read_head(socket).await?;
    let body = read_body(socket, &head, rest).await?;
    Some(head + &body)
}

async fn read_head(socket: &mut (impl AsyncRead + Unpin)) -> Option<(String, Vec<u8>)> {
    let mut read = Vec::new();
    loop {
        if let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") {
            let rest = read.split_off(end + 4);
            return Some((String::from_utf8_lossy(&read).into_owned(), rest));
        }
        if socket.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
    }
}

async fn read_body(
    socket: &mut (impl AsyncRead + Unpin),
    head: &str,
    mut body: Vec<u8>,
) -> Option<String> {
    let length = header(head, "content-length").map_or(0, |value| value.parse().unwrap());
    while body.len() < length {
        if socket.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(String::from_utf8_lossy(&body).into_owned())
}

/// The value of a header in a raw request.
pub(crate) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// An answer with a body and its length.
pub(crate) fn answer(status: u16, body: &str) -> String {
    answer_with(status, "", body)
}

/// An answer with more headers, each ended by CR LF.
pub(crate) fn answer_with(status: u16, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

pub(crate) fn config(url: &str) -> ClientConfig {
    let mut config =
        ClientConfig::new(ProviderId::from_static("simulated"), Url::parse(url).unwrap());
    config.connect_timeout = Duration::from_secs(5);
    config.place_timeout = Duration::from_secs(10);
    config.read_timeout = Duration::from_secs(10);
    config.retry = RetryPolicy {
        min_delay: Duration::from_millis(1),
        max_delay: Duration::from_millis(4),
        seed: Some(7),
        ..RetryPolicy::default()
    };
    config
}

pub(crate) fn client(config: ClientConfig) -> HttpClient {
    client_with(config, &NoCodes)
}

pub(crate) fn client_with(config: ClientConfig, codes: &'static dyn Codes) -> HttpClient {
    HttpClient::new(config, Arc::new(StaticToken::new("secret-token")), codes).unwrap()
}

pub(crate) fn placing() -> Request {
    Request::post("calls.place", "/v1/calls")
        .idempotency_key("key-1")
        .json(&serde_json::json!({"to": "+14155550100"}))
        .unwrap()
}

/// Places at `url` and expects a failure.
pub(crate) async fn failed(url: &str) -> PlaceError {
    client(config(url)).place(placing()).await.unwrap_err()
}

pub(crate) fn refused() -> Delivery {
    Delivery::Refused(Refusal::ThisProvider)
}

#[track_caller]
pub(crate) fn assert_error(failed: &PlaceError, kind: ErrorKind, delivery: Delivery) {
    assert_eq!(failed.delivery(), delivery, "{failed:?}");
    assert_plain(failed.error(), kind);
}

/// The failure of a request that places no call.
#[track_caller]
pub(crate) fn assert_plain(error: &Error, kind: ErrorKind) {
    assert_eq!(error.kind(), kind, "{error:?}");
    assert_eq!(error.provider().map(ProviderId::as_str), Some("simulated"));
    assert!(error.operation().is_some());
    for shown in [format!("{error}"), format!("{error:?}")] {
        assert!(!shown.contains("4155550100") && !shown.contains("secret-token"), "{shown}");
    }
}
