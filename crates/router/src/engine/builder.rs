//! Putting a router together.

use std::{collections::HashMap, num::NonZeroU32, sync::Arc, time::Duration};

use switchboard_core::{
    Clock, Error, ErrorKind, Provider, ProviderId, ProviderInfo, RequestLimit, Result,
};
use tokio::runtime::Handle;

use crate::{
    engine::{
        clock::SystemClock,
        hooks::{Hooks, WebhookAddress},
        shared::{Inner, Router},
        world::{Parts, World},
    },
    health::{BreakerPolicy, OutlierPolicy},
    ids::{Ids, RandomIds},
    journal::{DuplicateWindows, Journal, MemoryJournal},
    policy::Policy,
};

/// How long after the last moment at which an attempt may be sent its absence may count for
/// anything.
pub(super) const LEAST_FENCE: Duration = Duration::from_secs(60);

/// How one provider is treated.
#[derive(Debug, Clone, Default)]
pub struct LaneSettings {
    /// At most so many placing requests in any window; with the margin already taken off.
    pub place_limit: Option<RequestLimit>,
    /// At most so many calls under way.
    pub concurrent: Option<u32>,
    /// At most so many reads in any window.
    pub read_limit: Option<RequestLimit>,
    /// Placing requests are spread to this many a second.
    pub calls_per_second: Option<NonZeroU32>,
    /// When it is left alone.
    pub breaker: BreakerPolicy,
}

impl LaneSettings {
    /// What the provider documents, less one part in twenty: its window and ours never begin at the
    /// same moment, and requests travel. Of KaiCalls' 60 a minute 57 are used.
    pub fn documented(info: &ProviderInfo) -> Self {
        let margin = |limit: RequestLimit| RequestLimit {
            requests: (limit.requests * 19 / 20).max(1),
            ..limit
        };
        Self {
            place_limit: info.place_limit.map(margin),
            concurrent: None,
            read_limit: info.read_limit.map(margin),
            calls_per_second: None,
            breaker: BreakerPolicy::default(),
        }
    }
}

/// What becomes of an attempt that may have rung and that nothing shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnUnknown {
    /// The call is `indeterminate`: a late webhook or an operator ends it, and nothing is sent
    /// again.
    #[default]
    Park,
    /// Absence for so long after it was sent counts as silence, and the next provider is asked.
    /// **It may ring twice**: a provider that lists a call late, or not at all, has rung. For
    /// callers to whom a second ring is better than none.
    Fence {
        /// How long; not less than [`RouterSettings::send_within`] and a minute.
        after: Duration,
    },
}

/// Which calls of processes that are gone a router goes on with. Whichever it is, it looks for
/// evidence of those that may have rung, and follows those that a provider has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TakesUp {
    /// All of them: for a process that stays. What was not begun in its window, or within the time
    /// that calls wait, expires.
    #[default]
    Everything,
    /// Those that this process was asked to place itself, and those that are asked for again with
    /// the same key: for a command. What others left before it was sent is never begun.
    Asked,
}

/// Times that hold for every call.
#[derive(Debug, Clone, Copy)]
pub struct RouterSettings {
    /// How often a provider is asked for news of its calls.
    pub poll_every: Duration,
    /// How long evidence is looked for before a call is `indeterminate`.
    pub reconcile_for: Duration,
    /// What becomes of an attempt that may have rung and that nothing shows.
    pub on_unknown: OnUnknown,
    /// How often this process says that it lives, and looks for the calls of others that are gone.
    pub sweep_every: Duration,
    /// How long a call waits for a rate limit, a pause or a busy callee, where it has no window
    /// that closes.
    pub max_wait: Duration,
    /// How long after its longest duration a call may be reported late before it is `stalled`.
    pub grace: Duration,
    /// A claimed attempt that is not sent within this time is not sent at all.
    pub send_within: Duration,
    /// When a provider is left out because it fails far more often than the others.
    pub outliers: OutlierPolicy,
    /// Within which time the same person with the same task again is taken for a mistake.
    pub duplicates: DuplicateWindows,
}

impl Default for RouterSettings {
    fn default() -> Self {
        Self {
            poll_every: Duration::from_secs(3),
            reconcile_for: Duration::from_secs(15 * 60),
            on_unknown: OnUnknown::Park,
            sweep_every: Duration::from_secs(3),
            max_wait: Duration::from_secs(120),
            grace: Duration::from_secs(120),
            send_within: Duration::from_secs(10),
            outliers: OutlierPolicy::default(),
            duplicates: DuplicateWindows::default(),
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
    ids: Arc<dyn Ids>,
    version: Option<String>,
    takes_up: TakesUp,
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
            ids: Arc::new(RandomIds),
            version: None,
            takes_up: TakesUp::default(),
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

    /// Takes ids from here.
    #[must_use]
    pub fn ids(mut self, ids: Arc<dyn Ids>) -> Self {
        self.ids = ids;
        self
    }

    /// What this configuration is called in the journal, beside each plan that is made by it.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// Goes on with these calls of processes that are gone.
    #[must_use]
    pub fn takes_up(mut self, takes_up: TakesUp) -> Self {
        self.takes_up = takes_up;
        self
    }

    pub(super) fn parts(self) -> Parts {
        Parts {
            policy: self.policy,
            providers: self.providers,
            lanes: self.lanes,
            settings: self.settings,
            version: self.version,
        }
    }

    /// Starts the followers. Has to be called inside a tokio runtime.
    ///
    /// # Errors
    /// `Configuration` where the policy and the providers do not fit, a webhook secret is too
    /// short, or there is no runtime.
    pub fn build(self) -> Result<Router> {
        let runtime = Handle::try_current().map_err(|source| {
            Error::new(
                ErrorKind::Configuration,
                "a router lives in a tokio runtime: build it inside one",
            )
            .with_source(source)
        })?;
        let hooks = self.webhooks.clone().map(Hooks::new).transpose()?;
        let takes_up = self.takes_up;
        let (journal, clock, ids) =
            (self.journal.clone(), Arc::clone(&self.clock), Arc::clone(&self.ids));
        let world = World::new(self.parts(), None, &clock)?;
        Ok(Router::start(Inner::new(
            world,
            journal.unwrap_or_else(|| Arc::new(MemoryJournal::new())),
            clock,
            hooks,
            ids,
            runtime,
            takes_up,
        )))
    }
}
