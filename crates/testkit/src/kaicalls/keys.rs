//! API keys (document 004, "API Keys"), which require a dashboard session.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use super::caller::{DEFAULT_SCOPES, Session};
use super::codes::Refused;
use super::key::Key;
use super::state::SimState;
use crate::host::Params;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new().route("/api/v1/keys", get(list).post(create).delete(revoke))
}

async fn list(State(sim): State<Arc<SimState>>, _: Session) -> Json<Value> {
    let keys = sim.keys.lock();
    let keys: Vec<Value> = keys
        .iter()
        .map(|key| {
            json!({
                "id": key.id, "prefix": key.prefix(), "name": key.name, "scopes": key.scopes,
                "business_id": key.business_id, "created_at": key.created_at, "last_used_at": key.last_used_at,
                "expires_at": Value::Null, "is_active": key.active,
            })
        })
        .collect();
    Json(json!({"keys": keys}))
}

async fn create(
    State(sim): State<Arc<SimState>>,
    _: Session,
    body: Bytes,
) -> Result<Response, Refused> {
    let body: Value = if body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&body).map_err(|_| Refused::invalid("the body is not JSON"))?
    };
    let scopes = body.get("scopes").and_then(Value::as_array).map_or_else(
        || DEFAULT_SCOPES.map(str::to_owned).to_vec(),
        |scopes| scopes.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
    );
    let mut keys = sim.keys.lock();
    let nth = keys.len();
    let secret = format!("kc_live_{}", sim.seed.secret(&format!("key/{nth}")));
    let name = body.get("name").and_then(Value::as_str).unwrap_or("Untitled Key");
    let mut key = Key::new(sim.id("key", nth), secret, name, scopes, sim.now());
    key.business_id = body.get("business_id").and_then(Value::as_str).map(str::to_owned);
    let answer = json!({
        "key": key.secret, "id": key.id, "prefix": key.prefix(), "name": key.name, "scopes": key.scopes,
        "business_id": key.business_id, "created_at": key.created_at,
    });
    keys.push(key);
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

async fn revoke(
    State(sim): State<Arc<SimState>>,
    _: Session,
    params: Params,
) -> Result<Json<Value>, Refused> {
    let id = params.get("id").ok_or_else(|| Refused::invalid("id is required"))?;
    let mut keys = sim.keys.lock();
    let key = keys.iter_mut().find(|key| key.id == id).ok_or_else(|| Refused::not_found("key"))?;
    key.active = false;
    Ok(Json(json!({"success": true})))
}
