//! Sums over the calls of the account.

use std::sync::Arc;

use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::body;
use super::caller::Caller;
use super::check::object;
use super::codes::{Answer, Refused};
use super::state::SimState;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new().route("/analytics", post(sums))
}

/// Answers the operations `count` and `sum` of each query.
async fn sums(State(sim): State<Arc<SimState>>, _: Caller, sent: Bytes) -> Answer {
    let sent = object(&sent)?;
    let queries = sent.get("queries").and_then(Value::as_array);
    let queries = queries.ok_or_else(|| Refused::invalid("queries must be an array"))?;
    let calls: Vec<Value> =
        sim.calls.lock().records.iter().map(|record| body::of(&sim, record)).collect();
    let mut answers = Vec::new();
    for query in queries {
        let operations = query.get("operations").and_then(Value::as_array);
        let mut row = Map::new();
        for operation in operations.into_iter().flatten() {
            let word = |name: &str| operation.get(name).and_then(Value::as_str);
            let (Some(kind), Some(column)) = (word("operation"), word("column")) else {
                return Err(Refused::invalid("operation and column are required"));
            };
            let value = match kind {
                "count" => json!(calls.len()),
                "sum" => json!(calls.iter().filter_map(|call| call[column].as_f64()).sum::<f64>()),
                _ => return Err(Refused::invalid("operation must be count or sum")),
            };
            let name = word("alias").map_or_else(|| format!("{kind}{column}"), str::to_owned);
            row.insert(name, value);
        }
        answers.push(json!({"name": query.get("name"), "result": [row]}));
    }
    Ok((StatusCode::CREATED, Json(answers)).into_response())
}
