//! Phone numbers: rented in the United States and Canada, or imported from a carrier.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{delete as delete_at, get, patch, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::check::{field, flag, object, text};
use super::codes::{Answer, Refused};
use super::state::SimState;
use crate::countries;
use crate::host::Params;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/create-phone-number", post(create))
        .route("/import-phone-number", post(import))
        .route("/get-phone-number/{number}", get(read))
        .route("/v2/list-phone-numbers", get(list))
        .route("/update-phone-number/{number}", patch(update))
        .route("/delete-phone-number/{number}", delete_at(delete))
}

/// Checks the fields that a number may be created, imported or changed with.
fn settings(sim: &SimState, sent: &Map<String, Value>) -> Result<(), Refused> {
    for name in ["inbound_agents", "outbound_agents"] {
        let Some(rows) = field(sent, name) else { continue };
        let rows =
            rows.as_array().ok_or_else(|| Refused::invalid(format!("{name} must be a list")))?;
        for row in rows {
            let id = row.get("agent_id").and_then(Value::as_str);
            let id = id.ok_or_else(|| Refused::invalid("agent_id is required"))?;
            sim.choose(id, row.get("agent_version").filter(|version| !version.is_null()))?;
        }
        let weights: Vec<f64> =
            rows.iter().filter_map(|row| row.get("weight").and_then(Value::as_f64)).collect();
        let whole = (weights.iter().sum::<f64>() - 1.0).abs() < 0.001;
        if weights.len() != rows.len() || !(rows.is_empty() || whole) {
            return Err(Refused::invalid("the weights must add up to 1"));
        }
    }
    let countries = field(sent, "allowed_outbound_country_list");
    if countries.is_some_and(|list| !list.is_array()) {
        return Err(Refused::invalid("allowed_outbound_country_list must be a list"));
    }
    Ok(())
}

async fn create(State(sim): State<Arc<SimState>>, _: Caller, body: Bytes) -> Answer {
    let sent = object(&body)?;
    settings(&sim, &sent)?;
    let usual = match text(&sent, "country_code")? {
        None | Some("US") => 415,
        Some("CA") => 416,
        Some(_) => return Err(Refused::invalid("country_code must be US or CA")),
    };
    let provider = text(&sent, "number_provider")?.unwrap_or("twilio");
    if !["twilio", "telnyx"].contains(&provider) {
        return Err(Refused::invalid("number_provider must be twilio or telnyx"));
    }
    let area = field(&sent, "area_code").and_then(Value::as_u64).unwrap_or(usual);
    let area = if flag(&sent, "toll_free")? { 888 } else { area };
    if !(200..=999).contains(&area) {
        return Err(Refused::invalid("area_code must have three digits"));
    }
    let mut numbers = sim.numbers.lock();
    // 555-01xx is reserved for fiction.
    let free = (120..200)
        .map(|line| format!("+1{area}5550{line}"))
        .find(|number| !numbers.iter().any(|row| row["phone_number"] == number.as_str()));
    let number = free.ok_or_else(|| Refused::invalid("no number is available"))?;
    let row = row(number, format!("retell-{provider}"), sent, sim.millis());
    numbers.push(row.clone());
    Ok((StatusCode::CREATED, Json(Value::Object(row))).into_response())
}

async fn import(State(sim): State<Arc<SimState>>, _: Caller, body: Bytes) -> Answer {
    let sent = object(&body)?;
    settings(&sim, &sent)?;
    let number = text(&sent, "phone_number")?.filter(|number| countries::is_e164(number));
    let number =
        number.ok_or_else(|| Refused::invalid("phone_number must be in E.164 format"))?.to_owned();
    if text(&sent, "termination_uri")?.is_none() {
        return Err(Refused::invalid("termination_uri is required"));
    }
    let mut numbers = sim.numbers.lock();
    if numbers.iter().any(|row| row["phone_number"] == number.as_str()) {
        return Err(Refused::invalid("the number is in use"));
    }
    let mut fields = sent;
    fields.remove("sip_trunk_auth_password");
    let row = row(number, "custom".to_owned(), fields, sim.millis());
    numbers.push(row.clone());
    Ok((StatusCode::CREATED, Json(Value::Object(row))).into_response())
}

/// A number as it is read.
pub(crate) fn row(
    number: String,
    kind: String,
    mut fields: Map<String, Value>,
    now: i64,
) -> Map<String, Value> {
    fields.insert("phone_number_type".to_owned(), kind.into());
    fields.insert("phone_number".to_owned(), number.into());
    fields.insert("last_modification_timestamp".to_owned(), now.into());
    fields
}

async fn read(State(sim): State<Arc<SimState>>, _: Caller, Path(number): Path<String>) -> Answer {
    let numbers = sim.numbers.lock();
    let row = numbers.iter().find(|row| row["phone_number"] == number.as_str());
    Ok(Json(Value::Object(row.ok_or_else(|| Refused::unknown(&number))?.clone())).into_response())
}

async fn list(State(sim): State<Arc<SimState>>, _: Caller, params: Params) -> Answer {
    let rows = sim.numbers.lock().iter().cloned().map(Value::Object).collect();
    page(rows, "phone_number", &params)
}

/// A page of a list, after the row that `pagination_key` names.
pub(crate) fn page(rows: Vec<Value>, key: &str, params: &Params) -> Answer {
    let limit = params.number("limit", 50).ok().filter(|limit| (1..=1000).contains(limit));
    let limit = limit.ok_or_else(|| Refused::invalid("limit must be 1 to 1000"))?;
    let after = params.get("pagination_key");
    let start = match after {
        None => 0,
        Some(after) => {
            let place = rows.iter().position(|row| row[key] == after);
            place.ok_or_else(|| Refused::invalid("pagination_key is unknown"))? + 1
        }
    };
    let has_more = rows.len() > start + limit;
    let items: Vec<Value> = rows.into_iter().skip(start).take(limit).collect();
    let next = items.last().filter(|_| has_more).map(|row| row[key].clone());
    Ok(Json(json!({"items": items, "has_more": has_more, "pagination_key": next})).into_response())
}

async fn update(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Path(number): Path<String>,
    body: Bytes,
) -> Answer {
    let sent = object(&body)?;
    settings(&sim, &sent)?;
    let mut numbers = sim.numbers.lock();
    let row = numbers.iter_mut().find(|row| row["phone_number"] == number.as_str());
    let row = row.ok_or_else(|| Refused::unknown(&number))?;
    row.extend(sent.into_iter().filter(|(name, _)| name != "phone_number"));
    row.insert("last_modification_timestamp".to_owned(), sim.millis().into());
    Ok(Json(Value::Object(row.clone())).into_response())
}

async fn delete(State(sim): State<Arc<SimState>>, _: Caller, Path(number): Path<String>) -> Answer {
    let mut numbers = sim.numbers.lock();
    let before = numbers.len();
    numbers.retain(|row| row["phone_number"] != number.as_str());
    if numbers.len() == before {
        return Err(Refused::unknown(&number));
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
