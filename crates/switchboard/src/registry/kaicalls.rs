//! `kind = "kaicalls"`.

use std::sync::Arc;

use secrecy::SecretString;
use serde::Deserialize;
use switchboard_core::{AgentId, AgentRef, Clock, Provider, Result};
use switchboard_kaicalls::{KaiCalls, KaiCallsClient, KaiCallsConfig};

use super::{
    defaults::is_an_id_alone,
    keyed::{KeyedBackend, as_every_backend},
};

#[derive(Debug)]
pub(super) struct Backend;

/// What an account at KaiCalls has beside the settings of every account.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// The agent of calls that name no profile.
    default_agent: Option<String>,
    /// The business that new agents and numbers belong to, where the account has several.
    business_id: Option<String>,
    /// The environment variable with the signing secret of the webhook subscription.
    #[serde(rename = "webhook_secret_env")]
    _webhook_secret_env: Option<String>,
}

impl KeyedBackend for Backend {
    type Settings = Settings;
    as_every_backend!(KaiCallsConfig, KaiCallsClient);

    const VARIABLE: &'static str = "KAICALLS_API_KEY";
    const NO_KEY: &'static str = "kc_test_none";
    const WEBHOOK_SECRET: Option<(&'static str, &'static str)> =
        Some(("webhook_secret_env", "webhook.secret"));

    fn check_agent(agent: &AgentRef) -> Result<()> {
        is_an_id_alone(agent)
    }

    fn config(
        key: SecretString,
        own: Settings,
        webhook_secret: Option<SecretString>,
    ) -> KaiCallsConfig {
        let mut config = KaiCallsConfig::new(key);
        config.agent_id = own.default_agent.map(AgentId::from);
        config.business_id = own.business_id;
        config.webhook.secret = webhook_secret;
        config
    }

    fn open(config: KaiCallsConfig, clock: &Arc<dyn Clock>) -> Result<Arc<dyn Provider>> {
        Ok(Arc::new(KaiCalls::new(config, Arc::clone(clock))?))
    }
}
