//! `kind = "retell"`.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;
use serde::Deserialize;
use switchboard_core::{
    AgentId, AgentRef, Clock, Error, ErrorKind, PhoneNumber, Provider, ProviderInfo, Result,
};
use switchboard_retell::{Retell, RetellClient, RetellConfig, TrustedReasons, VersionSelector};

use crate::registry::{
    Account, Credential, CreditCosts, ProviderKind, RawAnswer, RawApi, RawRequest, Secrets,
    defaults::Defaults,
};

/// Stands where a key would, so that an account can be described without one. Nothing is ever sent
/// with it.
const NO_KEY: &str = "key_none";

const WEBHOOK_KEY: &str = "webhook_key_env";

#[derive(Debug, Clone, Copy)]
pub(super) struct Kind;

/// What an account at Retell has beside the settings of every account.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// The agent of calls that name no profile.
    default_agent: Option<String>,
    /// The version of that agent: a whole number or a tag.
    default_agent_version: Option<VersionSelector>,
    /// The number that calls are made from.
    from_number: Option<PhoneNumber>,
    /// The variable of the agent's prompt that the task is put into.
    task_variable: Option<String>,
    /// Which reasons are trusted to prove that a call was never dialled.
    #[serde(default)]
    not_dialled: TrustedReasons,
    /// The environment variable with the API key that signs webhooks.
    #[serde(rename = "webhook_key_env")]
    _webhook_key_env: Option<String>,
}

impl ProviderKind for Kind {
    fn credential(&self) -> Credential {
        Credential::Key("RETELL_API_KEY")
    }

    fn credit_costs(&self) -> Option<CreditCosts> {
        None
    }

    fn check_agent(&self, agent: &AgentRef) -> Result<()> {
        if agent.id.as_str().trim().is_empty() {
            return Err(Error::new(
                ErrorKind::Configuration,
                "is empty: write the agent's id, as Retell's list of agents shows it",
            ));
        }
        Ok(())
    }

    fn info(&self, account: &Account<'_>) -> Result<ProviderInfo> {
        config(account, NO_KEY.into(), None)?.info().map_err(our_keys)
    }

    fn open(
        &self,
        account: &Account<'_>,
        secrets: &Secrets,
        _clock: &Arc<dyn Clock>,
    ) -> Result<Arc<dyn Provider>> {
        let opened = Retell::new(with_key(account, secrets)?);
        Ok(Arc::new(opened.map_err(our_keys)?))
    }

    fn raw(
        &self,
        account: &Account<'_>,
        secrets: &Secrets,
        _clock: &Arc<dyn Clock>,
    ) -> Result<Option<Arc<dyn RawApi>>> {
        let client = RetellClient::new(&with_key(account, secrets)?).map_err(our_keys)?;
        Ok(Some(Arc::new(Raw(client))))
    }
}

#[derive(Debug)]
struct Raw(RetellClient);

#[async_trait]
impl RawApi for Raw {
    async fn send(&self, request: RawRequest) -> Result<RawAnswer> {
        request.send_as(self.0.request(request.method.into(), &request.path)?).await
    }
}

fn with_key(account: &Account<'_>, secrets: &Secrets) -> Result<RetellConfig> {
    let Some(key) = secrets.api_key.clone() else {
        return Err(Error::new(ErrorKind::Configuration, "is missing").with_field("api_key_env"));
    };
    config(account, key, secrets.get(WEBHOOK_KEY).cloned())
}

fn config(
    account: &Account<'_>,
    api_key: SecretString,
    webhook_key: Option<SecretString>,
) -> Result<RetellConfig> {
    let own = account.settings::<Settings>()?;
    let mut config = RetellConfig::new(api_key);
    config.id = account.id();
    config.agent_id = own.default_agent.map(AgentId::from);
    config.agent_version = own.default_agent_version;
    config.from_number = own.from_number;
    if let Some(variable) = own.task_variable {
        config.task_variable = variable;
    }
    config.not_dialled = own.not_dialled;
    config.webhook_key = webhook_key;
    let defaults = Defaults {
        base_url: &mut config.base_url,
        failure_domains: &mut config.failure_domains,
        countries: &mut config.countries,
        languages: &mut config.languages,
    };
    defaults.override_by(account.config);
    Ok(config)
}

/// The backend names the keys of its own configuration; the file has other words for some.
fn our_keys(error: Error) -> Error {
    match error.field() {
        Some("api_key") => error.with_field("api_key_env"),
        Some("agent_id") => error.with_field("default_agent"),
        Some("agent_version") => error.with_field("default_agent_version"),
        Some("webhook_key") => error.with_field(WEBHOOK_KEY),
        Some(_) | None => error,
    }
}
