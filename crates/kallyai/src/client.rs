//! The typed client, grouped as document 002 groups the API.
//!
//! One file under `client/` for each section. Reads go through [`HttpClient::read`], changes through [`HttpClient::write`], and
//! whatever makes a phone ring through [`HttpClient::place`], which sends once and says what a failure proves. The sections for
//! coordination, actions, messages, search, email, channels, outreach, budgets, billing and referrals have no typed methods yet: their
//! place is a file each in `client/`, and until then [`KallyAiClient::request`] reaches what rings nobody.

mod auth;
mod calls;
mod credits;
mod events;
mod guard;
mod inbound;
mod notifications;
mod phone_numbers;
mod raw;
mod reception;
mod subscriptions;
mod users;

use std::sync::Arc;

use switchboard_core::{Clock, Result};
use switchboard_http::{HttpClient, TokenStore};

pub use auth::{AuthApi, OAuthClient, Tokens};
pub use calls::CallsApi;
pub use credits::CreditsApi;
pub use events::{InboundEvent, InboundEvents};
pub use inbound::InboundApi;
pub use notifications::NotificationsApi;
pub use phone_numbers::PhoneNumbersApi;
pub use raw::RawRequest;
pub use reception::ReceptionApi;
pub use subscriptions::SubscriptionsApi;
pub use users::UsersApi;

use crate::{auth as tokens, codes::CODES, config::KallyAiConfig};

/// The KallyAI API. Cheap to clone; clones share connections and token.
#[derive(Debug, Clone)]
pub struct KallyAiClient {
    http: HttpClient,
}

macro_rules! sections {
    ($($(#[$doc:meta])* $method:ident: $section:ident;)*) => {
        $($(#[$doc])*
        pub fn $method(&self) -> $section {
            $section::new(self.http.clone())
        })*
    };
}

impl KallyAiClient {
    /// A client with the tokens of the configuration, renewed in memory. Nothing is sent.
    ///
    /// # Errors
    /// `Configuration` that names the key and the fix.
    pub fn new(config: &KallyAiConfig, clock: Arc<dyn Clock>) -> Result<Self> {
        config.check()?;
        let credential = tokens::credential(config, &clock)?;
        Ok(Self {
            http: HttpClient::new(config.http(), credential, &CODES)?,
        })
    }

    /// A client whose renewed tokens are kept in `store`, and found there at the next start.
    ///
    /// # Errors
    /// As [`new`](Self::new), and the store's own where it cannot be read.
    pub async fn with_token_store(config: &KallyAiConfig, store: Arc<dyn TokenStore>, clock: Arc<dyn Clock>) -> Result<Self> {
        config.check()?;
        let credential = tokens::stored_credential(config, store, &clock).await?;
        Ok(Self {
            http: HttpClient::new(config.http(), credential, &CODES)?,
        })
    }

    sections! {
        /// Logging in and renewing tokens.
        auth: AuthApi;
        /// Outbound calls.
        calls: CallsApi;
        /// Calls that come in.
        inbound: InboundApi;
        /// Rules, voicemails and contacts of the reception.
        reception: ReceptionApi;
        /// Numbers of the account.
        phone_numbers: PhoneNumbersApi;
        /// Credits: balance, history, prices.
        credits: CreditsApi;
        /// The user's subscription and counters, as documents 000, 001 and 003 have them.
        users: UsersApi;
        /// The subscription as document 002 has it.
        subscriptions: SubscriptionsApi;
        /// What waits for a person.
        notifications: NotificationsApi;
    }

    pub(crate) fn http(&self) -> &HttpClient {
        &self.http
    }
}

/// A section of the API: a handle on the client.
macro_rules! section {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name {
            http: switchboard_http::HttpClient,
        }

        impl $name {
            pub(crate) fn new(http: switchboard_http::HttpClient) -> Self {
                Self { http }
            }
        }
    };
}

use section;
