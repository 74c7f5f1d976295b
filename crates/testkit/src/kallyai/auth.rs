//! Authentication (documents 002 and 003). Every sign-in succeeds without asking a user.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::{StatusCode, header};
use serde_json::Value;

use super::codes::Refused;
use super::state::SimState;
use super::tokens::scopes;
use crate::host::{Params, encode};

type Answer = Result<Response, Refused>;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v1/auth/cli", get(cli))
        .route("/v1/auth/authorize", get(authorize))
        .route("/v1/auth/gpt/token", post(token))
        .route("/v1/auth/refresh", post(refresh))
        .route("/v1/auth/google/validate", post(google))
        .route("/v1/auth/apple/token", post(apple))
}

/// Document 002 requires `http://localhost:PORT` without a path; documents 000 and 001 show a path.
/// Both are accepted.
fn is_local(uri: &str) -> bool {
    let rest =
        uri.strip_prefix("http://localhost:").or_else(|| uri.strip_prefix("http://127.0.0.1:"));
    let port = rest.map(|rest| rest.split(['/', '?']).next().unwrap_or_default());
    port.is_some_and(|port| port.parse::<u16>().is_ok())
}

fn redirect(to: &str, query: &[(&str, &str)]) -> Response {
    let pairs: Vec<String> =
        query.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    let joint = if to.contains('?') { '&' } else { '?' };
    (StatusCode::FOUND, [(header::LOCATION, format!("{to}{joint}{}", pairs.join("&")))])
        .into_response()
}

async fn cli(State(sim): State<Arc<SimState>>, params: Params) -> Answer {
    let Some(uri) = params.get("redirect_uri").filter(|uri| is_local(uri)) else {
        return Err(sim.refuse(
            "bad_request",
            "redirect_uri must be http://localhost:PORT or http://127.0.0.1:PORT",
        ));
    };
    let grant = sim.tokens.lock().issue(scopes(std::iter::empty()));
    let expires = grant.expires_in.to_string();
    let mut query = vec![
        ("access_token", &*grant.access_token),
        ("refresh_token", &*grant.refresh_token),
        ("expires_in", &*expires),
    ];
    if let Some(state) = params.get("state") {
        query.push(("state", state));
    }
    Ok(redirect(uri, &query))
}

async fn authorize(State(sim): State<Arc<SimState>>, params: Params) -> Answer {
    let (Some("code"), Some(_), Some(uri)) =
        (params.get("response_type"), params.get("client_id"), params.get("redirect_uri"))
    else {
        return Err(sim
            .refuse("bad_request", "response_type=code, client_id and redirect_uri are required"));
    };
    let code = sim.tokens.lock().code(scopes(params.get("scope").unwrap_or_default().split(' ')));
    let mut query = vec![("code", &*code)];
    if let Some(state) = params.get("state") {
        query.push(("state", state));
    }
    Ok(redirect(uri, &query))
}

async fn token(State(sim): State<Arc<SimState>>, body: Bytes) -> Answer {
    let form = Params::parse(&String::from_utf8_lossy(&body));
    if form.get("client_id").is_none() || form.get("client_secret").is_none() {
        return Err(sim.refuse("bad_request", "client_id and client_secret are required"));
    }
    let mut tokens = sim.tokens.lock();
    let grant = match form.get("grant_type") {
        Some("authorization_code") => form.get("code").and_then(|code| tokens.redeem(code)),
        Some("refresh_token") => form.get("refresh_token").and_then(|token| tokens.renew(token)),
        Some(_) | None => return Err(sim.refuse("bad_request", "grant_type is not known")),
    };
    drop(tokens);
    let grant =
        grant.ok_or_else(|| sim.refuse("invalid_grant", "the code or token is not valid"))?;
    Ok(Json(grant.json()).into_response())
}

/// The response is not documented; it is assumed to be that of `/v1/auth/gpt/token`.
async fn refresh(State(sim): State<Arc<SimState>>, body: Bytes) -> Answer {
    let token = field(&body, "refresh_token")
        .ok_or_else(|| sim.refuse("bad_request", "refresh_token is required"))?;
    let grant = sim.tokens.lock().renew(&token);
    let grant =
        grant.ok_or_else(|| sim.refuse("token_expired", "the refresh token is not valid"))?;
    Ok(Json(grant.json()).into_response())
}

async fn google(State(sim): State<Arc<SimState>>, body: Bytes) -> Answer {
    sign_in(&sim, field(&body, "id_token").is_some(), "id_token is required")
}

async fn apple(State(sim): State<Arc<SimState>>, body: Bytes) -> Answer {
    let complete =
        field(&body, "identity_token").is_some() && field(&body, "authorization_code").is_some();
    sign_in(&sim, complete, "identity_token and authorization_code are required")
}

fn sign_in(sim: &SimState, complete: bool, reason: &str) -> Answer {
    if !complete {
        return Err(sim.refuse("bad_request", reason));
    }
    let grant = sim.tokens.lock().issue(scopes(std::iter::empty()));
    Ok(Json(grant.json()).into_response())
}

fn field(body: &[u8], name: &str) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    body.get(name)?.as_str().map(str::to_owned)
}
