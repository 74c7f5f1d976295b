//! `kind = "kaicalls"`.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;
use switchboard_core::{AgentId, Clock, Error, ErrorKind, Provider, ProviderInfo, Result};
use switchboard_kaicalls::{KaiCalls, KaiCallsClient, KaiCallsConfig};

use crate::registry::{
    Account, CreditCosts, ProviderKind, RawAnswer, RawApi, RawRequest, Secrets, Setting,
};

/// Stands where a key would, so that an account can be described without one. Nothing is ever sent
/// with it.
const NO_KEY: &str = "kc_test_none";

#[derive(Debug, Clone, Copy)]
pub(super) struct Kind;

impl ProviderKind for Kind {
    fn settings(&self) -> &'static [Setting] {
        &[Setting::DefaultAgent, Setting::BusinessId, Setting::WebhookSecretEnv]
    }

    fn default_key_variable(&self) -> Option<&'static str> {
        Some("KAICALLS_API_KEY")
    }

    fn credit_costs(&self) -> Option<CreditCosts> {
        None
    }

    fn check_agent(&self, agent: &AgentId) -> Result<()> {
        if agent.as_str().trim().is_empty() {
            return Err(Error::new(
                ErrorKind::Configuration,
                "is empty: write the agent's id, as GET /agents shows it",
            ));
        }
        Ok(())
    }

    fn info(&self, account: &Account<'_>) -> Result<ProviderInfo> {
        config(account, NO_KEY.into(), None).info().map_err(our_keys)
    }

    fn open(
        &self,
        account: &Account<'_>,
        secrets: &Secrets,
        clock: &Arc<dyn Clock>,
    ) -> Result<Arc<dyn Provider>> {
        let opened = KaiCalls::new(with_key(account, secrets)?, Arc::clone(clock));
        Ok(Arc::new(opened.map_err(our_keys)?))
    }

    fn raw(
        &self,
        account: &Account<'_>,
        secrets: &Secrets,
        _clock: &Arc<dyn Clock>,
    ) -> Result<Option<Arc<dyn RawApi>>> {
        let client = KaiCallsClient::new(&with_key(account, secrets)?).map_err(our_keys)?;
        Ok(Some(Arc::new(Raw(client))))
    }
}

#[derive(Debug)]
struct Raw(KaiCallsClient);

#[async_trait]
impl RawApi for Raw {
    async fn send(&self, request: RawRequest) -> Result<RawAnswer> {
        let mut sent = self.0.request(request.method.into(), &request.path);
        for (name, value) in &request.query {
            sent = sent.query(name, value);
        }
        if let Some(body) = &request.body {
            sent = sent.json(body)?;
        }
        sent.send().await.map(RawAnswer::from)
    }
}

fn with_key(account: &Account<'_>, secrets: &Secrets) -> Result<KaiCallsConfig> {
    let Some(key) = secrets.api_key.clone() else {
        return Err(Error::new(ErrorKind::Configuration, "is missing").with_field("api_key_env"));
    };
    Ok(config(account, key, secrets.webhook_secret.clone()))
}

fn config(
    account: &Account<'_>,
    api_key: SecretString,
    webhook_secret: Option<SecretString>,
) -> KaiCallsConfig {
    let ours = account.config;
    let mut config = KaiCallsConfig::new(api_key);
    config.id = account.id();
    config.agent_id = ours.default_agent.as_deref().map(AgentId::from);
    config.business_id = ours.business_id.clone();
    config.webhook.secret = webhook_secret;
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
    config
}

/// The backend names the keys of its own configuration; the file has other words for some.
fn our_keys(error: Error) -> Error {
    match error.field() {
        Some("api_key") => error.with_field("api_key_env"),
        Some("webhook.secret") => error.with_field("webhook_secret_env"),
        Some(_) | None => error,
    }
}
