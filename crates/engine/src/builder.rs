//! Putting a router together.

use std::sync::Arc;

use switchboard_core::{Clock, Error, ErrorKind, Provider, Result, SystemClock};
use switchboard_journal::{Journal, MemoryJournal};
use switchboard_router::Policy;
use tokio::runtime::Handle;

use crate::{
    hooks::{Hooks, WebhookAddress},
    ids::{Ids, RandomIds},
    shared::{Engine, Inner},
    world::{Parts, World},
};

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

/// Builds a [`Engine`].
#[derive(Debug)]
pub struct EngineBuilder {
    policy: Policy,
    providers: Vec<Arc<dyn Provider>>,
    journal: Option<Arc<dyn Journal>>,
    clock: Arc<dyn Clock>,
    webhooks: Option<WebhookAddress>,
    ids: Arc<dyn Ids>,
    version: Option<String>,
    takes_up: TakesUp,
}

impl EngineBuilder {
    pub(crate) fn new(policy: Policy) -> Self {
        Self {
            policy,
            providers: Vec::new(),
            journal: None,
            clock: Arc::new(SystemClock),
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

    /// Changes the policy that the builder was made with.
    #[must_use]
    pub fn adjust(mut self, change: impl FnOnce(&mut Policy)) -> Self {
        change(&mut self.policy);
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
        Parts { policy: self.policy, providers: self.providers, version: self.version }
    }

    /// Starts the followers. Has to be called inside a tokio runtime.
    ///
    /// # Errors
    /// `Configuration` where the policy and the providers do not fit, a webhook secret is too
    /// short, or there is no runtime.
    pub fn build(self) -> Result<Engine> {
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
        Ok(Engine::start(Inner::new(
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
