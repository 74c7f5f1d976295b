//! All that is configured: a call is planned, placed and followed by it, and only a new
//! configuration changes it.

mod caller_number;
mod check;
mod facts;
mod limits;
mod provider;
mod rules;
mod timings;

use std::{borrow::Cow, collections::BTreeMap, time::Duration};

use switchboard_core::{
    AgentProfile, AgentRef, CallRequest, Country, Currency, ProfileName, ProviderId, ProviderInfo,
    RequestLimit, TenantId, ValidCall,
};

use crate::{
    budget::Budget, experiment::Experiment, health::OutlierPolicy, quality::QualitySettings,
    route::Route, strategy::Strategy,
};

pub use crate::fact_defaults::FactDefaults;
pub use caller_number::{NumberPolicy, numbers_for};
pub use facts::{FactOrigin, FactSources};
pub use limits::ProviderLimits;
pub use provider::ProviderPolicy;
pub use rules::RuleSettings;
pub use timings::{DuplicateWindows, OnUnknown, Timings};

/// How often, and how much at once. What is not set is not limited.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowance {
    /// Placing requests in any window.
    pub requests: Option<RequestLimit>,
    /// Calls under way.
    pub concurrent: Option<u32>,
    /// Calls of a tenant that may wait before more are refused. The engine does not look at it: it
    /// is for servers, which accept calls from many clients.
    pub waiting: Option<u32>,
}

/// All that is configured.
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
    /// What the calls of an agent profile may do, no matter which caller places them.
    pub agents: BTreeMap<ProfileName, Allowance>,
    /// The agent profiles.
    pub profiles: BTreeMap<ProfileName, AgentProfile>,
    /// What the agent profiles say about their calls, for requests that do not.
    pub profile_facts: BTreeMap<ProfileName, FactDefaults>,
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
    /// Times that hold for every call.
    pub timings: Timings,
    /// When a provider is left out because it fails far more often than the others.
    pub outliers: OutlierPolicy,
    /// Within which time the same task for the same person again is taken for a mistake.
    pub duplicates: DuplicateWindows,
    /// What is configured about the calling rules.
    pub rules: RuleSettings,
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
            profile_facts: BTreeMap::new(),
            default_profile: None,
            default_country: None,
            currency,
            expected_duration: Duration::from_secs(120),
            max_duration: Duration::from_secs(600),
            quality: QualitySettings { currency, ..QualitySettings::default() },
            timings: Timings::default(),
            outliers: OutlierPolicy::default(),
            duplicates: DuplicateWindows::default(),
            rules: RuleSettings::default(),
        }
    }

    /// The request with what is configured for requests that leave it out: the country of numbers
    /// without `+`.
    pub fn complete<'a>(&self, request: &'a CallRequest) -> Cow<'a, CallRequest> {
        match self.default_country {
            Some(country) if request.default_country.is_none() => Cow::Owned(
                request
                    .clone()
                    .with(|call| call.default_country = Some(country.as_str().to_owned())),
            ),
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

    /// How long a call may last at a provider: as long as it asks for, or else the policy allows,
    /// and no longer than the provider allows.
    pub fn longest(&self, asked: Option<Duration>, provider: &ProviderInfo) -> Duration {
        let longest = asked.unwrap_or(self.max_duration);
        provider.max_duration.map_or(longest, |most| longest.min(most))
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
    pub fn agent_for(
        &self,
        asked: Option<&ProfileName>,
        provider: &ProviderId,
    ) -> Option<&AgentRef> {
        self.profile(asked)?.ok()?.agents.get(provider)
    }
}
