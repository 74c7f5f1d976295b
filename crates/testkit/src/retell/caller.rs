//! The API key, and the rate limits.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use http::{header, request::Parts};

use super::codes::Refused;
use super::state::SimState;

/// The paths that place calls.
const PLACING: [&str; 2] = ["/v2/create-phone-call", "/create-batch-call"];

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
            return Err(Refused::new(401, "API key is missing or invalid"));
        }
        let (places, reads) = sim.config.limits.map_or((1, None), |(a, b)| (a, Some(b)));
        let window = sim.config.window.unwrap_or(Duration::from_secs(1));
        let admitted = if PLACING.contains(&parts.uri.path()) {
            sim.places.lock().admit(places, window)
        } else if let Some(reads) = reads {
            sim.reads.lock().admit(reads, window)
        } else {
            Ok(())
        };
        admitted.map(|()| Self).map_err(|wait| {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            Refused::new(429, "Too many requests").after(sim.config.retry_after.then_some(seconds))
        })
    }
}
