//! Health and metrics, on a listener of their own: they need no key.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::State as Extract,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;
use switchboard::journal::server::ServerStore;

use super::{
    metrics::{Format, Metrics},
    state::{Phase, State},
};

/// How long the ledger may take to answer.
const LEDGER_WITHIN: Duration = Duration::from_secs(2);

/// What health is read from.
#[derive(Debug, Clone)]
pub(super) struct Health {
    pub(super) state: Arc<State>,
    /// Known once the ledger is open.
    pub(super) store: Arc<OnceLock<Arc<dyn ServerStore>>>,
    pub(super) metrics: Arc<Metrics>,
}

/// `/livez`, `/readyz` and `/metrics`.
pub(super) fn router(health: Health) -> Router {
    Router::new()
        .route("/livez", get(live))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(health)
}

async fn live(Extract(health): Extract<Health>) -> Response {
    if health.state.lives() { answer(StatusCode::OK, "alive") } else { unavailable("stuck") }
}

/// Never a provider's health: one that is down must not take every replica out.
async fn ready(Extract(health): Extract<Health>) -> Response {
    match (health.state.phase(), health.store.get()) {
        (Phase::Starting, _) | (_, None) => unavailable("starting"),
        (Phase::Stopping, _) => unavailable("stopping"),
        (Phase::Ready, Some(store)) => {
            match tokio::time::timeout(LEDGER_WITHIN, store.keys_epoch()).await {
                Ok(Ok(_)) => answer(StatusCode::OK, "ready"),
                Ok(Err(_)) | Err(_) => unavailable("ledger_unavailable"),
            }
        }
    }
}

async fn metrics(Extract(health): Extract<Health>, asked: HeaderMap) -> Response {
    let format = Format::wanted(&asked);
    let store = health.store.get().map(AsRef::as_ref);
    match health.metrics.scrape(&health.state, store, format).await {
        Ok(text) => {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, format.content_type());
            (headers, text).into_response()
        }
        Err(_) => unavailable("metrics_unavailable"),
    }
}

fn unavailable(status: &'static str) -> Response {
    answer(StatusCode::SERVICE_UNAVAILABLE, status)
}

fn answer(code: StatusCode, status: &'static str) -> Response {
    let headers = [(header::CACHE_CONTROL, "no-store")];
    (code, headers, Json(json!({"status": status}))).into_response()
}
