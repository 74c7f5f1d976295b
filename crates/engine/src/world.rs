//! What only a new configuration changes: planning's policy, the providers and the times. It is
//! swapped as a whole; a call under way keeps the one that it was planned in.

use std::{collections::HashMap, sync::Arc, time::Duration};

use parking_lot::Mutex;
use switchboard_core::{Clock, Error, ErrorKind, Provider, ProviderId, Result};
use switchboard_router::{LaneSettings, OnUnknown, Policy, RouterSettings};

use crate::{
    domain::{self, Domain, Domains},
    health::Outliers,
    lane::Lane,
};

/// How long after the last moment at which an attempt may be sent its absence may count for
/// anything.
const SHORTEST_ASSUMPTION: Duration = Duration::from_secs(60);

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
    pub(crate) settings: RouterSettings,
    /// What the configuration is called in the journal.
    pub(crate) version: Option<String>,
}

/// What a world is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) policy: Policy,
    pub(crate) providers: Vec<Arc<dyn Provider>>,
    pub(crate) lanes: HashMap<ProviderId, LaneSettings>,
    pub(crate) settings: RouterSettings,
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
        let Parts { policy, providers: mut given, lanes: settings, settings: times, version } =
            parts;
        policy.check()?;
        if let OnUnknown::AssumeNotPlaced { after } = times.on_unknown
            && after < times.send_within + SHORTEST_ASSUMPTION
        {
            return Err(Error::new(
                ErrorKind::Configuration,
                "is shorter than an attempt may take to be sent, and a minute: make it longer",
            )
            .with_field("routing.assume_after_minutes"));
        }
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
            let provider = given.swap_remove(at);
            let settings = settings
                .get(id)
                .cloned()
                .unwrap_or_else(|| LaneSettings::documented(provider.info()));
            lanes.push((one, provider, settings));
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
        let riders = lanes.iter().filter(|(one, ..)| one.enabled);
        let riders: Vec<_> = riders
            .map(|(one, _, settings)| (one.info.failure_domain.as_str(), settings.breaker))
            .collect();
        let lanes: Vec<Arc<Lane>> = lanes
            .iter()
            .map(|(one, provider, settings)| {
                let (provider, price) = (Arc::clone(provider), one.deck.credit_price());
                let domain = domain::named(&mut domains, &one.info.failure_domain);
                Arc::new(match former.and_then(|former| former.lane(&one.info.id)) {
                    Some(lane) => lane.anew(provider, price, settings, domain, clock),
                    None => Lane::new(provider, price, settings, domain, clock),
                })
            })
            .collect();
        domain::obey(&domains, riders);
        let outliers = former.map_or_else(
            || Arc::new(Mutex::new(Outliers::new(times.outliers))),
            |former| Arc::clone(&former.outliers),
        );
        outliers.lock().obey(times.outliers);
        let retired = former
            .into_iter()
            .flat_map(|former| former.lanes.iter().chain(&former.retired))
            .filter(|lane| lanes.iter().all(|kept| kept.id != lane.id))
            .cloned()
            .collect();
        Ok(Self {
            policy: Arc::new(policy),
            lanes,
            retired,
            domains,
            outliers,
            settings: times,
            version,
        })
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
