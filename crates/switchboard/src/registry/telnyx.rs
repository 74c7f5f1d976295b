//! `kind = "telnyx"`.

use std::sync::Arc;

use secrecy::SecretString;
use serde::Deserialize;
use switchboard_core::{
    AgentId, AgentRef, Clock, Error, ErrorKind, PhoneNumber, Provider, ProviderInfo, Result,
};
use switchboard_telnyx::{Telnyx, TelnyxClient, TelnyxConfig};

use crate::registry::{
    Account, Credential, ProviderKind, RawApi, Secrets,
    defaults::{Defaults, with_file_key},
    raw::RawClient,
};

/// Stands where a key would, so that an account can be described without one. Nothing is ever sent
/// with it.
const NO_KEY: &str = "KEY_none";

#[derive(Debug, Clone, Copy)]
pub(super) struct Kind;

/// What an account at Telnyx has beside the settings of every account.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// The Call Control application that calls are made over.
    connection_id: Option<String>,
    /// The assistant of calls that name no profile.
    default_agent: Option<String>,
    /// The number that calls are made from.
    from_number: Option<PhoneNumber>,
    /// The variable of the assistant's instructions that the task is put into.
    task_variable: Option<String>,
    /// The account's public key for webhooks, in Base64.
    webhook_public_key: Option<String>,
    /// Whether to find out that a machine answers.
    #[serde(default)]
    detect_machines: bool,
    /// Whether to record each call.
    #[serde(default)]
    record: bool,
}

impl ProviderKind for Kind {
    fn credential(&self) -> Credential {
        Credential::Key("TELNYX_API_KEY")
    }

    fn check_agent(&self, agent: &AgentRef) -> Result<()> {
        let refuse = |message: &'static str| Err(Error::new(ErrorKind::Configuration, message));
        if agent.id.as_str().trim().is_empty() {
            return refuse(
                "is empty: write the assistant's id, as Telnyx' list of assistants shows it",
            );
        }
        if agent.version.is_some() {
            return refuse(
                "has a version, and Telnyx dials with the version that is in use: leave it out, and promote the version there",
            );
        }
        Ok(())
    }

    fn info(&self, account: &Account<'_>) -> Result<ProviderInfo> {
        config(account, NO_KEY.into())?.info().map_err(our_keys)
    }

    fn open(
        &self,
        account: &Account<'_>,
        secrets: &Secrets,
        _clock: &Arc<dyn Clock>,
    ) -> Result<Arc<dyn Provider>> {
        let opened = Telnyx::new(config(account, secrets.key()?)?);
        Ok(Arc::new(opened.map_err(our_keys)?))
    }

    fn raw(
        &self,
        account: &Account<'_>,
        secrets: &Secrets,
        _clock: &Arc<dyn Clock>,
    ) -> Result<Option<Arc<dyn RawApi>>> {
        let client = TelnyxClient::new(&config(account, secrets.key()?)?).map_err(our_keys)?;
        Ok(Some(Arc::new(RawClient(move |method, path: &str| client.request(method, path)))))
    }
}

fn config(account: &Account<'_>, api_key: SecretString) -> Result<TelnyxConfig> {
    let own = account.settings::<Settings>()?;
    let mut config = TelnyxConfig::new(api_key);
    config.id = account.id();
    config.connection_id = own.connection_id;
    config.agent_id = own.default_agent.map(AgentId::from);
    config.from_number = own.from_number;
    if let Some(variable) = own.task_variable {
        config.task_variable = variable;
    }
    config.webhook_public_key = own.webhook_public_key;
    config.detect_machines = own.detect_machines;
    config.record = own.record;
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
const KEYS: &[(&str, &str)] = &[("api_key", "api_key_env"), ("agent_id", "default_agent")];

fn our_keys(error: Error) -> Error {
    with_file_key(error, KEYS)
}
