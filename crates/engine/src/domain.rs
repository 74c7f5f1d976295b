//! Failure domains: platforms that several providers share.
//!
//! Two accounts at one provider, or two providers on one voice platform, fail together. Failures
//! that may be the platform's fault are counted together and open one breaker for all of them, so
//! that not every provider has to find out by itself. Failures of one account alone, such as an
//! expired key, do not count.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use parking_lot::Mutex;
use switchboard_router::BreakerPolicy;

use crate::health::Breaker;

/// One failure domain. It is kept as long as the engine runs, even if no configuration names it any
/// more.
pub(crate) struct Domain {
    pub(crate) name: String,
    state: Mutex<State>,
}

struct State {
    breaker: Breaker,
    /// True if several providers share the domain. For a single one, its own breaker is enough.
    shared: bool,
}

/// The domains by their names.
pub(crate) type Domains = BTreeMap<String, Arc<Domain>>;

/// The domain with this name, created if necessary.
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

/// Applies a configuration to the domains. `riders`: the domain and the breaker policy of each
/// enabled provider. A domain is as tolerant as its most tolerant provider: it uses the highest
/// failure count and the shortest cooldowns.
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
    /// How long until the next probe; `None` if the breaker is closed.
    pub(crate) fn time_until_probe(&self, now: Duration) -> Option<Duration> {
        self.state.lock().breaker.time_until_probe(now)
    }

    /// One of its providers accepted a call.
    pub(crate) fn record_success(&self, sent: Duration) {
        self.state.lock().breaker.record_success(sent);
    }

    /// One of its providers failed, perhaps because of the platform. True if this opened the
    /// breaker.
    pub(crate) fn record_failure(&self, sent: Duration, now: Duration) -> bool {
        let mut state = self.state.lock();
        state.shared && state.breaker.record_failure(sent, now)
    }

    /// Records the result of a probe. Returns how long until the next one; `None` if the breaker is
    /// closed.
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
