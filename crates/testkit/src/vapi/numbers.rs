//! Phone numbers: free ones of Vapi in the United States, and imported ones.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::check::{field, object, text};
use super::codes::{Answer, Refused};
use super::server::Server;
use super::state::SimState;
use crate::countries;
use crate::host::Params;

/// How many free numbers an account may have.
const FREE: usize = 5;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/phone-number", post(create).get(list))
        .route("/v2/phone-number", get(pages))
        .route("/phone-number/{id}", get(read).patch(update).delete(delete))
}

fn check(sim: &SimState, sent: &Map<String, Value>) -> Result<(), Refused> {
    text(sent, "name", 40)?;
    Server::read(sent.get("server"))?;
    let Some(id) = text(sent, "assistantId", usize::MAX)? else {
        return Ok(());
    };
    let known = sim.assistants.lock().iter().any(|assistant| assistant.id == id);
    if known { Ok(()) } else { Err(Refused::unknown("assistant")) }
}

async fn create(State(sim): State<Arc<SimState>>, _: Caller, sent: Bytes) -> Answer {
    let mut sent = object(&sent)?;
    check(&sim, &sent)?;
    let mut numbers = sim.numbers.lock();
    let number = match text(&sent, "provider", usize::MAX)? {
        Some("vapi") => {
            if numbers.iter().filter(|number| number["provider"] == "vapi").count() >= FREE {
                return Err(Refused::new(400, "This account has all its free numbers."));
            }
            let area = text(&sent, "numberDesiredAreaCode", 3)?.unwrap_or("415");
            // 555-01xx is reserved for fiction.
            (120..200)
                .map(|line| format!("+1{area}5550{line}"))
                .find(|number| !numbers.iter().any(|row| row["number"] == number.as_str()))
                .ok_or_else(|| Refused::new(400, "This area code is currently not available."))?
        }
        Some("twilio" | "vonage" | "telnyx" | "byo-phone-number") => {
            let number = text(&sent, "number", 40)?.filter(|number| countries::is_e164(number));
            number.ok_or_else(|| Refused::invalid("number must be E.164"))?.to_owned()
        }
        Some(_) | None => return Err(Refused::invalid("provider is unknown")),
    };
    for secret in ["twilioAuthToken", "twilioApiSecret"] {
        sent.remove(secret);
    }
    let mut made = sim.numbers_made.lock();
    let row = row(&sim, sim.id("number", *made), &number, sent);
    *made += 1;
    numbers.push(row.clone());
    Ok((StatusCode::CREATED, Json(Value::Object(row))).into_response())
}

/// A number as it is read.
pub(crate) fn row(
    sim: &SimState,
    id: String,
    number: &str,
    mut fields: Map<String, Value>,
) -> Map<String, Value> {
    fields.insert("id".to_owned(), id.into());
    fields.insert("orgId".to_owned(), sim.first("org").into());
    fields.insert("number".to_owned(), number.into());
    fields.insert("status".to_owned(), "active".into());
    fields.insert("createdAt".to_owned(), sim.host.timeline.rfc3339_millis().into());
    fields
}

async fn list(State(sim): State<Arc<SimState>>, _: Caller, params: Params) -> Answer {
    let limit = params.number("limit", 100).ok().filter(|limit| *limit <= 1000);
    let limit = limit.ok_or_else(|| Refused::invalid("limit must be 0 to 1000"))?;
    let numbers = sim.numbers.lock();
    let page: Vec<&Map<String, Value>> = numbers.iter().rev().take(limit).collect();
    Ok(Json(page).into_response())
}

async fn pages(State(sim): State<Arc<SimState>>, _: Caller, params: Params) -> Answer {
    let whole = |name: &str, default: usize| {
        let number = params.number(name, default).ok().filter(|number| *number > 0);
        number.ok_or_else(|| Refused::invalid(format!("{name} must be at least 1")))
    };
    let (page, limit) = (whole("page", 1)?, whole("limit", 100)?.min(1000));
    let numbers = sim.numbers.lock();
    let rows: Vec<&Map<String, Value>> =
        numbers.iter().rev().skip((page - 1) * limit).take(limit).collect();
    Ok(Json(json!({"results": rows, "metadata": {
        "itemsPerPage": limit, "totalItems": numbers.len(), "currentPage": page,
    }}))
    .into_response())
}

async fn read(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    let numbers = sim.numbers.lock();
    let row = numbers.iter().find(|row| row["id"] == id.as_str());
    let row = row.ok_or_else(|| Refused::unknown("phone number"))?;
    Ok(Json(row.clone()).into_response())
}

async fn update(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Path(id): Path<String>,
    sent: Bytes,
) -> Answer {
    let sent = object(&sent)?;
    check(&sim, &sent)?;
    let mut numbers = sim.numbers.lock();
    let row = numbers.iter_mut().find(|row| row["id"] == id.as_str());
    let row = row.ok_or_else(|| Refused::unknown("phone number"))?;
    for name in ["name", "assistantId", "server"] {
        if let Some(value) = field(&sent, name) {
            row.insert(name.to_owned(), value.clone());
        }
    }
    Ok(Json(row.clone()).into_response())
}

async fn delete(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    let mut numbers = sim.numbers.lock();
    let place = numbers.iter().position(|row| row["id"] == id.as_str());
    let gone = numbers.remove(place.ok_or_else(|| Refused::unknown("phone number"))?);
    Ok(Json(gone).into_response())
}
