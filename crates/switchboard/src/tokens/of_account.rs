//! The login of an account of the configuration.

use switchboard_core::{Error, ErrorKind, Result};

use super::sign_in::SignIn;
use crate::{
    config::{Config, TokenLocation, TokenStoreConfig},
    registry::{self, Account, Credential},
};

impl Config {
    /// The login of an account that has one: `kind = "kallyai"` without a key of its own. Only what
    /// `[network]` names is read, and nothing is sent.
    ///
    /// # Errors
    /// `Configuration` for an account that there is not, that has a key, or whose kind has keys
    /// only.
    pub fn sign_in(
        &self,
        account: &str,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<SignIn> {
        let wrong = |key: &str, message: &'static str| {
            let field = if key.is_empty() {
                format!("providers.{account}")
            } else {
                format!("providers.{account}.{key}")
            };
            Error::new(ErrorKind::Configuration, message).with_field(field)
        };
        let Some((name, config)) = self.providers.get_key_value(account) else {
            return Err(wrong("", "is not in the configuration"));
        };
        let signs_in = self
            .registry
            .kind(&config.kind)
            .is_some_and(|kind| matches!(kind.credential(), Credential::KeyOrLogin(_)));
        if !signs_in {
            return Err(wrong(
                "kind",
                "has no login: its accounts have a key, which api_key_env names",
            ));
        }
        for (key, set) in [
            ("api_key_env", config.api_key_env.is_some()),
            ("api_key_file", config.api_key_file.is_some()),
        ] {
            if set {
                return Err(wrong(
                    key,
                    "is where this account's token comes from: take it out to log in instead",
                ));
            }
        }
        let location =
            TokenLocation::new(TokenStoreConfig::default(), self.directory(), &environment);
        let account = Account::new(name, config).behind(self.network(environment)?);
        registry::sign_in(&account, location)
    }
}
