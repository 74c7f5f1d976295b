//! The typed client: every documented endpoint, section by section, and a way out to the ones that
//! are not.

use std::sync::Arc;

use switchboard_core::{Clock, ReadTurns, Result};
use switchboard_http::{HttpClient, Method, TokenStore, Walk};

use crate::{
    KallyAiCodes, KallyAiConfig,
    api::{
        ActionsApi, AuthApi, BillingApi, BudgetApi, CallsApi, ChannelsApi, CoordinationApi,
        CreditsApi, EmailApi, InboundApi, MessagesApi, NotificationsApi, OutreachApi,
        PhoneNumbersApi, ReferralsApi, SearchApi, SubscriptionsApi, UsersApi,
    },
    raw::RawRequest,
    tokens,
};

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
        Ok(Self { http: HttpClient::new(config.http(), credential, &KallyAiCodes)?, clock })
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
        Ok(Self { http: HttpClient::new(config.http(), credential, &KallyAiCodes)?, clock })
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

    /// A request to a path below the base URL, as `/v1/search/history`; a query may stand behind
    /// it.
    ///
    /// Reads are retried; everything else is sent once, and again only when nothing of it left this
    /// machine.
    ///
    /// # Errors
    /// `Unsupported` for routes that make a phone ring, with what to use instead: a call placed by
    /// hand is in no journal. Besides `POST /v1/calls` these are the routes by which document 002's
    /// coordinator, goals, outreach tasks, actions, transfers and verifications may call somebody;
    /// each has a typed method. `InvalidRequest` for a path that is not written plainly.
    pub fn request(&self, method: Method, path: &str) -> Result<RawRequest> {
        RawRequest::new(self.http.clone(), method, path)
    }

    /// The same client for one walk over a list.
    pub(crate) fn within(&self, walk: &Walk) -> Self {
        Self { http: self.http.within(walk), clock: Arc::clone(&self.clock) }
    }

    pub(crate) fn take_turns(&self, turns: Arc<dyn ReadTurns>) {
        self.http.take_turns(turns);
    }
}
