//! The caller's own key.

use std::sync::Arc;

use axum::{Extension, Json as Answer, extract::State};

use crate::{
    Service, caller::Anything, context::Context, extract::Permit, problem::Result, wire::Me,
};

/// Read the key that this request is sent with
#[utoipa::path(
    get, path = "/v1/me", operation_id = "getMe", tag = "keys",
    security(("key" = [])),
    responses((status = 200, description = "The key, its tenant, its scopes and its limits.", body = Me))
)]
pub(super) async fn get(
    State(service): State<Service>,
    permit: Permit<Anything>,
    Extension(context): Extension<Arc<Context>>,
) -> Result<Answer<Me>> {
    let allowed = permit.allowed()?;
    if let Some(tenant) = allowed.tenant()
        && let Some(left) = service.calls_left(tenant).await
    {
        permit.tell_calls_left(left);
    }
    Ok(Answer(service.me(allowed, context.left.get())))
}
