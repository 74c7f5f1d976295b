//! What is remembered about people. Their number is in the body, never in the address.

use axum::{Json as Answer, extract::State};
use http::StatusCode;

use crate::{
    Service,
    caller::{PeopleRead, PeopleTakeBack, PeopleWrite},
    extract::{Json, Permit},
    problem::Result,
    wire::{
        ConsentRecord, OptOutPerson, OptOutState, Person, ProblemBody, RecordConsent, ShowPerson,
        TakeBackOptOut,
    },
};

/// Record that somebody does not want to be called
///
/// Nobody calls them from then on, for any tenant and any purpose, and all their consents are
/// withdrawn. It survives the erasure of the person.
#[utoipa::path(
    post, path = "/v1/people/opt-out", operation_id = "optOutPerson", tag = "people",
    security(("key" = ["people:write"])),
    request_body(content = OptOutPerson, description = "Whom, and how it became known.", example = json!({"to": "+442079460123", "how": "written", "note": "Wrote to the desk."})),
    responses(
        (status = 200, description = "It is recorded.", body = OptOutState),
        (status = 422, description = "`number_not_allowed`.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn opt_out(
    State(service): State<Service>,
    permit: Permit<PeopleWrite>,
    Json(new): Json<OptOutPerson>,
) -> Result<Answer<OptOutState>> {
    Ok(Answer(service.people_admin().opt_out(permit.allowed()?, &new).await?))
}

/// Record that somebody wants to be called again after all
///
/// Only their own later request takes an opt-out back, and their words are kept. Their consents stay
/// withdrawn. It holds for every tenant.
#[utoipa::path(
    post, path = "/v1/people/take-back", operation_id = "takeBackOptOut", tag = "people",
    security(("key" = ["people:take_back"])),
    request_body(content = TakeBackOptOut, description = "Whom, and their words.", example = json!({"to": "+442079460123", "words": "Please call me about my order again."})),
    responses(
        (status = 200, description = "It is recorded.", body = OptOutState),
        (status = 404, description = "`not_found`: they are not opted out.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`number_not_allowed`.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn take_back(
    State(service): State<Service>,
    permit: Permit<PeopleTakeBack>,
    Json(new): Json<TakeBackOptOut>,
) -> Result<Answer<OptOutState>> {
    Ok(Answer(service.people_admin().take_back(permit.allowed()?, &new).await?))
}

/// Record a consent
///
/// It counts for the calls of its tenant, until it expires or is withdrawn.
#[utoipa::path(
    post, path = "/v1/people/consents", operation_id = "recordConsent", tag = "people",
    security(("key" = ["people:write"])),
    request_body(content = RecordConsent, description = "Whose, and its evidence.", example = json!({"to": "+442079460123", "consent": {"kind": "express_written", "at": "2026-02-14T20:00:00Z", "words": "I agree to be called by an artificial voice.", "channel": "https://example.com/form"}})),
    responses(
        (status = 201, description = "The record.", body = ConsentRecord),
        (status = 422, description = "`number_not_allowed`.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn consent(
    State(service): State<Service>,
    permit: Permit<PeopleWrite>,
    Json(new): Json<RecordConsent>,
) -> Result<(StatusCode, Answer<ConsentRecord>)> {
    let record = service.people_admin().add_consent(permit.allowed()?, &new).await?;
    Ok((StatusCode::CREATED, Answer(record)))
}

/// Read what is remembered about somebody
///
/// Over all tenants: opt-outs, consents, how often the phone rang, and the latest calls.
#[utoipa::path(
    post, path = "/v1/people/show", operation_id = "showPerson", tag = "people",
    security(("key" = ["people:read"])),
    request_body(content = ShowPerson, description = "Whom.", example = json!({"to": "+442079460123"})),
    responses(
        (status = 200, description = "What is remembered.", body = Person),
        (status = 422, description = "`number_not_allowed`.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn show(
    State(service): State<Service>,
    permit: Permit<PeopleRead>,
    Json(new): Json<ShowPerson>,
) -> Result<Answer<Person>> {
    Ok(Answer(service.people_admin().show(permit.allowed()?, &new).await?))
}
