//! A server that answers what a test tells it to, and remembers what it was asked.

pub(crate) mod sim;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{Query, State},
    http::{HeaderMap, Method, StatusCode, Uri},
    response::IntoResponse,
};
use parking_lot::Mutex;
use serde_json::Value;
use switchboard_core::{AttemptId, CallRequest, PhoneNumber, PlaceRequest};
use switchboard_retell::{Retell, RetellConfig};
use uuid::Uuid;

pub(crate) const KEY: &str = "key_0123456789abcdef";
pub(crate) const CALLEE: &str = "+12125550123";
/// The number that the simulated account has.
pub(crate) const FROM: &str = "+14155550100";

/// A request as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Value,
}

type Answer = Box<dyn Fn(&Asked) -> (u16, String) + Send + Sync>;

struct Inner {
    answer: Answer,
    asked: Mutex<Vec<Asked>>,
}

/// The server. It ends with the test's runtime.
pub(crate) struct Server {
    inner: Arc<Inner>,
    pub(crate) url: String,
}

impl Server {
    pub(crate) async fn start(
        answer: impl Fn(&Asked) -> (u16, String) + Send + Sync + 'static,
    ) -> Self {
        let inner = Arc::new(Inner { answer: Box::new(answer), asked: Mutex::default() });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(handle).with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { inner, url }
    }

    /// Always the same answer.
    pub(crate) async fn answering(status: u16, body: impl Into<String>) -> Self {
        let body = body.into();
        Self::start(move |_| (status, body.clone())).await
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.inner.asked.lock().clone()
    }

    /// The one request that came.
    pub(crate) fn only(&self) -> Asked {
        let asked = self.asked();
        assert_eq!(asked.len(), 1, "{asked:?}");
        asked[0].clone()
    }

    pub(crate) fn config(&self) -> RetellConfig {
        config(KEY, &self.url)
    }

    pub(crate) fn provider(&self) -> Retell {
        Retell::new(self.config()).unwrap()
    }
}

/// An account that can place calls.
pub(crate) fn config(key: &str, url: &str) -> RetellConfig {
    let mut config = RetellConfig::new(key);
    config.base_url = url.parse().unwrap();
    config.agent_id = Some("agent_1".into());
    config.from_number = Some(number(FROM));
    config
}

pub(crate) fn number(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).unwrap()
}

async fn handle(
    State(inner): State<Arc<Inner>>,
    method: Method,
    uri: Uri,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
    body: Bytes,
) -> impl IntoResponse {
    let headers = headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    let asked =
        Asked { method: method.to_string(), path: uri.path().to_owned(), query, headers, body };
    inner.asked.lock().push(asked.clone());
    let (status, body) = (inner.answer)(&asked);
    (StatusCode::from_u16(status).unwrap(), [("content-type", "application/json")], body)
}

/// A server that announces the whole body, sends half of it and hangs up; and how many requests it
/// read.
pub(crate) async fn cut_server(status: u16, body: String) -> (String, Arc<AtomicUsize>) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut read = Vec::new();
            while !whole(&read) {
                let mut piece = [0; 4096];
                match socket.read(&mut piece).await {
                    Ok(0) | Err(_) => break,
                    Ok(length) => read.extend_from_slice(&piece[..length]),
                }
            }
            count.fetch_add(1, Ordering::SeqCst);
            let head = format!(
                "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            socket.write_all(head.as_bytes()).await.unwrap();
            socket.write_all(&body.as_bytes()[..body.len() / 2]).await.unwrap();
            socket.shutdown().await.unwrap();
        }
    });
    (url, requests)
}

/// Whether these bytes are a request to the end of its body.
fn whole(read: &[u8]) -> bool {
    let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") else {
        return false;
    };
    let head = String::from_utf8_lossy(&read[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    read.len() - end - 4 >= length.map_or(0, |length| length.parse().unwrap())
}

/// An order for this request, as the router would hand it over.
pub(crate) fn order(request: CallRequest) -> PlaceRequest {
    PlaceRequest::new(
        AttemptId::new(Uuid::from_u128(1)),
        Uuid::from_u128(2),
        Arc::new(request.validate("2026-02-15T14:00:00Z".parse().unwrap()).unwrap()),
        Duration::from_secs(300),
    )
}

pub(crate) fn plain_order() -> PlaceRequest {
    order(CallRequest::new(CALLEE, "Confirm appointment for tomorrow at 2pm"))
}
