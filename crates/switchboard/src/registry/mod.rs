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

mod account;
#[cfg(any(feature = "kallyai", feature = "kaicalls"))]
mod defaults;
#[cfg(feature = "kaicalls")]
mod kaicalls;
#[cfg(feature = "kallyai")]
mod kallyai;
mod raw;

use std::{collections::BTreeMap, fmt::Debug, sync::Arc};

use secrecy::SecretString;
use switchboard_core::{AgentId, Clock, Credits, Provider, ProviderInfo, Result};

pub(crate) use self::account::{is_setting_error, is_unknown_setting};
pub use self::{
    account::Account,
    raw::{RawAnswer, RawApi, RawMethod, RawRequest},
};
use crate::config::TokenLocation;

/// The secrets of an account; each is there where the configuration names it.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    /// The API key or access token.
    pub api_key: Option<SecretString>,
    /// Where the tokens of a login are, for kinds that have one and an account without a key.
    pub tokens: TokenLocation,
    named: BTreeMap<String, SecretString>,
}

impl Secrets {
    pub(crate) fn new(
        api_key: Option<SecretString>,
        named: BTreeMap<String, SecretString>,
        tokens: TokenLocation,
    ) -> Self {
        Self { api_key, tokens, named }
    }

    /// The value of the environment variable that a setting of the kind's own names, as
    /// `refresh_token_env`: every setting whose key ends in `_env` is one.
    pub fn get(&self, key: &str) -> Option<&SecretString> {
        self.named.get(key)
    }
}

/// How the accounts of a kind prove who they are. The text is how the environment variable of the
/// key is usually called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// Not at all.
    None,
    /// By a key.
    Key(&'static str),
    /// By a key, or by the tokens of a login.
    KeyOrLogin(&'static str),
}

/// What a call costs in the provider's own credits, to any number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreditCosts {
    /// For each call.
    pub per_call: Credits,
    /// For each minute.
    pub per_minute: Credits,
}

/// What makes providers of one kind.
pub trait ProviderKind: Debug + Send + Sync {
    /// How its accounts prove who they are.
    fn credential(&self) -> Credential;

    /// What the provider's documents say that a call costs, where it bills credits: the default of
    /// its tariff. `None`: it bills money, or nothing is documented.
    fn credit_costs(&self) -> Option<CreditCosts>;

    /// Refuses an agent that cannot exist there.
    ///
    /// # Errors
    /// Says what an agent looks like there.
    fn check_agent(&self, agent: &AgentId) -> Result<()>;

    /// What is known of an account without its secrets and without asking; its id is
    /// [`Account::id`]. It reads [`Account::settings`], where the kind has settings of its own: the
    /// settings of a kind that does not are all refused.
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
    location: TokenLocation,
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
