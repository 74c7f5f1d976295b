//! What clients read about the server, to find the issuer (RFC 9728).

use serde::Serialize;
use url::Url;

use super::OAuth;

/// The metadata of a protected resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ResourceMetadata {
    /// The address that tokens are for.
    pub resource: String,
    /// Who issues them.
    pub authorization_servers: Vec<String>,
    /// The scopes that allow something.
    pub scopes_supported: Vec<String>,
    /// How a token is sent.
    pub bearer_methods_supported: Vec<String>,
}

impl OAuth {
    /// The metadata of the resource at this path of a server.
    pub(crate) fn metadata(&self, public_url: &Url, path: &str) -> ResourceMetadata {
        ResourceMetadata {
            resource: format!("{}{path}", base(public_url)),
            authorization_servers: vec![self.issuer.clone()],
            scopes_supported: self.scope_names().map(str::to_owned).collect(),
            bearer_methods_supported: vec!["header".to_owned()],
        }
    }

    /// What `WWW-Authenticate` says to a client without a good token, with an error of RFC 6750 if
    /// there is one.
    pub(crate) fn challenge(&self, public_url: &Url, path: &str, error: Option<&str>) -> String {
        let error = error.map(|error| format!("error=\"{error}\", ")).unwrap_or_default();
        let scopes: Vec<&str> = self.scope_names().collect();
        format!(
            "Bearer {error}resource_metadata=\"{}/.well-known/oauth-protected-resource{path}\", scope=\"{}\"",
            base(public_url),
            scopes.join(" "),
        )
    }
}

fn base(public_url: &Url) -> &str {
    public_url.as_str().trim_end_matches('/')
}
