//! The typed client, grouped as document 002 groups the API.
//!
//! One file under `client/` for each section. Reads go through [`HttpClient::read`], changes
//! through [`HttpClient::write`], and whatever may make a phone ring through [`HttpClient::place`],
//! which sends once and says what a failure proves. Which is which is decided by what the documents
//! leave open, not by what is likely: a goal that goes on may call somebody.
//!
//! | section of document 002 | here |
//! |---|---|
//! | Authentication | [`auth`](KallyAiClient::auth) |
//! | Coordination | [`coordination`](KallyAiClient::coordination) |
//! | Call | [`calls`](KallyAiClient::calls) |
//! | Inbound | [`inbound`](KallyAiClient::inbound), with [`rules`](InboundApi::rules), [`voicemails`](InboundApi::voicemails), [`contacts`](InboundApi::contacts) |
//! | Phone Number | [`phone_numbers`](KallyAiClient::phone_numbers) |
//! | Actions | [`actions`](KallyAiClient::actions), with [`calendar`](ActionsApi::calendar), [`bookings`](ActionsApi::bookings), [`bills`](ActionsApi::bills), [`email`](ActionsApi::email) |
//! | Messages, Search, Email Management, Channel | [`messages`](KallyAiClient::messages), [`search`](KallyAiClient::search), [`email`](KallyAiClient::email), [`channels`](KallyAiClient::channels) |
//! | Outreach, Budget, Credits | [`outreach`](KallyAiClient::outreach), [`budget`](KallyAiClient::budget), [`credits`](KallyAiClient::credits) |
//! | Subscription, and Billing of document 000 | [`subscriptions`](KallyAiClient::subscriptions), [`billing`](KallyAiClient::billing) |
//! | Referral, Notification, and User of document 003 | [`referrals`](KallyAiClient::referrals), [`notifications`](KallyAiClient::notifications), [`users`](KallyAiClient::users) |

mod actions;
mod actions_email;
mod auth;
mod billing;
mod budget;
mod calls;
mod channels;
mod coordination;
mod credits;
mod email;
mod events;
mod follow;
mod guard;
mod inbound;
mod messages;
mod notifications;
mod outreach;
mod phone_numbers;
mod raw;
mod reception;
mod referrals;
mod search;
mod send;
mod subscriptions;
mod users;

use std::sync::Arc;

use switchboard_core::{Clock, ReadTurns, Result};
use switchboard_http::{HttpClient, TokenStore, Walk};

pub use actions::{ActionsApi, BillsApi, BookingsApi, CalendarApi};
pub use actions_email::EmailActionsApi;
pub use auth::{AuthApi, OAuthClient, Tokens};
pub use billing::BillingApi;
pub use budget::BudgetApi;
pub use calls::CallsApi;
pub use channels::ChannelsApi;
pub use coordination::CoordinationApi;
pub use credits::CreditsApi;
pub use email::EmailApi;
pub use events::{InboundEvent, InboundEvents};
pub use inbound::InboundApi;
pub use messages::MessagesApi;
pub use notifications::NotificationsApi;
pub use outreach::OutreachApi;
pub use phone_numbers::PhoneNumbersApi;
pub use raw::RawRequest;
pub use reception::{ContactsApi, RulesApi, VoicemailsApi};
pub use referrals::ReferralsApi;
pub use search::SearchApi;
pub use subscriptions::SubscriptionsApi;
pub use users::UsersApi;

use crate::{auth as tokens, codes::CODES, config::KallyAiConfig};

/// The KallyAI API. Cheap to clone; clones share connections and token.
#[derive(Debug, Clone)]
pub struct KallyAiClient {
    http: HttpClient,
    clock: Arc<dyn Clock>,
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
        Ok(Self { http: HttpClient::new(config.http(), credential, &CODES)?, clock })
    }

    /// A client whose renewed tokens are kept in `store`, and found there at the next start.
    ///
    /// # Errors
    /// As [`new`](Self::new), and the store's own where it cannot be read.
    pub async fn with_token_store(
        config: &KallyAiConfig,
        store: Arc<dyn TokenStore>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        config.check()?;
        let credential = tokens::stored_credential(config, store, &clock).await?;
        Ok(Self { http: HttpClient::new(config.http(), credential, &CODES)?, clock })
    }

    sections! {
        /// Logging in and renewing tokens.
        auth: AuthApi;
        /// Outbound calls.
        calls: CallsApi;
        /// Conversations with the coordinator, and its goals. The way that KallyAI prefers.
        coordination: CoordinationApi;
        /// Numbers of the account.
        phone_numbers: PhoneNumbersApi;
        /// Calendar, tables, bills, rides, food, errands, email that goes out, and the log of all
        /// of them.
        actions: ActionsApi;
        /// The inbox over all channels.
        messages: MessagesApi;
        /// Searches.
        search: SearchApi;
        /// The user's mailboxes.
        email: EmailApi;
        /// How KallyAI and its user reach each other: addresses and messengers.
        channels: ChannelsApi;
        /// Tasks that reach somebody by whichever channel the provider selects.
        outreach: OutreachApi;
        /// What goals may cost.
        budget: BudgetApi;
        /// Credits: balance, history, prices.
        credits: CreditsApi;
        /// The user's subscription and counters, as documents 000, 001 and 003 have them.
        users: UsersApi;
        /// The subscription as document 002 has it.
        subscriptions: SubscriptionsApi;
        /// Stripe's pages, as documents 000, 001 and 003 have them.
        billing: BillingApi;
        /// Who came by whose link.
        referrals: ReferralsApi;
        /// What waits for a person.
        notifications: NotificationsApi;
    }

    /// Calls that come in, and the reception that answers them.
    pub fn inbound(&self) -> InboundApi {
        InboundApi::new(self.http.clone(), Arc::clone(&self.clock))
    }

    pub(crate) fn http(&self) -> &HttpClient {
        &self.http
    }

    /// The same client for one walk over a list.
    pub(crate) fn within(&self, walk: &Walk) -> Self {
        Self { http: self.http.within(walk), clock: Arc::clone(&self.clock) }
    }

    pub(crate) fn take_turns(&self, turns: Arc<dyn ReadTurns>) {
        self.http.take_turns(turns);
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
