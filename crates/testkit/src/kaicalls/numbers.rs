//! Phone numbers: `/numbers` as in document 004, `/phone-numbers` as the provider's SDK calls it.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use super::agents::object;
use super::caller::Caller;
use super::codes::Refused;
use super::world::{Number, World};
use crate::countries;
use crate::host::Params;

type Answer = Result<Response, Refused>;

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/api/v1/numbers", get(numbers))
        .route("/api/v1/phone-numbers", get(list).post(assign).delete(release))
        .route("/api/v1/phone-numbers/available", get(available))
}

fn body_of(world: &World, number: &Number) -> Value {
    json!({
        "id": number.id, "phone_number": number.number, "agent_id": number.agent_id,
        "business_id": world.business_id, "created_at": number.created_at,
    })
}

async fn numbers(State(world): State<Arc<World>>, caller: Caller) -> Answer {
    caller.needs("numbers:read")?;
    let numbers: Vec<Value> = world.numbers.lock().iter().map(|number| body_of(&world, number)).collect();
    Ok(Json(json!({"numbers": numbers})).into_response())
}

async fn list(State(world): State<Arc<World>>, caller: Caller, params: Params) -> Answer {
    caller.needs("numbers:read")?;
    let wanted = |number: &&Number| params.get("phone_number").is_none_or(|wanted| number.number == wanted);
    let ours = params.get("business_id").is_none_or(|business| business == world.business_id);
    let numbers = world.numbers.lock();
    let numbers: Vec<Value> = numbers
        .iter()
        .filter(wanted)
        .filter(|_| ours)
        .map(|number| body_of(&world, number))
        .collect();
    Ok(Json(json!({"phone_numbers": numbers})).into_response())
}

async fn available(State(world): State<Arc<World>>, caller: Caller, params: Params) -> Answer {
    caller.needs("numbers:read")?;
    let limit = params
        .number("limit", 10)
        .map_err(|()| Refused::invalid("limit must be a whole number"))?;
    let (country, fallback) = match params.get("country") {
        None | Some("US") => ("US", "512"),
        Some("CA") => ("CA", "416"),
        Some(_) => return Ok(Json(json!({"phone_numbers": []})).into_response()),
    };
    let area = params.get("area_code").unwrap_or(fallback);
    let numbers = world.numbers.lock();
    // 555-01xx is kept for fiction.
    let offers: Vec<Value> = (120..140)
        .map(|line| format!("+1{area}5550{line}"))
        .filter(|offer| !numbers.iter().any(|number| number.number == *offer))
        .take(limit)
        .map(|offer| json!({"phone_number": offer, "country": country, "capabilities": ["voice", "sms"]}))
        .collect();
    Ok(Json(json!({"phone_numbers": offers})).into_response())
}

async fn assign(State(world): State<Arc<World>>, caller: Caller, body: Bytes) -> Answer {
    caller.needs("numbers:write")?;
    let body = object(&body)?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let Some(wanted) = text("phone_number").filter(|number| countries::is_e164(number)) else {
        return Err(Refused::invalid("phone_number must be E.164"));
    };
    let agent_id = text("agent_id");
    if let Some(id) = &agent_id
        && !world.agents.lock().iter().any(|agent| agent.id == *id)
    {
        return Err(Refused::not_found("agent"));
    }
    let mut numbers = world.numbers.lock();
    let nth = numbers.len();
    let known = numbers.iter().position(|number| number.number == wanted);
    let place = known.unwrap_or(nth);
    if known.is_none() {
        let id = world.seed.uuid(&format!("kaicalls/number/{wanted}"));
        numbers.push(Number {
            id,
            number: wanted,
            agent_id: None,
            created_at: world.now(),
        });
    }
    let number = &mut numbers[place];
    if agent_id.is_some() {
        number.agent_id = agent_id;
    }
    let status = if known.is_some() { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(body_of(&world, number))).into_response())
}

async fn release(State(world): State<Arc<World>>, caller: Caller, params: Params) -> Answer {
    caller.needs("numbers:write")?;
    let wanted = params
        .get("phone_number")
        .ok_or_else(|| Refused::invalid("phone_number is required"))?;
    let mut numbers = world.numbers.lock();
    let before = numbers.len();
    numbers.retain(|number| number.number != wanted);
    if numbers.len() == before {
        return Err(Refused::not_found("phone number"));
    }
    Ok(Json(json!({"success": true})).into_response())
}
