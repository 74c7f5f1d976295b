//! A server that answers what a test tells it to, and remembers what it was asked.

use std::{
    collections::BTreeMap,
    fmt, io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
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
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A request as it came in.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Asked {
    /// `GET`, `POST` and so on.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query's parameters.
    pub query: BTreeMap<String, String>,
    /// The headers, with names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body; null if it was not JSON.
    pub body: Value,
    /// The body as it came.
    pub text: String,
}

impl Asked {
    /// A parameter of the query.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }
}

type Answer = Box<dyn Fn(&Asked) -> (u16, String) + Send + Sync>;

struct Inner {
    answer: Answer,
    asked: Mutex<Vec<Asked>>,
    bytes: AtomicUsize,
}

/// The server. It ends with the test's runtime.
pub struct Server {
    inner: Arc<Inner>,
    url: String,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Server {
    /// Answers each request with the status and the body that the function gives.
    ///
    /// # Panics
    /// If no port can be had.
    pub async fn start(answer: impl Fn(&Asked) -> (u16, String) + Send + Sync + 'static) -> Self {
        let inner = Arc::new(Inner {
            answer: Box::new(answer),
            asked: Mutex::default(),
            bytes: AtomicUsize::new(0),
        });
        let (listener, url) = listen().await;
        let app = Router::new().fallback(handle).with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { inner, url }
    }

    /// Always the same answer.
    ///
    /// # Panics
    /// If no port can be had.
    pub async fn answering(status: u16, body: impl Into<String>) -> Self {
        let body = body.into();
        Self::start(move |_| (status, body.clone())).await
    }

    /// Where it listens, as `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The requests that came, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.inner.asked.lock().clone()
    }

    /// Bytes of all bodies that went out.
    pub fn bytes(&self) -> usize {
        self.inner.bytes.load(Ordering::SeqCst)
    }

    /// The one request that came.
    ///
    /// # Panics
    /// If none or several came.
    pub fn only(&self) -> Asked {
        let asked = self.asked();
        assert_eq!(asked.len(), 1, "{asked:?}");
        asked[0].clone()
    }
}

/// A listener on any port, and its URL.
async fn listen() -> (TcpListener, String) {
    let bound = async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        io::Result::Ok((listener, url))
    };
    bound.await.unwrap_or_else(|error| panic!("no port on 127.0.0.1: {error}"))
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
        .map(|(name, value)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    let asked = Asked {
        method: method.to_string(),
        path: uri.path().to_owned(),
        query,
        headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
        text: String::from_utf8_lossy(&body).into_owned(),
    };
    inner.asked.lock().push(asked.clone());
    let (status, body) = (inner.answer)(&asked);
    inner.bytes.fetch_add(body.len(), Ordering::SeqCst);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [("content-type", "application/json")], body)
}

/// A server that announces the whole body, sends half of it and hangs up. Its URL, and how many
/// requests it has read.
///
/// # Panics
/// If no port can be had.
pub async fn cut_server(status: u16, body: String) -> (String, Arc<AtomicUsize>) {
    let (listener, url) = listen().await;
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            if cut(socket, status, &body, &count).await.is_err() {
                break;
            }
        }
    });
    (url, requests)
}

async fn cut(
    mut socket: TcpStream,
    status: u16,
    body: &str,
    count: &AtomicUsize,
) -> io::Result<()> {
    let mut read = Vec::new();
    while !is_whole(&read) {
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
    socket.write_all(head.as_bytes()).await?;
    socket.write_all(&body.as_bytes()[..body.len() / 2]).await?;
    socket.shutdown().await
}

/// Whether these bytes are a request to the end of its body.
fn is_whole(read: &[u8]) -> bool {
    let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") else {
        return false;
    };
    let head = String::from_utf8_lossy(&read[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    read.len() - end - 4 >= length.and_then(|length| length.parse().ok()).unwrap_or(0)
}
