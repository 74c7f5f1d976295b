//! The API key, and the rate limits, which the documents do not number.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use http::{Method, header, request::Parts};

use super::codes::Refused;
use super::state::SimState;

/// A caller with the API key that is within its limits.
pub(crate) struct Caller;

impl FromRequestParts<Arc<SimState>> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, sim: &Arc<SimState>) -> Result<Self, Refused> {
        let key = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        if key != Some(&sim.key) || *sim.revoked.lock() {
            return Err(Refused::new("unauthorized", "the API key is missing or invalid"));
        }
        let writes = parts.method == Method::POST;
        let scopes = sim.config.scopes.as_ref();
        if writes && scopes.is_some_and(|scopes| !scopes.iter().any(|held| held == "calls:write")) {
            return Err(Refused::new("forbidden", "the API key may only read"));
        }
        let Some((posts, gets)) = sim.config.limits else {
            return Ok(Self);
        };
        let window = sim.config.window.unwrap_or(Duration::from_secs(60));
        let admitted = if writes {
            sim.places.lock().admit(posts, window)
        } else {
            sim.reads.lock().admit(gets, window)
        };
        admitted.map(|()| Self).map_err(|wait| {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            Refused::new("rate_limit_exceeded", "too many requests")
                .after(sim.config.retry_after.then_some(seconds))
        })
    }
}
