//! Handles one request: logs it, applies faults and responds.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::Incoming;
use parking_lot::{Mutex, RwLock};
use serde_json::Value;
use tokio::sync::watch;
use tower::ServiceExt as _;
use uuid::Uuid;

use super::attempt::WebhookAttempt;
use super::connection::ConnectionControl;
use super::effect::{Answer, Effect, corrupt};
use super::log::{RequestLog, RequestRecord, names};
use super::query::Params;
use super::surface::Surface;
use super::timeline::Timeline;
use crate::fault::{After, Fault, FaultHandle, Hit, Seen};
use crate::{Ring, RingLedger};

/// The parts of a simulator that all providers share.
pub(crate) struct Host {
    pub(crate) surface: Surface,
    /// The address that the simulator listens on.
    pub(crate) address: SocketAddr,
    pub(crate) faults: FaultHandle,
    pub(crate) ledger: RingLedger,
    pub(crate) log: RequestLog,
    pub(crate) attempts: Mutex<Vec<WebhookAttempt>>,
    pub(crate) timeline: Timeline,
    pub(crate) shutdown: watch::Sender<bool>,
    pub(crate) router: RwLock<Router>,
}

/// Passed to the handlers with each request.
#[derive(Debug, Clone)]
pub(crate) struct RequestContext {
    pub(crate) request_id: String,
    pub(crate) idempotency_key: Option<String>,
    rang: Arc<watch::Sender<bool>>,
}

impl RequestContext {
    /// The same request with the idempotency key that its body holds.
    pub(crate) fn with_key(&self, key: Option<String>) -> Self {
        Self { idempotency_key: key, ..self.clone() }
    }

    /// Signals that the phone rings because of this request.
    pub(crate) fn rang(&self) {
        self.rang.send_replace(true);
    }
}

impl Host {
    /// Writes a ring into the ledger. Returns false if that is not possible; then the phone must not
    /// ring.
    pub(crate) fn ring(&self, to: &str, call_id: &str, context: &RequestContext) -> bool {
        let ring = Ring {
            at: self.timeline.rfc3339_millis(),
            to: to.to_owned(),
            call_id: call_id.to_owned(),
            provider: self.surface.provider.to_owned(),
            request_id: Some(context.request_id.clone()),
            idempotency_key: context.idempotency_key.clone(),
        };
        if let Err(error) = self.ledger.record(ring) {
            tracing::error!(%error, "the ring ledger could not be written: the phone does not ring");
            return false;
        }
        context.rang();
        true
    }

    /// Runs a task until it ends or the simulator shuts down.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut shutdown = self.shutdown.subscribe();
        tokio::spawn(async move {
            tokio::select! {
                () = task => {}
                _ = shutdown.wait_for(|down| *down) => {}
            }
        });
    }
}

/// Reads the request, then handles it in a task of its own, because a provider continues with a
/// request even if the caller disconnects.
pub(crate) async fn exchange(
    host: Arc<Host>,
    control: ConnectionControl,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(Body::new(body), 4 << 20).await else {
        return Ok(simulated(status_only(StatusCode::PAYLOAD_TOO_LARGE)));
    };
    let (answer, receiver) = tokio::sync::oneshot::channel();
    let task_host = Arc::clone(&host);
    host.spawn(async move {
        match deal(&task_host, parts, body).await {
            Effect::Respond(response) => {
                // The caller may have disconnected, which makes no difference.
                let _ = answer.send(simulated(response));
            }
            Effect::Seize(seizure) => control.seize(seizure),
        }
    });
    match receiver.await {
        Ok(response) => Ok(response),
        Err(_) => std::future::pending().await,
    }
}

async fn deal(host: &Arc<Host>, mut parts: http::request::Parts, body: Bytes) -> Effect {
    let method = parts.method.as_str().to_owned();
    let path = parts.uri.path().to_owned();
    let json: Value = serde_json::from_slice(&body).unwrap_or_default();
    let to = json.pointer(host.surface.callee).and_then(Value::as_str).map(str::to_owned);
    let place = host.log.push(record(host, &parts, &body, &json));
    if method == "POST" && path == host.surface.place_path {
        host.ledger.count_post();
    }
    let (rang, mut ringing) = watch::channel(false);
    parts.extensions.insert(RequestContext {
        request_id: Uuid::new_v4().to_string(),
        idempotency_key: parts
            .headers
            .get("idempotency-key")
            .and_then(|key| key.to_str().ok())
            .map(str::to_owned),
        rang: Arc::new(rang),
    });
    let hit = host.faults.decide(&Seen { method: &method, path: &path, to: to.as_deref() });
    let request = Request::from_parts(parts, Body::from(body));
    let router = host.router.read().clone();
    let effect = match hit {
        None => Effect::Respond(run(router, request).await),
        Some(hit) => afflict(host, hit, router, request, &mut ringing).await,
    };
    if let Effect::Respond(response) = &effect {
        host.log.answered(place, response.status().as_u16());
    }
    effect
}

async fn afflict(
    host: &Arc<Host>,
    hit: Hit,
    router: Router,
    request: Request<Body>,
    ringing: &mut watch::Receiver<bool>,
) -> Effect {
    let answer = match hit.after {
        After::Nothing => {
            tokio::time::sleep(hit.delay).await;
            if hit.fault == Fault::Pass {
                return Effect::Respond(run(router, request).await);
            }
            return corrupt(&hit.fault, host.surface, &Answer::none());
        }
        After::Ring => {
            let (sender, answered) = tokio::sync::oneshot::channel();
            host.spawn(async move {
                // With `after = "ring"` the response is not needed once the phone rings.
                let _ = sender.send(run(router, request).await);
            });
            tokio::select! {
                biased;
                Ok(_) = ringing.wait_for(|rang| *rang) => None,
                answer = answered => answer.ok(),
                else => None,
            }
        }
        After::Answer => Some(run(router, request).await),
    };
    tokio::time::sleep(hit.delay).await;
    match answer {
        Some(response) if hit.fault == Fault::Pass => Effect::Respond(response),
        Some(response) => corrupt(&hit.fault, host.surface, &read(response).await),
        None => corrupt(&hit.fault, host.surface, &Answer::none()),
    }
}

async fn run(router: Router, request: Request<Body>) -> Response<Body> {
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

async fn read(response: Response<Body>) -> Answer {
    let status = response.status();
    let body = to_bytes(response.into_body(), 4 << 20).await.unwrap_or_default();
    Answer { status, body }
}

fn record(host: &Host, parts: &http::request::Parts, body: &[u8], json: &Value) -> RequestRecord {
    let path = parts.uri.path();
    let form = parts
        .headers
        .get(http::header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    let secret = host.surface.secret_paths.iter().any(|prefix| path.starts_with(prefix));
    let headers = parts
        .headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "authorization" | "cookie"));
    RequestRecord {
        at: host.timeline.rfc3339_millis(),
        method: parts.method.as_str().to_owned(),
        path: path.to_owned(),
        query: if secret {
            String::new()
        } else {
            parts.uri.query().unwrap_or_default().to_owned()
        },
        query_names: Params::parse(parts.uri.query().unwrap_or_default()).names(),
        headers: headers
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect(),
        body: if secret { Value::Null } else { json.clone() },
        body_names: if form {
            Params::parse(&String::from_utf8_lossy(body)).names()
        } else {
            names(json)
        },
        status: None,
    }
}

fn simulated(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().insert("x-simulated", HeaderValue::from_static("true"));
    response
}

fn status_only(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
