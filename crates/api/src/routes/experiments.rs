//! Experiments.

use axum::{
    Json as Answer,
    extract::{Path, State},
};
use switchboard::study::ChangeRequest;

use crate::{
    Service,
    caller::{ExperimentsRead, ExperimentsWrite},
    extract::{Json, Permit},
    problem::Result,
    wire::{
        ExperimentDetails, ExperimentList, ExperimentReport, ProblemBody, RampExperiment,
        StartExperiment, StopExperiment,
    },
};

/// List experiments
#[utoipa::path(
    get, path = "/v1/experiments", operation_id = "listExperiments", tag = "experiments",
    security(("key" = ["experiments:read"])),
    responses((status = 200, description = "The experiments of the configuration, as they stand.", body = ExperimentList))
)]
pub(super) async fn list(
    State(service): State<Service>,
    permit: Permit<ExperimentsRead>,
) -> Result<Answer<ExperimentList>> {
    Ok(Answer(service.experiments(permit.allowed()?).await?))
}

/// Read an experiment
#[utoipa::path(
    get, path = "/v1/experiments/{name}", operation_id = "getExperiment", tag = "experiments",
    security(("key" = ["experiments:read"])),
    params(("name" = String, Path, description = "The experiment's name.")),
    responses((status = 200, description = "The experiment as it stands.", body = ExperimentDetails))
)]
pub(super) async fn get(
    State(service): State<Service>,
    permit: Permit<ExperimentsRead>,
    Path(name): Path<String>,
) -> Result<Answer<ExperimentDetails>> {
    Ok(Answer(service.experiment(permit.allowed()?, &name).await?))
}

/// Read what an experiment shows
///
/// The intervals hold however often one looks.
#[utoipa::path(
    get, path = "/v1/experiments/{name}/report", operation_id = "getExperimentReport", tag = "experiments",
    security(("key" = ["experiments:read"])),
    params(("name" = String, Path, description = "The experiment's name.")),
    responses((status = 200, description = "The report.", body = ExperimentReport))
)]
pub(super) async fn report(
    State(service): State<Service>,
    permit: Permit<ExperimentsRead>,
    Path(name): Path<String>,
) -> Result<Answer<ExperimentReport>> {
    Ok(Answer(service.experiment_report(permit.allowed()?, &name).await?))
}

/// Start an experiment
#[utoipa::path(
    post, path = "/v1/experiments/{name}/start", operation_id = "startExperiment", tag = "experiments",
    security(("key" = ["experiments:write"])),
    params(("name" = String, Path, description = "The experiment's name.")),
    request_body(content = StartExperiment, description = "With which ramp, and why.", example = json!({"percent": 20, "note": "A fifth first."})),
    responses(
        (status = 200, description = "The experiment as it stands.", body = ExperimentDetails),
        (status = 409, description = "`wrong_phase`.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn start(
    State(service): State<Service>,
    permit: Permit<ExperimentsWrite>,
    Path(name): Path<String>,
    Json(new): Json<StartExperiment>,
) -> Result<Answer<ExperimentDetails>> {
    let request = ChangeRequest::Start(new.percent);
    change(&service, &permit, &name, &request, new.note).await
}

/// Change the ramp of an experiment
///
/// Raising it never moves anybody who is in it already.
#[utoipa::path(
    post, path = "/v1/experiments/{name}/ramp", operation_id = "rampExperiment", tag = "experiments",
    security(("key" = ["experiments:write"])),
    params(("name" = String, Path, description = "The experiment's name.")),
    request_body(content = RampExperiment, description = "The ramp, and why.", example = json!({"percent": 50, "note": "No complaint so far."})),
    responses(
        (status = 200, description = "The experiment as it stands.", body = ExperimentDetails),
        (status = 409, description = "`wrong_phase`.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn ramp(
    State(service): State<Service>,
    permit: Permit<ExperimentsWrite>,
    Path(name): Path<String>,
    Json(new): Json<RampExperiment>,
) -> Result<Answer<ExperimentDetails>> {
    let request = ChangeRequest::Ramp(new.percent);
    change(&service, &permit, &name, &request, new.note).await
}

/// Stop an experiment, or one of its arms
#[utoipa::path(
    post, path = "/v1/experiments/{name}/stop", operation_id = "stopExperiment", tag = "experiments",
    security(("key" = ["experiments:write"])),
    params(("name" = String, Path, description = "The experiment's name.")),
    request_body(content = StopExperiment, description = "Which arm, and why.", example = json!({"arm": "b", "note": "Too many complaints."})),
    responses(
        (status = 200, description = "The experiment as it stands.", body = ExperimentDetails),
        (status = 409, description = "`wrong_phase`.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn stop(
    State(service): State<Service>,
    permit: Permit<ExperimentsWrite>,
    Path(name): Path<String>,
    Json(new): Json<StopExperiment>,
) -> Result<Answer<ExperimentDetails>> {
    let request = ChangeRequest::Stop(new.arm);
    change(&service, &permit, &name, &request, new.note).await
}

async fn change(
    service: &Service,
    permit: &Permit<ExperimentsWrite>,
    name: &str,
    request: &ChangeRequest,
    note: Option<String>,
) -> Result<Answer<ExperimentDetails>> {
    let allowed = permit.allowed()?;
    Ok(Answer(service.change_experiment(allowed, name, request, note.as_deref()).await?))
}
