//! Actions endpoints (document 002) but for email: calendar, bookings, bills, tasks, the log and
//! undo.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{delete, get, post};
use bytes::Bytes;
use serde_json::{Value, json};

use super::caller::Caller;
use super::codes::Refused;
use super::collections::{created, ok};
use super::state::SimState;
use crate::host::Params;

type Answer = Result<Response, Refused>;
type Ours = State<Arc<SimState>>;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v1/actions/calendar/events", post(add_event))
        .route("/v1/actions/calendar/events/{id}", delete(drop_event))
        .route("/v1/actions/calendar/slots", get(slots))
        .route("/v1/actions/calendar/sync", post(sync))
        .route("/v1/actions/bookings/restaurants/search", post(restaurants))
        .route("/v1/actions/bookings", post(book))
        .route("/v1/actions/bookings/{id}", delete(cancel_booking))
        .route("/v1/actions/bills/analyze", post(analyze))
        .route("/v1/actions/bills/dispute", post(dispute))
        .route("/v1/actions/tasks/{kind}", post(task))
        .route("/v1/actions/log", get(log))
        .route("/v1/actions/{id}/undo", post(undo))
}

/// Performs an action: stores it, logs it and responds with it.
fn act(
    sim: &SimState,
    kind: &str,
    collection: &'static str,
    fields: Value,
    undoable: bool,
) -> Answer {
    let thing = sim.keep(collection, fields);
    sim.keep(
        "action",
        json!({
            "type": kind, "description": format!("A simulated {kind}"), "status": "completed",
            "undoable": undoable, "collection": collection, "thing": thing["id"],
        }),
    );
    created(thing)
}

async fn add_event(State(sim): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("actions:write")?;
    let fields = sim.object(&body, &["title", "start", "end"])?;
    act(&sim, "calendar", "event", Value::Object(fields), true)
}

async fn drop_event(State(sim): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("actions:write")?;
    sim.discard("event", &id)?;
    ok(json!({"success": true}))
}

async fn slots(State(sim): Ours, caller: Caller, params: Params) -> Answer {
    caller.needs("actions:read")?;
    let Some(date) = params.get("date") else {
        return Err(sim.refuse("bad_request", "date is required"));
    };
    ok(json!({"slots": [{"start": format!("{date}T09:00:00"), "end": format!("{date}T10:00:00")}]}))
}

async fn sync(caller: Caller) -> Answer {
    caller.needs("actions:write")?;
    ok(json!({"success": true}))
}

async fn restaurants(State(sim): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("actions:read")?;
    sim.object(&body, &["query"])?;
    ok(json!({"results": [{
        "id": "rest_sim_1", "name": "A Simulated Kitchen", "cuisine": "Italian", "rating": 4.7,
        "price_range": "$$", "phone": "+12125550140", "address": "1 Nowhere St", "availability": "available",
    }]}))
}

async fn book(State(sim): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("actions:write")?;
    let fields = sim.object(&body, &["type"])?;
    act(&sim, "booking", "booking", Value::Object(fields), true)
}

async fn cancel_booking(State(sim): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("actions:write")?;
    sim.discard("booking", &id)?;
    ok(json!({"success": true}))
}

async fn analyze(State(sim): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("actions:write")?;
    sim.object(&body, &["description"])?;
    ok(json!({"analysis": {
        "fair_price_range": "$50-70", "overcharge_detected": true, "savings_potential": "$20-40/month",
        "recommendations": ["Call to negotiate"],
    }}))
}

async fn dispute(State(sim): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("actions:write")?;
    let fields = sim.object(&body, &["description"])?;
    act(&sim, "bill", "dispute", Value::Object(fields), false)
}

async fn task(State(sim): Ours, caller: Caller, Path(kind): Path<String>, body: Bytes) -> Answer {
    caller.needs("actions:write")?;
    let required: &[&str] = match kind.as_str() {
        "ride" => &["pickup", "destination"],
        "food" | "errand" => &["description"],
        _ => return Err(sim.refuse("not_found", "the simulator has no such path")),
    };
    let fields = sim.object(&body, required)?;
    act(&sim, &kind, "task", Value::Object(fields), false)
}

async fn log(State(sim): Ours, caller: Caller, params: Params) -> Answer {
    caller.needs("actions:read")?;
    let wanted = params.get("type");
    let mut actions =
        sim.kept("action", &params, |action| wanted.is_none_or(|kind| action["type"] == kind))?;
    for fields in actions.iter_mut().filter_map(Value::as_object_mut) {
        fields.remove("collection");
        fields.remove("thing");
    }
    ok(json!({"actions": actions}))
}

async fn undo(State(sim): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("actions:write")?;
    let action = sim.alter("action", &id, "not_found", |action| {
        if action["undoable"] != true {
            return Err(sim.refuse("action_not_undoable", &id));
        }
        action.insert("undoable".to_owned(), false.into());
        action.insert("status".to_owned(), "undone".into());
        Ok(())
    })?;
    let thing = action["thing"].as_str().unwrap_or_default();
    let collection = if action["collection"] == "event" { "event" } else { "booking" };
    sim.discard(collection, thing)?;
    ok(json!({"success": true, "id": id, "status": "undone"}))
}
