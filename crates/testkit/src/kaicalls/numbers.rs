//! Phone numbers: `/numbers` as in document 004, `/phone-numbers` as the provider's SDKs call it.
//!
//! The types of the SDKs have `numbers` for the list and one `number`, or null, if one is requested
//! by name. They do not define the response for available numbers: here it is a list of strings
//! under `available_numbers`, which a client that expects objects would miss.

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
use super::state::{Number, SimState};
use crate::countries;
use crate::host::Params;

type Answer = Result<Response, Refused>;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/api/v1/numbers", get(numbers))
        .route("/api/v1/phone-numbers", get(list).post(assign).delete(release))
        .route("/api/v1/phone-numbers/available", get(available))
}

fn body_of(sim: &SimState, number: &Number) -> Value {
    json!({
        "id": number.id, "phone_number": number.number, "agent_id": number.agent_id,
        "business_id": sim.business_id, "created_at": number.created_at,
    })
}

/// An entry of `/phone-numbers`, with the capabilities of the number.
fn registered(sim: &SimState, number: &Number) -> Value {
    let mut row = body_of(sim, number);
    row["capabilities"] = json!({"voice": true, "sms": true});
    row["compliance"] = json!({"status": "approved"});
    row
}

async fn numbers(State(sim): State<Arc<SimState>>, caller: Caller) -> Answer {
    caller.needs("numbers:read")?;
    let numbers: Vec<Value> =
        sim.numbers.lock().iter().map(|number| body_of(&sim, number)).collect();
    Ok(Json(json!({"numbers": numbers})).into_response())
}

async fn list(State(sim): State<Arc<SimState>>, caller: Caller, params: Params) -> Answer {
    caller.needs("numbers:read")?;
    let ours = params.get("business_id").is_none_or(|business| business == sim.business_id);
    let numbers = sim.numbers.lock();
    let mut numbers = numbers.iter().filter(|_| ours);
    let answer = match params.get("phone_number") {
        Some(wanted) => {
            json!({"number": numbers.find(|number| number.number == wanted).map(|number| registered(&sim, number))})
        }
        None => {
            json!({"numbers": numbers.map(|number| registered(&sim, number)).collect::<Vec<_>>()})
        }
    };
    Ok(Json(answer).into_response())
}

async fn available(State(sim): State<Arc<SimState>>, caller: Caller, params: Params) -> Answer {
    caller.needs("numbers:read")?;
    let limit = params
        .number("limit", 10)
        .map_err(|()| Refused::invalid("limit must be a whole number"))?;
    let fallback = match params.get("country") {
        None | Some("US") => "512",
        Some("CA") => "416",
        Some(_) => return Ok(Json(json!({"available_numbers": []})).into_response()),
    };
    let area = params.get("area_code").unwrap_or(fallback);
    let numbers = sim.numbers.lock();
    // 555-01xx is reserved for fiction.
    let offers: Vec<String> = (120..140)
        .map(|line| format!("+1{area}5550{line}"))
        .filter(|offer| !numbers.iter().any(|number| number.number == *offer))
        .take(limit)
        .collect();
    Ok(Json(json!({"available_numbers": offers})).into_response())
}

async fn assign(State(sim): State<Arc<SimState>>, caller: Caller, body: Bytes) -> Answer {
    caller.needs("numbers:write")?;
    let body = object(&body)?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let Some(wanted) = text("phone_number").filter(|number| countries::is_e164(number)) else {
        return Err(Refused::invalid("phone_number must be E.164"));
    };
    let agent_id = text("agent_id");
    if let Some(id) = &agent_id
        && !sim.agents.lock().iter().any(|agent| agent.id == *id)
    {
        return Err(Refused::not_found("agent"));
    }
    let mut numbers = sim.numbers.lock();
    let nth = numbers.len();
    let known = numbers.iter().position(|number| number.number == wanted);
    let place = known.unwrap_or(nth);
    if known.is_none() {
        let id = sim.seed.uuid(&format!("kaicalls/number/{wanted}"));
        numbers.push(Number { id, number: wanted, agent_id: None, created_at: sim.now() });
    }
    let number = &mut numbers[place];
    if agent_id.is_some() {
        number.agent_id = agent_id;
    }
    let status = if known.is_some() { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(registered(&sim, number))).into_response())
}

async fn release(State(sim): State<Arc<SimState>>, caller: Caller, params: Params) -> Answer {
    caller.needs("numbers:write")?;
    let wanted =
        params.get("phone_number").ok_or_else(|| Refused::invalid("phone_number is required"))?;
    let mut numbers = sim.numbers.lock();
    let before = numbers.len();
    numbers.retain(|number| number.number != wanted);
    if numbers.len() == before {
        return Err(Refused::not_found("phone number"));
    }
    Ok(Json(json!({"success": true})).into_response())
}
