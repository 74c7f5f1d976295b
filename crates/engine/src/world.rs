//! What only a new configuration changes: the policy and the providers. It is
//! swapped as a whole; a call under way keeps the one that it was planned in.

use std::sync::Arc;

use parking_lot::Mutex;
use switchboard_core::{Clock, Error, ErrorKind, Provider, ProviderId, Result};
use switchboard_router::Policy;

use crate::{
    domain::{self, Domain, Domains},
    health::Outliers,
    lane::Lane,
};

/// One configuration at work.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) policy: Arc<Policy>,
    /// One for each of the policy's providers, in the same order.
    pub(crate) lanes: Vec<Arc<Lane>>,
    /// Providers that only former configurations name: their calls are followed to their end.
    pub(crate) retired: Vec<Arc<Lane>>,
    /// What providers ride on, of this configuration and of former ones.
    domains: Domains,
    /// Who fails far more often than the others.
    pub(crate) outliers: Arc<Mutex<Outliers>>,
    /// What the configuration is called in the journal.
    pub(crate) version: Option<String>,
}

/// What a world is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) policy: Policy,
    pub(crate) providers: Vec<Arc<dyn Provider>>,
    pub(crate) version: Option<String>,
}

impl World {
    /// Checks the parts and puts them together. What is known of a provider that `former` has is
    /// kept.
    pub(crate) fn new(
        parts: Parts,
        former: Option<&World>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self> {
        let Parts { policy, providers: mut given, version } = parts;
        policy.check()?;
        let mut lanes = Vec::with_capacity(policy.providers.len());
        for one in &policy.providers {
            let id = &one.info.id;
            let at = given.iter().position(|provider| provider.info().id == *id).ok_or_else(|| {
                Error::new(
                    ErrorKind::Configuration,
                    format!("the provider {id} is named by the policy and was not added to the router"),
                )
                .with_field(format!("providers.{id}"))
            })?;
            lanes.push((one, given.swap_remove(at)));
        }
        if let Some(left) = given.first() {
            let id = &left.info().id;
            return Err(Error::new(
                ErrorKind::Configuration,
                format!(
                    "the provider {id} was added to the router and the policy does not name it"
                ),
            )
            .with_field(format!("providers.{id}")));
        }
        // Nothing is refused any more: from here on former lanes may change.
        let mut domains = former.map(|former| former.domains.clone()).unwrap_or_default();
        let lanes: Vec<Arc<Lane>> = lanes
            .into_iter()
            .map(|(one, provider)| {
                let domain = domain::named(&mut domains, &one.info.failure_domain);
                Arc::new(match former.and_then(|former| former.lane(&one.info.id)) {
                    Some(lane) => lane.anew(provider, one, domain, clock),
                    None => Lane::new(provider, one, domain, clock),
                })
            })
            .collect();
        let riders = policy.providers.iter().filter(|one| one.enabled);
        let riders = riders.map(|one| (one.info.failure_domain.as_str(), one.breaker));
        domain::obey(&domains, riders);
        let outliers = former.map_or_else(
            || Arc::new(Mutex::new(Outliers::new(policy.outliers))),
            |former| Arc::clone(&former.outliers),
        );
        outliers.lock().obey(policy.outliers);
        let retired = former
            .into_iter()
            .flat_map(|former| former.lanes.iter().chain(&former.retired))
            .filter(|lane| lanes.iter().all(|kept| kept.id != lane.id))
            .cloned()
            .collect();
        Ok(Self { policy: Arc::new(policy), lanes, retired, domains, outliers, version })
    }

    /// The lanes of the providers that are switched on and ride on this.
    pub(crate) fn riders(&self, domain: &Arc<Domain>) -> Vec<Arc<Lane>> {
        let lanes = self.policy.providers.iter().zip(&self.lanes);
        lanes
            .filter(|(one, lane)| one.enabled && Arc::ptr_eq(&lane.domain, domain))
            .map(|(_, lane)| Arc::clone(lane))
            .collect()
    }

    /// The lane of a provider, of this configuration or of a former one.
    pub(crate) fn lane(&self, provider: &ProviderId) -> Option<&Arc<Lane>> {
        self.lanes.iter().chain(&self.retired).find(|lane| lane.id == *provider)
    }
}
