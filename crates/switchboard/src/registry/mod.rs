//! The one place that names every provider: from the word `kind` of the configuration to what makes
//! the provider.
//!
//! A kind of your own is registered like the two that come with the crate:
//!
//! ```
//! use std::sync::Arc;
//! use switchboard::{Config, Registry, registry::ProviderKind};
//!
//! # fn with(mine: Arc<dyn ProviderKind>, text: &str) -> Result<Config, switchboard::ConfigError> {
//! Config::with_registry(text, Registry::default().with("mine", mine)) // kind = "mine"
//! # }
//! ```

#[cfg(feature = "kaicalls")]
mod kaicalls;
#[cfg(feature = "kallyai")]
mod kallyai;
mod raw;

use std::{collections::BTreeMap, fmt::Debug, sync::Arc};

use secrecy::SecretString;
use switchboard_core::{AgentId, Clock, Credits, Provider, ProviderId, ProviderInfo, Result};

pub use self::raw::{RawAnswer, RawApi, RawMethod, RawRequest};
use crate::config::{ProviderConfig, TokenLocation};

/// An account of the configuration, with its name.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    /// What routes, journals and errors call it.
    pub name: &'a str,
    /// Its settings.
    pub config: &'a ProviderConfig,
}

impl Account<'_> {
    /// Its name as the router's id.
    pub fn id(&self) -> ProviderId {
        ProviderId::new(self.name.to_owned())
    }
}

/// The secrets of an account; each is there where the configuration names it.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    /// The API key or access token.
    pub api_key: Option<SecretString>,
    /// What renews an access token.
    pub refresh_token: Option<SecretString>,
    /// What webhooks are signed with.
    pub webhook_secret: Option<SecretString>,
    /// Where the tokens of a login are, for kinds that have one and an account without a key.
    pub tokens: TokenLocation,
}

/// A setting of an account that only some kinds know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// `default_agent`
    DefaultAgent,
    /// `timezone`
    Timezone,
    /// `business_id`
    BusinessId,
    /// `refresh_token_env`
    RefreshTokenEnv,
    /// `webhook_secret_env`
    WebhookSecretEnv,
    /// `token_store`: the kind has a login, and an account without a key is one that logged in.
    TokenStore,
}

impl Setting {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::DefaultAgent,
        Self::Timezone,
        Self::BusinessId,
        Self::RefreshTokenEnv,
        Self::WebhookSecretEnv,
        Self::TokenStore,
    ];

    /// Its key in the file.
    pub const fn key(self) -> &'static str {
        match self {
            Setting::DefaultAgent => "default_agent",
            Setting::Timezone => "timezone",
            Setting::BusinessId => "business_id",
            Setting::RefreshTokenEnv => "refresh_token_env",
            Setting::WebhookSecretEnv => "webhook_secret_env",
            Setting::TokenStore => "token_store",
        }
    }

    pub(crate) fn is_set(self, config: &ProviderConfig) -> bool {
        match self {
            Setting::DefaultAgent => config.default_agent.is_some(),
            Setting::Timezone => config.timezone.is_some(),
            Setting::BusinessId => config.business_id.is_some(),
            Setting::RefreshTokenEnv => config.refresh_token_env.is_some(),
            Setting::WebhookSecretEnv => config.webhook_secret_env.is_some(),
            Setting::TokenStore => config.token_store.is_some(),
        }
    }
}

/// What a call costs in the provider's own credits, whoever is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreditCosts {
    /// For each call.
    pub per_call: Credits,
    /// For each minute.
    pub per_minute: Credits,
}

/// What makes providers of one kind.
pub trait ProviderKind: Debug + Send + Sync {
    /// The settings it knows beside those that every kind has; any other is refused, because it
    /// would have no effect.
    fn settings(&self) -> &'static [Setting];

    /// How its key's environment variable is usually called. `None`: it needs no key.
    fn default_key_variable(&self) -> Option<&'static str>;

    /// What the provider's documents say that a call costs, where it bills credits: the default of
    /// its tariff. `None`: it bills money, or nothing is documented.
    fn credit_costs(&self) -> Option<CreditCosts>;

    /// Refuses an agent that cannot exist there.
    ///
    /// # Errors
    /// Says what an agent looks like there.
    fn check_agent(&self, agent: &AgentId) -> Result<()>;

    /// What is known of an account without its secrets and without asking; its id is
    /// [`Account::id`].
    ///
    /// # Errors
    /// `Configuration` whose field is the key below `providers.NAME`.
    fn info(&self, account: &Account<'_>) -> Result<ProviderInfo>;

    /// The provider. Nothing is sent.
    ///
    /// # Errors
    /// `Configuration` whose field is the key below `providers.NAME`; it never shows a secret.
    fn open(
        &self,
        account: &Account<'_>,
        secrets: &Secrets,
        clock: &Arc<dyn Clock>,
    ) -> Result<Arc<dyn Provider>>;

    /// Its API for requests that nothing has a word for; `None` where there is no such way. Nothing
    /// is sent.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    fn raw(
        &self,
        account: &Account<'_>,
        secrets: &Secrets,
        clock: &Arc<dyn Clock>,
    ) -> Result<Option<Arc<dyn RawApi>>>;
}

/// The login of an account whose kind has one.
#[cfg(feature = "kallyai")]
pub(crate) fn sign_in(
    account: &Account<'_>,
    location: &TokenLocation,
) -> Result<crate::tokens::SignIn> {
    kallyai::sign_in(account, location)
}

/// The kinds, by their word in the configuration. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Registry {
    kinds: Arc<BTreeMap<String, Arc<dyn ProviderKind>>>,
}

impl Default for Registry {
    /// The kinds whose features are on: `kallyai`, `kaicalls`.
    fn default() -> Self {
        let empty = Self::empty();
        #[cfg(feature = "kallyai")]
        let empty = empty.with("kallyai", Arc::new(kallyai::Kind));
        #[cfg(feature = "kaicalls")]
        let empty = empty.with("kaicalls", Arc::new(kaicalls::Kind));
        empty
    }
}

impl Registry {
    /// No kind at all.
    pub fn empty() -> Self {
        Self { kinds: Arc::default() }
    }

    /// Adds a kind, or replaces the one of that word.
    #[must_use]
    pub fn with(mut self, word: impl Into<String>, kind: Arc<dyn ProviderKind>) -> Self {
        Arc::make_mut(&mut self.kinds).insert(word.into(), kind);
        self
    }

    /// The kind of that word.
    pub fn kind(&self, word: &str) -> Option<&dyn ProviderKind> {
        self.kinds.get(word).map(|kind| &**kind)
    }

    /// The words.
    pub fn kinds(&self) -> impl Iterator<Item = &str> + Clone {
        self.kinds.keys().map(String::as_str)
    }
}
