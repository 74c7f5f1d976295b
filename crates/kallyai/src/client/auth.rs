//! Logging in (documents 000 to 003). The two browser flows are addresses to open; the rest are requests without a bearer token.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use switchboard_core::{Error, ErrorKind, Result};
use switchboard_http::{Answer, Request};
use url::{Host, Url};

use super::section;
use crate::auth;

/// Tokens as they were answered.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Tokens {
    /// What requests carry.
    pub access: SecretString,
    /// What renews it.
    pub refresh: Option<SecretString>,
    /// How long the access token lasts.
    pub expires_in: Option<Duration>,
    /// What it allows, as `calls:read calls:write`.
    pub scope: Option<String>,
}

/// An OAuth client that was registered with the provider.
#[derive(Debug, Clone)]
pub struct OAuthClient {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: SecretString,
}

section! {
    /// Logging in and renewing tokens.
    AuthApi
}

impl AuthApi {
    /// The page where a user of a command line logs in. `redirect` is answered with the tokens in its query.
    ///
    /// # Errors
    /// `InvalidRequest` unless `redirect` is `http://localhost:PORT` or `http://127.0.0.1:PORT`; documents 000 and 001 show a path behind it.
    pub fn cli_url(&self, base: &Url, redirect: &Url, state: Option<&str>) -> Result<Url> {
        let local = match redirect.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(_)) | None => false,
        };
        if redirect.scheme() != "http" || redirect.port().is_none() || !local {
            return Err(Error::invalid(
                "redirect_uri",
                "must be http://localhost:PORT or http://127.0.0.1:PORT",
            ));
        }
        let mut url = endpoint(base, "/v1/auth/cli")?;
        url.query_pairs_mut().append_pair("redirect_uri", redirect.as_str());
        if let Some(state) = state {
            url.query_pairs_mut().append_pair("state", state);
        }
        Ok(url)
    }

    /// The page where a user allows an OAuth client what `scopes` say; it redirects with a code.
    ///
    /// # Errors
    /// `Configuration` for a base URL that cannot have a path.
    pub fn authorize_url(&self, base: &Url, client_id: &str, redirect: &Url, scopes: &[&str], state: &str) -> Result<Url> {
        let mut url = endpoint(base, "/v1/auth/authorize")?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", client_id)
            .append_pair("redirect_uri", redirect.as_str())
            .append_pair("state", state)
            .append_pair("scope", &scopes.join(" "));
        Ok(url)
    }

    /// Exchanges the code of [`authorize_url`](Self::authorize_url): `POST /v1/auth/gpt/token`, a form.
    pub async fn exchange_code(&self, client: &OAuthClient, code: &str, redirect: &Url) -> Result<Tokens> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", &client.id),
            ("client_secret", client.secret.expose_secret()),
            ("code", code),
            ("redirect_uri", redirect.as_str()),
        ];
        self.fetch(Request::post("auth.exchange_code", "/v1/auth/gpt/token").form(&fields))
            .await
    }

    /// Renews by `POST /v1/auth/refresh`, as all documents but 000 and 001 have it.
    pub async fn refresh(&self, refresh_token: &SecretString) -> Result<Tokens> {
        let body = json!({"refresh_token": refresh_token.expose_secret()});
        self.fetch(Request::post("auth.refresh", "/v1/auth/refresh").json(&body)?).await
    }

    /// Renews by the form that document 003 shows for OAuth clients: `POST /v1/auth/gpt/token`.
    pub async fn refresh_as(&self, client: &OAuthClient, refresh_token: &SecretString) -> Result<Tokens> {
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", &client.id),
            ("client_secret", client.secret.expose_secret()),
            ("refresh_token", refresh_token.expose_secret()),
        ];
        self.fetch(Request::post("auth.refresh_as", "/v1/auth/gpt/token").form(&fields))
            .await
    }

    /// Logs in with a Google identity token: `POST /v1/auth/google/validate`. The answer is undocumented and read as tokens.
    pub async fn google(&self, id_token: &SecretString) -> Result<Tokens> {
        let body = json!({"id_token": id_token.expose_secret()});
        self.fetch(Request::post("auth.google", "/v1/auth/google/validate").json(&body)?)
            .await
    }

    /// Logs in with what Apple hands out: `POST /v1/auth/apple/token`. The answer is undocumented and read as tokens.
    pub async fn apple(&self, identity_token: &SecretString, authorization_code: &SecretString, full_name: Option<&str>) -> Result<Tokens> {
        let mut body = json!({
            "identity_token": identity_token.expose_secret(),
            "authorization_code": authorization_code.expose_secret(),
        });
        if let Some(name) = full_name {
            body["full_name"] = name.into();
        }
        self.fetch(Request::post("auth.apple", "/v1/auth/apple/token").json(&body)?).await
    }

    async fn fetch(&self, request: Request) -> Result<Tokens> {
        let answer: Answer = self.http.write(request.public()).await?;
        auth::tokens(&answer.value()?).map_err(|error| answer.failed(error))
    }
}

fn endpoint(base: &Url, path: &str) -> Result<Url> {
    let mut url = base.clone();
    match url.path_segments_mut() {
        Ok(mut segments) => {
            segments.pop_if_empty().extend(path.trim_start_matches('/').split('/'));
        }
        Err(()) => return Err(Error::new(ErrorKind::Configuration, "the base URL cannot have a path").with_field("base_url")),
    }
    Ok(url)
}
