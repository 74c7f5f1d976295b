//! The API key, and the rate limits.

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
            return Err(Refused::new("10009", "the API key is missing or invalid"));
        }
        let path = parts.uri.path();
        let dials = parts.method == Method::POST
            && (path == "/v2/calls" || path.starts_with("/v2/texml/ai_calls/"));
        let (dial_limit, read_limit) = sim.config.limits.map_or((150, None), |(a, b)| (a, Some(b)));
        let window = sim.config.window.unwrap_or(Duration::from_secs(5));
        let (code, limit, admitted) = match read_limit {
            _ if dials => ("90103", dial_limit, sim.places.lock().admit(dial_limit, window)),
            Some(limit) => ("10011", limit, sim.reads.lock().admit(limit, window)),
            None => return Ok(Self),
        };
        admitted.map(|()| Self).map_err(|wait| {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            Refused::new(code, "slow down").after(sim.config.retry_after.then_some(seconds), limit)
        })
    }
}
