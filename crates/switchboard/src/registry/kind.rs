//! What a kind of provider is.

use std::{collections::BTreeMap, fmt::Debug, sync::Arc};

use secrecy::SecretString;
use switchboard_core::{
    AgentRef, Clock, Credits, Error, ErrorKind, Provider, ProviderInfo, Result,
};

use super::{account::Account, defaults::has_an_id, raw::RawApi};
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

    /// The API key, for kinds that need one.
    ///
    /// # Errors
    /// `Configuration` of the field `api_key_env` if the configuration names none.
    pub fn key(&self) -> Result<SecretString> {
        self.api_key.clone().ok_or_else(|| {
            Error::new(ErrorKind::Configuration, "is missing").with_field("api_key_env")
        })
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
    fn credit_costs(&self) -> Option<CreditCosts> {
        None
    }

    /// Refuses an agent that cannot exist there. The default refuses one without an id.
    ///
    /// # Errors
    /// Says what an agent looks like there.
    fn check_agent(&self, agent: &AgentRef) -> Result<()> {
        has_an_id(agent)
    }

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
