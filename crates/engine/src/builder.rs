//! The builder of an engine.

use std::sync::Arc;

use switchboard_core::{Clock, Provider, SystemClock};
use switchboard_journal::Journal;
use switchboard_router::Policy;
use switchboard_rules::Tables;

use crate::{
    config::ConfigParts,
    ids::{Ids, RandomIds},
    takes_up::TakesUp,
    webhook_address::WebhookAddress,
};

/// Builds an [`Engine`](crate::Engine).
#[derive(Debug)]
pub struct EngineBuilder {
    pub(crate) policy: Policy,
    pub(crate) providers: Vec<Arc<dyn Provider>>,
    pub(crate) journal: Option<Arc<dyn Journal>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) webhooks: Option<WebhookAddress>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) version: Option<String>,
    pub(crate) takes_up: TakesUp,
    pub(crate) tables: Tables,
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
            tables: Tables::builtin(),
        }
    }

    /// Adds a provider. The policy must name its id.
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

    /// Stores calls in this journal. Without it, calls are kept in memory only.
    #[must_use]
    pub fn journal(mut self, journal: Arc<dyn Journal>) -> Self {
        self.journal = Some(journal);
        self
    }

    /// Uses this clock instead of the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Gives each attempt its own webhook address below this one.
    #[must_use]
    pub fn webhooks(mut self, address: WebhookAddress) -> Self {
        self.webhooks = Some(address);
        self
    }

    /// Generates ids with this instead of [`RandomIds`].
    #[must_use]
    pub fn ids(mut self, ids: Arc<dyn Ids>) -> Self {
        self.ids = ids;
        self
    }

    /// The name of this configuration, stored in the journal with each plan made under it.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// Which calls of dead processes the engine continues.
    #[must_use]
    pub fn takes_up(mut self, takes_up: TakesUp) -> Self {
        self.takes_up = takes_up;
        self
    }

    /// Applies these tables of calling rules instead of those that are built in.
    #[must_use]
    pub fn rule_tables(mut self, tables: Tables) -> Self {
        self.tables = tables;
        self
    }

    /// Turns the calling rules off, for a reason that plans and the audit log show. Only whether
    /// the callee asked not to be called again is checked then.
    #[must_use]
    pub fn without_calling_rules(mut self, reason: impl Into<String>) -> Self {
        self.policy.rules.off = Some(reason.into());
        self
    }

    pub(crate) fn parts(self) -> ConfigParts {
        ConfigParts {
            policy: self.policy,
            providers: self.providers,
            version: self.version,
            tables: self.tables,
        }
    }
}
