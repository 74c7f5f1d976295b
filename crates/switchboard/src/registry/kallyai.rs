//! `kind = "kallyai"`.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures::FutureExt;
use secrecy::SecretString;
use switchboard_core::{
    AgentId, Clock, Credits, Error, ErrorKind, Provider, ProviderInfo, Result, SystemClock,
};
use switchboard_http::{StoreLock, TokenSet, TokenStore};
use switchboard_kallyai::{KallyAi, KallyAiClient, KallyAiConfig, wire::TaskCategory};

use crate::{
    config::TokenLocation,
    registry::{
        Account, CreditCosts, ProviderKind, RawAnswer, RawApi, RawRequest, Secrets, Setting,
    },
    tokens::{SignIn, Vault},
};

/// Stands where a token would, so that an account can be described without one. Nothing is ever
/// sent with it.
const NO_TOKEN: &str = "none";

#[derive(Debug, Clone, Copy)]
pub(super) struct Kind;

impl ProviderKind for Kind {
    fn settings(&self) -> &'static [Setting] {
        &[Setting::DefaultAgent, Setting::Timezone, Setting::RefreshTokenEnv, Setting::TokenStore]
    }

    fn usual_variable(&self) -> Option<&'static str> {
        Some("KALLYAI_ACCESS_TOKEN")
    }

    /// Document 002, "Get Cost Reference": base 1.0 and 0.1 for each minute.
    fn credit_costs(&self) -> Option<CreditCosts> {
        Some(CreditCosts {
            per_call: Credits::from_micros(1_000_000),
            per_minute: Credits::from_micros(100_000),
        })
    }

    fn check_agent(&self, agent: &AgentId) -> Result<()> {
        category(agent.as_str()).map(drop)
    }

    fn info(&self, account: &Account<'_>) -> Result<ProviderInfo> {
        config(account, NO_TOKEN.into(), None)?.info().map_err(our_keys)
    }

    fn open(
        &self,
        account: &Account<'_>,
        secrets: &Secrets,
        clock: &Arc<dyn Clock>,
    ) -> Result<Arc<dyn Provider>> {
        Ok(Arc::new(opened(account, secrets, clock)?))
    }

    fn raw(
        &self,
        account: &Account<'_>,
        secrets: &Secrets,
        clock: &Arc<dyn Clock>,
    ) -> Result<Option<Arc<dyn RawApi>>> {
        Ok(Some(Arc::new(Raw(opened(account, secrets, clock)?.client().clone()))))
    }
}

/// With the account's own token, or with those of a login.
fn opened(account: &Account<'_>, secrets: &Secrets, clock: &Arc<dyn Clock>) -> Result<KallyAi> {
    if let Some(token) = secrets.api_key.clone() {
        let config = config(account, token, secrets.refresh_token.clone())?;
        return KallyAi::new(config, Arc::clone(clock)).map_err(our_keys);
    }
    let config = config(account, NO_TOKEN.into(), None)?;
    let vault = Vault::new(account.name, &config.base_url, &secrets.tokens)?;
    let Some((saved, _)) = vault.read()? else {
        let message = format!(
            "nobody is logged in: run `switchboard login {}`, or name the environment variable of an access token, api_key_env = \"KALLYAI_ACCESS_TOKEN\"",
            account.name
        );
        return Err(Error::new(ErrorKind::Configuration, message));
    };
    let store = Arc::new(LoggedIn { vault, first: Mutex::new(Some(saved.tokens)) });
    // It waits for the first load only, and that one is ready.
    let opened = KallyAi::with_token_store(config, store, Arc::clone(clock)).now_or_never();
    opened
        .unwrap_or_else(|| Err(Error::new(ErrorKind::Configuration, "could not be opened")))
        .map_err(our_keys)
}

/// The page and the vault of a login.
pub(super) fn sign_in(account: &Account<'_>, location: &TokenLocation) -> Result<SignIn> {
    let config = config(account, NO_TOKEN.into(), None)?;
    let vault = Vault::new(account.name, &config.base_url, location)?;
    let client = KallyAiClient::new(&config, Arc::new(SystemClock)).map_err(our_keys)?;
    Ok(SignIn::new(client, vault))
}

/// A vault whose first load was made already, where one may wait for a keyring.
#[derive(Debug)]
struct LoggedIn {
    vault: Vault,
    first: Mutex<Option<TokenSet>>,
}

#[async_trait]
impl TokenStore for LoggedIn {
    async fn load(&self) -> Result<Option<TokenSet>> {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        match first {
            Some(tokens) => Ok(Some(tokens)),
            None => self.vault.load().await,
        }
    }

    async fn save(&self, tokens: &TokenSet) -> Result<()> {
        self.vault.save(tokens).await
    }

    async fn lock(&self) -> Result<StoreLock> {
        self.vault.lock().await
    }
}

#[derive(Debug)]
struct Raw(KallyAiClient);

#[async_trait]
impl RawApi for Raw {
    async fn send(&self, request: RawRequest) -> Result<RawAnswer> {
        // Its answers are tokens, and a refresh token that is spent here is lost to the login.
        if request.below("auth") {
            let message =
                "this path hands out tokens, which are shown nowhere: use `switchboard login`";
            return Err(Error::new(ErrorKind::Unsupported, message)
                .with_field("path")
                .with_code("tokens"));
        }
        let mut sent = self.0.request(request.method.into(), &request.path)?;
        for (name, value) in &request.query {
            sent = sent.query(name, value);
        }
        if let Some(body) = &request.body {
            sent = sent.json(body)?;
        }
        sent.send().await.map(RawAnswer::from)
    }
}

fn config(
    account: &Account<'_>,
    access_token: SecretString,
    refresh_token: Option<SecretString>,
) -> Result<KallyAiConfig> {
    let ours = account.config;
    let mut config = KallyAiConfig::new(access_token);
    config.id = account.id();
    config.refresh_token = refresh_token;
    if let Some(agent) = &ours.default_agent {
        config.task_category =
            category(agent).map_err(|error| error.with_field("default_agent"))?;
    }
    if let Some(timezone) = &ours.timezone {
        config.timezone = timezone.clone();
    }
    if let Some(url) = &ours.base_url {
        config.base_url = url.clone();
    }
    if let Some(domain) = &ours.failure_domain {
        config.failure_domain = domain.clone();
    }
    if let Some(countries) = &ours.countries {
        config.countries = countries.clone();
    }
    if let Some(languages) = &ours.languages {
        config.languages = languages.clone();
    }
    Ok(config)
}

fn category(agent: &str) -> Result<TaskCategory> {
    agent
        .parse()
        .map_err(|error: Error| Error::new(ErrorKind::Configuration, error.message().to_owned()))
}

/// The backend names the keys of its own configuration; the file has other words for some.
fn our_keys(error: Error) -> Error {
    match error.field() {
        Some("access_token") => error.with_field("api_key_env"),
        Some("refresh_token") => error.with_field("refresh_token_env"),
        Some("task_category") => error.with_field("default_agent"),
        Some(_) | None => error,
    }
}
