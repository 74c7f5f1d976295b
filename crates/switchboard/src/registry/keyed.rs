//! Kinds whose accounts prove who they are by one key: all of them but what their documents differ in.

use std::{fmt::Debug, marker::PhantomData, sync::Arc};

use secrecy::SecretString;
use serde::de::DeserializeOwned;
use switchboard_core::{AgentRef, Clock, Error, Provider, ProviderInfo, Result};

use super::{
    account::Account,
    defaults::{Defaults, has_an_id, with_file_key},
    kind::{Credential, ProviderKind, Secrets},
    raw::RawApi,
};

/// What a backend with one key says of itself.
pub(super) trait KeyedBackend: Debug + Send + Sync {
    /// The settings that an account has beside those of every account.
    type Settings: DeserializeOwned;
    /// The backend's own configuration.
    type Config;

    /// How the environment variable of the key is usually called.
    const VARIABLE: &'static str;
    /// Has the form of a key, so that an account can be described without one. Nothing is ever sent
    /// with it.
    const NO_KEY: &'static str;
    /// The setting that names the environment variable with the secret of webhooks, and where the
    /// backend's own configuration has the secret.
    const WEBHOOK_SECRET: Option<(&'static str, &'static str)> = None;
    /// The keys of the backend's own configuration for which the file has other words, beside those of
    /// the secrets.
    const KEYS: &'static [(&'static str, &'static str)] = &[];

    /// Refuses an agent that cannot exist there.
    fn check_agent(agent: &AgentRef) -> Result<()> {
        has_an_id(agent)
    }

    /// The backend's configuration with these settings.
    fn config(
        key: SecretString,
        settings: Self::Settings,
        webhook_secret: Option<SecretString>,
    ) -> Self::Config;

    /// Where the configuration has what every account has.
    fn defaults(config: &mut Self::Config) -> Defaults<'_>;

    /// What is known of the account without asking.
    fn info(config: &Self::Config) -> Result<ProviderInfo>;

    /// The backend. Nothing is sent.
    fn open(config: Self::Config, clock: &Arc<dyn Clock>) -> Result<Arc<dyn Provider>>;

    /// Its API for requests that nothing has a word for. Nothing is sent.
    fn raw(config: &Self::Config) -> Result<Arc<dyn RawApi>>;
}

/// What every backend's configuration and client have under the same names.
macro_rules! as_every_backend {
    ($config:ty, $client:ty) => {
        type Config = $config;

        fn defaults(config: &mut $config) -> $crate::registry::defaults::Defaults<'_> {
            $crate::registry::defaults::Defaults {
                id: &mut config.id,
                base_url: &mut config.base_url,
                failure_domains: &mut config.failure_domains,
                countries: &mut config.countries,
                languages: &mut config.languages,
                network: &mut config.network,
            }
        }

        fn info(config: &$config) -> Result<switchboard_core::ProviderInfo> {
            config.info()
        }

        fn raw(config: &$config) -> Result<Arc<dyn $crate::registry::RawApi>> {
            let client = <$client>::new(config)?;
            let request = move |method, path: &str| client.request(method, path);
            Ok(Arc::new($crate::registry::raw::RawClient(request)))
        }
    };
}
pub(super) use as_every_backend;

/// The kind of a backend with one key.
#[derive(Debug)]
pub(super) struct Keyed<B>(PhantomData<B>);

impl<B: KeyedBackend> Keyed<B> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }

    fn config(
        account: &Account<'_>,
        key: SecretString,
        webhook_secret: Option<SecretString>,
    ) -> Result<B::Config> {
        let mut config = B::config(key, account.settings()?, webhook_secret);
        B::defaults(&mut config).override_by(account);
        Ok(config)
    }

    fn with_secrets(account: &Account<'_>, secrets: &Secrets) -> Result<B::Config> {
        let webhook_secret = B::WEBHOOK_SECRET.and_then(|(setting, _)| secrets.get(setting));
        Self::config(account, secrets.key()?, webhook_secret.cloned())
    }
}

/// The error with the key of the file in place of the one in the backend's own configuration.
fn in_words_of_the_file<B: KeyedBackend>(error: Error) -> Error {
    let secret = B::WEBHOOK_SECRET.map(|(setting, own)| (own, setting));
    let secrets = [Some(("api_key", "api_key_env")), secret];
    let keys: Vec<_> = secrets.into_iter().flatten().chain(B::KEYS.iter().copied()).collect();
    with_file_key(error, &keys)
}

impl<B: KeyedBackend> ProviderKind for Keyed<B> {
    fn credential(&self) -> Credential {
        Credential::Key(B::VARIABLE)
    }

    fn check_agent(&self, agent: &AgentRef) -> Result<()> {
        B::check_agent(agent)
    }

    fn info(&self, account: &Account<'_>) -> Result<ProviderInfo> {
        B::info(&Self::config(account, B::NO_KEY.into(), None)?).map_err(in_words_of_the_file::<B>)
    }

    fn open(
        &self,
        account: &Account<'_>,
        secrets: &Secrets,
        clock: &Arc<dyn Clock>,
    ) -> Result<Arc<dyn Provider>> {
        B::open(Self::with_secrets(account, secrets)?, clock).map_err(in_words_of_the_file::<B>)
    }

    fn raw(
        &self,
        account: &Account<'_>,
        secrets: &Secrets,
        _clock: &Arc<dyn Clock>,
    ) -> Result<Option<Arc<dyn RawApi>>> {
        B::raw(&Self::with_secrets(account, secrets)?).map(Some).map_err(in_words_of_the_file::<B>)
    }
}
