//! The active configuration: the policy and the providers. A reload replaces it as a whole; a call
//! in progress keeps the one under which it was planned.

use std::sync::Arc;

use parking_lot::Mutex;
use switchboard_core::{Clock, Error, ErrorKind, Provider, ProviderId, Result};
use switchboard_router::Policy;
use switchboard_rules::Tables;

use crate::{
    domain::{self, Domain, Domains},
    health::Outliers,
    provider::ProviderRuntime,
};

/// A configuration together with the runtimes of its providers.
#[derive(Debug)]
pub(crate) struct ActiveConfig {
    pub(crate) policy: Arc<Policy>,
    /// One runtime for each of the policy's providers, in the same order.
    pub(crate) runtimes: Vec<Arc<ProviderRuntime>>,
    /// Providers that only former configurations name: their calls are followed to their end.
    pub(crate) retired: Vec<Arc<ProviderRuntime>>,
    /// The failure domains of this configuration and of former ones.
    domains: Domains,
    /// Detects providers that fail far more often than the others.
    pub(crate) outliers: Arc<Mutex<Outliers>>,
    /// The name of the configuration in the journal.
    pub(crate) version: Option<String>,
    /// The tables of calling rules.
    pub(crate) tables: Tables,
}

/// The parts from which a configuration is built.
#[derive(Debug)]
pub(crate) struct ConfigParts {
    pub(crate) policy: Policy,
    pub(crate) providers: Vec<Arc<dyn Provider>>,
    pub(crate) version: Option<String>,
    pub(crate) tables: Tables,
}

impl ActiveConfig {
    /// Checks the parts and builds the configuration. State of providers that `former` has too is
    /// kept.
    pub(crate) fn new(
        parts: ConfigParts,
        former: Option<&ActiveConfig>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self> {
        let ConfigParts { policy, providers: mut given, version, tables } = parts;
        policy.check()?;
        let mut runtimes = Vec::with_capacity(policy.providers.len());
        for one in &policy.providers {
            let id = &one.info.id;
            let at = given.iter().position(|provider| provider.info().id == *id).ok_or_else(|| {
                Error::new(
                    ErrorKind::Configuration,
                    format!("the provider {id} is named by the policy but was not added to the engine"),
                )
                .with_field(format!("providers.{id}"))
            })?;
            runtimes.push((one, given.swap_remove(at)));
        }
        if let Some(left) = given.first() {
            let id = &left.info().id;
            return Err(Error::new(
                ErrorKind::Configuration,
                format!(
                    "the provider {id} was added to the engine but the policy does not name it"
                ),
            )
            .with_field(format!("providers.{id}")));
        }
        // Everything is checked: from here on the state of former runtimes may be changed.
        let mut domains = former.map(|former| former.domains.clone()).unwrap_or_default();
        let runtimes: Vec<Arc<ProviderRuntime>> = runtimes
            .into_iter()
            .map(|(one, provider)| {
                let names = one.info.failure_domains.iter();
                let own = names.map(|name| domain::named(&mut domains, name)).collect();
                Arc::new(match former.and_then(|former| former.runtime(&one.info.id)) {
                    Some(runtime) => runtime.reconfigured(provider, one, own, clock),
                    None => ProviderRuntime::new(provider, one, own, clock),
                })
            })
            .collect();
        let riders = policy.providers.iter().filter(|one| one.enabled);
        let riders =
            riders.flat_map(|one| one.info.failure_domains.iter().map(|name| (name, one.breaker)));
        domain::set_policy(&domains, riders);
        let outliers = former.map_or_else(
            || Arc::new(Mutex::new(Outliers::new(policy.outliers))),
            |former| Arc::clone(&former.outliers),
        );
        outliers.lock().set_policy(policy.outliers);
        let retired = former
            .into_iter()
            .flat_map(|former| former.runtimes.iter().chain(&former.retired))
            .filter(|runtime| runtimes.iter().all(|kept| kept.id != runtime.id))
            .cloned()
            .collect();
        Ok(Self { policy: Arc::new(policy), runtimes, retired, domains, outliers, version, tables })
    }

    /// The runtimes of all enabled providers in this failure domain.
    pub(crate) fn riders(&self, domain: &Arc<Domain>) -> Vec<Arc<ProviderRuntime>> {
        let runtimes = self.policy.providers.iter().zip(&self.runtimes);
        runtimes
            .filter(|(one, runtime)| one.enabled && runtime.is_in(domain))
            .map(|(_, runtime)| Arc::clone(runtime))
            .collect()
    }

    /// The runtime of a provider of this configuration or of a former one.
    pub(crate) fn runtime(&self, provider: &ProviderId) -> Option<&Arc<ProviderRuntime>> {
        self.runtimes.iter().chain(&self.retired).find(|runtime| runtime.id == *provider)
    }
}
