//! What several providers ride on.
//!
//! Two accounts at one provider, or two providers on one voice platform, fall together. Their
//! failures are counted together, as far as the platform may be at fault, and open one breaker for
//! all of them: nobody's call has to find out again what the neighbour's found out. What is the
//! fault of one account alone, as a key that expired, does not count.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use parking_lot::Mutex;
use switchboard_router::BreakerPolicy;

use crate::health::Breaker;

/// One failure domain. It lasts as long as the router, whatever configurations say.
pub(crate) struct Domain {
    pub(crate) name: String,
    state: Mutex<State>,
}

struct State {
    breaker: Breaker,
    /// Of a provider that rides alone its own breaker says all.
    shared: bool,
}

/// The domains by their names.
pub(crate) type Domains = BTreeMap<String, Arc<Domain>>;

/// The domain of this name: the one that there is, or a new one.
pub(crate) fn named(domains: &mut Domains, name: &str) -> Arc<Domain> {
    let new = || {
        Arc::new(Domain {
            name: name.to_owned(),
            state: Mutex::new(State {
                breaker: Breaker::new(BreakerPolicy::default()),
                shared: false,
            }),
        })
    };
    Arc::clone(domains.entry(name.to_owned()).or_insert_with(new))
}

/// Lets the domains obey a configuration. `riders`: the domain of each provider that is switched
/// on, and the provider's breaker. A domain is as patient as the most patient of its providers: it
/// takes the most failures and the shortest cooldowns.
pub(crate) fn set_policy<'a>(
    domains: &Domains,
    riders: impl IntoIterator<Item = (&'a str, BreakerPolicy)>,
) {
    let mut wanted: BTreeMap<&str, (BreakerPolicy, usize)> = BTreeMap::new();
    for (name, policy) in riders {
        let (common, count) = wanted.entry(name).or_insert((policy, 0));
        *common = BreakerPolicy {
            failures: common.failures.max(policy.failures),
            cooldown: common.cooldown.min(policy.cooldown),
            longest_cooldown: common.longest_cooldown.min(policy.longest_cooldown),
        };
        *count += 1;
    }
    for (name, domain) in domains {
        let mut state = domain.state.lock();
        let (policy, riders) = wanted.get(name.as_str()).copied().unwrap_or_default();
        state.shared = riders > 1;
        state.breaker.set_policy(policy);
    }
}

impl Domain {
    /// How long until a read may be tried; `None`: calls go.
    pub(crate) fn time_until_probe(&self, now: Duration) -> Option<Duration> {
        self.state.lock().breaker.time_until_probe(now)
    }

    /// One of its providers took a call.
    pub(crate) fn record_success(&self, sent: Duration) {
        self.state.lock().breaker.record_success(sent);
    }

    /// One of its providers failed, perhaps by its fault. True where this opened the breaker.
    pub(crate) fn record_failure(&self, sent: Duration, now: Duration) -> bool {
        let mut state = self.state.lock();
        state.shared && state.breaker.record_failure(sent, now)
    }

    /// A read came to its end. How long until the next; `None`: calls go.
    pub(crate) fn record_probe(&self, worked: bool, now: Duration) -> Option<Duration> {
        let mut state = self.state.lock();
        state.breaker.record_probe(worked, now);
        state.breaker.time_until_probe(now)
    }
}

impl fmt::Debug for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Domain").field("name", &self.name).finish_non_exhaustive()
    }
}
