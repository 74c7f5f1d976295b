//! Events and deliveries: the feed as it is, in KaiCalls' names of fields.

use axum::{Json as Answer, extract::State};
use serde_json::{Value, json};
use switchboard::journal::server::DeliveryFilter;

use crate::{
    Service,
    caller::{EventsRead, WebhooksManage},
    extract::Permit,
    problem::{Problem, Result},
    service::EventQuery,
    wire::{Event, WebhookDelivery, WebhookDeliveryState},
};

use super::{calls::call_id, directory::business, query::Query, webhooks::endpoint};

const USUAL: usize = 50;
const MOST: usize = 100;
/// Filters that the feed does not have.
const UNKNOWN: [&str; 4] = ["event_id", "status", "from", "to"];

/// Events, oldest first. `after` is `next_cursor` of the page before.
pub(super) async fn list(
    State(service): State<Service>,
    permit: Permit<EventsRead>,
    query: Query,
) -> Result<Answer<Value>> {
    let allowed = permit.allowed()?;
    let tenant = business(allowed, query.text("business_id"))?;
    if let Some(name) = UNKNOWN.into_iter().find(|name| query.has(name)) {
        let fix = "filter by event_type and object_id, and continue with after";
        return Err(Problem::invalid(name, "is not a filter of this list", fix));
    }
    let limit = u32::try_from(query.limit(USUAL, MOST)?).unwrap_or(100);
    let wanted = EventQuery {
        after: query.text("after").map(str::to_owned),
        kinds: query.text("event_type").map(str::to_owned).into_iter().collect(),
        call: query.text("object_id").map(call_id).transpose()?,
    };
    let page = service.events(allowed, wanted, limit).await?;
    let events: Vec<Value> = page.data.iter().map(|one| event(one, tenant.as_deref())).collect();
    Ok(Answer(json!({
        "events": events, "has_more": page.has_more, "next_cursor": page.next_cursor,
    })))
}

fn event(event: &Event, tenant: Option<&str>) -> Value {
    let call = event.data.pointer("/call/id");
    json!({
        "id": event.id, "event_type": event.kind,
        "object_type": call.map(|_| "call"), "object_id": call,
        "business_id": event.tenant.as_deref().or(tenant), "status": "recorded",
        "data": event.data, "created_at": event.timestamp,
    })
}

/// Deliveries to one endpoint, newest first.
pub(super) async fn deliveries(
    State(service): State<Service>,
    permit: Permit<WebhooksManage>,
    query: Query,
) -> Result<Answer<Value>> {
    let allowed = permit.allowed()?;
    business(allowed, query.text("business_id"))?;
    let id = endpoint(query.needed("webhook_id")?)?;
    let filter = DeliveryFilter {
        limit: u32::try_from(query.limit(USUAL, MOST)?).unwrap_or(100),
        ..DeliveryFilter::default()
    };
    let found = service.webhook_deliveries(allowed, id, filter).await?;
    let rows: Vec<Value> = found.deliveries.iter().map(delivery).collect();
    Ok(Answer(json!({"deliveries": rows, "has_more": found.next.is_some()})))
}

fn delivery(one: &WebhookDelivery) -> Value {
    let status = match one.state {
        WebhookDeliveryState::Pending => "pending",
        WebhookDeliveryState::Delivered => "succeeded",
        WebhookDeliveryState::Dead => "failed",
    };
    json!({
        "id": one.id, "webhook_id": one.endpoint, "event_id": one.event, "event_type": one.kind,
        "status": status, "attempts": one.attempts, "response_status": one.status,
        "created_at": one.created_at,
    })
}
