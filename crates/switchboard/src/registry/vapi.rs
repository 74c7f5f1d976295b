//! `kind = "vapi"`.

use std::sync::Arc;

use secrecy::SecretString;
use serde::Deserialize;
use switchboard_core::{AgentId, Clock, NumberId, Provider, Result, TrustedReasons};
use switchboard_vapi::{Vapi, VapiClient, VapiConfig, WebhookCheck};

use super::keyed::{KeyedBackend, as_every_backend};

#[derive(Debug)]
pub(super) struct Backend;

/// What an account at Vapi has beside the settings of every account.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// The assistant of calls that name no profile.
    default_agent: Option<String>,
    /// The version of that assistant.
    default_agent_version: Option<String>,
    /// Vapi's id of the number that calls are made from.
    phone_number_id: Option<String>,
    /// The variable of the assistant's prompt that the task is put into.
    task_variable: Option<String>,
    /// Which reasons are trusted to prove that a call was never dialled.
    #[serde(default)]
    not_dialled: TrustedReasons,
    /// How webhooks are signed.
    #[serde(default)]
    webhook_check: WebhookCheck,
    /// Vapi's id of the credential that signs webhooks.
    webhook_credential_id: Option<String>,
    /// The environment variable with the secret of that credential.
    #[serde(rename = "webhook_secret_env")]
    _webhook_secret_env: Option<String>,
}

impl KeyedBackend for Backend {
    type Settings = Settings;
    as_every_backend!(VapiConfig, VapiClient);

    const VARIABLE: &'static str = "VAPI_API_KEY";
    const NO_KEY: &'static str = "key_none";
    const WEBHOOK_SECRET: Option<(&'static str, &'static str)> =
        Some(("webhook_secret_env", "webhook_secret"));
    const KEYS: &'static [(&'static str, &'static str)] =
        &[("agent_id", "default_agent"), ("agent_version", "default_agent_version")];

    fn config(
        key: SecretString,
        own: Settings,
        webhook_secret: Option<SecretString>,
    ) -> VapiConfig {
        let mut config = VapiConfig::new(key);
        config.agent_id = own.default_agent.map(AgentId::from);
        config.agent_version = own.default_agent_version;
        config.phone_number_id = own.phone_number_id.map(NumberId::from);
        if let Some(variable) = own.task_variable {
            config.task_variable = variable;
        }
        config.not_dialled = own.not_dialled;
        config.webhook_secret = webhook_secret;
        config.webhook_check = own.webhook_check;
        config.webhook_credential_id = own.webhook_credential_id;
        config
    }

    fn open(config: VapiConfig, _clock: &Arc<dyn Clock>) -> Result<Arc<dyn Provider>> {
        Ok(Arc::new(Vapi::new(config)?))
    }
}
