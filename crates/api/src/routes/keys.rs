//! Managing keys.

use std::time::Duration;

use axum::{
    Json as Answer,
    extract::{Path, State},
};
use http::{HeaderMap, StatusCode};

use crate::{
    Service,
    caller::KeysManage,
    extract::{Json, Permit},
    idempotency::RequestKey,
    problem::{Problem, Result},
    wire::{CreatedKey, KeyList, NewKey, ProblemBody, RotateKey},
};

const LONGEST_OVERLAP: u32 = 168;

/// List keys
#[utoipa::path(
    get, path = "/v1/keys", operation_id = "listKeys", tag = "keys",
    security(("key" = ["keys:manage"])),
    responses((status = 200, description = "The keys, newest first, revoked ones too.", body = KeyList))
)]
pub(super) async fn list(
    State(service): State<Service>,
    permit: Permit<KeysManage>,
) -> Result<Answer<KeyList>> {
    Ok(Answer(service.key_admin().list(permit.allowed()?).await?))
}

/// Make a key
///
/// Its secret is in this answer and never again.
#[utoipa::path(
    post, path = "/v1/keys", operation_id = "createKey", tag = "keys",
    security(("key" = ["keys:manage"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "With the same key, the same request makes no second key.", example = "0b0b6f0e-1f3c-4a0e-9d3b-5c8d4f2a1e77")),
    request_body(content = NewKey, description = "What the key may do.", example = json!({"name": "production", "tenant": "acme", "role": "caller"})),
    responses(
        (status = 201, description = "The key with its secret.", body = CreatedKey),
        (status = 403, description = "`missing_scope`, `tenant_not_allowed` or `scope_exceeds_own`.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create(
    State(service): State<Service>,
    permit: Permit<KeysManage>,
    headers: HeaderMap,
    Json(new): Json<NewKey>,
) -> Result<(StatusCode, Answer<CreatedKey>)> {
    let key = RequestKey::optional(&headers)?;
    let created = service.key_admin().create(permit.allowed()?, &new, key.as_ref()).await?;
    Ok((StatusCode::CREATED, Answer(created)))
}

/// Revoke a key
///
/// It stops working in every process within two seconds.
#[utoipa::path(
    delete, path = "/v1/keys/{id}", operation_id = "revokeKey", tag = "keys",
    security(("key" = ["keys:manage"])),
    params(("id" = String, Path, description = "The key's public part.")),
    responses((status = 204, description = "The key was revoked."))
)]
pub(super) async fn revoke(
    State(service): State<Service>,
    permit: Permit<KeysManage>,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    service.key_admin().revoke(permit.allowed()?, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Replace a key
///
/// Makes a key with the same settings. The old one goes on working for the overlap.
#[utoipa::path(
    post, path = "/v1/keys/{id}/rotate", operation_id = "rotateKey", tag = "keys",
    security(("key" = ["keys:manage"])),
    params(("id" = String, Path, description = "The key's public part.")),
    request_body(content = RotateKey, description = "How long both work.", example = json!({"overlap_hours": 24})),
    responses(
        (status = 201, description = "The new key with its secret.", body = CreatedKey),
        (status = 403, description = "`missing_scope` or `scope_exceeds_own`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`conflict`: the key does not work any more.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn rotate(
    State(service): State<Service>,
    permit: Permit<KeysManage>,
    Path(id): Path<String>,
    Json(new): Json<RotateKey>,
) -> Result<(StatusCode, Answer<CreatedKey>)> {
    if new.overlap_hours > LONGEST_OVERLAP {
        let fix = format!("write a number from 0 to {LONGEST_OVERLAP}");
        return Err(Problem::invalid("overlap_hours", "is too long", fix));
    }
    let overlap = Duration::from_secs(u64::from(new.overlap_hours) * 3_600);
    let created = service.key_admin().rotate(permit.allowed()?, &id, overlap).await?;
    Ok((StatusCode::CREATED, Answer(created)))
}
