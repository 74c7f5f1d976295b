//! `kind = "calle"`.

use std::sync::Arc;

use secrecy::SecretString;
use serde::Deserialize;
use switchboard_calle::{CallE, CallEClient, CallEConfig};
use switchboard_core::{AgentRef, Clock, Error, ErrorKind, Provider, Result};

use super::{
    defaults::is_an_id_alone,
    keyed::{KeyedBackend, as_every_backend},
};

/// What a profile names at CALL-E, which has no agents.
const TASK: &str = "task";

#[derive(Debug)]
pub(super) struct Backend;

/// What an account at CALL-E has beside the settings of every account.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// For how many seconds an idempotency key is relied on.
    key_life_seconds: Option<u32>,
}

impl KeyedBackend for Backend {
    type Settings = Settings;
    as_every_backend!(CallEConfig, CallEClient);

    const VARIABLE: &'static str = "CALLE_API_KEY";
    const NO_KEY: &'static str = "iams_none";

    fn check_agent(agent: &AgentRef) -> Result<()> {
        is_an_id_alone(agent)?;
        if agent.id.as_str() != TASK {
            return Err(Error::new(
                ErrorKind::Configuration,
                "names an agent, and CALL-E has none: write \"task\", for the task of each call",
            ));
        }
        Ok(())
    }

    fn config(
        key: SecretString,
        own: Settings,
        _webhook_secret: Option<SecretString>,
    ) -> CallEConfig {
        let mut config = CallEConfig::new(key);
        if let Some(seconds) = own.key_life_seconds {
            config.key_life_seconds = seconds;
        }
        config
    }

    fn open(config: CallEConfig, _clock: &Arc<dyn Clock>) -> Result<Arc<dyn Provider>> {
        Ok(Arc::new(CallE::new(config)?))
    }
}
