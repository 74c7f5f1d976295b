//! The engine for requests that are not validated yet, and its setup in code.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use switchboard_core::{
    AgentProfile, Call, CallId, CallRequest, Clock, Country, Currency, Error, ErrorKind,
    IncomingWebhook, Provider, ProviderId, ProviderInfo, Recording, Result, SystemClock,
    Transcript, ValidCall,
};
use switchboard_engine::{CallEvent, Cancelled, Engine, Recovered, RulesChecked, WebhookAddress};
use switchboard_journal::{Journal, Selection};
use switchboard_router::{
    Budget, Experiment, Plan, Policy, ProviderLimits, ProviderPolicy, RateDeck, Route,
    RuleSettings, Strategy, Timings,
};
use switchboard_rules::Tables;
use tokio::sync::broadcast::Receiver;

use crate::Config;

#[cfg(feature = "ledger")]
use switchboard_ledger::Ledger;

/// Calls over every configured provider. Cheap to clone.
///
/// It checks a [`CallRequest`] and hands it to the [`Engine`]; what is not here is the engine's
/// own, by [`Switchboard::engine`].
#[derive(Debug, Clone)]
pub struct Switchboard {
    engine: Engine,
    clock: Arc<dyn Clock>,
    /// What it was started with.
    configuration: Option<Arc<Config>>,
    #[cfg(feature = "ledger")]
    ledger: Option<Ledger>,
}

impl Switchboard {
    /// Wraps an engine; `clock` has to be the engine's.
    pub fn new(engine: Engine, clock: Arc<dyn Clock>) -> Self {
        Self {
            engine,
            clock,
            configuration: None,
            #[cfg(feature = "ledger")]
            ledger: None,
        }
    }

    /// Says what it was started with.
    pub(crate) fn with_configuration(mut self, config: &Config) -> Self {
        self.configuration = Some(Arc::new(config.clone()));
        self
    }

    pub(crate) fn configuration(&self) -> Option<&Config> {
        self.configuration.as_deref()
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Declares that the engine's journal is this ledger.
    #[cfg(feature = "ledger")]
    #[must_use]
    pub fn with_ledger(mut self, ledger: Ledger) -> Self {
        self.ledger = Some(ledger);
        self
    }

    /// Where calls are written down: their whole history, checks, backups, erasure. `None` where
    /// they are kept in memory or in a journal of one's own.
    #[cfg(feature = "ledger")]
    pub fn ledger(&self) -> Option<&Ledger> {
        self.ledger.as_ref()
    }

    /// A setup in code, without a configuration file.
    pub fn builder() -> SwitchboardBuilder {
        SwitchboardBuilder::default()
    }

    /// Calls a person: returns when a provider has the call or when no provider takes it. The call
    /// continues if this future is dropped.
    ///
    /// # Errors
    /// `NumberNotAllowed` or `InvalidRequest` that name the field and the fix; else as
    /// [`Engine::place`]. A call that no provider takes is not an error: look at its
    /// status and failure.
    pub async fn place(&self, request: &CallRequest) -> Result<Call> {
        self.engine.place(self.validate(request, self.clock.now())?).await
    }

    /// Records the call and returns at once; the call continues by itself.
    ///
    /// # Errors
    /// As [`Switchboard::place`].
    pub async fn submit(&self, request: &CallRequest) -> Result<Call> {
        self.engine.submit(self.validate(request, self.clock.now())?).await
    }

    /// Who would be asked, in which order and why. Sends nothing.
    ///
    /// # Errors
    /// A request that makes no sense.
    pub fn plan(&self, request: &CallRequest) -> Result<Plan> {
        Ok(self.engine.plan(&self.validate(request, self.clock.now())?))
    }

    /// What the calling rules say about a ring of this call at a time. Sends nothing and records
    /// nothing.
    ///
    /// # Errors
    /// A request that makes no sense; else as [`Engine::check_rules`].
    pub async fn check_rules(&self, request: &CallRequest, at: Timestamp) -> Result<RulesChecked> {
        self.engine.check_rules(&self.validate(request, self.clock.now())?, at).await
    }

    /// Checks a request as [`Switchboard::place`] does, with the configuration's default country
    /// where it names none.
    ///
    /// # Errors
    /// As [`CallRequest::validate`], and as [`Engine::check_overrides`].
    pub fn validate(&self, request: &CallRequest, now: Timestamp) -> Result<ValidCall> {
        let call = self.engine.policy().complete(request).validate(now)?;
        self.engine.check_overrides(&call)?;
        Ok(call)
    }

    /// Waits until nothing more happens to a call on its own.
    ///
    /// # Errors
    /// As [`Engine::wait`].
    pub async fn wait(&self, id: CallId) -> Result<Call> {
        self.engine.wait(id).await
    }

    /// A call as it is now.
    ///
    /// # Errors
    /// As [`Engine::get`].
    pub async fn get(&self, id: CallId) -> Result<Call> {
        self.engine.get(id).await
    }

    /// The calls that a selection names, oldest first.
    ///
    /// # Errors
    /// `Journal` where they cannot be read.
    pub async fn calls(&self, selection: &Selection) -> Result<Vec<Call>> {
        self.engine.select(selection).await
    }

    /// Takes a call back: where nothing was sent, nothing is sent any more; where a provider has
    /// the call, it is asked to cancel it or to hang up.
    ///
    /// # Errors
    /// As [`Engine::cancel`].
    pub async fn cancel(&self, id: CallId) -> Result<Cancelled> {
        self.engine.cancel(id).await
    }

    /// Hangs up a call that is under way.
    ///
    /// # Errors
    /// As [`Engine::stop`].
    pub async fn stop(&self, id: CallId) -> Result<()> {
        self.engine.stop(id).await
    }

    /// The transcript of a call. It is kept with the call.
    ///
    /// # Errors
    /// As [`Engine::transcript`].
    pub async fn transcript(&self, id: CallId) -> Result<Transcript> {
        self.engine.transcript(id).await
    }

    /// Where the recording of a call is. It is kept with the call.
    ///
    /// # Errors
    /// As [`Engine::recording`].
    pub async fn recording(&self, id: CallId) -> Result<Recording> {
        self.engine.recording(id).await
    }

    /// What happens to calls from now on. A receiver that is too slow loses the oldest events.
    pub fn events(&self) -> Receiver<CallEvent> {
        self.engine.events()
    }

    /// Receives a provider's webhook. `path` is what follows `/hooks/v1/`.
    ///
    /// # Errors
    /// As [`Engine::receive_webhook`], which says which HTTP status to answer with.
    pub async fn receive_webhook(&self, path: &str, webhook: IncomingWebhook) -> Result<()> {
        self.engine.receive_webhook(path, webhook).await
    }

    /// Like [`Switchboard::receive_webhook`], but returns as soon as the webhook is stored.
    ///
    /// # Errors
    /// As [`Engine::accept_webhook`].
    pub async fn accept_webhook(&self, path: &str, webhook: IncomingWebhook) -> Result<()> {
        self.engine.accept_webhook(path, webhook).await
    }

    /// Takes up the calls of processes that are gone. Call it once before the program says that it
    /// is ready.
    ///
    /// # Errors
    /// As [`Engine::recover`].
    pub async fn recover(&self) -> Result<Recovered> {
        self.engine.recover().await
    }

    /// Ends in order: sends nothing more, and waits this long at most for requests in flight.
    pub async fn shutdown(&self, grace: Duration) {
        self.engine.shutdown(grace).await;
    }

    /// The engine, for everything else.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }
}

/// Puts a [`Switchboard`] together in code.
#[derive(Debug)]
pub struct SwitchboardBuilder {
    providers: Vec<Arc<dyn Provider>>,
    currency: Currency,
    default_country: Option<Country>,
    strategy: Strategy,
    routes: Vec<Route>,
    experiments: Vec<Experiment>,
    profiles: Vec<AgentProfile>,
    journal: Option<Arc<dyn Journal>>,
    #[cfg(feature = "ledger")]
    ledger: Option<Ledger>,
    clock: Arc<dyn Clock>,
    budgets: Vec<Budget>,
    limits: Vec<(ProviderId, ProviderLimits)>,
    timings: Timings,
    webhooks: Option<WebhookAddress>,
    rules: RuleSettings,
    tables: Tables,
}

impl Default for SwitchboardBuilder {
    fn default() -> Self {
        Self {
            providers: Vec::new(),
            currency: Currency::USD,
            default_country: None,
            strategy: Strategy::default(),
            routes: Vec::new(),
            experiments: Vec::new(),
            profiles: Vec::new(),
            journal: None,
            #[cfg(feature = "ledger")]
            ledger: None,
            clock: Arc::new(SystemClock),
            budgets: Vec::new(),
            limits: Vec::new(),
            timings: Timings::default(),
            webhooks: None,
            rules: RuleSettings::default(),
            tables: Tables::builtin(),
        }
    }
}

impl SwitchboardBuilder {
    /// Adds a provider, of yours or of the crate. Their order is the order of preference; its
    /// tariff is the one of its [`ProviderInfo`].
    #[must_use]
    pub fn provider(mut self, provider: Arc<dyn Provider>) -> Self {
        self.providers.push(provider);
        self
    }

    /// The currency in which costs are compared: `USD`.
    #[must_use]
    pub fn currency(mut self, currency: Currency) -> Self {
        self.currency = currency;
        self
    }

    /// The country in which a number without `+` is dialled, for requests that name none. Without
    /// it such a number is refused.
    #[must_use]
    pub fn default_country(mut self, country: Country) -> Self {
        self.default_country = Some(country);
        self
    }

    /// How candidates are ordered: by priority.
    #[must_use]
    pub fn strategy(mut self, strategy: impl Into<Strategy>) -> Self {
        self.strategy = strategy.into();
        self
    }

    /// Adds a route behind those that are there.
    #[must_use]
    pub fn route(mut self, route: Route) -> Self {
        self.routes.push(route);
        self
    }

    /// Adds an experiment behind those that are there.
    #[must_use]
    pub fn experiment(mut self, experiment: Experiment) -> Self {
        self.experiments.push(experiment);
        self
    }

    /// Adds an agent profile. The first one serves calls that name none.
    #[must_use]
    pub fn profile(mut self, profile: AgentProfile) -> Self {
        self.profiles.push(profile);
        self
    }

    /// Keeps calls here. Without it they last as long as the process.
    #[must_use]
    pub fn journal(mut self, journal: Arc<dyn Journal>) -> Self {
        self.journal = Some(journal);
        #[cfg(feature = "ledger")]
        {
            self.ledger = None;
        }
        self
    }

    /// Keeps calls in a ledger. Call [`Engine::recover`] once after [`build`](Self::build), before
    /// the program says that it is ready.
    #[cfg(feature = "ledger")]
    #[must_use]
    pub fn ledger(mut self, ledger: Ledger) -> Self {
        self.journal = Some(ledger.journal());
        self.ledger = Some(ledger);
        self
    }

    /// Takes the time from here.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Adds a budget. Every one that covers a call has to hold its price.
    #[must_use]
    pub fn budget(mut self, budget: Budget) -> Self {
        self.budgets.push(budget);
        self
    }

    /// Other limits than the provider documents.
    #[must_use]
    pub fn limits(mut self, provider: ProviderId, limits: ProviderLimits) -> Self {
        self.limits.push((provider, limits));
        self
    }

    /// Other times than the default ones.
    #[must_use]
    pub fn timings(mut self, timings: Timings) -> Self {
        self.timings = timings;
        self
    }

    /// Gives each attempt a webhook address of its own. Hand what arrives there to
    /// [`Engine::receive_webhook`].
    #[must_use]
    pub fn webhooks(mut self, address: WebhookAddress) -> Self {
        self.webhooks = Some(address);
        self
    }

    /// Applies these tables of calling rules instead of those that are built in.
    #[must_use]
    pub fn rule_tables(mut self, tables: Tables) -> Self {
        self.tables = tables;
        self
    }

    /// What is configured about the calling rules, where it differs from the usual: on, with the
    /// built-in tables.
    #[must_use]
    pub fn calling_rules(mut self, rules: RuleSettings) -> Self {
        self.rules = rules;
        self
    }

    /// Turns the calling rules off, for a reason that plans and the audit log show. Only whether
    /// the callee asked not to be called again is checked then.
    #[must_use]
    pub fn without_calling_rules(mut self, reason: impl Into<String>) -> Self {
        self.rules.off = Some(reason.into());
        self
    }

    /// Starts it. Has to be called inside a tokio runtime; nothing is sent.
    ///
    /// # Errors
    /// `Configuration` that names what does not fit together.
    pub fn build(self) -> Result<Switchboard> {
        let mut policy = Policy::new(Vec::with_capacity(self.providers.len()), self.currency);
        for provider in &self.providers {
            let info: ProviderInfo = provider.info().clone();
            let deck = match &info.tariff {
                Some(tariff) => RateDeck::new(tariff, self.currency)
                    .map_err(|error| error.with_provider(info.id.clone()))?,
                None => RateDeck::unknown(self.currency),
            };
            policy.providers.push(ProviderPolicy::new(info, deck));
        }
        for (provider, limits) in self.limits {
            let known = policy.providers.iter_mut().find(|one| one.info.id == provider);
            let known = known.ok_or_else(|| {
                Error::new(
                    ErrorKind::Configuration,
                    format!("limits are given for {provider}, which was not added"),
                )
                .with_field(format!("providers.{provider}"))
            })?;
            known.limits = limits;
        }
        policy.budgets = self.budgets;
        policy.timings = self.timings;
        policy.default_country = self.default_country;
        policy.rules = self.rules;
        policy.strategy = self.strategy;
        policy.routes = self.routes;
        policy.experiments = self.experiments;
        policy.default_profile = self.profiles.first().map(|profile| profile.name.clone());
        policy.profiles =
            self.profiles.into_iter().map(|profile| (profile.name.clone(), profile)).collect();
        let mut engine =
            Engine::builder(policy).clock(Arc::clone(&self.clock)).rule_tables(self.tables);
        if let Some(address) = self.webhooks {
            engine = engine.webhooks(address);
        }
        if let Some(journal) = self.journal {
            engine = engine.journal(journal);
        }
        let engine = self
            .providers
            .into_iter()
            .fold(engine, |engine, provider| engine.provider(provider))
            .build()?;
        let switchboard = Switchboard::new(engine, self.clock);
        #[cfg(feature = "ledger")]
        if let Some(ledger) = self.ledger {
            return Ok(switchboard.with_ledger(ledger));
        }
        Ok(switchboard)
    }
}
