//! Balance and usage (document 004, "Account"), and health.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use serde_json::{Value, json};

use super::caller::Caller;
use super::codes::Refused;
use super::state::{SimState, UsageRow};
use crate::host::Params;

type Answer = Result<Response, Refused>;

/// Attached to a response: the call that the request placed.
#[derive(Debug, Clone)]
pub(crate) struct PlacedCall(pub(crate) String);

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/api/v1/balance", get(balance))
        .route("/api/v1/usage", get(usage))
        .route("/api/v1/health", get(health))
        .route("/health", get(health))
        .route("/", get(health))
}

/// Adds an entry to the usage log for each request that reached the API.
pub(crate) async fn log_usage(
    State(sim): State<Arc<SimState>>,
    request: Request,
    next: Next,
) -> Response {
    let method = request.method().as_str().to_owned();
    let endpoint = request.uri().path().strip_prefix("/api").map(str::to_owned);
    let response = next.run(request).await;
    if let Some(endpoint) = endpoint
        && response.status() != StatusCode::UNAUTHORIZED
    {
        let mut rows = sim.usage.lock();
        let row = UsageRow {
            id: sim.id("usage", rows.len()),
            endpoint,
            method,
            status: response.status().as_u16(),
            call_id: response.extensions().get::<PlacedCall>().map(|call| call.0.clone()),
            created_at: sim.now(),
        };
        rows.push(row);
    }
    response
}

async fn balance(State(sim): State<Arc<SimState>>, _: Caller) -> Json<Value> {
    let line = sim.host.timeline;
    let tenths: u64 = {
        let calls = sim.calls.lock();
        let over = calls.records.iter().filter(|record| record.life.is_over(line));
        over.map(|record| record.life.talked_tenths(line)).sum()
    };
    let numbers = sim.numbers.lock().len();
    Json(json!({"businesses": [{
        "business_id": sim.business_id, "minutes_used": tenths.div_ceil(600), "phone_numbers": numbers,
        "subscription_status": "active",
    }]}))
}

/// Newest first, without a cursor: a busy period can only be read completely in slices by `start`
/// and `end`.
async fn usage(State(sim): State<Arc<SimState>>, _: Caller, params: Params) -> Answer {
    let limit = params
        .number("limit", 100)
        .map_err(|()| Refused::invalid("limit must be a whole number"))?;
    let limit = limit.clamp(1, 500);
    let mut bounds = [None, None];
    for (bound, name) in bounds.iter_mut().zip(["start", "end"]) {
        if let Some(text) = params.get(name) {
            *bound = Some(
                normal(text).ok_or_else(|| Refused::invalid(format!("{name} must be ISO 8601")))?,
            );
        }
    }
    let [start, end] = bounds;
    let rows = sim.usage.lock();
    let mut shown = rows
        .iter()
        .rev()
        .filter(|row| start.as_ref().is_none_or(|start| row.created_at >= *start))
        .filter(|row| end.as_ref().is_none_or(|end| row.created_at <= *end));
    let page: Vec<Value> = shown
        .by_ref()
        .take(limit)
        .map(|row| {
            json!({
                "id": row.id, "endpoint": row.endpoint, "method": row.method, "status_code": row.status,
                "call_id": row.call_id, "cost_cents": if row.call_id.is_some() { 15 } else { 0 },
                "created_at": row.created_at,
            })
        })
        .collect();
    let has_more = shown.next().is_some();
    Ok(Json(json!({"usage": page, "has_more": has_more})).into_response())
}

/// Normalises a time or a date to the format of stored entries, so that they can be compared as
/// text.
pub(crate) fn normal(text: &str) -> Option<String> {
    let time = text.parse::<jiff::Timestamp>().ok().or_else(|| {
        let date: jiff::civil::Date = text.parse().ok()?;
        date.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    })?;
    Some(time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

async fn health() -> Json<Value> {
    Json(json!({
        "status": "ok", "simulated": true, "provider": "kaicalls",
        "notice": "This is a simulation of KaiCalls' documented HTTP API. There is no telephone behind it.",
    }))
}
