//! The kinds that there are.

use std::{collections::BTreeMap, sync::Arc};

#[cfg(feature = "calle")]
use super::calle;
#[cfg(feature = "kaicalls")]
use super::kaicalls;
#[cfg(feature = "keyed")]
use super::keyed::Keyed;
use super::kind::ProviderKind;
#[cfg(feature = "retell")]
use super::retell;
#[cfg(feature = "telnyx")]
use super::telnyx;
#[cfg(feature = "vapi")]
use super::vapi;
#[cfg(feature = "kallyai")]
use super::{account::Account, kallyai};

/// The login of an account whose kind has one.
#[cfg(feature = "kallyai")]
pub(crate) fn sign_in(
    account: &Account<'_>,
    location: crate::config::TokenLocation,
) -> switchboard_core::Result<crate::tokens::SignIn> {
    kallyai::sign_in(account, location)
}

/// The kinds, by their word in the configuration. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Registry {
    kinds: Arc<BTreeMap<String, Arc<dyn ProviderKind>>>,
}

impl Default for Registry {
    /// The kinds whose features are on.
    fn default() -> Self {
        let empty = Self::empty();
        #[cfg(feature = "kallyai")]
        let empty = empty.with("kallyai", Arc::new(kallyai::Kind));
        #[cfg(feature = "kaicalls")]
        let empty = empty.with("kaicalls", Arc::new(Keyed::<kaicalls::Backend>::new()));
        #[cfg(feature = "calle")]
        let empty = empty.with("calle", Arc::new(Keyed::<calle::Backend>::new()));
        #[cfg(feature = "retell")]
        let empty = empty.with("retell", Arc::new(Keyed::<retell::Backend>::new()));
        #[cfg(feature = "telnyx")]
        let empty = empty.with("telnyx", Arc::new(Keyed::<telnyx::Backend>::new()));
        #[cfg(feature = "vapi")]
        let empty = empty.with("vapi", Arc::new(Keyed::<vapi::Backend>::new()));
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
