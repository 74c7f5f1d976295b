//! Whose tokens are taken, and what they may do.

use std::collections::BTreeMap;

use switchboard::Network;

use crate::caller::ScopeName;

/// An issuer whose access tokens MCP clients may send instead of a key.
///
/// A token acts for one tenant, which it names, and each call that it places is confirmed by a person.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OAuth {
    /// The issuer, letter by letter as it stands in `iss` of its tokens.
    pub issuer: String,
    /// What `aud` of a token has to be or to contain.
    pub audience: String,
    /// The claim that names the tenant.
    pub tenant_claim: String,
    /// The certificates and the cryptography with which its keys are read. A proxy is not used.
    pub network: Network,
    pub(super) scopes: BTreeMap<String, Vec<ScopeName>>,
}

impl OAuth {
    /// An issuer whose tokens may do nothing yet.
    pub fn new(
        issuer: impl Into<String>,
        audience: impl Into<String>,
        tenant_claim: impl Into<String>,
    ) -> Self {
        Self {
            issuer: issuer.into(),
            audience: audience.into(),
            tenant_claim: tenant_claim.into(),
            network: Network::default(),
            scopes: BTreeMap::new(),
        }
    }

    /// Tokens with this scope of the issuer may do what these scopes allow. Scopes that only operators
    /// can use are left out: a token acts for one tenant.
    #[must_use]
    pub fn with_scope(
        mut self,
        name: impl Into<String>,
        scopes: impl IntoIterator<Item = ScopeName>,
    ) -> Self {
        let scopes = scopes.into_iter().filter(|scope| !scope.is_for_operators());
        let scopes: Vec<ScopeName> = scopes.collect();
        if !scopes.is_empty() {
            self.scopes.insert(name.into(), scopes);
        }
        self
    }

    /// The issuer's scopes that allow something.
    pub fn scope_names(&self) -> impl Iterator<Item = &str> {
        self.scopes.keys().map(String::as_str)
    }
}
