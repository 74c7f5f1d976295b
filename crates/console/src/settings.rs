//! The settings of the console.

use std::{sync::Arc, time::Duration};

use switchboard_api::caller::ProxySignIn;

/// How people sign in.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum SignIn {
    /// They paste an API key. What a proxy says about them is not read.
    #[default]
    Key,
    /// A proxy names them. Keys and their sessions are not accepted.
    Proxy(Arc<ProxySignIn>),
}

/// The settings of the console.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// How people sign in: with a key.
    pub sign_in: SignIn,
    /// How long somebody stays signed in with a key: 12 hours.
    pub session: Duration,
    /// True if the providers are simulated. Every page says so then.
    pub simulated: bool,
    /// How long a page waits for figures that read many calls, before it is shown without them: 12
    /// milliseconds. They come by themselves then.
    pub wait_for_figures: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sign_in: SignIn::default(),
            session: Duration::from_secs(12 * 60 * 60),
            simulated: false,
            wait_for_figures: Duration::from_millis(12),
        }
    }
}
