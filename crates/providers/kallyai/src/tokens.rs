//! Access tokens and their renewal.
//!
//! KallyAI's access tokens last an hour, and a phone call can outlast the rest of it.
//! `switchboard-http` renews tokens once for all callers; this file only knows how to ask KallyAI
//! for new ones.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;
use switchboard_core::{Clock, Result};
use switchboard_http::{
    Credential, HttpClient, NoCredential, RefreshingToken, StaticToken, TokenSet, TokenSource,
    TokenStore,
};

use crate::{
    KallyAiCodes, KallyAiConfig,
    api::{AuthApi, Tokens},
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

/// A client without a token, which fetches tokens.
fn anonymous(config: &KallyAiConfig) -> Result<AuthApi> {
    Ok(AuthApi::new(HttpClient::new(config.http(), Arc::new(NoCredential), &KallyAiCodes)?))
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

/// The credential in a store, or else in the configuration: for refresh tokens that can be used
/// once and must outlive the process.
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
