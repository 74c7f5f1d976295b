//! `kind = "telnyx"`.

use std::sync::Arc;

use secrecy::SecretString;
use serde::Deserialize;
use switchboard_core::{AgentId, AgentRef, Clock, Error, ErrorKind, PhoneNumber, Provider, Result};
use switchboard_telnyx::{Telnyx, TelnyxClient, TelnyxConfig};

use super::{
    defaults::has_an_id,
    keyed::{KeyedBackend, as_every_backend},
};

#[derive(Debug)]
pub(super) struct Backend;

/// What an account at Telnyx has beside the settings of every account.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
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

impl KeyedBackend for Backend {
    type Settings = Settings;
    as_every_backend!(TelnyxConfig, TelnyxClient);

    const VARIABLE: &'static str = "TELNYX_API_KEY";
    const NO_KEY: &'static str = "KEY_none";
    const KEYS: &'static [(&'static str, &'static str)] = &[("agent_id", "default_agent")];

    fn check_agent(agent: &AgentRef) -> Result<()> {
        has_an_id(agent)?;
        if agent.version.is_some() {
            let message = "has a version, and Telnyx dials with the version that is in use: leave it out, and promote the version there";
            return Err(Error::new(ErrorKind::Configuration, message));
        }
        Ok(())
    }

    fn config(
        key: SecretString,
        own: Settings,
        _webhook_secret: Option<SecretString>,
    ) -> TelnyxConfig {
        let mut config = TelnyxConfig::new(key);
        config.connection_id = own.connection_id;
        config.agent_id = own.default_agent.map(AgentId::from);
        config.from_number = own.from_number;
        if let Some(variable) = own.task_variable {
            config.task_variable = variable;
        }
        config.webhook_public_key = own.webhook_public_key;
        config.detect_machines = own.detect_machines;
        config.record = own.record;
        config
    }

    fn open(config: TelnyxConfig, _clock: &Arc<dyn Clock>) -> Result<Arc<dyn Provider>> {
        Ok(Arc::new(Telnyx::new(config)?))
    }
}
