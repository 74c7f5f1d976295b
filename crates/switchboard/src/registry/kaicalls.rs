//! `kind = "kaicalls"`.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;
use serde::Deserialize;
use switchboard_core::{
    AgentId, AgentRef, Clock, Error, ErrorKind, Provider, ProviderInfo, Result,
};
use switchboard_kaicalls::{KaiCalls, KaiCallsClient, KaiCallsConfig};

use crate::registry::{
    Account, Credential, CreditCosts, ProviderKind, RawAnswer, RawApi, RawRequest, Secrets,
    defaults::{Defaults, is_an_id_alone},
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

    fn credit_costs(&self) -> Option<CreditCosts> {
        None
    }

    fn check_agent(&self, agent: &AgentRef) -> Result<()> {
        is_an_id_alone(agent)?;
        if agent.id.as_str().trim().is_empty() {
            return Err(Error::new(
                ErrorKind::Configuration,
                "is empty: write the agent's id, as GET /agents shows it",
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
        Ok(Some(Arc::new(Raw(client))))
    }
}

#[derive(Debug)]
struct Raw(KaiCallsClient);

#[async_trait]
impl RawApi for Raw {
    async fn send(&self, request: RawRequest) -> Result<RawAnswer> {
        request.send_as(self.0.request(request.method.into(), &request.path)?).await
    }
}

fn with_key(account: &Account<'_>, secrets: &Secrets) -> Result<KaiCallsConfig> {
    let Some(key) = secrets.api_key.clone() else {
        return Err(Error::new(ErrorKind::Configuration, "is missing").with_field("api_key_env"));
    };
    config(account, key, secrets.get(WEBHOOK_SECRET).cloned())
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

/// The backend names the keys of its own configuration; the file has other words for some.
fn our_keys(error: Error) -> Error {
    match error.field() {
        Some("api_key") => error.with_field("api_key_env"),
        Some("webhook.secret") => error.with_field(WEBHOOK_SECRET),
        Some(_) | None => error,
    }
}
