//! Webhook endpoints and deliveries.

use std::time::Duration;

use axum::{
    Json as Answer,
    extract::{FromRequestParts, Path, State},
};
use http::{HeaderMap, StatusCode, request::Parts};
use jiff::Timestamp;
use switchboard::journal::server::DeliveryFilter;
use uuid::Uuid;

use crate::{
    Service,
    caller::WebhooksManage,
    extract::{Json, Permit},
    idempotency::RequestKey,
    problem::{Code, Problem, Result},
    routes::params::Params,
    wire::{
        ChangeWebhookEndpoint, CreatedWebhookEndpoint, DeliveryPage, NewWebhookEndpoint,
        ProblemBody, RecoverEvents, RecoveredEvents, RotateSecret, WebhookDelivery,
        WebhookDeliveryState, WebhookEndpoint, WebhookEndpointList, WebhookTest,
    },
};

const LONGEST_OVERLAP: u32 = 168;

/// The id of an endpoint in the path. A text that is no id names none.
#[derive(Debug, Clone, Copy)]
pub(super) struct EndpointPath(Uuid);

/// The id of a delivery in the path.
#[derive(Debug, Clone, Copy)]
pub(super) struct DeliveryPath(Uuid);

impl FromRequestParts<Service> for EndpointPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self> {
        id(parts, service, "we_")
            .await
            .map(Self)
            .ok_or_else(|| Problem::not_found("webhook endpoint"))
    }
}

impl FromRequestParts<Service> for DeliveryPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self> {
        id(parts, service, "dl_").await.map(Self).ok_or_else(|| Problem::not_found("delivery"))
    }
}

async fn id(parts: &mut Parts, service: &Service, prefix: &str) -> Option<Uuid> {
    let Path(text) = Path::<String>::from_request_parts(parts, service).await.ok()?;
    text.strip_prefix(prefix)?.parse().ok()
}

/// List webhook endpoints
#[utoipa::path(
    get, path = "/v1/webhook-endpoints", operation_id = "listWebhookEndpoints", tag = "webhooks",
    security(("key" = ["webhooks:manage"])),
    responses((status = 200, description = "The endpoints, newest first.", body = WebhookEndpointList))
)]
pub(super) async fn list(
    State(service): State<Service>,
    permit: Permit<WebhooksManage>,
) -> Result<Answer<WebhookEndpointList>> {
    Ok(Answer(service.webhook_endpoints(permit.allowed()?).await?))
}

/// Make a webhook endpoint
///
/// It receives events from now on, signed as Standard Webhooks has it. Its secret is in this answer
/// and never again. A tenant may have 16.
#[utoipa::path(
    post, path = "/v1/webhook-endpoints", operation_id = "createWebhookEndpoint", tag = "webhooks",
    security(("key" = ["webhooks:manage"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "With the same key, the same request makes no second endpoint.", example = "0b0b6f0e-1f3c-4a0e-9d3b-5c8d4f2a1e77")),
    request_body(content = NewWebhookEndpoint, description = "Where events go, and which.", example = json!({"url": "https://example.com/hooks/switchboard", "types": ["call.ended", "call.refused"]})),
    responses(
        (status = 201, description = "The endpoint with its secret.", body = CreatedWebhookEndpoint),
        (status = 409, description = "`too_many_endpoints`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`url_not_allowed`.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create(
    State(service): State<Service>,
    permit: Permit<WebhooksManage>,
    headers: HeaderMap,
    Json(new): Json<NewWebhookEndpoint>,
) -> Result<(StatusCode, Answer<CreatedWebhookEndpoint>)> {
    let key = RequestKey::optional(&headers)?;
    let created = service.create_webhook_endpoint(permit.allowed()?, &new, key.as_ref()).await?;
    Ok((StatusCode::CREATED, Answer(created)))
}

/// Read a webhook endpoint
#[utoipa::path(
    get, path = "/v1/webhook-endpoints/{id}", operation_id = "getWebhookEndpoint", tag = "webhooks",
    security(("key" = ["webhooks:manage"])),
    params(("id" = String, Path, description = "The endpoint's id.")),
    responses((status = 200, description = "The endpoint.", body = WebhookEndpoint))
)]
pub(super) async fn get(
    State(service): State<Service>,
    permit: Permit<WebhooksManage>,
    EndpointPath(id): EndpointPath,
) -> Result<Answer<WebhookEndpoint>> {
    Ok(Answer(service.webhook_endpoint(permit.allowed()?, id).await?))
}

/// Change a webhook endpoint
#[utoipa::path(
    patch, path = "/v1/webhook-endpoints/{id}", operation_id = "changeWebhookEndpoint", tag = "webhooks",
    security(("key" = ["webhooks:manage"])),
    params(("id" = String, Path, description = "The endpoint's id.")),
    request_body(content = ChangeWebhookEndpoint, description = "What to change.", example = json!({"enabled": true})),
    responses(
        (status = 200, description = "The endpoint as it is now.", body = WebhookEndpoint),
        (status = 422, description = "`url_not_allowed`.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn change(
    State(service): State<Service>,
    permit: Permit<WebhooksManage>,
    EndpointPath(id): EndpointPath,
    Json(change): Json<ChangeWebhookEndpoint>,
) -> Result<Answer<WebhookEndpoint>> {
    Ok(Answer(service.change_webhook_endpoint(permit.allowed()?, id, change).await?))
}

/// Remove a webhook endpoint
///
/// Its deliveries go with it.
#[utoipa::path(
    delete, path = "/v1/webhook-endpoints/{id}", operation_id = "removeWebhookEndpoint", tag = "webhooks",
    security(("key" = ["webhooks:manage"])),
    params(("id" = String, Path, description = "The endpoint's id.")),
    responses((status = 204, description = "The endpoint was removed."))
)]
pub(super) async fn remove(
    State(service): State<Service>,
    permit: Permit<WebhooksManage>,
    EndpointPath(id): EndpointPath,
) -> Result<StatusCode> {
    service.remove_webhook_endpoint(permit.allowed()?, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Replace a webhook secret
///
/// The new secret is in this answer and never again. During the overlap both sign.
#[utoipa::path(
    post, path = "/v1/webhook-endpoints/{id}/rotate-secret", operation_id = "rotateWebhookSecret", tag = "webhooks",
    security(("key" = ["webhooks:manage"])),
    params(("id" = String, Path, description = "The endpoint's id.")),
    request_body(content = RotateSecret, description = "How long both sign.", example = json!({"overlap_hours": 24})),
    responses((status = 200, description = "The endpoint with its new secret.", body = CreatedWebhookEndpoint))
)]
pub(super) async fn rotate(
    State(service): State<Service>,
    permit: Permit<WebhooksManage>,
    EndpointPath(id): EndpointPath,
    Json(new): Json<RotateSecret>,
) -> Result<Answer<CreatedWebhookEndpoint>> {
    if new.overlap_hours > LONGEST_OVERLAP {
        let fix = format!("write a number from 0 to {LONGEST_OVERLAP}");
        return Err(Problem::invalid("overlap_hours", "is too long", fix));
    }
    let overlap = Duration::from_secs(u64::from(new.overlap_hours) * 3_600);
    Ok(Answer(service.rotate_webhook_secret(permit.allowed()?, id, overlap).await?))
}

/// Test a webhook endpoint
///
/// Sends it one `webhook_endpoint.test`, which is not repeated, and says what it answered.
#[utoipa::path(
    post, path = "/v1/webhook-endpoints/{id}/test", operation_id = "testWebhookEndpoint", tag = "webhooks",
    security(("key" = ["webhooks:manage"])),
    params(("id" = String, Path, description = "The endpoint's id.")),
    responses((status = 200, description = "What it answered.", body = WebhookTest))
)]
pub(super) async fn test(
    State(service): State<Service>,
    permit: Permit<WebhooksManage>,
    EndpointPath(id): EndpointPath,
) -> Result<Answer<WebhookTest>> {
    permit.be_patient();
    Ok(Answer(service.test_webhook_endpoint(permit.allowed()?, id).await?))
}

/// Send missed events again
///
/// Sends every event from a time on that was not delivered or that happened while the endpoint was
/// disabled.
#[utoipa::path(
    post, path = "/v1/webhook-endpoints/{id}/recover", operation_id = "recoverWebhookEndpoint", tag = "webhooks",
    security(("key" = ["webhooks:manage"])),
    params(("id" = String, Path, description = "The endpoint's id.")),
    request_body(content = RecoverEvents, description = "From when on.", example = json!({"since": "2026-11-28T00:00:00Z"})),
    responses(
        (status = 202, description = "How many events are sent again.", body = RecoveredEvents),
        (status = 409, description = "`conflict`: the endpoint is disabled.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn recover(
    State(service): State<Service>,
    permit: Permit<WebhooksManage>,
    EndpointPath(id): EndpointPath,
    Json(from): Json<RecoverEvents>,
) -> Result<(StatusCode, Answer<RecoveredEvents>)> {
    let since: Timestamp = from.since.parse().map_err(|_| {
        Problem::invalid("since", "is not a time", "write it as 2026-02-14T20:00:00Z")
    })?;
    let events = service.recover_webhook_endpoint(permit.allowed()?, id, since).await?;
    Ok((StatusCode::ACCEPTED, Answer(RecoveredEvents { events })))
}

/// List deliveries
///
/// Newest first. Those that ended stay listed as long as their event is kept.
#[utoipa::path(
    get, path = "/v1/webhook-endpoints/{id}/deliveries", operation_id = "listDeliveries", tag = "webhooks",
    security(("key" = ["webhooks:manage"])),
    params(
        ("id" = String, Path, description = "The endpoint's id."),
        ("state" = Option<WebhookDeliveryState>, Query, description = "Only deliveries in this state."),
        ("limit" = Option<u32>, Query, description = "How many, 1 to 100. The default is 50.", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before, with the same filters."),
    ),
    responses((status = 200, description = "A page of deliveries.", body = DeliveryPage))
)]
pub(super) async fn deliveries(
    State(service): State<Service>,
    permit: Permit<WebhooksManage>,
    EndpointPath(id): EndpointPath,
    params: Params,
) -> Result<Answer<DeliveryPage>> {
    params.known(&["state", "limit", "cursor"])?;
    let word = params.one("state")?;
    let state = word.map(|word| {
        serde_json::from_value::<WebhookDeliveryState>(word.into()).map_err(|_| {
            Problem::invalid("state", "is not known", "write pending, delivered or dead")
        })
    });
    let word = word.unwrap_or_default();
    let list: [&[u8]; 3] = [b"deliveries", id.as_bytes(), word.as_bytes()];
    let before = params.one("cursor")?.map(|cursor| {
        let position = service.cursors().open(&list, cursor)?;
        Uuid::from_slice(&position)
            .map_err(|_| Problem::new(Code::CursorInvalid, "the cursor is not one of this list"))
    });
    let filter = DeliveryFilter {
        state: state.transpose()?.map(Into::into),
        before: before.transpose()?,
        limit: params.number("limit", 1, 100)?.unwrap_or(50),
        ..DeliveryFilter::default()
    };
    let found = service.webhook_deliveries(permit.allowed()?, id, filter).await?;
    let next = found.next.map(|last| service.cursors().seal(&list, last.as_bytes()));
    let (data, has_more) = (found.deliveries, next.is_some());
    Ok(Answer(DeliveryPage { data, has_more, next_cursor: next }))
}

/// Deliver an event again
///
/// The delivery is due at once, with all its tries before it.
#[utoipa::path(
    post, path = "/v1/deliveries/{id}/redeliver", operation_id = "redeliver", tag = "webhooks",
    security(("key" = ["webhooks:manage"])),
    params(("id" = String, Path, description = "The delivery's id.")),
    responses((status = 202, description = "The delivery as it is now.", body = WebhookDelivery))
)]
pub(super) async fn redeliver(
    State(service): State<Service>,
    permit: Permit<WebhooksManage>,
    DeliveryPath(id): DeliveryPath,
) -> Result<(StatusCode, Answer<WebhookDelivery>)> {
    let delivery = service.redeliver(permit.allowed()?, id).await?;
    Ok((StatusCode::ACCEPTED, Answer(delivery)))
}
