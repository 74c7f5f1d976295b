//! Contacts of the account, which can be marked as do-not-call.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use super::caller::Caller;
use super::check::{flag, object, text};
use super::codes::{Answer, Refused};
use super::state::SimState;
use crate::countries;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/create-contact", post(create))
        .route("/get-contact-by-phone/{number}", get(read))
}

async fn create(State(sim): State<Arc<SimState>>, _: Caller, body: Bytes) -> Answer {
    let mut sent = object(&body)?;
    let number = text(&sent, "phone_number")?.filter(|number| countries::is_e164(number));
    let number =
        number.ok_or_else(|| Refused::invalid("phone_number must be in E.164 format"))?.to_owned();
    let marked = flag(&sent, "do_not_call")?;
    sent.insert("do_not_call".to_owned(), marked.into());
    let mut contacts = sim.contacts.lock();
    sent.insert("contact_id".to_owned(), sim.id("contact", contacts.len()).into());
    contacts.insert(number, sent.clone());
    Ok((StatusCode::CREATED, Json(Value::Object(sent))).into_response())
}

async fn read(State(sim): State<Arc<SimState>>, _: Caller, Path(number): Path<String>) -> Answer {
    let contacts = sim.contacts.lock();
    let contact = contacts.get(&number).ok_or_else(|| Refused::unknown("contact"))?;
    Ok(Json(Value::Object(contact.clone())).into_response())
}
