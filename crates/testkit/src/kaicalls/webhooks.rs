//! Webhook subscriptions of the account, as the provider's SDKs manage them, and the signing of
//! webhooks.
//!
//! The signing secret is returned as `webhook_secret` when a subscription is created and when the
//! secret is changed, and masked otherwise.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::agents::object;
use super::caller::Caller;
use super::codes::Refused;
use super::deliver::Parcel;
use super::state::{SimState, Subscription};
use crate::WebhookBody;
use crate::host::Params;

type Answer = Result<Response, Refused>;

/// The events that a subscription can include.
const EVENTS: [&str; 3] = ["call.completed", "call.failed", "webhook.test"];

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/api/v1/webhooks", get(list).post(create).delete(delete))
        .route("/api/v1/webhooks/test", post(test))
        .route("/api/v1/webhooks/rotate-secret", post(rotate))
}

impl SimState {
    /// Sends an event, signed, to every subscription that includes it.
    pub(crate) fn publish(
        self: &Arc<Self>,
        event: &str,
        fields: &Map<String, Value>,
        event_id: &str,
    ) {
        let subscriptions = self.subscriptions.lock();
        for subscription in subscriptions.iter().filter(|one| one.active && one.wants(event)) {
            self.send(Parcel {
                url: subscription.url.clone(),
                event: event.to_owned(),
                body: self.account_body(event, fields, Some(event_id)),
                secret: Some(subscription.secret.clone()),
                event_id: Some(event_id.to_owned()),
                webhook_id: Some(subscription.id.clone()),
            });
        }
    }

    fn account_body(
        &self,
        event: &str,
        fields: &Map<String, Value>,
        event_id: Option<&str>,
    ) -> String {
        let mut body = match self.config.webhook_body {
            WebhookBody::Flat => fields.clone(),
            WebhookBody::UnderData => {
                let mut body = Map::new();
                body.insert("data".to_owned(), Value::Object(fields.clone()));
                body.insert("timestamp".to_owned(), self.now().into());
                body
            }
        };
        body.insert("event".to_owned(), event.into());
        body.insert("business_id".to_owned(), self.business_id.clone().into());
        if let Some(id) = event_id {
            body.insert("event_id".to_owned(), id.into());
        }
        Value::Object(body).to_string()
    }
}

impl Subscription {
    fn wants(&self, event: &str) -> bool {
        self.events.is_empty() || self.events.iter().any(|wanted| wanted == event || wanted == "*")
    }

    fn body(&self, sim: &SimState) -> Map<String, Value> {
        let body = json!({
            "id": self.id, "business_id": sim.business_id, "url": self.url, "events": self.events,
            "description": self.description, "is_active": self.active, "webhook_secret_masked": masked(&self.secret),
            "created_at": self.created_at,
        });
        if let Value::Object(body) = body { body } else { Map::new() }
    }

    fn body_with_secret(&self, sim: &SimState) -> Value {
        let mut body = self.body(sim);
        body.insert("webhook_secret".to_owned(), self.secret.clone().into());
        Value::Object(body)
    }
}

/// The beginning of a secret and its last four characters.
fn masked(secret: &str) -> String {
    let last = secret.len().saturating_sub(4);
    format!("whsec_****{}", secret.get(last..).unwrap_or_default())
}

async fn list(State(sim): State<Arc<SimState>>, caller: Caller) -> Answer {
    caller.needs("webhooks:read")?;
    let subscriptions = sim.subscriptions.lock();
    let webhooks: Vec<Value> =
        subscriptions.iter().map(|one| Value::Object(one.body(&sim))).collect();
    Ok(Json(json!({"webhooks": webhooks, "events": EVENTS})).into_response())
}

/// Creates a subscription, or changes the one with the given `id`. Only a new one is returned with
/// its secret.
async fn create(State(sim): State<Arc<SimState>>, caller: Caller, body: Bytes) -> Answer {
    caller.needs("webhooks:write")?;
    let body = object(&body)?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let url = text("webhook_url").filter(|url| url.starts_with("http"));
    let url = url.ok_or_else(|| Refused::invalid("webhook_url is required"))?;
    let events = body.get("events").and_then(Value::as_array).map(|events| {
        events.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
    });
    let active = body.get("is_active").and_then(Value::as_bool);
    let mut subscriptions = sim.subscriptions.lock();
    if let Some(id) = text("id") {
        let one = find(&mut subscriptions, &id)?;
        one.url = url;
        one.events = events.unwrap_or_else(|| one.events.clone());
        one.description = text("description").or_else(|| one.description.clone());
        one.active = active.unwrap_or(one.active);
        return Ok(Json(Value::Object(one.body(&sim))).into_response());
    }
    let id = sim.id("webhook", subscriptions.len());
    let one = Subscription {
        secret: format!("whsec_{}", sim.seed.secret(&format!("webhook/{id}/0"))),
        id,
        url,
        events: events.unwrap_or_default(),
        description: text("description"),
        active: active.unwrap_or(true),
        created_at: sim.now(),
        rotations: 0,
    };
    let answer = one.body_with_secret(&sim);
    subscriptions.push(one);
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

async fn delete(State(sim): State<Arc<SimState>>, caller: Caller, params: Params) -> Answer {
    caller.needs("webhooks:write")?;
    let id = params.get("id").ok_or_else(|| Refused::invalid("id is required"))?;
    let mut subscriptions = sim.subscriptions.lock();
    find(&mut subscriptions, id)?.active = false;
    subscriptions.retain(|one| one.id != id);
    Ok(Json(json!({"success": true})).into_response())
}

async fn test(State(sim): State<Arc<SimState>>, caller: Caller, body: Bytes) -> Answer {
    caller.needs("webhooks:write")?;
    let body = object(&body)?;
    let id =
        body.get("id").and_then(Value::as_str).ok_or_else(|| Refused::invalid("id is required"))?;
    let (url, secret) = {
        let mut subscriptions = sim.subscriptions.lock();
        let one = find(&mut subscriptions, id)?;
        (one.url.clone(), one.secret.clone())
    };
    let fields = body.get("data").and_then(Value::as_object).cloned().unwrap_or_default();
    sim.send(Parcel {
        url,
        event: "webhook.test".to_owned(),
        body: sim.account_body("webhook.test", &fields, None),
        secret: Some(secret),
        event_id: None,
        webhook_id: Some(id.to_owned()),
    });
    Ok(Json(json!({"success": true, "event": "webhook.test"})).into_response())
}

async fn rotate(State(sim): State<Arc<SimState>>, caller: Caller, body: Bytes) -> Answer {
    caller.needs("webhooks:write")?;
    let body = object(&body)?;
    let id =
        body.get("id").and_then(Value::as_str).ok_or_else(|| Refused::invalid("id is required"))?;
    let mut subscriptions = sim.subscriptions.lock();
    let one = find(&mut subscriptions, id)?;
    one.rotations += 1;
    one.secret = format!("whsec_{}", sim.seed.secret(&format!("webhook/{id}/{}", one.rotations)));
    Ok(Json(one.body_with_secret(&sim)).into_response())
}

fn find<'a>(
    subscriptions: &'a mut [Subscription],
    id: &str,
) -> Result<&'a mut Subscription, Refused> {
    subscriptions.iter_mut().find(|one| one.id == id).ok_or_else(|| Refused::not_found("webhook"))
}
