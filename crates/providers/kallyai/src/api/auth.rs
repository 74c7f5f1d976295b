//! Logging in (documents 000 to 003). Two flows run in a browser and are URLs to open; the rest are
//! requests without a bearer token.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use switchboard_core::{Error, ErrorKind, Raw, Result};
use switchboard_http::{Answer, Request};
use url::{Host, Url};

use super::section::section;
use crate::wire::first;

/// Tokens from an answer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Tokens {
    /// The access token, which requests carry.
    pub access: SecretString,
    /// The refresh token, which renews it.
    pub refresh: Option<SecretString>,
    /// How long the access token lasts.
    pub expires_in: Option<Duration>,
    /// The granted scopes, for example `calls:read calls:write`.
    pub scope: Option<String>,
    pub(crate) raw: Raw,
}

impl Tokens {
    /// Reads an answer with tokens.
    fn read(answer: &Value) -> Result<Self> {
        let text =
            |key: &str| answer.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        let access = text("access_token")
            .ok_or_else(|| Error::new(ErrorKind::Decode, "the answer has no access_token"))?;
        Ok(Self {
            access: access.to_owned().into(),
            refresh: text("refresh_token").map(|token| token.to_owned().into()),
            expires_in: first::<u64>(answer, &["expires_in"]).map(Duration::from_secs),
            scope: text("scope").map(str::to_owned),
            raw: answer.clone().into(),
        })
    }

    /// The answer as received, with the tokens in it: it is a secret and does not appear in `Debug`
    /// output.
    pub fn raw(&self) -> &Raw {
        &self.raw
    }
}

/// An OAuth client that was registered with the provider.
#[derive(Debug, Clone)]
pub struct OAuthClient {
    /// The client's id.
    pub id: String,
    /// The client's secret.
    pub secret: SecretString,
}

section! {
    /// Logging in and renewing tokens.
    AuthApi
}

impl AuthApi {
    /// The page where the user of a command-line tool logs in. It redirects to `redirect` with the
    /// tokens in the query.
    ///
    /// `GET /v1/auth/cli`. Documents 000 to 003.
    ///
    /// # Errors
    /// `InvalidRequest` unless `redirect` is `http://localhost:PORT` or `http://127.0.0.1:PORT`;
    /// documents 000 and 001 show a path behind it.
    #[doc(alias = "/v1/auth/cli")]
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
        // Documents 002 and 003 show a bare address: no slash behind the port.
        let bare = redirect.as_str().strip_suffix('/').filter(|_| redirect.path() == "/");
        url.query_pairs_mut().append_pair("redirect_uri", bare.unwrap_or(redirect.as_str()));
        if let Some(state) = state {
            url.query_pairs_mut().append_pair("state", state);
        }
        Ok(url)
    }

    /// The page where a user grants an OAuth client the `scopes`; it redirects with a code.
    ///
    /// `GET /v1/auth/authorize`. Documents 000, 002 and 003.
    ///
    /// # Errors
    /// `Configuration` for a base URL that cannot have a path.
    #[doc(alias = "/v1/auth/authorize")]
    pub fn authorize_url(
        &self,
        base: &Url,
        client_id: &str,
        redirect: &Url,
        scopes: &[&str],
        state: &str,
    ) -> Result<Url> {
        let mut url = endpoint(base, "/v1/auth/authorize")?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", client_id)
            .append_pair("redirect_uri", redirect.as_str())
            .append_pair("state", state)
            .append_pair("scope", &scopes.join(" "));
        Ok(url)
    }

    /// Exchanges the code of [`authorize_url`](Self::authorize_url): `POST /v1/auth/gpt/token`, a
    /// form.
    ///
    /// Documents 000, 002 and 003.
    ///
    /// # Errors
    /// 400 for a code that was already used or belongs to another client.
    #[doc(alias = "/v1/auth/gpt/token")]
    pub async fn exchange_code(
        &self,
        client: &OAuthClient,
        code: &str,
        redirect: &Url,
    ) -> Result<Tokens> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", &client.id),
            ("client_secret", client.secret.expose_secret()),
            ("code", code),
            ("redirect_uri", redirect.as_str()),
        ];
        let request = Request::post("auth.exchange_code", "/v1/auth/gpt/token").form(&fields);
        self.fetch(request.secret(&client.secret).secret(&code.into())).await
    }

    /// Renews the tokens: `POST /v1/auth/refresh`.
    ///
    /// Documents 002 and 003, which show no answer; it is read as tokens.
    ///
    /// # Errors
    /// `Unauthorized` or 400 for an expired or used token.
    #[doc(alias = "/v1/auth/refresh")]
    pub async fn refresh(&self, refresh_token: &SecretString) -> Result<Tokens> {
        let body = refresh_body(refresh_token);
        let request = Request::post("auth.refresh", "/v1/auth/refresh").json(&body)?;
        self.fetch(request.secret(refresh_token)).await
    }

    /// Renews the tokens of an OAuth client with a form: `POST /v1/auth/gpt/token`.
    ///
    /// Document 003.
    ///
    /// # Errors
    /// As [`refresh`](Self::refresh).
    #[doc(alias = "/v1/auth/gpt/token")]
    pub async fn refresh_as(
        &self,
        client: &OAuthClient,
        refresh_token: &SecretString,
    ) -> Result<Tokens> {
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", &client.id),
            ("client_secret", client.secret.expose_secret()),
            ("refresh_token", refresh_token.expose_secret()),
        ];
        let request = Request::post("auth.refresh_as", "/v1/auth/gpt/token").form(&fields);
        self.fetch(request.secret(&client.secret).secret(refresh_token)).await
    }

    /// Logs in with a Google identity token: `POST /v1/auth/google/validate`. The answer is
    /// undocumented and read as tokens.
    ///
    /// Documents 002 and 003.
    ///
    /// # Errors
    /// `Unauthorized` or 400 for an invalid token.
    #[doc(alias = "/v1/auth/google/validate")]
    pub async fn google(&self, id_token: &SecretString) -> Result<Tokens> {
        let body = google_body(id_token);
        let request = Request::post("auth.google", "/v1/auth/google/validate").json(&body)?;
        self.fetch(request.secret(id_token)).await
    }

    /// Logs in with Apple's identity token and code: `POST /v1/auth/apple/token`. The answer is
    /// undocumented and read as tokens.
    ///
    /// Documents 002 and 003.
    ///
    /// # Errors
    /// As [`google`](Self::google).
    #[doc(alias = "/v1/auth/apple/token")]
    pub async fn apple(
        &self,
        identity_token: &SecretString,
        authorization_code: &SecretString,
        full_name: Option<&str>,
    ) -> Result<Tokens> {
        let body = apple_body(identity_token, authorization_code, full_name);
        let request = Request::post("auth.apple", "/v1/auth/apple/token").json(&body)?;
        self.fetch(request.secret(identity_token).secret(authorization_code)).await
    }

    async fn fetch(&self, request: Request) -> Result<Tokens> {
        let answer: Answer = self.http.write(request.public().fetches_secrets()).await?;
        Tokens::read(&answer.value()?).map_err(|error| answer.failed(error))
    }
}

fn refresh_body(refresh_token: &SecretString) -> Value {
    json!({"refresh_token": refresh_token.expose_secret()})
}

fn google_body(id_token: &SecretString) -> Value {
    json!({"id_token": id_token.expose_secret()})
}

fn apple_body(
    identity_token: &SecretString,
    authorization_code: &SecretString,
    full_name: Option<&str>,
) -> Value {
    let mut body = json!({
        "identity_token": identity_token.expose_secret(),
        "authorization_code": authorization_code.expose_secret(),
    });
    if let Some(name) = full_name {
        body["full_name"] = name.into();
    }
    body
}

fn endpoint(base: &Url, path: &str) -> Result<Url> {
    let mut url = base.clone();
    match url.path_segments_mut() {
        Ok(mut segments) => {
            segments.pop_if_empty().extend(path.trim_start_matches('/').split('/'));
        }
        Err(()) => {
            return Err(Error::new(ErrorKind::Configuration, "the base URL cannot have a path")
                .with_field("base_url"));
        }
    }
    Ok(url)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn example(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_bodies_are_the_documents() {
        let refresh = refresh_body(&"REFRESH_TOKEN".into());
        assert_eq!(
            refresh,
            example(include_str!("../../tests/fixtures/002/auth_refresh_request.json"))
        );
        assert_eq!(
            refresh,
            example(include_str!("../../tests/fixtures/003/auth_refresh_request.json"))
        );
        assert_eq!(
            google_body(&"GOOGLE_ID_TOKEN".into()),
            example(include_str!("../../tests/fixtures/002/auth_google_request.json"))
        );
        let apple = apple_body(
            &"APPLE_IDENTITY_TOKEN".into(),
            &"APPLE_AUTH_CODE".into(),
            Some("John Smith"),
        );
        assert_eq!(
            apple,
            example(include_str!("../../tests/fixtures/002/auth_apple_request.json"))
        );
    }

    #[test]
    fn the_tokens_of_the_documents_are_read_and_kept_whole() {
        for text in [
            include_str!("../../tests/fixtures/002/auth_exchange_code_answer.json"),
            include_str!("../../tests/fixtures/003/auth_exchange_code_answer.json"),
        ] {
            let answer = example(text);
            let tokens = Tokens::read(&answer).unwrap();
            assert_eq!(
                (tokens.access.expose_secret(), tokens.expires_in),
                ("eyJ...", Some(Duration::from_secs(3600)))
            );
            assert_eq!(tokens.refresh.as_ref().map(|token| token.expose_secret()), Some("eyJ..."));
            assert_eq!(tokens.scope.as_deref(), answer["scope"].as_str());
            assert_eq!(serde_json::to_value(tokens.raw()).unwrap(), answer);
            assert!(!format!("{tokens:?}").contains("eyJ"));
        }
    }
}
