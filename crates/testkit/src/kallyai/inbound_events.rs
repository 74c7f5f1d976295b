//! The inbound event log, as JSON and as a stream (document 002 only calls it "SSE-capable").

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures::StreamExt as _;
use http::{HeaderMap, header};
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;

use super::caller::Caller;
use super::codes::Refused;
use super::state::SimState;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v1/inbound/events", get(events))
        .route("/v1/inbound/stream/info", get(info))
}

/// A caller that accepts `text/event-stream` gets the log followed by new events; others get only
/// the log.
async fn events(
    State(sim): State<Arc<SimState>>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    caller.needs("calls:read")?;
    let accept =
        headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // Subscribe first, so that no event is lost between the log and the stream.
    let feed = sim.inbound.feed.subscribe();
    let log = sim.inbound.events();
    if !accept.contains("text/event-stream") {
        return Ok(Json(json!({"events": log})).into_response());
    }
    let known = log.clone();
    let later = futures::stream::unfold((feed, known), |(mut feed, known)| async move {
        loop {
            match feed.recv().await {
                Ok(event) if known.contains(&event) => {}
                Ok(event) => return Some((event, (feed, known))),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    });
    let stream =
        futures::stream::iter(log).chain(later).map(|event| Ok::<_, Infallible>(frame(&event)));
    Ok(Sse::new(stream)
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
        .into_response())
}

fn frame(event: &Value) -> Event {
    let text = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default();
    Event::default().id(text("id")).event(text("type")).data(event.to_string())
}

async fn info(State(sim): State<Arc<SimState>>, caller: Caller) -> Result<Response, Refused> {
    caller.needs("calls:read")?;
    let listeners = sim.inbound.feed.receiver_count();
    Ok(Json(json!({"transport": "sse", "url": "/v1/inbound/events", "listeners": listeners}))
        .into_response())
}
