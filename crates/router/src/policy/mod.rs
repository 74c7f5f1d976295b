//! Everything that planning rests on and that only a new configuration changes.

mod limits;
mod timings;

use std::{borrow::Cow, collections::BTreeMap, time::Duration};

use switchboard_core::{
    AgentId, AgentProfile, CallRequest, Country, Currency, Error, ErrorKind, ProfileName,
    ProviderId, ProviderInfo, RequestLimit, Result, TenantId, ValidCall,
};

use crate::{
    budget::Budget,
    experiment::{self, Experiment},
    quality::QualitySettings,
    rates::RateDeck,
    route::Route,
    strategy::Strategy,
};

pub use limits::LaneSettings;
pub use timings::{DuplicateWindows, OnUnknown, RouterSettings};

/// One provider as planning sees it.
#[derive(Debug, Clone)]
pub struct ProviderPolicy {
    /// What is known of it.
    pub info: ProviderInfo,
    /// What it charges.
    pub deck: RateDeck,
    /// False: it takes no call, and plans say that it is switched off.
    pub enabled: bool,
}

/// How often, and how much at once. What is not set is not limited.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowance {
    /// Placing requests in any window.
    pub requests: Option<RequestLimit>,
    /// Calls under way.
    pub concurrent: Option<u32>,
}

/// Routes, prices, profiles and experiments.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The providers, in the configuration's order.
    pub providers: Vec<ProviderPolicy>,
    /// The routes, the first that holds is taken. A call that none holds for may go to every
    /// provider.
    pub routes: Vec<Route>,
    /// How candidates are ordered where the route does not say.
    pub strategy: Strategy,
    /// The splits, the first that holds is taken.
    pub experiments: Vec<Experiment>,
    /// How much may be spent.
    pub budgets: Vec<Budget>,
    /// What each caller may do, where `tenants` does not say otherwise.
    pub each_tenant: Allowance,
    /// What these callers may do.
    pub tenants: BTreeMap<TenantId, Allowance>,
    /// What the calls of an agent profile may do, whoever places them.
    pub agents: BTreeMap<ProfileName, Allowance>,
    /// The agent profiles.
    pub profiles: BTreeMap<ProfileName, AgentProfile>,
    /// The profile of a call that names none.
    pub default_profile: Option<ProfileName>,
    /// Where a number without `+` is dialled, for requests that name no country themselves.
    pub default_country: Option<Country>,
    /// The currency in which costs are compared.
    pub currency: Currency,
    /// How long a call is expected to last where its profile does not say.
    pub expected_duration: Duration,
    /// The longest a call may last where neither it nor its provider says.
    pub max_duration: Duration,
    /// What is measured, and when it is trusted.
    pub quality: QualitySettings,
}

impl Policy {
    /// A policy over these providers: every provider may take every call, as listed.
    pub fn new(providers: Vec<ProviderPolicy>, currency: Currency) -> Self {
        Self {
            providers,
            routes: Vec::new(),
            strategy: Strategy::default(),
            experiments: Vec::new(),
            budgets: Vec::new(),
            each_tenant: Allowance::default(),
            tenants: BTreeMap::new(),
            agents: BTreeMap::new(),
            profiles: BTreeMap::new(),
            default_profile: None,
            default_country: None,
            currency,
            expected_duration: Duration::from_secs(120),
            max_duration: Duration::from_secs(600),
            quality: QualitySettings { currency, ..QualitySettings::default() },
        }
    }

    /// The request with what is configured for requests that leave it out: the country of numbers
    /// without `+`.
    pub fn complete<'a>(&self, request: &'a CallRequest) -> Cow<'a, CallRequest> {
        match self.default_country {
            Some(country) if request.default_country.is_none() => Cow::Owned(CallRequest {
                default_country: Some(country.as_str().to_owned()),
                ..request.clone()
            }),
            Some(_) | None => Cow::Borrowed(request),
        }
    }

    /// The first route that holds for a call.
    pub fn route(&self, call: &ValidCall) -> Option<&Route> {
        self.routes.iter().find(|route| route.when.matches(call))
    }

    /// True where a call may go to another provider because the account of the first is out of
    /// credit: the request or its route says so.
    pub fn fails_over_on_quota(&self, call: &ValidCall) -> bool {
        call.failover_on_quota || self.route(call).is_some_and(|route| route.failover_on_quota)
    }

    /// Where a provider stands in the order.
    pub fn index_of(&self, provider: &ProviderId) -> Option<usize> {
        self.providers.iter().position(|one| one.info.id == *provider)
    }

    /// What a caller may do; `None`: anything.
    pub fn allowance(&self, tenant: &TenantId) -> Option<&Allowance> {
        let allowance = self.tenants.get(tenant).unwrap_or(&self.each_tenant);
        (*allowance != Allowance::default()).then_some(allowance)
    }

    /// The profile that a call asks for, or the default one. `Some(Err)`: it asks for one that is
    /// not configured.
    pub fn profile(
        &self,
        asked: Option<&ProfileName>,
    ) -> Option<std::result::Result<&AgentProfile, ProfileName>> {
        let name = asked.or(self.default_profile.as_ref())?;
        Some(self.profiles.get(name).ok_or_else(|| name.clone()))
    }

    /// The agent that serves a call at a provider.
    pub fn agent_for(&self, asked: Option<&ProfileName>, provider: &ProviderId) -> Option<AgentId> {
        self.profile(asked)?.ok()?.agents.get(provider).cloned()
    }

    /// Refuses a policy that names what does not exist or that can never have an effect.
    ///
    /// # Errors
    /// `Configuration` that names the key and the fix.
    pub fn check(&self) -> Result<()> {
        let known = |field: String, provider: &ProviderId| match self.index_of(provider) {
            Some(_) => Ok(()),
            None => Err(fault(
                field,
                format!("names the provider {:?}, which is not configured", provider.as_str()),
            )),
        };
        if self.providers.is_empty() {
            return Err(fault("providers", "is empty: configure at least one provider"));
        }
        for (index, one) in self.providers.iter().enumerate() {
            if self.index_of(&one.info.id) != Some(index) {
                return Err(fault(
                    format!("providers.{}", one.info.id),
                    "is configured twice: give each account its own name",
                ));
            }
        }
        for (index, route) in self.routes.iter().enumerate() {
            for provider in &route.providers {
                known(format!("routes[{index}].providers"), provider)?;
            }
            if let Some(strategy) = &route.strategy {
                self.check_weights(&format!("routes[{index}]"), strategy)?;
            }
        }
        self.check_weights("routing", &self.strategy)?;
        experiment::check(self)?;
        self.check_budgets()?;
        if let Some(default) = &self.default_profile
            && !self.profiles.contains_key(default)
        {
            return Err(fault(
                "routing.default_agent",
                format!("names the agent profile {:?}, which is not configured", default.as_str()),
            ));
        }
        for (name, profile) in &self.profiles {
            for provider in profile.agents.keys() {
                known(format!("agents.{name}"), provider)?;
            }
        }
        Ok(())
    }

    fn check_budgets(&self) -> Result<()> {
        for (index, budget) in self.budgets.iter().enumerate() {
            let wrong =
                |key: &str, message: String| Err(fault(format!("budgets[{index}].{key}"), message));
            if self.budgets.iter().take(index).any(|other| other.name == budget.name) {
                return wrong(
                    "name",
                    format!("{:?} is taken by another budget: choose another name", budget.name),
                );
            }
            if budget.limit.currency() != self.currency {
                let (given, wanted) = (budget.limit.currency().code(), self.currency.code());
                return wrong(
                    "limit",
                    format!("is in {given}, and costs are counted in {wanted}: convert it"),
                );
            }
            if budget.limit.micros() <= 0 {
                return wrong(
                    "limit",
                    format!(
                        "{} is not more than zero: switch the provider off instead",
                        budget.limit
                    ),
                );
            }
            if let Some(provider) =
                budget.provider.as_ref().filter(|provider| self.index_of(provider).is_none())
            {
                return wrong(
                    "provider",
                    format!("names the provider {:?}, which is not configured", provider.as_str()),
                );
            }
            if let Some(name) = &budget.experiment
                && !self.experiments.iter().any(|experiment| experiment.name == *name)
            {
                return wrong(
                    "experiment",
                    format!("names the experiment {name:?}, which is not configured"),
                );
            }
        }
        Ok(())
    }

    fn check_weights(&self, at: &str, strategy: &Strategy) -> Result<()> {
        let Strategy::Weighted(weighted) = strategy else {
            return Ok(());
        };
        if weighted.weights.iter().all(|(_, weight)| *weight == 0) {
            return Err(fault(
                format!("{at}.weights"),
                "are all zero: give at least one provider a weight above zero",
            ));
        }
        match weighted.weights.iter().find(|(provider, _)| self.index_of(provider).is_none()) {
            Some((provider, _)) => Err(fault(
                format!("{at}.weights"),
                format!("names the provider {:?}, which is not configured", provider.as_str()),
            )),
            None => Ok(()),
        }
    }
}

fn fault(field: impl Into<String>, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Configuration, message.into()).with_field(field.into())
}
