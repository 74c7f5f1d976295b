//! Bearer tokens, their scopes and lifetimes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::host::Seed;

/// Every scope that document 002 or 003 names.
pub(crate) const SCOPES: &[&str] = &[
    "calls:read",
    "calls:write",
    "coordination:read",
    "coordination:write",
    "actions:read",
    "actions:write",
    "messages:read",
    "messages:write",
    "search:read",
    "email:read",
    "email:write",
    "credits:read",
    "budget:read",
    "budget:write",
    "transcripts:read",
    "recordings:read",
    "subscription:read",
    "billing:manage",
    "sessions:read",
    "sessions:write",
];

pub(super) type Scopes = Arc<BTreeSet<String>>;

/// All issued tokens.
pub(crate) struct Tokens {
    seed: Seed,
    life: Duration,
    issued: u64,
    pub(super) access: BTreeMap<String, (Scopes, Instant)>,
    refresh: BTreeMap<String, Scopes>,
    codes: BTreeMap<String, Scopes>,
}

/// An access token with its refresh token and scopes.
pub(crate) struct Grant {
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    pub(crate) expires_in: u64,
    pub(crate) scope: String,
}

impl Grant {
    pub(crate) fn json(&self) -> Value {
        json!({
            "access_token": self.access_token, "refresh_token": self.refresh_token,
            "expires_in": self.expires_in, "scope": self.scope, "token_type": "Bearer",
        })
    }
}

impl Tokens {
    pub(crate) fn new(seed: Seed, life: Duration) -> Self {
        let (access, refresh, codes) = Default::default();
        Self { seed, life, issued: 0, access, refresh, codes }
    }

    /// Issues a new access token with a new refresh token.
    pub(crate) fn issue(&mut self, scopes: Scopes) -> Grant {
        let refresh =
            format!("sim-refresh-{}", self.seed.secret(&format!("refresh/{}", self.issued)));
        self.refresh.insert(refresh.clone(), Arc::clone(&scopes));
        self.issue_access(scopes, refresh)
    }

    fn issue_access(&mut self, scopes: Scopes, refresh_token: String) -> Grant {
        let access_token =
            format!("sim-access-{}", self.seed.secret(&format!("access/{}", self.issued)));
        self.issued += 1;
        self.access.insert(access_token.clone(), (Arc::clone(&scopes), Instant::now() + self.life));
        let scope = scopes.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
        Grant { access_token, refresh_token, expires_in: self.life.as_secs(), scope }
    }

    /// Issues a new access token for a refresh token, which stays valid because no rotation is
    /// documented.
    pub(crate) fn renew(&mut self, refresh_token: &str) -> Option<Grant> {
        let scopes = Arc::clone(self.refresh.get(refresh_token)?);
        Some(self.issue_access(scopes, refresh_token.to_owned()))
    }

    /// Issues an authorization code for one exchange.
    pub(crate) fn code(&mut self, scopes: Scopes) -> String {
        let code = self.seed.secret(&format!("code/{}", self.codes.len()));
        self.codes.insert(code.clone(), scopes);
        code
    }

    pub(crate) fn redeem(&mut self, code: &str) -> Option<Grant> {
        let scopes = self.codes.remove(code)?;
        Some(self.issue(scopes))
    }

    /// Expires all access tokens. Refresh tokens stay valid.
    pub(crate) fn expire_all(&mut self) {
        let now = Instant::now();
        for (_, expires) in self.access.values_mut() {
            *expires = (*expires).min(now);
        }
    }

    /// Revokes all refresh tokens.
    pub(crate) fn revoke_refresh(&mut self) {
        self.refresh.clear();
    }
}

/// Parses the words of a `scope` parameter; no words mean all scopes.
pub(crate) fn scopes<'a>(words: impl Iterator<Item = &'a str>) -> Scopes {
    let set: BTreeSet<String> = words.filter(|word| !word.is_empty()).map(str::to_owned).collect();
    if set.is_empty() {
        Arc::new(SCOPES.iter().map(|scope| (*scope).to_owned()).collect())
    } else {
        Arc::new(set)
    }
}
