//! Actions endpoints (document 002) but for email: calendar, bookings, bills, tasks, the log and
//! undo.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{delete, get, post};
use bytes::Bytes;
use serde_json::{Value, json};

use super::codes::Refused;
use super::shelves::{created, ok};
use super::tokens::Caller;
use super::world::World;
use crate::host::Params;

type Answer = Result<Response, Refused>;
type Ours = State<Arc<World>>;

pub(crate) fn routes() -> Router<Arc<World>> {
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

/// Does an action: keeps it, logs it, answers with it.
fn act(world: &World, kind: &str, shelf: &'static str, fields: Value, undoable: bool) -> Answer {
    let thing = world.keep(shelf, fields);
    world.keep(
        "action",
        json!({
            "type": kind, "description": format!("A simulated {kind}"), "status": "completed",
            "undoable": undoable, "shelf": shelf, "thing": thing["id"],
        }),
    );
    created(thing)
}

async fn add_event(State(world): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("actions:write")?;
    let fields = world.object(&body, &["title", "start", "end"])?;
    act(&world, "calendar", "event", Value::Object(fields), true)
}

async fn drop_event(State(world): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("actions:write")?;
    world.discard("event", &id)?;
    ok(json!({"success": true}))
}

async fn slots(State(world): Ours, caller: Caller, params: Params) -> Answer {
    caller.needs("actions:read")?;
    let Some(date) = params.get("date") else {
        return Err(world.refuse("bad_request", "date is required"));
    };
    ok(json!({"slots": [{"start": format!("{date}T09:00:00"), "end": format!("{date}T10:00:00")}]}))
}

async fn sync(caller: Caller) -> Answer {
    caller.needs("actions:write")?;
    ok(json!({"success": true}))
}

async fn restaurants(State(world): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("actions:read")?;
    world.object(&body, &["query"])?;
    ok(json!({"results": [{
        "id": "rest_sim_1", "name": "A Simulated Kitchen", "cuisine": "Italian", "rating": 4.7,
        "price_range": "$$", "phone": "+12125550140", "address": "1 Nowhere St", "availability": "available",
    }]}))
}

async fn book(State(world): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("actions:write")?;
    let fields = world.object(&body, &["type"])?;
    act(&world, "booking", "booking", Value::Object(fields), true)
}

async fn cancel_booking(State(world): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("actions:write")?;
    world.discard("booking", &id)?;
    ok(json!({"success": true}))
}

async fn analyze(State(world): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("actions:write")?;
    world.object(&body, &["description"])?;
    ok(json!({"analysis": {
        "fair_price_range": "$50-70", "overcharge_detected": true, "savings_potential": "$20-40/month",
        "recommendations": ["Call to negotiate"],
    }}))
}

async fn dispute(State(world): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("actions:write")?;
    let fields = world.object(&body, &["description"])?;
    act(&world, "bill", "dispute", Value::Object(fields), false)
}

async fn task(State(world): Ours, caller: Caller, Path(kind): Path<String>, body: Bytes) -> Answer {
    caller.needs("actions:write")?;
    let required: &[&str] = match kind.as_str() {
        "ride" => &["pickup", "destination"],
        "food" | "errand" => &["description"],
        _ => return Err(world.refuse("not_found", "the simulator has no such path")),
    };
    let fields = world.object(&body, required)?;
    act(&world, &kind, "task", Value::Object(fields), false)
}

async fn log(State(world): Ours, caller: Caller, params: Params) -> Answer {
    caller.needs("actions:read")?;
    let wanted = params.get("type");
    let mut actions =
        world.kept("action", &params, |action| wanted.is_none_or(|kind| action["type"] == kind))?;
    for fields in actions.iter_mut().filter_map(Value::as_object_mut) {
        fields.remove("shelf");
        fields.remove("thing");
    }
    ok(json!({"actions": actions}))
}

async fn undo(State(world): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("actions:write")?;
    let action = world.alter("action", &id, "not_found", |action| {
        if action["undoable"] != true {
            return Err(world.refuse("action_not_undoable", &id));
        }
        action.insert("undoable".to_owned(), false.into());
        action.insert("status".to_owned(), "undone".into());
        Ok(())
    })?;
    let thing = action["thing"].as_str().unwrap_or_default();
    let shelf = if action["shelf"] == "event" { "event" } else { "booking" };
    world.discard(shelf, thing)?;
    ok(json!({"success": true, "id": id, "status": "undone"}))
}
