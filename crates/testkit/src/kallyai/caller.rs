//! The caller of a request, by the token that it sends.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::{header, request::Parts};
use tokio::time::Instant;

use super::codes::Refused;
use super::state::SimState;
use super::tokens::Scopes;

/// A caller with a valid token.
pub(crate) struct Caller {
    scopes: Scopes,
    envelope: crate::fault::Envelope,
}

impl Caller {
    /// Returns an error if the token lacks the scope.
    pub(crate) fn needs(&self, scope: &str) -> Result<(), Refused> {
        if self.scopes.contains(scope) {
            return Ok(());
        }
        Err(Refused::new(self.envelope, "forbidden", format!("scope {scope} is required")))
    }
}

impl FromRequestParts<Arc<SimState>> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, sim: &Arc<SimState>) -> Result<Self, Refused> {
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let Some(token) = header.and_then(|value| value.strip_prefix("Bearer ")) else {
            return Err(sim.refuse("missing_token", "send Authorization: Bearer"));
        };
        match sim.tokens.lock().access.get(token) {
            Some((scopes, expires)) if *expires > Instant::now() => {
                Ok(Self { scopes: Arc::clone(scopes), envelope: sim.envelope() })
            }
            // The documents have no code for a token that was never valid.
            Some(_) | None => Err(sim.refuse("token_expired", "refresh the token")),
        }
    }
}
