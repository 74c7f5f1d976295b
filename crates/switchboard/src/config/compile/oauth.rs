//! What does not fit together in `[server.oauth]`.

use switchboard_core::is_loopback;
use url::Url;

use crate::config::{
    problem::{KeyPath, Problems},
    server::ServerConfig,
};

/// Finds what does not fit together.
pub(super) fn check(server: &ServerConfig, at: &KeyPath, problems: &mut Problems) {
    let Some(oauth) = &server.oauth else { return };
    if !server.mcp.enabled {
        problems.push(
            at,
            "has no effect without [server.mcp], because tokens are taken at /mcp alone: add enabled = true there, or take this section out",
        );
    }
    if !is_issuer(&oauth.issuer) {
        problems.push(
            &at.key("issuer"),
            "has to begin with https:// and to have neither ? nor #: write it as the claim iss of a token has it",
        );
    }
    if oauth.audience.as_ref().is_some_and(|audience| audience.trim().is_empty()) {
        problems.push(
            &at.key("audience"),
            "is empty: write what the claim aud of a token has, or take it out for /mcp below public_url",
        );
    }
    if oauth.tenant_claim.trim().is_empty() {
        problems.push(
            &at.key("tenant_claim"),
            "is empty, and each token acts for one tenant: name the claim that says which, as org_id",
        );
    }
    let scopes = at.key("scopes");
    if oauth.scopes.is_empty() {
        problems.push(
            &scopes,
            "is empty, so that no token could do anything: write { \"switchboard.calls\" = [\"calls:write\", \"calls:read\"] }",
        );
    }
    for (name, allowed) in &oauth.scopes {
        if !is_scope(name) {
            problems.push(
                &scopes.key(name),
                "can be no scope of a token: write one word without quotes and backslashes",
            );
        } else if allowed.is_empty() {
            problems
                .push(&scopes.key(name), "allows nothing: write what it allows, or take it out");
        }
    }
}

/// Tokens are compared with it letter by letter, so it stays the text that it is.
fn is_issuer(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let is_plain = url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    is_plain && (url.scheme() == "https" || url.scheme() == "http" && is_loopback(&url))
}

/// A scope token as RFC 6749 has it.
fn is_scope(name: &str) -> bool {
    let is_plain = |byte: u8| (b'!'..=b'~').contains(&byte) && byte != b'"' && byte != b'\\';
    !name.is_empty() && name.bytes().all(is_plain)
}
