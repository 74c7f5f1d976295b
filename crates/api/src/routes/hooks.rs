//! Webhooks that providers send. They are no part of the document: providers get the address of each
//! attempt with the request that places it.

use axum::{
    body::Body,
    extract::{Path, State},
};
use http::{HeaderMap, StatusCode};

use crate::{Service, extract::read_in_time, problem::Result};

const LARGEST: usize = 64 * 1024;

/// Answers as soon as the webhook is stored. The address is secret: it is in no log and no span.
pub(super) async fn receive(
    State(service): State<Service>,
    Path((provider, token)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode> {
    let path = format!("{provider}/{token}");
    service.take_hook(&path, &headers, read_in_time(&service, body, LARGEST)).await?;
    Ok(StatusCode::OK)
}
