//! Putting a router together.

use std::{collections::HashMap, num::NonZeroU32, sync::Arc, time::Duration};

use switchboard_core::{Clock, Error, ErrorKind, Provider, ProviderId, ProviderInfo, RequestLimit, Result};
use tokio::runtime::Handle;

use crate::{
    engine::{
        clock::SystemClock,
        hooks::{Hooks, WebhookAddress},
        lane::Lane,
        shared::{Inner, Router},
    },
    health::BreakerPolicy,
    journal::{Journal, MemoryJournal},
    policy::Policy,
};

/// How one provider is treated.
#[derive(Debug, Clone, Default)]
pub struct LaneSettings {
    /// At most so many placing requests in any window; with the margin already taken off.
    pub place_limit: Option<RequestLimit>,
    /// At most so many reads in any window.
    pub read_limit: Option<RequestLimit>,
    /// Placing requests are spread to this many a second.
    pub calls_per_second: Option<NonZeroU32>,
    /// When it is left alone.
    pub breaker: BreakerPolicy,
}

impl LaneSettings {
    /// What the provider documents, less one part in twenty: its window and ours never begin at the same moment, and
    /// requests travel. Of KaiCalls' 60 a minute 57 are used.
    pub fn documented(info: &ProviderInfo) -> Self {
        let margin = |limit: RequestLimit| RequestLimit {
            requests: (limit.requests * 19 / 20).max(1),
            ..limit
        };
        Self {
            place_limit: info.place_limit.map(margin),
            read_limit: info.read_limit.map(margin),
            calls_per_second: None,
            breaker: BreakerPolicy::default(),
        }
    }
}

/// Times that hold for every call.
#[derive(Debug, Clone, Copy)]
pub struct RouterSettings {
    /// How often a provider is asked for news of its calls.
    pub poll_every: Duration,
    /// How long evidence is looked for before a call is `indeterminate`.
    pub reconcile_for: Duration,
    /// How long a call waits for a rate limit, a pause or a busy callee.
    pub max_wait: Duration,
    /// How long after its longest duration a call may be reported late before it is `stalled`.
    pub grace: Duration,
    /// A claimed attempt that is not sent within this time is not sent at all.
    pub send_within: Duration,
}

impl Default for RouterSettings {
    fn default() -> Self {
        Self {
            poll_every: Duration::from_secs(3),
            reconcile_for: Duration::from_secs(15 * 60),
            max_wait: Duration::from_secs(120),
            grace: Duration::from_secs(120),
            send_within: Duration::from_secs(10),
        }
    }
}

/// Builds a [`Router`].
#[derive(Debug)]
pub struct RouterBuilder {
    policy: Policy,
    providers: Vec<Arc<dyn Provider>>,
    lanes: HashMap<ProviderId, LaneSettings>,
    journal: Option<Arc<dyn Journal>>,
    clock: Arc<dyn Clock>,
    settings: RouterSettings,
    webhooks: Option<WebhookAddress>,
}

impl RouterBuilder {
    pub(crate) fn new(policy: Policy) -> Self {
        Self {
            policy,
            providers: Vec::new(),
            lanes: HashMap::new(),
            journal: None,
            clock: Arc::new(SystemClock),
            settings: RouterSettings::default(),
            webhooks: None,
        }
    }

    /// Adds the provider of this id; the policy has to name it.
    #[must_use]
    pub fn provider(mut self, provider: Arc<dyn Provider>) -> Self {
        self.providers.push(provider);
        self
    }

    /// Treats a provider in another way than it documents.
    #[must_use]
    pub fn lane(mut self, provider: ProviderId, settings: LaneSettings) -> Self {
        self.lanes.insert(provider, settings);
        self
    }

    /// Keeps calls here. Without it they last as long as the process.
    #[must_use]
    pub fn journal(mut self, journal: Arc<dyn Journal>) -> Self {
        self.journal = Some(journal);
        self
    }

    /// Takes the time from here.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Other times.
    #[must_use]
    pub fn settings(mut self, settings: RouterSettings) -> Self {
        self.settings = settings;
        self
    }

    /// Gives each attempt its own webhook address.
    #[must_use]
    pub fn webhooks(mut self, address: WebhookAddress) -> Self {
        self.webhooks = Some(address);
        self
    }

    /// Starts the followers. Has to be called inside a tokio runtime.
    ///
    /// # Errors
    /// `Configuration` where the policy and the providers do not fit, a webhook secret is too short, or there is no runtime.
    pub fn build(self) -> Result<Router> {
        let runtime = Handle::try_current().map_err(|source| {
            Error::new(ErrorKind::Configuration, "a router lives in a tokio runtime: build it inside one").with_source(source)
        })?;
        self.policy.check()?;
        let mut lanes = Vec::with_capacity(self.policy.providers.len());
        let mut given = self.providers;
        for one in &self.policy.providers {
            let id = &one.info.id;
            let at = given.iter().position(|provider| provider.info().id == *id).ok_or_else(|| {
                Error::new(
                    ErrorKind::Configuration,
                    format!("the provider {id} is named by the policy and was not added to the router"),
                )
                .with_field(format!("providers.{id}"))
            })?;
            let provider = given.swap_remove(at);
            let settings = self
                .lanes
                .get(id)
                .cloned()
                .unwrap_or_else(|| LaneSettings::documented(provider.info()));
            lanes.push(Arc::new(Lane::new(provider, &settings, &self.clock)));
        }
        if let Some(left) = given.first() {
            let id = &left.info().id;
            return Err(Error::new(
                ErrorKind::Configuration,
                format!("the provider {id} was added to the router and the policy does not name it"),
            )
            .with_field(format!("providers.{id}")));
        }
        let hooks = self.webhooks.map(Hooks::new).transpose()?;
        Ok(Router::start(Inner::new(
            self.policy,
            lanes,
            self.journal.unwrap_or_else(|| Arc::new(MemoryJournal::new())),
            self.clock,
            self.settings,
            hooks,
            runtime,
        )))
    }
}
