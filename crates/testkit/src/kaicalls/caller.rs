//! API keys with their scopes and limits, and the session of the dashboard, which is a separate
//! kind of credential.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use http::{HeaderMap, Method, header, request::Parts};

use super::codes::Refused;
use super::state::SimState;

/// The default scopes of a key. Document 004 includes `calls:write`; the newer SDKs say that a new
/// key may only read.
pub(crate) const DEFAULT_SCOPES: [&str; 3] = ["agents:read", "numbers:read", "calls:read"];

/// Paths with the rate limit of `POST /v1/calls`, because they make phones ring. Document 004 names
/// only that path.
const PLACING: [&str; 2] = ["/api/v1/calls", "/api/v1/communication-runs"];

/// A caller with a valid key that is within its limits.
pub(crate) struct Caller {
    scopes: Vec<String>,
}

impl Caller {
    /// Returns an error if the key lacks the scope.
    pub(crate) fn needs(&self, scope: &str) -> Result<(), Refused> {
        self.needs_one_of(&[scope])
    }

    /// Returns an error if the key has none of these scopes.
    pub(crate) fn needs_one_of(&self, scopes: &[&str]) -> Result<(), Refused> {
        if self.scopes.iter().any(|held| held == "*" || scopes.contains(&held.as_str())) {
            return Ok(());
        }
        Err(Refused::new("forbidden", format!("{} is required", scopes.join(" or "))))
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

impl FromRequestParts<Arc<SimState>> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, sim: &Arc<SimState>) -> Result<Self, Refused> {
        let unauthorized =
            || Refused::new("unauthorized", "send Authorization: Bearer kc_live_...");
        let secret = bearer(&parts.headers).ok_or_else(unauthorized)?;
        let mut keys = sim.keys.lock();
        let key = keys
            .iter_mut()
            .find(|key| key.active && key.secret == secret)
            .ok_or_else(unauthorized)?;
        let config = &sim.config;
        let (posts, gets) = config.limits.unwrap_or((60, 300));
        let window = config.window.unwrap_or(Duration::from_secs(60));
        let admitted = if parts.method == Method::GET {
            key.gets.admit(gets, window)
        } else if parts.method == Method::POST && PLACING.contains(&parts.uri.path()) {
            key.posts.admit(posts, window)
        } else {
            Ok(())
        };
        if let Err(wait) = admitted {
            let seconds =
                config.retry_after.then(|| wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
            return Err(Refused::new("rate_limited", "slow down").after(seconds));
        }
        key.last_used_at = Some(sim.host.timeline.rfc3339());
        Ok(Self { scopes: key.scopes.clone() })
    }
}

/// A dashboard session, sent as a bearer credential or as the cookie `session`.
pub(crate) struct Session;

impl FromRequestParts<Arc<SimState>> for Session {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, sim: &Arc<SimState>) -> Result<Self, Refused> {
        let cookies = parts
            .headers
            .get(header::COOKIE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let cookie = cookies.split("; ").find_map(|cookie| cookie.strip_prefix("session="));
        if bearer(&parts.headers) == Some(&sim.session) || cookie == Some(&sim.session) {
            return Ok(Self);
        }
        Err(Refused::new(
            "unauthorized",
            "keys are managed with a dashboard session, not with an API key",
        ))
    }
}
