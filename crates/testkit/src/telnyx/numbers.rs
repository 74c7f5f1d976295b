//! The numbers of the account.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::check::object;
use super::codes::{Answer, Refused};
use super::pages::{filtered, page};
use super::state::SimState;
use crate::countries;
use crate::host::Params;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v2/phone_numbers", get(list))
        .route("/v2/phone_numbers/{id}", get(read).patch(update).delete(delete))
}

impl SimState {
    /// Adds a number to the account.
    pub(crate) fn add_number(&self, number: &str, connection: Option<&str>) {
        let mut row = Map::new();
        let mut put = |name: &str, value: Value| row.insert(name.to_owned(), value);
        put("record_type", "phone_number".into());
        put("id", self.seed.uuid(&format!("telnyx/number/{number}")).into());
        put("phone_number", number.into());
        put("country_iso_alpha2", countries::country(number).into());
        put("status", "active".into());
        put("connection_id", connection.into());
        put("created_at", self.host.timeline.rfc3339_millis().into());
        self.numbers.lock().push(row);
    }
}

async fn list(State(sim): State<Arc<SimState>>, _: Caller, params: Params) -> Answer {
    let numbers = sim.numbers.lock();
    let word = |row: &Map<String, Value>, name: &str| {
        row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let lets = |row: &&Map<String, Value>| {
        let names = ["phone_number", "status", "connection_id"];
        let held = names.map(|name| (name, word(row, name)));
        let held: Vec<(&str, &str)> =
            held.iter().map(|(name, held)| (*name, held.as_str())).collect();
        filtered(&params, &held)
    };
    let rows = numbers.iter().filter(lets).cloned().map(Value::Object).collect();
    page(rows, &params)
}

fn at(numbers: &[Map<String, Value>], id: &str) -> Result<usize, Refused> {
    let place = numbers.iter().position(|row| row["id"] == id || row["phone_number"] == id);
    place.ok_or_else(|| Refused::unknown("the number"))
}

async fn read(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    let numbers = sim.numbers.lock();
    let place = at(&numbers, &id)?;
    Ok(Json(json!({"data": numbers[place]})).into_response())
}

async fn update(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Path(id): Path<String>,
    sent: Bytes,
) -> Answer {
    let sent = object(&sent)?;
    let mut numbers = sim.numbers.lock();
    let place = at(&numbers, &id)?;
    for name in ["connection_id", "tags", "customer_reference"] {
        if let Some(value) = sent.get(name) {
            numbers[place].insert(name.to_owned(), value.clone());
        }
    }
    Ok(Json(json!({"data": numbers[place]})).into_response())
}

async fn delete(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    let mut numbers = sim.numbers.lock();
    let place = at(&numbers, &id)?;
    let mut gone = numbers.remove(place);
    gone.insert("status".to_owned(), "deleted".into());
    Ok(Json(json!({"data": gone})).into_response())
}
