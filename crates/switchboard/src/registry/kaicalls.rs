//! `kind = "kaicalls"`.

use std::sync::Arc;

use secrecy::SecretString;
use serde::Deserialize;
use switchboard_core::{AgentId, AgentRef, Clock, Error, Provider, ProviderInfo, Result};
use switchboard_kaicalls::{KaiCalls, KaiCallsClient, KaiCallsConfig};

use crate::registry::{
    Account, Credential, ProviderKind, RawApi, Secrets,
    defaults::{Defaults, is_an_id_alone, with_file_key},
    raw::RawClient,
};

/// Stands where a key would, so that an account can be described without one. Nothing is ever sent
/// with it.
const NO_KEY: &str = "kc_test_none";

const WEBHOOK_SECRET: &str = "webhook_secret_env";

#[derive(Debug, Clone, Copy)]
pub(super) struct Kind;

/// What an account at KaiCalls has beside the settings of every account.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// The agent of calls that name no profile.
    default_agent: Option<String>,
    /// The business that new agents and numbers belong to, where the account has several.
    business_id: Option<String>,
    /// The environment variable with the signing secret of the webhook subscription.
    #[serde(rename = "webhook_secret_env")]
    _webhook_secret_env: Option<String>,
}

impl ProviderKind for Kind {
    fn credential(&self) -> Credential {
        Credential::Key("KAICALLS_API_KEY")
    }

    fn check_agent(&self, agent: &AgentRef) -> Result<()> {
        is_an_id_alone(agent)
    }

    fn info(&self, account: &Account<'_>) -> Result<ProviderInfo> {
        config(account, NO_KEY.into(), None)?.info().map_err(our_keys)
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
        Ok(Some(Arc::new(RawClient(move |method, path: &str| client.request(method, path)))))
    }
}

fn with_key(account: &Account<'_>, secrets: &Secrets) -> Result<KaiCallsConfig> {
    config(account, secrets.key()?, secrets.get(WEBHOOK_SECRET).cloned())
}

fn config(
    account: &Account<'_>,
    api_key: SecretString,
    webhook_secret: Option<SecretString>,
) -> Result<KaiCallsConfig> {
    let own = account.settings::<Settings>()?;
    let mut config = KaiCallsConfig::new(api_key);
    config.id = account.id();
    config.agent_id = own.default_agent.map(AgentId::from);
    config.business_id = own.business_id;
    config.webhook.secret = webhook_secret;
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
const KEYS: &[(&str, &str)] = &[("api_key", "api_key_env"), ("webhook.secret", WEBHOOK_SECRET)];

fn our_keys(error: Error) -> Error {
    with_file_key(error, KEYS)
}
