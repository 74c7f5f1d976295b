//! The typed client: every documented endpoint, section by section, and raw requests for the rest.

use std::sync::Arc;

use switchboard_core::{Clock, ReadTurns, Result};
use switchboard_http::{HttpClient, Method, RawRequest, ReadBudget, TokenStore, split_query};

use crate::{
    KallyAiCodes, KallyAiConfig,
    api::{
        ActionsApi, AuthApi, BillingApi, BudgetApi, CallsApi, ChannelsApi, CoordinationApi,
        CreditsApi, EmailApi, InboundApi, MessagesApi, NotificationsApi, OutreachApi,
        PhoneNumbersApi, ReferralsApi, SearchApi, SubscriptionsApi, UsersApi,
    },
    guard, tokens,
};

/// A client for one KallyAI account. Cheap to clone; clones share connections and tokens.
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
        Ok(Self { http: HttpClient::new(config.http(), credential, &KallyAiCodes)?, clock })
    }

    /// A client that saves renewed tokens in `store` and loads them from there at the next start.
    ///
    /// # Errors
    /// As [`new`](Self::new), and the store's own error if it cannot be read.
    pub async fn with_token_store(
        config: &KallyAiConfig,
        store: Arc<dyn TokenStore>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        config.check()?;
        let credential = tokens::stored_credential(config, store, &clock).await?;
        Ok(Self { http: HttpClient::new(config.http(), credential, &KallyAiCodes)?, clock })
    }

    sections! {
        /// Logging in and renewing tokens.
        auth: AuthApi;
        /// Outbound calls.
        calls: CallsApi;
        /// Conversations with the coordinator, and its goals: the workflow that KallyAI recommends.
        coordination: CoordinationApi;
        /// Numbers of the account.
        phone_numbers: PhoneNumbersApi;
        /// Calendar, restaurant bookings, bills, rides, food, errands, outgoing email, and the log
        /// of all of them.
        actions: ActionsApi;
        /// The inbox across all channels.
        messages: MessagesApi;
        /// Searches.
        search: SearchApi;
        /// The user's mailboxes.
        email: EmailApi;
        /// The channels between KallyAI and its user: email addresses and messengers.
        channels: ChannelsApi;
        /// Tasks to contact somebody over a channel that the provider selects.
        outreach: OutreachApi;
        /// The budgets of goals.
        budget: BudgetApi;
        /// Credits: balance, history, prices.
        credits: CreditsApi;
        /// The user's subscription and usage counters, as in documents 000, 001 and 003.
        users: UsersApi;
        /// The subscription, as in document 002.
        subscriptions: SubscriptionsApi;
        /// Pages at Stripe, as in documents 000, 001 and 003.
        billing: BillingApi;
        /// Referral codes and who used them.
        referrals: ReferralsApi;
        /// Notifications that wait for the user.
        notifications: NotificationsApi;
    }

    /// Inbound calls, and the receptionist that answers them.
    pub fn inbound(&self) -> InboundApi {
        InboundApi::new(self.http.clone(), Arc::clone(&self.clock))
    }

    /// A request to a path below the base URL, for example `/v1/search/history`, with or without a
    /// query.
    ///
    /// Reads are retried; anything else is sent once, and again only if no byte of it was sent.
    ///
    /// # Errors
    /// `Unsupported` for routes that make a phone ring, with what to use instead: a call placed by
    /// a raw request is in no journal. Besides `POST /v1/calls` these are the routes by which the
    /// coordinator, goals, outreach tasks, actions, transfers and verifications of document 002 may
    /// call somebody; each has a typed method. `InvalidRequest` for a path with escapes or unusual
    /// characters.
    pub fn request(&self, method: Method, path: &str) -> Result<RawRequest> {
        let plain = guard::plain_path(method, path)?;
        let (_, query) = split_query(path);
        Ok(RawRequest::new(&self.http, method, plain, query))
    }

    /// The same client for reading one list within the budget.
    pub(crate) fn within(&self, budget: &ReadBudget) -> Self {
        Self { http: self.http.within(budget), clock: Arc::clone(&self.clock) }
    }

    pub(crate) fn take_turns(&self, turns: Arc<dyn ReadTurns>) {
        self.http.take_turns(turns);
    }
}
