//! Numbers that can be rented, and orders for them.

use std::sync::Arc;

use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use serde_json::{Value, json};

use super::caller::Caller;
use super::check::{check_number, field, object, text};
use super::codes::{Answer, Refused};
use super::state::SimState;
use crate::host::Params;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v2/available_phone_numbers", get(available))
        .route("/v2/number_orders", post(order))
}

async fn available(State(sim): State<Arc<SimState>>, _: Caller, params: Params) -> Answer {
    let limit = params.number("filter[limit]", 10).ok().filter(|limit| *limit <= 100);
    let limit = limit.ok_or_else(|| Refused::value("filter[limit]", "must be 0 to 100"))?;
    let usual = match params.get("filter[country_code]") {
        None | Some("US") => Some("312"),
        Some("CA") => Some("416"),
        Some(_) => None,
    };
    let area = usual.map(|usual| params.get("filter[national_destination_code]").unwrap_or(usual));
    let numbers = sim.numbers.lock();
    // 555-01xx is reserved for fiction.
    let offers: Vec<Value> = (120..200)
        .filter_map(|line| Some(format!("+1{}5550{line}", area?)))
        .filter(|offer| !numbers.iter().any(|row| row["phone_number"] == offer.as_str()))
        .take(limit)
        .map(|offer| {
            json!({
                "record_type": "available_phone_number", "phone_number": offer,
                "features": [{"name": "voice"}],
                "cost_information": {"monthly_cost": "1.00", "upfront_cost": "1.00", "currency": "USD"},
            })
        })
        .collect();
    let total = offers.len();
    Ok(Json(json!({"data": offers, "meta": {"total_results": total}})).into_response())
}

async fn order(State(sim): State<Arc<SimState>>, _: Caller, sent: Bytes) -> Answer {
    let sent = object(&sent)?;
    let name = "phone_numbers";
    let wanted = field(&sent, name).and_then(Value::as_array).filter(|rows| !rows.is_empty());
    let wanted = wanted.ok_or_else(|| Refused::value(name, "must be a list"))?;
    let connection = text(&sent, "connection_id")?;
    let mut numbers = Vec::new();
    for row in wanted {
        let number = row.get("phone_number").and_then(Value::as_str);
        let number = number.ok_or_else(|| Refused::value(name, "needs phone_number"))?;
        check_number(number, name)?;
        if sim.numbers.lock().iter().any(|row| row["phone_number"] == number) {
            return Err(Refused::value(name, "is not available"));
        }
        numbers.push(number);
    }
    for number in &numbers {
        sim.add_number(number, connection);
    }
    let rows: Vec<Value> =
        numbers.iter().map(|number| json!({"phone_number": number, "status": "success"})).collect();
    Ok(Json(json!({"data": {
        "record_type": "number_order", "id": sim.id("order", sim.next()), "status": "success",
        "phone_numbers": rows, "connection_id": connection,
        "customer_reference": sent.get("customer_reference"),
    }}))
    .into_response())
}
