//! What the kinds of the backends share: the settings that each has a default for, the key, and the
//! words of the file.

use std::borrow::Cow;
#[cfg(feature = "backend")]
use std::collections::BTreeSet;

use switchboard_core::{AgentRef, Error, ErrorKind, Result};
#[cfg(feature = "backend")]
use switchboard_core::{Country, FailureDomains, Language, ProviderId};
#[cfg(feature = "backend")]
use switchboard_http::Network;
#[cfg(feature = "backend")]
use url::Url;

#[cfg(feature = "backend")]
use super::account::Account;
#[cfg(feature = "backend")]
use crate::config::ProviderConfig;

/// The places of these settings in a backend's own configuration.
#[cfg(feature = "backend")]
pub(super) struct Defaults<'a> {
    pub(super) id: &'a mut ProviderId,
    pub(super) base_url: &'a mut Url,
    pub(super) failure_domains: &'a mut FailureDomains,
    pub(super) countries: &'a mut BTreeSet<Country>,
    pub(super) languages: &'a mut BTreeSet<Language>,
    pub(super) network: &'a mut Network,
}

#[cfg(feature = "backend")]
impl Defaults<'_> {
    /// Replaces the defaults by what the file says.
    pub(super) fn override_by(self, account: &Account<'_>) {
        let ProviderConfig { base_url, failure_domains, countries, languages, .. } = account.config;
        *self.id = account.id();
        put(self.base_url, base_url.as_ref());
        put(self.failure_domains, failure_domains.as_ref());
        put(self.countries, countries.as_ref());
        put(self.languages, languages.as_ref());
        self.network.clone_from(account.network());
    }
}

#[cfg(feature = "backend")]
/// The error with the key of the file in place of the one in the backend's own configuration, where
/// the two differ.
pub(super) fn with_file_key(error: Error, keys: &[(&str, &'static str)]) -> Error {
    let renamed = keys.iter().find(|(own, _)| error.field() == Some(own));
    match renamed {
        Some((_, file)) => error.with_field(*file),
        None => error,
    }
}

/// Refuses an empty id.
pub(super) fn has_an_id(agent: &AgentRef) -> Result<()> {
    match agent.id.as_str().trim() {
        "" => Err(refusal(
            "is empty: write the agent's id, as the provider's list of agents shows it",
        )),
        _ => Ok(()),
    }
}

/// Refuses a version and a variable of the prompt where agents have neither, and an empty id.
#[cfg(any(feature = "calle", feature = "kaicalls", feature = "kallyai"))]
pub(super) fn is_an_id_alone(agent: &AgentRef) -> Result<()> {
    has_an_id(agent)?;
    let given = [("version", &agent.version), ("task_variable", &agent.task_variable)];
    match given.into_iter().find(|(_, value)| value.is_some()) {
        Some((key, _)) => Err(refusal(format!(
            "has a {key}, and agents of this provider have none: write the agent's id alone"
        ))),
        None => Ok(()),
    }
}

fn refusal(message: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Configuration, message)
}

#[cfg(feature = "backend")]
fn put<T: Clone>(place: &mut T, said: Option<&T>) {
    if let Some(said) = said {
        place.clone_from(said);
    }
}
