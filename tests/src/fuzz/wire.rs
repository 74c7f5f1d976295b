//! Fuzzing over HTTP: through sockets, classification and the types of each backend.

use std::{future::Future, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{Response, StatusCode, header::CONTENT_TYPE},
};
use jiff::Timestamp;
use switchboard::{
    CallRequest, Provider, SystemClock,
    core::{AttemptId, CallFilter, PageRequest, PlaceRequest, UsageFilter},
    kaicalls::{KaiCalls, KaiCallsConfig},
    kallyai::{KallyAi, KallyAiConfig},
};
use tokio::{net::TcpListener, sync::watch};
use uuid::Uuid;

use super::Chance;

/// Statuses after which reads are not retried.
const STATUSES: [u16; 9] = [200, 200, 200, 200, 201, 400, 402, 403, 404];
const KINDS: [&str; 4] = ["application/json", "application/json", "text/event-stream", "text/html"];
/// Responses are read quickly, so this duration means an endless loop.
const LONGEST: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, Default)]
struct Reply {
    status: u16,
    kind: &'static str,
    body: Vec<u8>,
}

/// A server with the same response to all requests, and both backends connected to it.
#[derive(Debug)]
pub struct Wire {
    reply: Arc<watch::Sender<Reply>>,
    providers: [Arc<dyn Provider>; 2],
}

impl Wire {
    /// Starts the server on a free port.
    ///
    /// # Panics
    /// If it cannot listen on this machine.
    pub async fn start() -> Self {
        let reply = Arc::new(watch::Sender::new(Reply::default()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url: url::Url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let router = Router::new().fallback(answer).with_state(Arc::clone(&reply));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let mut kallyai = KallyAiConfig::new("any");
        kallyai.base_url = url.clone();
        kallyai.place_timeout = Duration::from_secs(60);
        let mut kaicalls = KaiCallsConfig::new("kc_live_any");
        kaicalls.base_url = url;
        kaicalls.agent_id = Some("a1".into());
        Self {
            reply,
            providers: [
                Arc::new(KallyAi::new(kallyai, Arc::new(SystemClock)).unwrap()),
                Arc::new(KaiCalls::new(kaicalls, Arc::new(SystemClock)).unwrap()),
            ],
        }
    }

    /// Lets both backends read this response, each with a random method.
    ///
    /// # Errors
    /// A backend panicked or did not return.
    pub async fn ask(&self, body: &[u8], chance: &mut Chance) -> Result<(), String> {
        self.reply.send_replace(Reply {
            status: STATUSES[chance.below(STATUSES.len())],
            kind: KINDS[chance.below(KINDS.len())],
            body: body.to_vec(),
        });
        for provider in &self.providers {
            let method = chance.below(11);
            let name = provider.info().id.to_string();
            let asked = tokio::spawn(by(Arc::clone(provider), method));
            match tokio::time::timeout(LONGEST, asked).await {
                Ok(Ok(())) => {}
                Ok(Err(panic)) => return Err(format!("{name}, method {method}: {panic}")),
                Err(_) => return Err(format!("{name}, method {method}: no end in {LONGEST:?}")),
            }
        }
        Ok(())
    }
}

async fn answer(State(reply): State<Arc<watch::Sender<Reply>>>) -> Response<Body> {
    let reply = reply.borrow().clone();
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap();
    response.headers_mut().insert(CONTENT_TYPE, reply.kind.parse().unwrap());
    response
}

async fn by(provider: Arc<dyn Provider>, method: usize) {
    let (calls, id) = (provider.calls(), "c1".into());
    match method {
        0 => told(calls.get(&id)).await,
        1 => {
            let lists = provider.lists().unwrap();
            told(lists.list(&CallFilter::default(), &PageRequest::default())).await;
        }
        2 => told(provider.transcripts().unwrap().transcript(&id)).await,
        3 => told(provider.recordings().unwrap().recording(&id)).await,
        4 => told(calls.place(&order())).await,
        5 => told(calls.trace(&order(), Timestamp::UNIX_EPOCH)).await,
        6 => told(provider.usage().unwrap().balances()).await,
        7 => told(provider.usage().unwrap().records(&UsageFilter::default())).await,
        8 => told(provider.numbers().unwrap().list()).await,
        9 => told(provider.agents().unwrap().list()).await,
        _ => {
            if let Some(feed) = provider.webhooks().and_then(|webhooks| webhooks.feed()) {
                told(feed.poll()).await;
            }
        }
    }
}

async fn told<T: std::fmt::Debug, E: std::error::Error>(asked: impl Future<Output = Result<T, E>>) {
    match asked.await {
        Ok(found) => drop(format!("{found:?}")),
        Err(error) => drop(format!("{error} {error:?}")),
    }
}

fn order() -> PlaceRequest {
    let request = CallRequest::new("+15125550142", "Ask whether they are open on Sunday");
    PlaceRequest::new(
        AttemptId::new(Uuid::from_u128(1)),
        Uuid::from_u128(2),
        Arc::new(request.validate(Timestamp::now()).unwrap()),
        Duration::from_secs(300),
    )
}
