//! Webhook endpoints of the tenant, in KaiCalls' format.

use std::time::Duration;

use axum::{
    Json as Answer,
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Service,
    caller::WebhooksManage,
    extract::{Json, Permit},
    problem::{Problem, Result},
    wire::{ChangeWebhookEndpoint, NewWebhookEndpoint, WebhookEndpoint, WebhookFormat},
};

use super::{directory::business, query::Query};

/// The events of this format.
const EVENTS: [&str; 2] = ["call.completed", "call.failed"];

/// A new endpoint, or with an `id` a changed one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    webhook_url: String,
    business_id: Option<String>,
    events: Option<Vec<String>>,
    description: Option<String>,
    id: Option<String>,
    is_active: Option<bool>,
}

/// Which endpoint.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    id: String,
    business_id: Option<String>,
    /// What KaiCalls puts into a test. Nothing of it is sent here.
    #[serde(rename = "data")]
    _data: Option<Value>,
}

/// The tenant's endpoints, without those of single calls.
pub(super) async fn list(
    State(service): State<Service>,
    permit: Permit<WebhooksManage>,
    query: Query,
) -> Result<Answer<Value>> {
    let allowed = permit.allowed()?;
    business(allowed, query.text("business_id"))?;
    let stored = service.webhook_endpoints(allowed).await?;
    let of_calls = stored.data.iter().filter(|one| one.call.is_none());
    let webhooks: Vec<Value> = of_calls.map(|one| body(one, None)).collect();
    Ok(Answer(json!({"webhooks": webhooks, "events": EVENTS})))
}

/// Makes an endpoint, whose secret is in this answer alone, or changes one.
pub(super) async fn save(
    State(service): State<Service>,
    permit: Permit<WebhooksManage>,
    Json(asked): Json<Asked>,
) -> Result<Response> {
    let allowed = permit.allowed()?;
    business(allowed, asked.business_id.as_deref())?;
    takes_both(asked.events.as_deref())?;
    if let Some(id) = &asked.id {
        let change = ChangeWebhookEndpoint {
            url: Some(asked.webhook_url),
            types: None,
            metadata: None,
            description: asked.description,
            enabled: asked.is_active,
        };
        let changed = service.change_webhook_endpoint(allowed, endpoint(id)?, change).await;
        return Ok(Answer(body(&changed.map_err(theirs)?, None)).into_response());
    }
    let new = NewWebhookEndpoint {
        url: asked.webhook_url,
        types: Vec::new(),
        format: WebhookFormat::Kaicalls,
        metadata: false,
        description: asked.description.unwrap_or_default(),
        enabled: asked.is_active.unwrap_or(true),
        tenant: asked.business_id,
    };
    let made = service.create_webhook_endpoint(allowed, &new, None).await.map_err(theirs)?;
    let body = body(&made.endpoint, made.secret.as_deref());
    Ok((StatusCode::CREATED, Answer(body)).into_response())
}

/// Removes an endpoint.
pub(super) async fn remove(
    State(service): State<Service>,
    permit: Permit<WebhooksManage>,
    query: Query,
) -> Result<Answer<Value>> {
    let allowed = permit.allowed()?;
    business(allowed, query.text("business_id"))?;
    service.remove_webhook_endpoint(allowed, endpoint(query.needed("id")?)?).await?;
    Ok(Answer(json!({"success": true})))
}

/// Sends one test, and says whether it was taken.
pub(super) async fn test(
    State(service): State<Service>,
    permit: Permit<WebhooksManage>,
    Json(named): Json<Named>,
) -> Result<Answer<Value>> {
    let allowed = permit.allowed()?;
    business(allowed, named.business_id.as_deref())?;
    permit.be_patient();
    let said = service.test_webhook_endpoint(allowed, endpoint(&named.id)?).await?;
    Ok(Answer(json!({
        "success": said.delivered, "response_status": said.status, "error": said.failure,
    })))
}

/// Replaces the secret at once.
pub(super) async fn rotate(
    State(service): State<Service>,
    permit: Permit<WebhooksManage>,
    Json(named): Json<Named>,
) -> Result<Answer<Value>> {
    let allowed = permit.allowed()?;
    business(allowed, named.business_id.as_deref())?;
    let id = endpoint(&named.id)?;
    let made = service.rotate_webhook_secret(allowed, id, Duration::ZERO).await?;
    Ok(Answer(body(&made.endpoint, made.secret.as_deref())))
}

/// The id of an endpoint. A text that is no id names none.
pub(super) fn endpoint(text: &str) -> Result<Uuid> {
    let id = text.strip_prefix("we_").and_then(|id| id.parse().ok());
    id.ok_or_else(|| Problem::not_found("webhook"))
}

/// Both events come together, or the wish could not be kept.
fn takes_both(events: Option<&[String]>) -> Result<()> {
    let Some(events) = events.filter(|events| !events.is_empty()) else { return Ok(()) };
    let has = |event: &str| events.iter().any(|one| one == event || one == "*");
    let known = |one: &String| one == "*" || EVENTS.contains(&one.as_str());
    if events.iter().all(known) && EVENTS.into_iter().all(has) {
        return Ok(());
    }
    let fix = "send both call.completed and call.failed, or leave it out";
    Err(Problem::invalid("events", "has other events than this format has", fix))
}

fn theirs(problem: Problem) -> Problem {
    if problem.wrong_field() == Some("url") { problem.field("webhook_url") } else { problem }
}

fn body(endpoint: &WebhookEndpoint, secret: Option<&str>) -> Value {
    let mut body = json!({
        "id": endpoint.id, "business_id": endpoint.tenant, "url": endpoint.url,
        "events": match endpoint.format {
            WebhookFormat::Kaicalls => json!(EVENTS),
            WebhookFormat::Standard => json!(endpoint.types),
        },
        "description": endpoint.description, "is_active": endpoint.enabled,
        "created_at": endpoint.created_at,
    });
    if let Some(secret) = secret {
        body["webhook_secret"] = json!(secret);
    }
    body
}
