//! Discovery endpoints that the provider's SDK uses: capabilities, an OpenAPI document, schemas.
//!
//! No responses are documented. The OpenAPI document lists the paths of this simulator without
//! their bodies.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::codes::Refused;
use super::state::SimState;
use crate::host::Params;

type Answer = Result<Response, Refused>;

/// Each path of this simulator with its methods.
const PATHS: &[(&str, &[&str])] = &[
    ("/api/v1/agents", &["get", "post", "patch"]),
    ("/api/v1/agents/versions", &["get"]),
    ("/api/v1/numbers", &["get"]),
    ("/api/v1/phone-numbers", &["get", "post", "delete"]),
    ("/api/v1/phone-numbers/available", &["get"]),
    ("/api/v1/calls", &["get", "post"]),
    ("/api/v1/recordings", &["get"]),
    ("/api/v1/transcripts", &["get"]),
    ("/api/v1/keys", &["get", "post", "delete"]),
    ("/api/v1/balance", &["get"]),
    ("/api/v1/usage", &["get"]),
    ("/api/v1/webhooks", &["get", "post", "delete"]),
    ("/api/v1/webhooks/test", &["post"]),
    ("/api/v1/webhooks/rotate-secret", &["post"]),
    ("/api/v1/events", &["get"]),
    ("/api/v1/event-deliveries", &["get"]),
    ("/api/v1/events/replay", &["post"]),
    ("/api/v1/events/backfill", &["post"]),
    ("/api/v1/communication-runs", &["get", "post", "patch"]),
    ("/api/v1/communication-runs/validate", &["post"]),
    ("/api/v1/communication-runs/preview", &["post"]),
    ("/api/v1/communication-jobs", &["get"]),
    ("/api/v1/communication-attempts", &["get"]),
    ("/api/v1/capabilities", &["get"]),
    ("/api/v1/openapi.json", &["get"]),
    ("/api/v1/schemas", &["get"]),
    ("/api/v1/health", &["get"]),
];

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/api/v1/capabilities", get(capabilities))
        .route("/api/v1/openapi.json", get(openapi))
        .route("/api/v1/schemas", get(schemas))
}

async fn capabilities(State(sim): State<Arc<SimState>>, _: Caller, params: Params) -> Answer {
    if params.get("business_id").is_some_and(|business| business != sim.business_id) {
        return Err(Refused::not_found("business"));
    }
    let answer = json!({
        "simulated": true, "business_id": sim.business_id,
        "capabilities": {
            "calls": true, "agents": true, "phone_numbers": true, "webhooks": true, "events": true, "communication_runs": true,
            "sms": false,
        },
        "countries": sim.config.countries,
    });
    Ok(Json(answer).into_response())
}

async fn openapi(_: Caller) -> Json<Value> {
    let paths: Map<String, Value> = PATHS
        .iter()
        .map(|(path, methods)| {
            let methods = methods.iter().map(|method| {
                ((*method).to_owned(), json!({"responses": {"default": {"description": ""}}}))
            });
            ((*path).to_owned(), Value::Object(methods.collect()))
        })
        .collect();
    Json(
        json!({"openapi": "3.1.0", "info": {"title": "KaiCalls, simulated", "version": "1"}, "paths": paths}),
    )
}

/// Returns the names of the schemas, or the requested schema.
async fn schemas(_: Caller, params: Params) -> Answer {
    let run = json!({
        "type": "object", "required": ["agent_id", "recipients"],
        "properties": {
            "agent_id": {"type": "string"},
            "recipients": {"type": "array", "minItems": 1, "maxItems": 100, "items": {"type": "object", "required": ["to"]}},
            "context": {"type": "string"}, "first_message": {"type": "string"}, "max_duration": {"type": "integer"},
            "webhook_url": {"type": "string"}, "external_ref": {"type": "string"}, "business_id": {"type": "string"},
        },
    });
    let answer = match params.get("name") {
        None => json!({"schemas": ["communication_run"]}),
        Some("communication_run") => json!({"name": "communication_run", "schema": run}),
        Some(_) => return Err(Refused::not_found("schema")),
    };
    Ok(Json(answer).into_response())
}
