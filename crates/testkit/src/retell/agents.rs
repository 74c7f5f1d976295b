//! Agents and their versions, counted from 0.
//!
//! A change goes into the newest version, or, if that is published, into a new one after it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{delete as delete_at, get, patch, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::check::{agent_settings, field, object, text};
use super::codes::{Answer, Refused};
use super::state::{Agent, SimState, Version};
use crate::host::Params;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/create-agent", post(create))
        .route("/get-agent/{id}", get(read))
        .route("/v2/list-agents", get(list))
        .route("/list-agent-versions/{id}", get(versions))
        .route("/update-agent/{id}", patch(update))
        .route("/create-agent-version/{id}", post(create_version))
        .route("/publish-agent-version/{id}", post(publish))
        .route("/delete-agent/{id}", delete_at(delete))
}

impl Agent {
    /// An agent with one published version.
    pub(crate) fn new(id: String, fields: Map<String, Value>, now: i64) -> Self {
        let first = Version { published: true, tag: None, fields, modified: now };
        Self { id, versions: vec![first] }
    }

    fn body(&self, nth: usize) -> Option<Value> {
        let version = self.versions.get(nth)?;
        let mut body = version.fields.clone();
        body.insert("agent_id".to_owned(), self.id.clone().into());
        body.insert("version".to_owned(), nth.into());
        body.insert("is_published".to_owned(), version.published.into());
        body.insert("last_modification_timestamp".to_owned(), version.modified.into());
        if let Some(tag) = &version.tag {
            body.insert("tag".to_owned(), tag.clone().into());
        }
        Some(Value::Object(body))
    }
}

async fn create(State(sim): State<Arc<SimState>>, _: Caller, body: Bytes) -> Answer {
    let sent = object(&body)?;
    agent_settings(&sent)?;
    let mut made = sim.agents_made.lock();
    let mut agent = Agent::new(sim.id("agent", *made), sent, sim.millis());
    *made += 1;
    agent.versions[0].published = false;
    let answer = agent.body(0);
    sim.agents.lock().push(agent);
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

async fn read(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Path(id): Path<String>,
    params: Params,
) -> Answer {
    let agents = sim.agents.lock();
    let agent = agents.iter().find(|one| one.id == id).ok_or_else(|| Refused::unknown(&id))?;
    let version = params.get("version").map(Value::from);
    let newest = agent.versions.len() - 1;
    let nth = if version.is_some() { agent.find(version.as_ref()) } else { Some(newest) };
    let body = nth.and_then(|nth| agent.body(nth)).ok_or_else(|| Refused::unknown(&id))?;
    Ok(Json(body).into_response())
}

/// The newest version of each agent. The documents do not show the answer: here it is paged like
/// the calls.
async fn list(State(sim): State<Arc<SimState>>, _: Caller, params: Params) -> Answer {
    let agents = sim.agents.lock();
    let rows: Vec<Value> =
        agents.iter().filter_map(|agent| agent.body(agent.versions.len() - 1)).collect();
    super::numbers::page(rows, "agent_id", &params)
}

async fn versions(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    let agents = sim.agents.lock();
    let agent = agents.iter().find(|one| one.id == id).ok_or_else(|| Refused::unknown(&id))?;
    let rows: Vec<Value> = (0..agent.versions.len()).filter_map(|nth| agent.body(nth)).collect();
    Ok(Json(rows).into_response())
}

/// Changes an agent and answers with its newest version.
fn change(
    sim: &SimState,
    id: &str,
    change: impl FnOnce(&mut Agent) -> Result<(), Refused>,
    status: StatusCode,
) -> Answer {
    let mut agents = sim.agents.lock();
    let agent = agents.iter_mut().find(|one| one.id == id).ok_or_else(|| Refused::unknown(id))?;
    change(agent)?;
    Ok((status, Json(agent.body(agent.versions.len() - 1))).into_response())
}

fn draft(agent: &mut Agent, now: i64) {
    if let Some(newest) = agent.versions.last().cloned() {
        agent.versions.push(Version { published: false, tag: None, modified: now, ..newest });
    }
}

async fn update(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    let sent = object(&body)?;
    agent_settings(&sent)?;
    let now = sim.millis();
    let edit = |agent: &mut Agent| {
        if agent.versions.last().is_some_and(|version| version.published) {
            draft(agent, now);
        }
        if let Some(version) = agent.versions.last_mut() {
            version.fields.extend(sent);
            version.modified = now;
        }
        Ok(())
    };
    change(&sim, &id, edit, StatusCode::OK)
}

async fn create_version(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Path(id): Path<String>,
) -> Answer {
    let now = sim.millis();
    let add = |agent: &mut Agent| {
        draft(agent, now);
        Ok(())
    };
    change(&sim, &id, add, StatusCode::CREATED)
}

/// Publishes the version in the body, or the newest, and gives it the tag in the body.
async fn publish(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    let sent = if body.is_empty() { Map::new() } else { object(&body)? };
    let tag = text(&sent, "tag")?.map(str::to_owned);
    let mark = |agent: &mut Agent| {
        let newest = json!(agent.versions.len() - 1);
        let nth = agent.find(Some(field(&sent, "version").unwrap_or(&newest)));
        let nth = nth.ok_or_else(|| Refused::unknown("version"))?;
        agent.versions[nth].published = true;
        agent.versions[nth].tag = tag.or_else(|| agent.versions[nth].tag.clone());
        Ok(())
    };
    change(&sim, &id, mark, StatusCode::OK)
}

async fn delete(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    let mut agents = sim.agents.lock();
    let before = agents.len();
    agents.retain(|agent| agent.id != id);
    if agents.len() == before {
        return Err(Refused::unknown(&id));
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
