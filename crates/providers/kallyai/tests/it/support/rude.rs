//! A provider of no manners: it answers what a test tells it to, and counts.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    extract::{Query, State},
    http::{StatusCode, Uri},
    response::IntoResponse,
};
use switchboard_kallyai::{KallyAi, KallyAiConfig};

use super::WallClock;

pub(crate) const TOKEN: &str = "at_0123456789abcdef";

/// A request as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) query: BTreeMap<String, String>,
}

impl Asked {
    pub(crate) fn number(&self, name: &str, otherwise: usize) -> usize {
        self.query.get(name).map_or(otherwise, |text| text.parse().unwrap())
    }
}

type Answer = Box<dyn Fn(&Asked) -> (u16, String) + Send + Sync>;

struct Inner {
    answer: Answer,
    asked: Mutex<Vec<Asked>>,
    bytes: AtomicUsize,
}

/// The server. It ends with the test's runtime.
pub(crate) struct Rude {
    inner: Arc<Inner>,
    url: String,
}

impl Rude {
    pub(crate) async fn start(
        answer: impl Fn(&Asked) -> (u16, String) + Send + Sync + 'static,
    ) -> Self {
        let inner = Arc::new(Inner {
            answer: Box::new(answer),
            asked: Mutex::default(),
            bytes: AtomicUsize::new(0),
        });
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

    pub(crate) fn provider(&self) -> KallyAi {
        let mut config = KallyAiConfig::new(TOKEN);
        config.base_url = self.url.parse().unwrap();
        config.place_timeout = std::time::Duration::from_secs(20);
        KallyAi::new(config, Arc::new(WallClock)).unwrap()
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.inner.asked.lock().unwrap().clone()
    }

    /// Bytes of all bodies that went out.
    pub(crate) fn bytes(&self) -> usize {
        self.inner.bytes.load(Ordering::SeqCst)
    }
}

async fn handle(
    State(inner): State<Arc<Inner>>,
    uri: Uri,
    Query(query): Query<BTreeMap<String, String>>,
) -> impl IntoResponse {
    let asked = Asked { path: uri.path().to_owned(), query };
    inner.asked.lock().unwrap().push(asked.clone());
    let (status, body) = (inner.answer)(&asked);
    inner.bytes.fetch_add(body.len(), Ordering::SeqCst);
    (StatusCode::from_u16(status).unwrap(), [("content-type", "application/json")], body)
}
