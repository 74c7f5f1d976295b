//! Tokens: where the bearer comes from, and how it is renewed.
//!
//! KallyAI's access tokens last an hour; a phone call can be longer than what is left of one. The
//! renewal is one flight for all callers and lives in `switchboard-http`; here is only how this
//! provider is asked for new tokens.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use secrecy::SecretString;
use switchboard_core::{Clock, Error, ErrorKind, Result};
use switchboard_http::{
    Credential, HttpClient, NoCredential, RefreshingToken, StaticToken, TokenSet, TokenSource,
    TokenStore,
};

use crate::{
    client::{AuthApi, Tokens},
    codes::CODES,
    config::KallyAiConfig,
};

/// Fetches new tokens by `POST /v1/auth/refresh`.
#[derive(Debug)]
struct Refresh {
    auth: AuthApi,
    clock: Arc<dyn Clock>,
}

#[async_trait]
impl TokenSource for Refresh {
    async fn refresh(&self, refresh_token: &SecretString) -> Result<TokenSet> {
        let tokens = self.auth.refresh(refresh_token).await?;
        Ok(token_set(tokens, self.clock.as_ref()))
    }
}

/// A client whose requests carry no token: the one that fetches tokens.
fn anonymous(config: &KallyAiConfig) -> Result<AuthApi> {
    Ok(AuthApi::new(HttpClient::new(config.http(), Arc::new(NoCredential), &CODES)?))
}

/// The credential that the configuration describes.
pub(crate) fn credential(
    config: &KallyAiConfig,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn Credential>> {
    let Some(refresh) = config.refresh_token.clone() else {
        return Ok(Arc::new(StaticToken::new(config.access_token.clone())));
    };
    let source = Arc::new(Refresh { auth: anonymous(config)?, clock: Arc::clone(clock) });
    Ok(Arc::new(RefreshingToken::new(configured(config, Some(refresh)), source, Arc::clone(clock))))
}

/// The credential that a store holds, or else the configuration: for refresh tokens that are good
/// for one use and outlive the process.
pub(crate) async fn stored_credential(
    config: &KallyAiConfig,
    store: Arc<dyn TokenStore>,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn Credential>> {
    let source = Arc::new(Refresh { auth: anonymous(config)?, clock: Arc::clone(clock) });
    let fallback = configured(config, config.refresh_token.clone());
    Ok(Arc::new(RefreshingToken::open(store, Some(fallback), source, Arc::clone(clock)).await?))
}

fn configured(config: &KallyAiConfig, refresh: Option<SecretString>) -> TokenSet {
    TokenSet { access: config.access_token.clone(), refresh, expires_at: None }
}

fn token_set(tokens: Tokens, clock: &dyn Clock) -> TokenSet {
    let expires_at = tokens.expires_in.and_then(|lasts| clock.now().checked_add(lasts).ok());
    TokenSet { access: tokens.access, refresh: tokens.refresh, expires_at }
}

/// Reads an answer with tokens.
pub(crate) fn tokens(answer: &serde_json::Value) -> Result<Tokens> {
    let text = |key: &str| {
        answer.get(key).and_then(serde_json::Value::as_str).filter(|text| !text.is_empty())
    };
    let access = text("access_token")
        .ok_or_else(|| Error::new(ErrorKind::Decode, "the answer holds no access_token"))?;
    Ok(Tokens {
        access: access.to_owned().into(),
        refresh: text("refresh_token").map(|token| token.to_owned().into()),
        expires_in: crate::wire::first::<u64>(answer, &["expires_in"]).map(Duration::from_secs),
        scope: text("scope").map(str::to_owned),
        raw: answer.clone().into(),
    })
}
