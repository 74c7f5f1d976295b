//! Plans, agents, providers and quality.

use axum::{Json as Answer, extract::State};

use crate::{
    Service,
    caller::{AgentsRead, PlanRead, ProvidersRead},
    extract::{Json, Permit},
    problem::Result,
    routes::params::Params,
    wire::{AgentList, NewCall, Plan, ProblemBody, ProviderList, QualityList},
};

/// Ask who would be asked
///
/// Which providers would be asked for this call now, in which order, at which cost, and why.
/// Nothing is sent and nothing is written.
#[utoipa::path(
    post, path = "/v1/plan", operation_id = "planCall", tag = "plan",
    security(("key" = ["plan:read"])),
    request_body(content = NewCall, description = "The call, as it would be placed.", example = json!({"to": "+442079460123", "task": "Book a table for two on Friday at eight, in the name of Ada.", "purpose": "reservation"})),
    responses(
        (status = 200, description = "The plan.", body = Plan),
        (status = 422, description = "`number_not_allowed`.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn plan(
    State(service): State<Service>,
    permit: Permit<PlanRead>,
    Json(new): Json<NewCall>,
) -> Result<Answer<Plan>> {
    Ok(Answer(service.plan(permit.allowed()?, &new)?))
}

/// List agent profiles
#[utoipa::path(
    get, path = "/v1/agents", operation_id = "listAgents", tag = "plan",
    security(("key" = ["agents:read"])),
    responses((status = 200, description = "The profiles, their languages, and where each exists.", body = AgentList))
)]
pub(super) async fn agents(
    State(service): State<Service>,
    permit: Permit<AgentsRead>,
) -> Result<Answer<AgentList>> {
    Ok(Answer(service.agents(permit.allowed()?)))
}

/// List providers
///
/// Health, limits and doubts, as the process that answers sees them.
#[utoipa::path(
    get, path = "/v1/providers", operation_id = "listProviders", tag = "providers",
    security(("key" = ["providers:read"])),
    responses((status = 200, description = "The providers.", body = ProviderList))
)]
pub(super) async fn providers(
    State(service): State<Service>,
    permit: Permit<ProvidersRead>,
) -> Result<Answer<ProviderList>> {
    Ok(Answer(service.providers(permit.allowed()?)))
}

/// Read how well providers do
///
/// Measured on the calls of the configured window.
#[utoipa::path(
    get, path = "/v1/quality", operation_id = "getQuality", tag = "providers",
    security(("key" = ["providers:read"])),
    params(
        ("provider" = Option<String>, Query, description = "Only this provider."),
        ("country" = Option<String>, Query, description = "Only calls to this country."),
        ("agent" = Option<String>, Query, description = "Only calls for this agent profile."),
    ),
    responses((status = 200, description = "What was measured.", body = QualityList))
)]
pub(super) async fn quality(
    State(service): State<Service>,
    permit: Permit<ProvidersRead>,
    params: Params,
) -> Result<Answer<QualityList>> {
    params.known(&["provider", "country", "agent"])?;
    let only = [params.one("provider")?, params.one("country")?, params.one("agent")?];
    Ok(Answer(service.quality(permit.allowed()?, only)))
}
