//! The document, and the pages of problems.

use axum::{
    Json as Answer,
    extract::{Path, State},
    response::Html,
};
use utoipa::openapi::OpenApi;

use crate::{
    Service,
    problem::{Code, Problem, Result, page},
};

/// Read this document
#[utoipa::path(
    get, path = "/v1/openapi.json", operation_id = "getOpenapi", tag = "about",
    security(()),
    responses((status = 200, description = "The document of this API, in OpenAPI 3.1.", body = Object))
)]
pub(super) async fn openapi(State(service): State<Service>) -> Answer<OpenApi> {
    Answer(crate::document(Some(service.public_url())))
}

/// What a problem's code means. It needs no key: it says nothing that is not public.
pub(super) async fn problem(Path(code): Path<String>) -> Result<Html<String>> {
    let code = Code::parse(&code)
        .ok_or_else(|| Problem::new(Code::NotFound, "there is no problem with this code"))?;
    Ok(Html(page::html(code)))
}
