//! `kind = "kallyai"`.

use std::sync::Arc;

use secrecy::SecretString;
use switchboard_core::{AgentId, Clock, Error, ErrorKind, Provider, ProviderInfo, Result};
use switchboard_kallyai::{KallyAi, KallyAiConfig, wire::TaskCategory};
use switchboard_router::SystemClock;

use crate::registry::{Account, ProviderKind, Secrets, Setting};

/// Stands where a token would, so that an account can be described without one. Nothing is ever sent with it.
const NO_TOKEN: &str = "none";

#[derive(Debug, Clone, Copy)]
pub(super) struct Kind;

impl ProviderKind for Kind {
    fn settings(&self) -> &'static [Setting] {
        &[Setting::DefaultAgent, Setting::Timezone, Setting::RefreshTokenEnv]
    }

    fn usual_variable(&self) -> Option<&'static str> {
        Some("KALLYAI_ACCESS_TOKEN")
    }

    fn check_agent(&self, agent: &AgentId) -> Result<()> {
        category(agent.as_str()).map(drop)
    }

    fn info(&self, account: &Account<'_>) -> Result<ProviderInfo> {
        let provider = KallyAi::new(config(account, NO_TOKEN.into(), None)?, Arc::new(SystemClock)).map_err(our_keys)?;
        Ok(provider.info().clone())
    }

    fn open(&self, account: &Account<'_>, secrets: &Secrets, clock: &Arc<dyn Clock>) -> Result<Arc<dyn Provider>> {
        let Some(token) = secrets.api_key.clone() else {
            return Err(Error::new(ErrorKind::Configuration, "is missing").with_field("api_key_env"));
        };
        let config = config(account, token, secrets.refresh_token.clone())?;
        Ok(Arc::new(KallyAi::new(config, Arc::clone(clock)).map_err(our_keys)?))
    }
}

fn config(account: &Account<'_>, access_token: SecretString, refresh_token: Option<SecretString>) -> Result<KallyAiConfig> {
    let ours = account.config;
    let mut config = KallyAiConfig::new(access_token);
    config.id = account.id();
    config.refresh_token = refresh_token;
    if let Some(agent) = &ours.default_agent {
        config.task_category = category(agent).map_err(|error| error.with_field("default_agent"))?;
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
