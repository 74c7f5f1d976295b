//! Coordination endpoints (documents 000 and 002), each in the shape of its document.
//!
//! The simulated coordinator does not interpret messages and makes no calls: each message becomes a
//! goal and a reply.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use serde_json::{Value, json};

use super::caller::Caller;
use super::codes::Refused;
use super::collections::{created, ok};
use super::state::SimState;
use crate::Shape;
use crate::host::Params;

type Answer = Result<Response, Refused>;
type Ours = State<Arc<SimState>>;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v1/coordination/message", post(message))
        .route("/v1/coordination/history", get(history))
        .route("/v1/coordination/conversations", get(conversations).post(open))
        .route("/v1/coordination/goals", get(goals))
        .route("/v1/coordination/goals/batch-archive", post(batch_archive))
        .route("/v1/coordination/goals/{id}", get(goal))
        .route("/v1/coordination/goals/{id}/tree", get(tree))
        .route("/v1/coordination/goals/{id}/budget", get(budget))
        .route("/v1/coordination/goals/{id}/{action}", post(act))
}

async fn message(State(sim): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("coordination:write")?;
    let fields = sim.object(&body, &["message"])?;
    let text = fields["message"].clone();
    let conversation = match fields.get("conversation_id").and_then(Value::as_str) {
        Some(id) => sim.find("conversation", id, "not_found")?,
        None => sim.keep("conversation", json!({"title": text, "message_count": 0})),
    };
    let id = conversation["id"].as_str().unwrap_or_default();
    sim.alter("conversation", id, "not_found", |fields| {
        let count = fields["message_count"].as_u64().unwrap_or(0) + 2;
        fields.insert("message_count".to_owned(), count.into());
        Ok(())
    })?;
    sim.keep("message", json!({"conversation_id": id, "role": "user", "content": text}));
    let reply = sim.keep(
        "message",
        json!({"conversation_id": id, "role": "assistant", "content": "Understood."}),
    );
    let goal = sim.keep(
        "goal",
        json!({
            "title": text, "status": "active", "description": text, "updated_at": reply["created_at"],
            "credits_used": sim.decimal(0), "credits_estimated": sim.decimal(1500), "parent_goal_id": null,
            "sub_goal_count": 0, "steps": [{"step": 1, "description": text, "status": "in_progress"}],
        }),
    );
    ok(match sim.config.shape {
        Shape::February2026 | Shape::January2026 => json!({
            "response": "Understood.", "goal_id": goal["id"], "conversation_id": id,
            "actions_taken": ["goal_created"],
        }),
        Shape::Assistant => json!({
            "message": "Understood.", "intent": "general", "triggered_actions": [], "suggestions": [],
            "credits_used": sim.decimal(500), "conversation_id": id, "message_id": reply["id"],
            "goal_completed": false,
        }),
    })
}

async fn history(State(sim): Ours, caller: Caller, params: Params) -> Answer {
    caller.needs("coordination:read")?;
    let wanted = params.get("conversation_id");
    let messages =
        sim.kept("message", &params, |one| wanted.is_none_or(|id| one["conversation_id"] == id))?;
    ok(json!({"messages": messages}))
}

async fn conversations(State(sim): Ours, caller: Caller, params: Params) -> Answer {
    caller.needs("coordination:read")?;
    ok(json!({"conversations": sim.kept("conversation", &params, |_| true)?}))
}

/// Document 000 names the id `conversation_id`; document 002 shows no response.
async fn open(State(sim): Ours, caller: Caller) -> Answer {
    caller.needs("coordination:write")?;
    let conversation = sim.keep("conversation", json!({"title": "", "message_count": 0}));
    created(json!({"conversation_id": conversation["id"]}))
}

async fn goals(State(sim): Ours, caller: Caller, params: Params) -> Answer {
    caller.needs("coordination:read")?;
    let goals = sim.kept("goal", &params, |goal| {
        params.get("status").is_none_or(|status| goal["status"] == status)
    })?;
    ok(json!({"goals": goals}))
}

async fn goal(State(sim): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("coordination:read")?;
    ok(sim.find("goal", &id, "goal_not_found")?)
}

async fn tree(State(sim): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("coordination:read")?;
    let mut goal = sim.find("goal", &id, "goal_not_found")?;
    goal["sub_goals"] = json!([]);
    ok(goal)
}

async fn budget(State(sim): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("budget:read")?;
    let goal = sim.find("goal", &id, "goal_not_found")?;
    ok(json!({
        "goal_id": id, "credits_estimated": goal["credits_estimated"], "credits_used": goal["credits_used"],
        "credits_remaining": goal["credits_estimated"], "breakdown": [],
    }))
}

/// The commands on a goal. Their responses are not documented: here it is the goal.
async fn act(
    State(sim): Ours,
    caller: Caller,
    Path((id, action)): Path<(String, String)>,
) -> Answer {
    caller.needs("coordination:write")?;
    let next = match action.as_str() {
        "cancel" | "cascade-cancel" => "cancelled",
        "escalate" => "needs_input",
        "approve-step" | "continue-negotiating" => "active",
        "accept-outcome" => "completed",
        "archive" => "archived",
        _ => return Err(sim.refuse("not_found", "the simulator has no such path")),
    };
    let goal = sim.alter("goal", &id, "goal_not_found", |goal| {
        let now = goal["status"].as_str().unwrap_or_default().to_owned();
        match (now.as_str(), next) {
            (_, "archived") => {}
            ("cancelled", _) => return Err(sim.refuse("goal_already_cancelled", &id)),
            ("completed" | "archived", _) => {
                return Err(sim.refuse("goal_already_completed", &id));
            }
            _ => {}
        }
        goal.insert("status".to_owned(), next.into());
        Ok(())
    })?;
    ok(goal)
}

async fn batch_archive(State(sim): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("coordination:write")?;
    let fields = sim.object(&body, &["goal_ids"])?;
    let mut archived = 0;
    for id in fields["goal_ids"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        sim.alter("goal", id, "goal_not_found", |goal| {
            goal.insert("status".to_owned(), "archived".into());
            Ok(())
        })?;
        archived += 1;
    }
    ok(json!({"success": true, "archived": archived}))
}
