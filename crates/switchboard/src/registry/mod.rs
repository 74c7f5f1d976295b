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
#[cfg(feature = "calle")]
mod calle;
mod defaults;
#[cfg(feature = "kaicalls")]
mod kaicalls;
#[cfg(feature = "kallyai")]
mod kallyai;
#[cfg(feature = "keyed")]
mod keyed;
mod kind;
mod kinds;
mod raw;
#[cfg(feature = "retell")]
mod retell;
#[cfg(feature = "telnyx")]
mod telnyx;
#[cfg(feature = "vapi")]
mod vapi;

pub(crate) use self::account::{is_setting_error, is_unknown_setting};
#[cfg(feature = "kallyai")]
pub(crate) use self::kinds::sign_in;
pub use self::{
    account::Account,
    kind::{Credential, CreditCosts, ProviderKind, Secrets},
    kinds::Registry,
    raw::{RawAnswer, RawApi, RawMethod, RawRequest},
};
