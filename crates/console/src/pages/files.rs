//! Styles and scripts.

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use http::header;
use switchboard_api::{Code, Problem};

use crate::{assets, failure::Failure};

pub(crate) async fn get(Path((hash, name)): Path<(String, String)>) -> Result<Response, Failure> {
    let (kind, bytes) = assets::at(&hash, &name)
        .ok_or_else(|| Problem::new(Code::NotFound, "there is no such file in this version"))?;
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, bytes).into_response())
}
