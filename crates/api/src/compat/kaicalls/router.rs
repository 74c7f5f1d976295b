//! The paths of KaiCalls' API, and what is behind each.

use axum::{
    Json as Answer, Router,
    routing::{MethodFilter, any, get, post},
};
use serde_json::{Value, json};

use crate::{
    Service,
    caller::Anything,
    extract::Permit,
    problem::{KAICALLS_PATH, Result},
};

use super::{
    account, agents, calls, content, directory::business, events, new_call, query::Query, refused,
    webhooks,
};

/// A path of KaiCalls' API.
pub(crate) fn path(rest: &str) -> String {
    format!("{KAICALLS_PATH}/api/v1/{rest}")
}

/// Every route but the document's.
pub(crate) fn routes() -> Router<Service> {
    let agents = MethodFilter::POST.or(MethodFilter::PATCH);
    let numbers = MethodFilter::POST.or(MethodFilter::DELETE);
    let router = Router::new()
        .route(&path("calls"), get(calls::read).post(new_call::place))
        .route(&path("recordings"), get(content::recording))
        .route(&path("transcripts"), get(content::transcripts))
        .route(&path("agents"), get(agents::read).merge(refused::on(agents, refused::AGENTS)))
        .route(&path("numbers"), get(agents::numbers))
        .route(
            &path("phone-numbers"),
            get(agents::phone_numbers).merge(refused::on(numbers, refused::NUMBERS)),
        )
        .route(&path("balance"), get(account::balance))
        .route(&path("usage"), get(account::usage))
        .route(&path("webhooks"), get(webhooks::list).post(webhooks::save).delete(webhooks::remove))
        .route(&path("webhooks/test"), post(webhooks::test))
        .route(&path("webhooks/rotate-secret"), post(webhooks::rotate))
        .route(&path("events"), get(events::list))
        .route(&path("event-deliveries"), get(events::deliveries))
        .route(&path("capabilities"), get(capabilities))
        .route(&path("health"), get(health))
        .route(&path("keys"), any(refused::keys))
        .route(&path("signup"), any(refused::signup));
    refused::ROWS
        .iter()
        .fold(router, |router, (rest, instead)| router.route(&path(rest), refused::any(instead)))
}

async fn health() -> Answer<Value> {
    Answer(json!({"status": "ok", "provider": "switchboard"}))
}

/// What this surface does, for clients that ask before they try.
async fn capabilities(permit: Permit<Anything>, query: Query) -> Result<Answer<Value>> {
    let tenant = business(permit.allowed()?, query.text("business_id"))?;
    Ok(Answer(json!({
        "business_id": tenant,
        "capabilities": {
            "calls": true, "recordings": true, "transcripts": true, "webhooks": true,
            "events": true, "agents": "read", "phone_numbers": "read",
            "communication_runs": false, "leads": false, "sms": false, "workspaces": false,
            "evals": false, "analytics": false,
        },
    })))
}
