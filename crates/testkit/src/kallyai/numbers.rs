//! Phone number endpoints (document 002). No responses are documented in this section.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use super::caller::Caller;
use super::codes::Refused;
use super::owned_numbers::Owned;
use super::state::SimState;
use crate::countries;
use crate::host::Params;

type Answer = Result<Response, Refused>;

/// The code that every simulated verification accepts.
const CODE: &str = "123456";

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v1/phone-numbers", get(list))
        .route("/v1/phone-numbers/supported-countries", get(supported_countries))
        .route("/v1/phone-numbers/forwarding-targets", get(targets))
        .route("/v1/phone-numbers/available", get(available))
        .route("/v1/phone-numbers/provision", post(provision))
        .route("/v1/phone-numbers/forwarding", post(add_target))
        .route("/v1/phone-numbers/verify/start", post(verify_start))
        .route("/v1/phone-numbers/verify/check", post(verify_check))
        .route("/v1/phone-numbers/verify/configure", post(verify_configure))
        .route("/v1/phone-numbers/{id}", get(read).delete(release))
        .route("/v1/phone-numbers/{id}/details", get(details))
        .route("/v1/phone-numbers/{id}/verify", post(verify_owned))
        .route("/v1/phone-numbers/{id}/forwarding", put(forward).delete(stop_forwarding))
        .route("/v1/phone-numbers/{id}/caller-id", put(caller_id))
}

async fn supported_countries(State(sim): State<Arc<SimState>>, _: Caller) -> Json<Value> {
    let countries: Vec<Value> = sim
        .config
        .countries
        .iter()
        .map(|code| {
            let callable = !sim.config.restricted_countries.contains(code);
            json!({"code": code, "calls": callable, "provisioning": matches!(code.as_str(), "US" | "CA" | "GB" | "ES")})
        })
        .collect();
    Json(json!({"countries": countries}))
}

async fn targets(State(sim): State<Arc<SimState>>, _: Caller) -> Json<Value> {
    let numbers = sim.numbers.lock();
    let targets: Vec<Value> =
        numbers.targets.iter().map(|target| json!({"phone_number": target})).collect();
    Json(json!({"targets": targets}))
}

/// Numbers that nobody can have: 555-01xx is reserved for fiction.
fn offers(country: &str, area_code: Option<&str>) -> Vec<String> {
    let prefix = match country {
        "US" => format!("+1{}555", area_code.unwrap_or("415")),
        "CA" => format!("+1{}555", area_code.unwrap_or("416")),
        "GB" => "+44207946".to_owned(),
        "ES" => "+34910000".to_owned(),
        _ => return Vec::new(),
    };
    (110..115).map(|line| format!("{prefix}0{line}")).collect()
}

async fn available(State(sim): State<Arc<SimState>>, _: Caller, params: Params) -> Answer {
    let country =
        params.get("country").ok_or_else(|| sim.refuse("bad_request", "country is required"))?;
    let numbers: Vec<Value> = offers(country, params.get("area_code"))
        .into_iter()
        .map(
            |number| json!({"phone_number": number, "country": country, "capabilities": ["voice"]}),
        )
        .collect();
    Ok(Json(json!({"numbers": numbers})).into_response())
}

async fn provision(State(sim): State<Arc<SimState>>, caller: Caller, body: Bytes) -> Answer {
    caller.needs("calls:write")?;
    let country = field(&sim, &body, "country")?;
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let mut numbers = sim.numbers.lock();
    let taken = |number: &String| numbers.owned.iter().any(|owned| owned.number == *number);
    let area_code = body.get("area_code").and_then(Value::as_str);
    let Some(number) = offers(&country, area_code).into_iter().find(|number| !taken(number)) else {
        return Err(sim.refuse("unsupported_country", country));
    };
    let owned = Owned {
        id: sim.seed.uuid(&format!("kallyai/number/{}", numbers.made)),
        number,
        forwarding: None,
        caller_id: None,
        created_at: sim.host.timeline.rfc3339(),
    };
    let answer = body_of(&owned);
    numbers.made += 1;
    numbers.owned.push(owned);
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

async fn add_target(State(sim): State<Arc<SimState>>, caller: Caller, body: Bytes) -> Answer {
    caller.needs("calls:write")?;
    let number = number_field(&sim, &body, "phone_number")?;
    sim.numbers.lock().targets.push(number.clone());
    Ok((StatusCode::CREATED, Json(json!({"phone_number": number}))).into_response())
}

async fn verify_start(State(sim): State<Arc<SimState>>, _: Caller, body: Bytes) -> Answer {
    let number = number_field(&sim, &body, "phone_number")?;
    sim.numbers.lock().verifying.push(number);
    Ok(Json(json!({"success": true, "status": "pending"})).into_response())
}

async fn verify_check(State(sim): State<Arc<SimState>>, _: Caller, body: Bytes) -> Answer {
    let (number, code) = (number_field(&sim, &body, "phone_number")?, field(&sim, &body, "code")?);
    let mut numbers = sim.numbers.lock();
    if code != CODE || !numbers.verifying.contains(&number) {
        return Err(sim.refuse("bad_request", "the code is wrong"));
    }
    numbers.verified.push(number);
    Ok(Json(json!({"success": true, "verified": true})).into_response())
}

async fn verify_configure(State(sim): State<Arc<SimState>>, _: Caller, body: Bytes) -> Answer {
    let number = number_field(&sim, &body, "phone_number")?;
    if !sim.numbers.lock().verified.contains(&number) {
        return Err(sim.refuse("bad_request", "the number is not verified"));
    }
    Ok(Json(json!({"success": true, "phone_number": number})).into_response())
}

async fn list(State(sim): State<Arc<SimState>>, _: Caller) -> Json<Value> {
    let numbers: Vec<Value> = sim.numbers.lock().owned.iter().map(body_of).collect();
    Json(json!({"total": numbers.len(), "phone_numbers": numbers}))
}

async fn read(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    with(&sim, &id, |owned| body_of(owned))
}

async fn details(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    with(&sim, &id, |owned| {
        let mut body = body_of(owned);
        body["capabilities"] = json!(["voice"]);
        body["configuration"] = json!({"inbound": true, "outbound": true});
        body
    })
}

async fn verify_owned(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Path(id): Path<String>,
) -> Answer {
    with(&sim, &id, |owned| json!({"success": true, "verified": true, "id": owned.id}))
}

async fn forward(
    State(sim): State<Arc<SimState>>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    caller.needs("calls:write")?;
    let number = number_field(&sim, &body, "forwarding_number")?;
    with(&sim, &id, |owned| {
        owned.forwarding = Some(number);
        body_of(owned)
    })
}

async fn stop_forwarding(
    State(sim): State<Arc<SimState>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    caller.needs("calls:write")?;
    with(&sim, &id, |owned| {
        owned.forwarding = None;
        body_of(owned)
    })
}

async fn caller_id(
    State(sim): State<Arc<SimState>>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    caller.needs("calls:write")?;
    let name = field(&sim, &body, "caller_id_name")?;
    with(&sim, &id, |owned| {
        owned.caller_id = Some(name);
        body_of(owned)
    })
}

async fn release(
    State(sim): State<Arc<SimState>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    caller.needs("calls:write")?;
    let answer = with(&sim, &id, |_| json!({"success": true}))?;
    sim.numbers.lock().owned.retain(|owned| owned.id != id);
    Ok(answer)
}

fn with(sim: &SimState, id: &str, change: impl FnOnce(&mut Owned) -> Value) -> Answer {
    let mut numbers = sim.numbers.lock();
    let owned = numbers.owned.iter_mut().find(|owned| owned.id == id);
    Ok(Json(change(owned.ok_or_else(|| sim.refuse("not_found", "no such phone number"))?))
        .into_response())
}

fn field(sim: &SimState, body: &[u8], name: &str) -> Result<String, Refused> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = body.get(name).and_then(Value::as_str).map(str::to_owned);
    text.ok_or_else(|| sim.refuse("bad_request", format!("{name} is required")))
}

fn number_field(sim: &SimState, body: &[u8], name: &str) -> Result<String, Refused> {
    let number = field(sim, body, name)?;
    if countries::is_e164(&number) {
        Ok(number)
    } else {
        Err(sim.refuse("bad_request", format!("{name} must be E.164")))
    }
}

fn body_of(owned: &Owned) -> Value {
    json!({
        "id": owned.id, "phone_number": owned.number, "country": countries::country(&owned.number),
        "status": "active", "forwarding_number": owned.forwarding, "caller_id_name": owned.caller_id,
        "created_at": owned.created_at,
    })
}
