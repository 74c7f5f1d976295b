//! `kind = "kallyai"`.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures::FutureExt;
use secrecy::SecretString;
use serde::Deserialize;
use switchboard_core::{
    AgentRef, Clock, Credits, Error, ErrorKind, Provider, ProviderInfo, Result, SystemClock,
};
use switchboard_http::{Method, StoreLock, TokenSet, TokenStore};
use switchboard_kallyai::{KallyAi, KallyAiClient, KallyAiConfig, wire::TaskCategory};

use crate::{
    config::{TokenLocation, TokenStoreConfig},
    registry::{
        Account, Credential, CreditCosts, ProviderKind, RawApi, Secrets,
        defaults::{Defaults, is_an_id_alone, with_file_key},
        raw::{RawClient, is_below},
    },
    tokens::{SignIn, Vault},
};

/// Stands where a token would, so that an account can be described without one. Nothing is ever
/// sent with it.
const NO_TOKEN: &str = "none";

const REFRESH_TOKEN: &str = "refresh_token_env";
const TOKEN_STORE: &str = "token_store";

#[derive(Debug, Clone, Copy)]
pub(super) struct Kind;

/// What an account at KallyAI has beside the settings of every account.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// The task category of calls that name no profile.
    default_agent: Option<String>,
    /// The IANA time zone of calls that name none.
    timezone: Option<String>,
    /// The environment variable with the token that renews the access token.
    refresh_token_env: Option<String>,
    /// Where the tokens of `switchboard login` are kept, for an account without a key.
    token_store: Option<TokenStoreConfig>,
}

impl Settings {
    /// Refuses what contradicts the account's key, or its absence.
    fn check(&self, account: &Account<'_>) -> Result<()> {
        let refuse = |key: &'static str, message: &'static str| {
            Err(Error::new(ErrorKind::Configuration, message).with_field(key))
        };
        let has_key = account.config.api_key_env.is_some() || account.config.api_key_file.is_some();
        if has_key && self.token_store.is_some() {
            return refuse(
                TOKEN_STORE,
                "has no effect beside a token of the account's own: take out api_key_env or api_key_file to log in instead, or this",
            );
        }
        if !has_key && self.refresh_token_env.is_some() {
            return refuse(
                REFRESH_TOKEN,
                "has no effect without api_key_env: add it, or take this out and log in",
            );
        }
        if cfg!(not(feature = "keyring")) && self.token_store == Some(TokenStoreConfig::Keyring) {
            return refuse(
                TOKEN_STORE,
                "needs the keyring, and this program was built without it: build it with the feature keyring (cargo build --features keyring), or keep the tokens in a file, token_store = \"file:PATH\"",
            );
        }
        Ok(())
    }
}

impl ProviderKind for Kind {
    fn credential(&self) -> Credential {
        Credential::KeyOrLogin("KALLYAI_ACCESS_TOKEN")
    }

    /// Document 002, "Get Cost Reference": base 1.0 and 0.1 for each minute.
    fn credit_costs(&self) -> Option<CreditCosts> {
        Some(CreditCosts {
            per_call: Credits::from_micros(1_000_000),
            per_minute: Credits::from_micros(100_000),
        })
    }

    fn check_agent(&self, agent: &AgentRef) -> Result<()> {
        is_an_id_alone(agent)?;
        category(agent.id.as_str()).map(drop)
    }

    fn info(&self, account: &Account<'_>) -> Result<ProviderInfo> {
        let own: Settings = account.settings()?;
        own.check(account)?;
        config(account, own, NO_TOKEN.into(), None)?.info().map_err(our_keys)
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
        let client = opened(account, secrets, clock)?.client().clone();
        Ok(Some(Arc::new(RawClient(move |method, path: &str| raw_request(&client, method, path)))))
    }
}

/// With the account's own token, or with those of a login.
fn opened(account: &Account<'_>, secrets: &Secrets, clock: &Arc<dyn Clock>) -> Result<KallyAi> {
    let own: Settings = account.settings()?;
    if let Some(token) = secrets.api_key.clone() {
        let config = config(account, own, token, secrets.get(REFRESH_TOKEN).cloned())?;
        return KallyAi::new(config, Arc::clone(clock)).map_err(our_keys);
    }
    let location = tokens(&own, secrets.tokens.clone());
    let config = config(account, own, NO_TOKEN.into(), None)?;
    let vault = Vault::new(account.name, &config.base_url, &location)?;
    let Some((saved, _)) = vault.read()? else {
        let message = format!(
            "there is no login: run `switchboard login {}`, or name the environment variable of an access token, api_key_env = \"KALLYAI_ACCESS_TOKEN\"",
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
pub(super) fn sign_in(account: &Account<'_>, location: TokenLocation) -> Result<SignIn> {
    let own: Settings = account.settings()?;
    let location = tokens(&own, location);
    let config = config(account, own, NO_TOKEN.into(), None)?;
    let vault = Vault::new(account.name, &config.base_url, &location)?;
    let client = KallyAiClient::new(&config, Arc::new(SystemClock)).map_err(our_keys)?;
    Ok(SignIn::new(client, vault))
}

/// Where the account keeps its tokens.
fn tokens(own: &Settings, location: TokenLocation) -> TokenLocation {
    TokenLocation { store: own.token_store.clone().unwrap_or_default(), ..location }
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

/// A raw request, but none for tokens.
fn raw_request(
    client: &KallyAiClient,
    method: Method,
    path: &str,
) -> Result<switchboard_http::RawRequest> {
    // The answers are tokens, and a refresh token that is spent here is lost to the login.
    if is_below(path, "auth") {
        let message =
            "this path hands out tokens, which are shown nowhere: use `switchboard login`";
        return Err(Error::new(ErrorKind::Unsupported, message)
            .with_field("path")
            .with_code("tokens"));
    }
    client.request(method, path)
}

fn config(
    account: &Account<'_>,
    own: Settings,
    access_token: SecretString,
    refresh_token: Option<SecretString>,
) -> Result<KallyAiConfig> {
    let mut config = KallyAiConfig::new(access_token);
    config.refresh_token = refresh_token;
    if let Some(agent) = &own.default_agent {
        config.task_category =
            category(agent).map_err(|error| error.with_field("default_agent"))?;
    }
    if let Some(timezone) = own.timezone {
        config.timezone = timezone;
    }
    let defaults = Defaults {
        id: &mut config.id,
        base_url: &mut config.base_url,
        failure_domains: &mut config.failure_domains,
        countries: &mut config.countries,
        languages: &mut config.languages,
        network: &mut config.network,
    };
    defaults.override_by(account);
    Ok(config)
}

fn category(agent: &str) -> Result<TaskCategory> {
    agent
        .parse()
        .map_err(|error: Error| Error::new(ErrorKind::Configuration, error.message().to_owned()))
}

/// The keys of the backend's own configuration for which the file has other words.
const KEYS: &[(&str, &str)] = &[
    ("access_token", "api_key_env"),
    ("refresh_token", REFRESH_TOKEN),
    ("task_category", "default_agent"),
];

fn our_keys(error: Error) -> Error {
    with_file_key(error, KEYS)
}
