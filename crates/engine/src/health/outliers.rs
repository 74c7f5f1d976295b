//! Ejects providers that fail far more often than the others.
//!
//! A breaker only sees consecutive failures: a provider that fails every other call never opens it.
//! So failure rates in a sliding window are compared. A provider is ejected if the lower end of the
//! 99 % Wilson interval of its failure rate is more than ten percentage points above the rate of
//! the providers that could take its calls. Their attempts are pooled, with one failure and one
//! success added, so that providers without data count as failing half the time. The window must
//! contain at least [`OutlierPolicy::minimum_attempts`] attempts of the provider, and failures of
//! at least two calls: one bad call with all its retries ejects nobody.
//!
//! The length of an ejection is fixed when it begins, and the provider's record starts again after
//! it. The next ejection is twice as long if it comes within one window of the return. The last
//! provider that could take calls is never ejected. Refusals for reasons that depend on the call do
//! not count either way.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use switchboard_core::{CallId, ProviderId};
use switchboard_router::{OutlierPolicy, quality::wilson_lower_bound};

use super::doubled;

/// By how much a failure rate has to exceed that of the others.
const MARGIN: f64 = 0.1;
/// The 99.5 % quantile of the normal distribution, for a two-sided 99 % interval.
const QUANTILE: f64 = 2.575_829_303_548_901;
/// The most attempts of a provider that are considered: the newest ones.
const MOST_ATTEMPTS: usize = 1_000;

/// How often each provider failed lately, and which ones are ejected. All times are of one
/// monotonic clock, such as [`Clock::uptime`](switchboard_core::Clock::uptime).
#[derive(Debug, Clone)]
pub struct Outliers {
    policy: OutlierPolicy,
    records: BTreeMap<ProviderId, Record>,
}

#[derive(Debug, Clone, Default)]
struct Record {
    attempts: VecDeque<Attempt>,
    failures: usize,
    /// When the last ejection ends or ended, and how many came directly before it.
    ejection: Option<(Duration, u32)>,
}

#[derive(Debug, Clone, Copy)]
struct Attempt {
    at: Duration,
    /// The call that failed.
    failed: Option<CallId>,
}

impl Outliers {
    /// Starts without any attempts.
    pub fn new(policy: OutlierPolicy) -> Self {
        Self { policy, records: BTreeMap::new() }
    }

    /// Changes the policy. An ejection that has begun keeps its length.
    pub fn set_policy(&mut self, policy: OutlierPolicy) {
        self.policy = policy;
    }

    /// A provider accepted a call that was sent at `sent`.
    pub fn record_success(&mut self, provider: &ProviderId, sent: Duration, now: Duration) {
        self.note(provider, None, sent, now);
    }

    /// A provider failed a call. `others` are those that could take its calls: enabled and with
    /// closed breakers; ejected ones among them are ignored. Returns for how long the provider is
    /// ejected, if this ejects it.
    pub fn record_failure<'a>(
        &mut self,
        provider: &ProviderId,
        call: CallId,
        sent: Duration,
        now: Duration,
        others: impl IntoIterator<Item = &'a ProviderId>,
    ) -> Option<Duration> {
        if !self.note(provider, Some(call), sent, now) || !self.policy.enabled {
            return None;
        }
        let (mut there, mut failures, mut attempts) = (false, 0, 0);
        for other in others {
            if other == provider || self.ejected_for(other, now).is_some() {
                continue;
            }
            there = true;
            if let Some(record) = self.records.get_mut(other) {
                record.forget_before(now, self.policy.window);
                failures += record.failures;
                attempts += record.attempts.len();
            }
        }
        let own = self.records.get_mut(provider)?;
        let measured = own.attempts.len()
            >= usize::try_from(self.policy.minimum_attempts).unwrap_or(usize::MAX);
        let usual = (failures as f64 + 1.0) / (attempts as f64 + 2.0);
        if !there
            || !measured
            || own.failing_calls_are_one()
            || lowest_share(own.failures, own.attempts.len()) <= usual + MARGIN
        {
            return None;
        }
        let before = own
            .ejection
            .filter(|(ended, _)| now < ended.saturating_add(self.policy.window))
            .map_or(0, |(_, before)| before.saturating_add(1));
        let pause = doubled(self.policy.cooldown, before, self.policy.longest_cooldown);
        *own = Record { ejection: Some((now.saturating_add(pause), before)), ..Record::default() };
        Some(pause)
    }

    /// For how much longer a provider is ejected.
    pub fn ejected_for(&self, provider: &ProviderId, now: Duration) -> Option<Duration> {
        let (until, _) = self.records.get(provider)?.ejection?;
        until.checked_sub(now).filter(|left| !left.is_zero())
    }

    /// False if the attempt does not count because it was sent before its provider returned from an
    /// ejection.
    fn note(
        &mut self,
        provider: &ProviderId,
        failed: Option<CallId>,
        sent: Duration,
        now: Duration,
    ) -> bool {
        let record = match self.records.get_mut(provider) {
            Some(record) => record,
            None => self.records.entry(provider.clone()).or_default(),
        };
        if record.ejection.is_some_and(|(until, _)| sent < until) {
            return false;
        }
        record.forget_before(now, self.policy.window);
        if record.attempts.len() >= MOST_ATTEMPTS {
            record.forget_oldest();
        }
        record.failures += usize::from(failed.is_some());
        record.attempts.push_back(Attempt { at: now, failed });
        true
    }
}

impl Record {
    fn forget_before(&mut self, now: Duration, window: Duration) {
        while self.attempts.front().is_some_and(|oldest| oldest.at.saturating_add(window) <= now) {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some(oldest) = self.attempts.pop_front() {
            self.failures -= usize::from(oldest.failed.is_some());
        }
    }

    fn failing_calls_are_one(&self) -> bool {
        let mut failing = self.attempts.iter().filter_map(|attempt| attempt.failed);
        let first = failing.next();
        failing.all(|other| Some(other) == first)
    }
}

/// The lower end of the Wilson interval of a failure rate.
fn lowest_share(failures: usize, attempts: usize) -> f64 {
    if attempts == 0 {
        return 0.0;
    }
    wilson_lower_bound(failures as f64 / attempts as f64, attempts as f64, QUANTILE)
}
