//! What is kept of a login, as JSON.

use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use switchboard_core::{Error, ErrorKind, Result};
use switchboard_http::TokenSet;
use url::Url;

/// The tokens of one account. No `Debug` of it shows them.
#[derive(Debug, Clone)]
pub struct SavedTokens {
    /// The tokens.
    pub tokens: TokenSet,
    /// What they allow, where the provider said it.
    pub scope: Option<String>,
    /// Who issued them. They are sent nowhere else.
    pub base_url: Url,
    /// When somebody logged in.
    pub signed_in_at: Timestamp,
}

/// The same on paper; it has no `Debug`, because it holds plain text.
#[derive(Serialize, Deserialize)]
struct Paper {
    base_url: Url,
    access_token: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    signed_in_at: Timestamp,
}

impl SavedTokens {
    pub(super) fn to_json(&self) -> Result<String> {
        let paper = Paper {
            base_url: self.base_url.clone(),
            access_token: self.tokens.access.expose_secret().to_owned(),
            refresh_token: self
                .tokens
                .refresh
                .as_ref()
                .map(|token| token.expose_secret().to_owned()),
            expires_at: self.tokens.expires_at,
            scope: self.scope.clone(),
            signed_in_at: self.signed_in_at,
        };
        serde_json::to_string(&paper).map_err(|_| {
            Error::new(ErrorKind::Configuration, "the tokens cannot be written as JSON")
        })
    }

    /// The error says where, never what: the text is a secret.
    pub(super) fn from_json(text: &str, place: &dyn std::fmt::Display) -> Result<Self> {
        let paper: Paper = serde_json::from_str(text).map_err(|error| {
            let message = format!(
                "{place} does not hold what a login wrote (line {}, column {}): log in again",
                error.line(),
                error.column()
            );
            Error::new(ErrorKind::Configuration, message)
        })?;
        Ok(Self {
            tokens: TokenSet {
                access: paper.access_token.into(),
                refresh: paper.refresh_token.map(Into::into),
                expires_at: paper.expires_at,
            },
            scope: paper.scope,
            base_url: paper.base_url,
            signed_in_at: paper.signed_in_at,
        })
    }
}
