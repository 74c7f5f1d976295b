//! What every backend has a default for and the file may set.

use std::collections::BTreeSet;

use switchboard_core::{Country, FailureDomains, Language};
use url::Url;

use crate::config::ProviderConfig;

/// The places of these settings in a backend's own configuration.
pub(super) struct Defaults<'a> {
    pub(super) base_url: &'a mut Url,
    pub(super) failure_domains: &'a mut FailureDomains,
    pub(super) countries: &'a mut BTreeSet<Country>,
    pub(super) languages: &'a mut BTreeSet<Language>,
}

impl Defaults<'_> {
    /// Replaces the defaults by what the file says.
    pub(super) fn override_by(self, file: &ProviderConfig) {
        let ProviderConfig { base_url, failure_domains, countries, languages, .. } = file;
        put(self.base_url, base_url.as_ref());
        put(self.failure_domains, failure_domains.as_ref());
        put(self.countries, countries.as_ref());
        put(self.languages, languages.as_ref());
    }
}

fn put<T: Clone>(place: &mut T, said: Option<&T>) {
    if let Some(said) = said {
        place.clone_from(said);
    }
}
