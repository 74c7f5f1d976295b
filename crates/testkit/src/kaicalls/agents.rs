//! Agents: read as in document 004, written as the provider's SDK writes them.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::codes::Refused;
use super::state::{Agent, SimState};
use crate::host::Params;

type Answer = Result<Response, Refused>;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/api/v1/agents", get(read).post(create).patch(update))
        .route("/api/v1/agents/versions", get(versions))
}

impl Agent {
    pub(crate) fn new(id: String, business_id: &str, name: &str, created_at: String) -> Self {
        let mut fields = Map::new();
        fields.insert("id".to_owned(), id.clone().into());
        fields.insert("name".to_owned(), name.into());
        fields.insert("business_id".to_owned(), business_id.into());
        fields.insert("created_at".to_owned(), created_at.into());
        let first = json!({"version": 1, "fields": fields});
        Self { id, fields, versions: vec![first] }
    }

    pub(crate) fn name(&self) -> &str {
        self.fields.get("name").and_then(Value::as_str).unwrap_or_default()
    }

    fn note_version(&mut self, at: String) {
        let version = self.versions.len() + 1;
        self.versions.push(json!({"version": version, "created_at": at, "fields": self.fields}));
    }
}

async fn read(State(sim): State<Arc<SimState>>, caller: Caller, params: Params) -> Answer {
    caller.needs("agents:read")?;
    let agents = sim.agents.lock();
    let Some(id) = params.get("id") else {
        let entries: Vec<Value> = agents
            .iter()
            .map(|agent| {
                let field = |name: &str| agent.fields.get(name);
                json!({
                    "id": agent.id, "name": agent.name(), "business_id": field("business_id"),
                    "created_at": field("created_at"),
                })
            })
            .collect();
        return Ok(Json(json!({"agents": entries})).into_response());
    };
    let agent =
        agents.iter().find(|agent| agent.id == id).ok_or_else(|| Refused::not_found("agent"))?;
    let numbers = sim.numbers.lock();
    let number = numbers.iter().find(|number| number.agent_id.as_deref() == Some(id));
    let mut body = agent.fields.clone();
    body.insert("vapi_assistant_id".to_owned(), format!("vapi-asst-{}", &agent.id[..8]).into());
    body.insert("phone_number".to_owned(), number.map(|number| number.number.clone()).into());
    Ok(Json(Value::Object(body)).into_response())
}

async fn create(State(sim): State<Arc<SimState>>, caller: Caller, body: Bytes) -> Answer {
    caller.needs("agents:write")?;
    let body = object(&body)?;
    for name in ["business_id", "name", "system_prompt"] {
        if body.get(name).and_then(Value::as_str).is_none_or(str::is_empty) {
            return Err(Refused::invalid(format!("{name} is required")));
        }
    }
    if body.get("business_id").and_then(Value::as_str) != Some(&sim.business_id) {
        return Err(Refused::not_found("business"));
    }
    let mut agents = sim.agents.lock();
    let mut agent = Agent::new(sim.id("agent", agents.len()), &sim.business_id, "", sim.now());
    agent.fields.extend(body.into_iter().filter(|(name, _)| name != "id"));
    agent.versions = vec![json!({"version": 1, "created_at": sim.now(), "fields": agent.fields})];
    let answer = agent.fields.clone();
    agents.push(agent);
    Ok((StatusCode::CREATED, Json(Value::Object(answer))).into_response())
}

async fn update(State(sim): State<Arc<SimState>>, caller: Caller, body: Bytes) -> Answer {
    caller.needs("agents:write")?;
    let mut body = object(&body)?;
    let Some(Value::String(id)) = body.remove("id") else {
        return Err(Refused::invalid("id is required"));
    };
    let mut agents = sim.agents.lock();
    let agent = agents
        .iter_mut()
        .find(|agent| agent.id == id)
        .ok_or_else(|| Refused::not_found("agent"))?;
    agent.fields.extend(body);
    agent.note_version(sim.now());
    Ok(Json(Value::Object(agent.fields.clone())).into_response())
}

async fn versions(State(sim): State<Arc<SimState>>, caller: Caller, params: Params) -> Answer {
    caller.needs("agents:read")?;
    let id = params.get("agent_id").ok_or_else(|| Refused::invalid("agent_id is required"))?;
    let limit = params
        .number("limit", 50)
        .map_err(|()| Refused::invalid("limit must be a whole number"))?;
    let agents = sim.agents.lock();
    let agent =
        agents.iter().find(|agent| agent.id == id).ok_or_else(|| Refused::not_found("agent"))?;
    let wanted = params.get("version");
    let versions: Vec<&Value> = agent
        .versions
        .iter()
        .rev()
        .filter(|version| {
            wanted.is_none_or(|wanted| version["version"].as_u64() == wanted.parse().ok())
        })
        .take(limit)
        .collect();
    Ok(Json(json!({"agent_id": id, "versions": versions})).into_response())
}

/// Parses a body that must be a JSON object.
pub(crate) fn object(body: &[u8]) -> Result<Map<String, Value>, Refused> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) | Err(_) => Err(Refused::invalid("the body is not a JSON object")),
    }
}
