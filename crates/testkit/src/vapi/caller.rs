//! The private key, and the rate limits, which the documents do not number.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use http::{Method, header, request::Parts};

use super::codes::Refused;
use super::state::SimState;

/// A caller with the private key that is within its limits.
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
            return Err(Refused::new(401, "The private key is missing or invalid."));
        }
        let Some((places, reads)) = sim.config.limits else {
            return Ok(Self);
        };
        let window = sim.config.window.unwrap_or(Duration::from_secs(60));
        let admitted = if parts.method == Method::POST && parts.uri.path() == "/call" {
            sim.places.lock().admit(places, window)
        } else {
            sim.reads.lock().admit(reads, window)
        };
        admitted.map(|()| Self).map_err(|wait| {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            Refused::new(429, "Too many requests.").after(sim.config.retry_after.then_some(seconds))
        })
    }
}
