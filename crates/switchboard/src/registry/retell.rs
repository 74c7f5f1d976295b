//! `kind = "retell"`.

use std::sync::Arc;

use secrecy::SecretString;
use serde::Deserialize;
use switchboard_core::{AgentId, Clock, PhoneNumber, Provider, Result, TrustedReasons};
use switchboard_retell::{Retell, RetellClient, RetellConfig, VersionSelector};

use super::keyed::{KeyedBackend, as_every_backend};

#[derive(Debug)]
pub(super) struct Backend;

/// What an account at Retell has beside the settings of every account.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
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

impl KeyedBackend for Backend {
    type Settings = Settings;
    as_every_backend!(RetellConfig, RetellClient);

    const VARIABLE: &'static str = "RETELL_API_KEY";
    const NO_KEY: &'static str = "key_none";
    const WEBHOOK_SECRET: Option<(&'static str, &'static str)> =
        Some(("webhook_key_env", "webhook_key"));
    const KEYS: &'static [(&'static str, &'static str)] =
        &[("agent_id", "default_agent"), ("agent_version", "default_agent_version")];

    fn config(key: SecretString, own: Settings, webhook_key: Option<SecretString>) -> RetellConfig {
        let mut config = RetellConfig::new(key);
        config.agent_id = own.default_agent.map(AgentId::from);
        config.agent_version = own.default_agent_version;
        config.from_number = own.from_number;
        if let Some(variable) = own.task_variable {
            config.task_variable = variable;
        }
        config.not_dialled = own.not_dialled;
        config.webhook_key = webhook_key;
        config
    }

    fn open(config: RetellConfig, _clock: &Arc<dyn Clock>) -> Result<Arc<dyn Provider>> {
        Ok(Arc::new(Retell::new(config)?))
    }
}
