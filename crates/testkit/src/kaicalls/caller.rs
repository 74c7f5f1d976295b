//! API keys, their scopes and their limits; and the dashboard's session, which is another
//! credential altogether.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::{HeaderMap, Method, header, request::Parts};

use super::codes::Refused;
use super::world::World;
use crate::host::Window;

/// What a key may do when nothing else was asked for. Document 004 lists `calls:write` among them;
/// its SDKs, which are younger, say that a new key may only read.
pub(crate) const DEFAULT_SCOPES: [&str; 3] = ["agents:read", "numbers:read", "calls:read"];

/// What rings phones is held to the limit of `POST /v1/calls`. Document 004 names that path alone.
const PLACING: [&str; 2] = ["/api/v1/calls", "/api/v1/communication-runs"];

/// One API key.
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) name: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) business_id: Option<String>,
    pub(crate) created_at: String,
    pub(crate) last_used_at: Option<String>,
    pub(crate) active: bool,
    pub(crate) posts: Window,
    pub(crate) gets: Window,
}

impl Key {
    pub(crate) fn new(
        id: String,
        secret: String,
        name: &str,
        scopes: Vec<String>,
        created_at: String,
    ) -> Self {
        Self {
            id,
            secret,
            name: name.to_owned(),
            scopes,
            business_id: None,
            created_at,
            last_used_at: None,
            active: true,
            posts: Window::default(),
            gets: Window::default(),
        }
    }

    /// What may be shown of the key: document 004 shows `kc_live_` and four characters.
    pub(crate) fn prefix(&self) -> &str {
        self.secret.get(..12).unwrap_or(&self.secret)
    }
}

/// A caller with a key that is good, within its limits.
pub(crate) struct Caller {
    scopes: Vec<String>,
}

impl Caller {
    /// Refuses a caller whose key lacks the scope.
    pub(crate) fn needs(&self, scope: &str) -> Result<(), Refused> {
        self.needs_one_of(&[scope])
    }

    /// Refuses a caller whose key has none of these scopes.
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

impl FromRequestParts<Arc<World>> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, world: &Arc<World>) -> Result<Self, Refused> {
        let unauthorized =
            || Refused::new("unauthorized", "send Authorization: Bearer kc_live_...");
        let secret = bearer(&parts.headers).ok_or_else(unauthorized)?;
        let mut keys = world.keys.lock();
        let key = keys
            .iter_mut()
            .find(|key| key.active && key.secret == secret)
            .ok_or_else(unauthorized)?;
        let config = &world.config;
        let admitted = if parts.method == Method::GET {
            key.gets.admit(config.gets_per_window, config.window)
        } else if parts.method == Method::POST && PLACING.contains(&parts.uri.path()) {
            key.posts.admit(config.posts_per_window, config.window)
        } else {
            Ok(())
        };
        if let Err(wait) = admitted {
            let seconds =
                config.retry_after.then(|| wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
            return Err(Refused::new("rate_limited", "slow down").after(seconds));
        }
        key.last_used_at = Some(world.host.timeline.rfc3339());
        Ok(Self { scopes: key.scopes.clone() })
    }
}

/// Somebody who is logged in to the dashboard: the session as a bearer credential or as the cookie
/// `session`.
pub(crate) struct Session;

impl FromRequestParts<Arc<World>> for Session {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, world: &Arc<World>) -> Result<Self, Refused> {
        let cookies = parts
            .headers
            .get(header::COOKIE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let cookie = cookies.split("; ").find_map(|cookie| cookie.strip_prefix("session="));
        if bearer(&parts.headers) == Some(&world.session) || cookie == Some(&world.session) {
            return Ok(Self);
        }
        Err(Refused::new(
            "unauthorized",
            "keys are managed with a dashboard session, not with an API key",
        ))
    }
}
