//! The document, and the pages of problems.

use axum::{
    Extension,
    extract::Path,
    response::{Html, IntoResponse},
};
use bytes::Bytes;
use http::header;
use utoipa::openapi::OpenApi;

use crate::problem::{Code, Problem, Result, page};

/// The OpenAPI document as JSON, made once: it needs no key, so it must not cost much.
#[derive(Debug, Clone)]
pub(super) struct Document(Bytes);

impl Document {
    pub(super) fn new(document: &OpenApi) -> Self {
        Self(serde_json::to_vec(document).unwrap_or_default().into())
    }
}

/// Read this document
#[utoipa::path(
    get, path = "/v1/openapi.json", operation_id = "getOpenapi", tag = "about",
    security(()),
    responses((status = 200, description = "The document of this API, in OpenAPI 3.1.", body = std::collections::HashMap<String, serde_json::Value>))
)]
pub(super) async fn openapi(Extension(document): Extension<Document>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], document.0)
}

/// What a problem's code means. It needs no key: it says nothing that is not public.
pub(super) async fn problem(Path(code): Path<String>) -> Result<Html<String>> {
    let code = Code::parse(&code)
        .ok_or_else(|| Problem::new(Code::NotFound, "there is no problem with this code"))?;
    Ok(Html(page::html(code)))
}
