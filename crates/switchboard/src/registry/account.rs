//! One account of the configuration, and the settings that its kind alone knows.

use std::cell::Cell;

use serde::{Deserialize, de::DeserializeOwned};
use switchboard_core::{Error, ErrorKind, ProviderId, Result};
#[cfg(feature = "backend")]
use switchboard_http::Network;

use crate::config::{ProviderConfig, plain_words, problem::KeyPath, read_path, unknown_setting};

/// Marks the error of a key that is no setting of the kind.
const UNKNOWN: &str = "unknown_setting";

/// Marks the error of a setting that is missing or does not fit.
const MISFIT: &str = "misfit_setting";

/// An account of the configuration, with its name.
#[derive(Debug, Clone)]
pub struct Account<'a> {
    /// What routes, journals and errors call it.
    pub name: &'a str,
    /// The settings that every kind has.
    pub config: &'a ProviderConfig,
    #[cfg(feature = "backend")]
    network: Network,
    read: Cell<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoSettings {}

impl<'a> Account<'a> {
    /// An account of this name.
    pub fn new(name: &'a str, config: &'a ProviderConfig) -> Self {
        Self {
            name,
            config,
            #[cfg(feature = "backend")]
            network: Network::default(),
            read: Cell::new(false),
        }
    }

    /// The same account behind this network.
    #[cfg(feature = "backend")]
    #[must_use]
    pub fn behind(self, network: Network) -> Self {
        Self { network, ..self }
    }

    /// What stands between this process and the provider, as `[network]` says. A kind of your own
    /// hands it to its client.
    #[cfg(feature = "backend")]
    pub const fn network(&self) -> &Network {
        &self.network
    }

    /// Its name as the router's id.
    pub fn id(&self) -> ProviderId {
        ProviderId::new(self.name.to_owned())
    }

    /// The settings that only its kind knows. `T` should be `deny_unknown_fields`, so that a key
    /// that was mistyped is refused.
    ///
    /// # Errors
    /// `Configuration` whose field is the key below `providers.NAME`; the value is not shown.
    pub fn settings<T: DeserializeOwned>(&self) -> Result<T> {
        self.read.set(true);
        let settings = toml::Value::Table(self.config.settings.clone());
        serde_path_to_error::deserialize(settings).map_err(|error| {
            let place: KeyPath = read_path(error.path());
            let message = error.inner().message();
            let refused = |place: KeyPath, message: String| {
                Error::new(ErrorKind::Configuration, message)
                    .with_field(place.to_string())
                    .with_code(MISFIT)
            };
            if let Some(message) = unknown_setting(message, place.steps().len() == 1) {
                return refused(place, message).with_code(UNKNOWN);
            }
            match plain_words(message) {
                (Some(missing), message) => refused(place.key(&missing), message),
                (None, message) => refused(place, message),
            }
        })
    }

    /// Refuses settings that the kind did not ask for.
    pub(crate) fn require_read(&self) -> Result<()> {
        match self.read.get() {
            true => Ok(()),
            false => self.settings::<NoSettings>().map(drop),
        }
    }
}

/// True for the error of a key that is no setting of the kind.
pub(crate) fn is_unknown_setting(error: &Error) -> bool {
    error.code() == Some(UNKNOWN)
}

/// True for the error of a setting that the kind could not read.
pub(crate) fn is_setting_error(error: &Error) -> bool {
    matches!(error.code(), Some(UNKNOWN | MISFIT))
}
