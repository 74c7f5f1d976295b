//! What the attempts of one ring showed about the providers.

use std::collections::{HashMap, HashSet};

use switchboard_core::{Attempt, Call, CallFailure, ErrorKind, ProviderId};
use switchboard_router::{
    Candidate,
    failover::{Next, NotPlaced, REPEATS, RETRIES},
};

use crate::config::ActiveConfig;

/// What the attempts of a ring have shown so far.
#[derive(Debug, Default)]
pub(crate) struct Tried {
    done: HashSet<ProviderId>,
    unreachable_domains: HashSet<String>,
    retries: HashMap<ProviderId, u32>,
    repeats: HashMap<ProviderId, u32>,
    /// The only provider that the call may still go to: its account is out of credit, and failover
    /// for that is not allowed.
    waits_for: Option<ProviderId>,
    /// The provider to retry in the next attempt, if the plan still allows it.
    pub(crate) last: Option<ProviderId>,
    /// Number of attempts sent so far.
    pub(crate) sent: u64,
    /// Number of attempts recorded so far. If the journal has more for this ring, another process
    /// owned the call meanwhile.
    pub(crate) written: u64,
    /// Why the last provider did not accept the call.
    pub(crate) fault: Option<CallFailure>,
}

impl Tried {
    /// What the recorded attempts of this ring showed, including those of other processes; and the
    /// failure that ends the call, if no provider may be asked after them.
    pub(crate) fn of(
        config: &ActiveConfig,
        call: &Call,
        ring: u32,
        quota_opt_in: bool,
    ) -> (Self, Option<CallFailure>) {
        let mut tried = Self::default();
        let attempts = call.attempts.iter().filter(|attempt| attempt.ring == ring);
        let end = attempts
            .map(|attempt| tried.remember(config, attempt, quota_opt_in))
            .fold(None, |end, next| end.or(next));
        (tried, end)
    }

    /// True if the provider may still be asked in this ring.
    pub(crate) fn may_ask(&self, provider: &ProviderId) -> bool {
        !self.done.contains(provider)
    }

    /// True if the provider asked for a pause, so that others are asked first.
    pub(crate) fn is_deferred(&self, provider: &ProviderId) -> bool {
        self.repeats.contains_key(provider)
    }

    /// True if the candidate may be asked, and its failure domains are not known to be unreachable.
    pub(crate) fn allows(&self, config: &ActiveConfig, candidate: &Candidate) -> bool {
        let one = config.policy.providers.get(candidate.index);
        let mut domains = one.into_iter().flat_map(|one| one.info.failure_domains.iter());
        self.may_wait_for(&candidate.provider)
            && !domains.any(|domain| self.unreachable_domains.contains(domain))
    }

    /// True if the provider may be asked now or later.
    pub(crate) fn may_wait_for(&self, provider: &ProviderId) -> bool {
        self.may_ask(provider) && self.waits_for.as_ref().is_none_or(|only| only == provider)
    }

    /// How often the provider has asked for a pause or was out of credit.
    pub(crate) fn repeats(&self, provider: &ProviderId) -> u32 {
        self.repeats.get(provider).copied().unwrap_or_default()
    }

    /// How often the provider was retried.
    pub(crate) fn retries(&self, provider: &ProviderId) -> u32 {
        self.retries.get(provider).copied().unwrap_or_default()
    }

    /// Applies a recorded attempt that is proven not to have rung. Returns the failure that ends
    /// the call if no provider may be asked after it.
    fn remember(
        &mut self,
        config: &ActiveConfig,
        earlier: &Attempt,
        quota_opt_in: bool,
    ) -> Option<CallFailure> {
        self.sent += 1;
        self.written += 1;
        let fault = earlier.error.as_ref().map(CallFailure::from);
        let next = NotPlaced::of(earlier).next(quota_opt_in);
        match next {
            Next::NoProvider | Next::Approval => {
                let unsaid = || CallFailure {
                    kind: ErrorKind::NoProvider,
                    message: format!("{} refused the call for every provider", earlier.provider),
                };
                return Some(fault.unwrap_or_else(unsaid));
            }
            Next::Retry | Next::OtherProvider | Next::AfterPause | Next::AfterCredit => {
                self.fault = fault.clone()
            }
            Next::AnyProvider => {}
        }
        self.learn(config, &earlier.provider, next, || true);
        fault.filter(|_| next == Next::AfterCredit && !self.may_ask(&earlier.provider))
    }

    /// Applies the result of an attempt: which providers may not be asked again.
    pub(crate) fn learn(
        &mut self,
        config: &ActiveConfig,
        provider: &ProviderId,
        next: Next,
        may_retry: impl FnOnce() -> bool,
    ) {
        match next {
            Next::Retry => {
                let retries = self.retries.entry(provider.clone()).or_default();
                if *retries < RETRIES && may_retry() {
                    *retries += 1;
                } else {
                    self.exclude(config, provider, true);
                }
            }
            Next::OtherProvider => self.exclude(config, provider, false),
            Next::AfterPause | Next::AfterCredit => {
                let repeats = self.repeats.entry(provider.clone()).or_default();
                if *repeats < REPEATS {
                    *repeats += 1;
                } else {
                    self.exclude(config, provider, false);
                }
                if next == Next::AfterCredit {
                    self.waits_for = Some(provider.clone());
                }
            }
            Next::AnyProvider | Next::NoProvider | Next::Approval => {}
        }
    }

    /// Excludes the provider for the rest of this ring. `unreachable`: also excludes all providers
    /// in the same failure domain.
    pub(crate) fn exclude(
        &mut self,
        config: &ActiveConfig,
        provider: &ProviderId,
        unreachable: bool,
    ) {
        self.done.insert(provider.clone());
        if unreachable && let Some(runtime) = config.runtime(provider) {
            let domains = runtime.provider.info().failure_domains.iter();
            self.unreachable_domains.extend(domains.map(str::to_owned));
        }
    }
}
