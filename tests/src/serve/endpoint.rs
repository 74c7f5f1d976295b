//! A receiver of webhooks that fails at times.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use tokio::{net::TcpListener, sync::Mutex, task::JoinHandle};

use crate::fuzz::Chance;

/// Longer than a server waits for an answer here.
const TOO_LONG: Duration = Duration::from_secs(4);

/// A running receiver. What it was sent is kept by the name in the path.
#[derive(Debug)]
pub struct Endpoint {
    address: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    /// How often each event came, by endpoint.
    received: Mutex<HashMap<String, HashMap<String, u32>>>,
    chance: Mutex<Chance>,
    /// One of so many events fails the first time; 0: none.
    fails: usize,
    failures: AtomicUsize,
}

impl Endpoint {
    /// Listens. One of `fails` events is not taken when it comes first, in one of several ways, and
    /// is when it comes again.
    pub async fn listen(seed: u64, fails: usize) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let shared = Arc::new(Shared {
            received: Mutex::default(),
            chance: Mutex::new(Chance::new(seed)),
            fails,
            failures: AtomicUsize::new(0),
        });
        let app = Router::new().route("/{name}", post(receive)).with_state(Arc::clone(&shared));
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, shared, task }
    }

    /// The address of the endpoint with this name.
    pub fn url(&self, name: &str) -> String {
        format!("http://{}/{name}", self.address)
    }

    /// The ids of all events that the endpoint took, with how often each came.
    pub async fn received(&self, name: &str) -> HashMap<String, u32> {
        self.shared.received.lock().await.get(name).cloned().unwrap_or_default()
    }

    /// How many different events the endpoint took.
    pub async fn count(&self, name: &str) -> usize {
        self.shared
            .received
            .lock()
            .await
            .get(name)
            .map_or(0, |all| all.values().filter(|times| **times > 0).count())
    }

    /// How often an event was not taken.
    pub fn failures(&self) -> usize {
        self.shared.failures.load(Ordering::SeqCst)
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn receive(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> StatusCode {
    let Some(id) = headers.get("webhook-id").and_then(|id| id.to_str().ok()) else {
        return StatusCode::BAD_REQUEST;
    };
    let (fails, how) = {
        let mut chance = shared.chance.lock().await;
        (shared.fails > 0 && chance.below(shared.fails) == 0, chance.below(8))
    };
    let mut received = shared.received.lock().await;
    let events = received.entry(name).or_default();
    // Known, and not taken: it may fail once, because the next repetition is minutes away.
    if fails && !events.contains_key(id) {
        events.insert(id.to_owned(), 0);
        drop(received);
        shared.failures.fetch_add(1, Ordering::SeqCst);
        match how {
            0 => tokio::time::sleep(TOO_LONG).await,
            1 => return StatusCode::SERVICE_UNAVAILABLE,
            2 => return StatusCode::TOO_MANY_REQUESTS,
            3 => return StatusCode::FOUND,
            _ => {}
        }
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    *events.entry(id.to_owned()).or_insert(0) += 1;
    StatusCode::OK
}
