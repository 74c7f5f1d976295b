//! A minimal receiver of webhooks, which passes them to the router and responds with its result.

use std::sync::{Arc, OnceLock};

use axum::{
    Router as Axum,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use jiff::Timestamp;
use switchboard::{ErrorKind, IncomingWebhook, Router};
use tokio::{net::TcpListener, task::JoinHandle};

/// A running receiver. It listens before the router exists, because the router needs to know its
/// address.
#[derive(Debug)]
pub struct Receiver {
    url: String,
    router: Arc<OnceLock<Router>>,
    task: JoinHandle<()>,
}

impl Receiver {
    /// Listens on a port of the system's choice.
    pub async fn listen() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Arc::new(OnceLock::new());
        let app =
            Axum::new().route("/hooks/v1/{*tail}", post(receive)).with_state(Arc::clone(&router));
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, router, task }
    }

    /// The base URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Passes webhooks to this router from now on.
    pub fn serve(&self, router: &Router) {
        assert!(self.router.set(router.clone()).is_ok(), "the receiver serves a router already");
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn receive(
    State(router): State<Arc<OnceLock<Router>>>,
    Path(tail): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let text = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let webhook = IncomingWebhook {
        headers: headers.iter().map(text).collect(),
        body: body.to_vec(),
        received_at: Timestamp::now(),
    };
    let Some(router) = router.get() else {
        return StatusCode::SERVICE_UNAVAILABLE;
    };
    match router.receive_webhook(&tail, webhook).await {
        Ok(()) => StatusCode::OK,
        Err(error) => match error.kind() {
            ErrorKind::Unauthorized => StatusCode::UNAUTHORIZED,
            ErrorKind::InvalidRequest => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorKind::Decode => StatusCode::BAD_REQUEST,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        },
    }
}
