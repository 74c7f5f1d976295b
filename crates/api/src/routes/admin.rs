//! The configuration, the audit log, and the erasure of people.

use axum::{Json as Answer, extract::State};
use http::StatusCode;

use crate::{
    Service,
    caller::{AuditRead, ConfigurationReload, PeopleErase, ProvidersRead},
    extract::{Json, Permit},
    problem::Result,
    routes::params::Params,
    wire::{AuditPage, Configuration, ErasePerson, ErasedPerson, ProblemBody, ReloadRequested},
};

/// Read which configuration is in force
#[utoipa::path(
    get, path = "/v1/configuration", operation_id = "getConfiguration", tag = "administration",
    security(("key" = ["providers:read"])),
    responses((status = 200, description = "Its version, since when, and who took it up.", body = Configuration))
)]
pub(super) async fn configuration(
    State(service): State<Service>,
    permit: Permit<ProvidersRead>,
) -> Result<Answer<Configuration>> {
    Ok(Answer(service.configuration(permit.allowed()?).await?))
}

/// Reload the configuration
///
/// The file is checked first; then every process is asked to read it. Each answers in the audit
/// log, with the topic `configuration`.
#[utoipa::path(
    post, path = "/v1/configuration/reload", operation_id = "reloadConfiguration", tag = "administration",
    security(("key" = ["configuration:reload"])),
    responses(
        (status = 202, description = "Every process was asked.", body = ReloadRequested),
        (status = 422, description = "`configuration_refused` with what is wrong, or `unsupported`.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn reload(
    State(service): State<Service>,
    permit: Permit<ConfigurationReload>,
) -> Result<(StatusCode, Answer<ReloadRequested>)> {
    permit.be_patient();
    Ok((StatusCode::ACCEPTED, Answer(service.reload(permit.allowed()?).await?)))
}

/// Read who decided what
///
/// Oldest first. Entries are only ever added.
#[utoipa::path(
    get, path = "/v1/audit", operation_id = "listAudit", tag = "administration",
    security(("key" = ["audit:read"])),
    params(
        ("topic" = Option<String>, Query, description = "Only entries on this topic."),
        ("after" = Option<u64>, Query, description = "Only entries behind this number."),
        ("limit" = Option<u32>, Query, description = "How many, 1 to 1,000. The default is 200.", minimum = 1, maximum = 1000),
    ),
    responses((status = 200, description = "The entries.", body = AuditPage))
)]
pub(super) async fn audit(
    State(service): State<Service>,
    permit: Permit<AuditRead>,
    params: Params,
) -> Result<Answer<AuditPage>> {
    params.known(&["topic", "after", "limit"])?;
    let after = u64::try_from(params.integer("after")?.unwrap_or(0)).unwrap_or(0);
    let limit = params.number("limit", 1, 1_000)?.unwrap_or(200);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    Ok(Answer(service.audit(permit.allowed()?, params.one("topic")?, after, limit).await?))
}

/// Erase a person
///
/// Destroys number, request, content and words in all tenants. The calls stay, with times, states
/// and costs. Logs, backups and what providers keep are not reached.
#[utoipa::path(
    post, path = "/v1/people/erase", operation_id = "erasePerson", tag = "administration",
    security(("key" = ["people:erase"])),
    request_body(content = ErasePerson, description = "Whom, and why.", example = json!({"to": "+442079460123", "note": "Asked for it in writing."})),
    responses(
        (status = 200, description = "What was destroyed.", body = ErasedPerson),
        (status = 409, description = "`not_settled`, which names the calls.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`number_not_allowed` or `unsupported`.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn erase(
    State(service): State<Service>,
    permit: Permit<PeopleErase>,
    Json(new): Json<ErasePerson>,
) -> Result<Answer<ErasedPerson>> {
    permit.be_patient();
    Ok(Answer(service.erase(permit.allowed()?, &new).await?))
}
