//! `kind = "calle"`.

use std::sync::Arc;

use secrecy::SecretString;
use serde::Deserialize;
use switchboard_calle::{CallE, CallEClient, CallEConfig};
use switchboard_core::{AgentRef, Clock, Error, ErrorKind, Provider, ProviderInfo, Result};

use crate::registry::{
    Account, Credential, ProviderKind, RawApi, Secrets,
    defaults::{Defaults, is_an_id_alone, with_file_key},
    raw::RawClient,
};

/// Stands where a key would, so that an account can be described without one. Nothing is ever sent
/// with it.
const NO_KEY: &str = "iams_none";

/// What a profile names at CALL-E, which has no agents.
const TASK: &str = "task";

#[derive(Debug, Clone, Copy)]
pub(super) struct Kind;

/// What an account at CALL-E has beside the settings of every account.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// For how many seconds an idempotency key is relied on.
    key_life_seconds: Option<u32>,
}

impl ProviderKind for Kind {
    fn credential(&self) -> Credential {
        Credential::Key("CALLE_API_KEY")
    }

    fn check_agent(&self, agent: &AgentRef) -> Result<()> {
        is_an_id_alone(agent)?;
        if agent.id.as_str() != TASK {
            return Err(Error::new(
                ErrorKind::Configuration,
                "names an agent, and CALL-E has none: write \"task\", for the task of each call",
            ));
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
        let opened = CallE::new(config(account, secrets.key()?)?);
        Ok(Arc::new(opened.map_err(our_keys)?))
    }

    fn raw(
        &self,
        account: &Account<'_>,
        secrets: &Secrets,
        _clock: &Arc<dyn Clock>,
    ) -> Result<Option<Arc<dyn RawApi>>> {
        let client = CallEClient::new(&config(account, secrets.key()?)?).map_err(our_keys)?;
        Ok(Some(Arc::new(RawClient(move |method, path: &str| client.request(method, path)))))
    }
}

fn config(account: &Account<'_>, api_key: SecretString) -> Result<CallEConfig> {
    let own = account.settings::<Settings>()?;
    let mut config = CallEConfig::new(api_key);
    config.id = account.id();
    if let Some(seconds) = own.key_life_seconds {
        config.key_life_seconds = seconds;
    }
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
const KEYS: &[(&str, &str)] = &[("api_key", "api_key_env")];

fn our_keys(error: Error) -> Error {
    with_file_key(error, KEYS)
}
