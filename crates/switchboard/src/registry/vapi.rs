//! `kind = "vapi"`.

use std::sync::Arc;

use secrecy::SecretString;
use serde::Deserialize;
use switchboard_core::{
    AgentId, Clock, Error, NumberId, Provider, ProviderInfo, Result, TrustedReasons,
};
use switchboard_vapi::{Vapi, VapiClient, VapiConfig, WebhookCheck};

use crate::registry::{
    Account, Credential, ProviderKind, RawApi, Secrets,
    defaults::{Defaults, with_file_key},
    raw::RawClient,
};

/// Stands where a key would, so that an account can be described without one. Nothing is ever sent
/// with it.
const NO_KEY: &str = "key_none";

const WEBHOOK_SECRET: &str = "webhook_secret_env";

#[derive(Debug, Clone, Copy)]
pub(super) struct Kind;

/// What an account at Vapi has beside the settings of every account.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
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

impl ProviderKind for Kind {
    fn credential(&self) -> Credential {
        Credential::Key("VAPI_API_KEY")
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
        let opened = Vapi::new(with_key(account, secrets)?);
        Ok(Arc::new(opened.map_err(our_keys)?))
    }

    fn raw(
        &self,
        account: &Account<'_>,
        secrets: &Secrets,
        _clock: &Arc<dyn Clock>,
    ) -> Result<Option<Arc<dyn RawApi>>> {
        let client = VapiClient::new(&with_key(account, secrets)?).map_err(our_keys)?;
        Ok(Some(Arc::new(RawClient(move |method, path: &str| client.request(method, path)))))
    }
}

fn with_key(account: &Account<'_>, secrets: &Secrets) -> Result<VapiConfig> {
    config(account, secrets.key()?, secrets.get(WEBHOOK_SECRET).cloned())
}

fn config(
    account: &Account<'_>,
    api_key: SecretString,
    webhook_secret: Option<SecretString>,
) -> Result<VapiConfig> {
    let own = account.settings::<Settings>()?;
    let mut config = VapiConfig::new(api_key);
    config.id = account.id();
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
    let defaults = Defaults {
        base_url: &mut config.base_url,
        failure_domains: &mut config.failure_domains,
        countries: &mut config.countries,
        languages: &mut config.languages,
    };
    defaults.override_by(account.config);
    Ok(config)
}

/// The keys of the backend's own configuration for which the file has other words.
const KEYS: &[(&str, &str)] = &[
    ("api_key", "api_key_env"),
    ("agent_id", "default_agent"),
    ("agent_version", "default_agent_version"),
    ("webhook_secret", WEBHOOK_SECRET),
];

fn our_keys(error: Error) -> Error {
    with_file_key(error, KEYS)
}
