//! People whom a proxy signs in, and the token of their forms.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::request::Parts;
use subtle::ConstantTimeEq;

use crate::{
    ServerSecret, Service,
    caller::{Caller, ProxySignIn, peer},
    problem::Result,
};

/// A token of forms holds for this many seconds at least, and for twice as long at most.
const HOLDS: i64 = 12 * 60 * 60;

impl Service {
    /// The person whom a proxy names in the headers of a request.
    ///
    /// # Errors
    /// `sign_in_refused` if the request does not come from a trusted proxy, if a header is missing or
    /// stands twice, or if none of the person's groups has a role.
    pub fn person(&self, sign_in: &ProxySignIn, parts: &Parts) -> Result<Caller> {
        let trusted = |peer: &_| self.trusted_proxies().iter().any(|one| one.contains(peer));
        let peer = peer(&parts.extensions);
        sign_in.person(&parts.headers, peer, trusted, self.clock().now())
    }

    /// The token of this person's forms. It is worth nothing for others, and nothing for the same
    /// person once they may do more or less.
    pub fn form_token(&self, person: &Caller) -> String {
        token(self.settings().secrets.current(), person, self.period())
    }

    /// True if a form has this person's token.
    pub fn is_form_token(&self, person: &Caller, sent: &str) -> bool {
        let periods = [self.period(), self.period() - 1];
        let mut tokens = self
            .settings()
            .secrets
            .all()
            .flat_map(|secret| periods.map(|period| token(secret, person, period)));
        tokens.any(|token| token.as_bytes().ct_eq(sent.as_bytes()).into())
    }

    fn period(&self) -> i64 {
        self.clock().now().as_second() / HOLDS
    }
}

fn token(secret: &ServerSecret, person: &Caller, period: i64) -> String {
    let tenant = person.tenant().map_or("", |tenant| tenant.as_str());
    let scopes: Vec<&str> = person.scopes().map(|scope| scope.as_str()).collect();
    let id = person.id().as_str();
    // The tenant is the only part that may hold a slash, and it is the last one.
    let purpose = format!("console/form/{period}/{id}/{}/{tenant}", scopes.join(","));
    URL_SAFE_NO_PAD.encode(secret.derive(&purpose))
}
