//! A provider that fails far more often than the others.
//!
//! A breaker sees failures in a row and nothing else: a provider that fails every other call never
//! opens it. So the shares of failed attempts are compared, over a sliding window. A provider is
//! ejected when the lower end of the 99 % Wilson interval of its share is more than ten points
//! above the share of those that could take its calls, all of them together and with one failure
//! and one success added, so that providers of which nothing is known count as failing half the
//! time. At least [`OutlierPolicy::minimum_attempts`] of its attempts have to stand in the window,
//! of at least two calls that failed: one bad call, with all its retries, ejects nobody.
//!
//! An ejection lasts as long as it says, and begins the record anew. The next one doubles, where it
//! comes within a window of the return. The last provider that could take calls is never ejected.
//! What a provider refuses for a good reason does not count either way, because that depends on the
//! call.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use switchboard_core::{CallId, ProviderId};
use switchboard_router::OutlierPolicy;

use super::doubled;

/// How much higher than that of the others a share has to be.
const MARGIN: f64 = 0.1;
/// The 99.5 % quantile of the normal distribution: both ends of the interval together err once in a
/// hundred.
const QUANTILE: f64 = 2.575_829_303_548_901;
/// So many attempts of a provider are looked at, at most, and the newest.
const MOST_ATTEMPTS: usize = 1_000;

/// How often each provider lately failed, and who is left out for it. All times are of one clock
/// that only runs forward, as [`Clock::uptime`](switchboard_core::Clock::uptime).
#[derive(Debug, Clone)]
pub struct Outliers {
    policy: OutlierPolicy,
    records: BTreeMap<ProviderId, Record>,
}

#[derive(Debug, Clone, Default)]
struct Record {
    attempts: VecDeque<Attempt>,
    failures: usize,
    /// When the last ejection ends or ended, and how many came before it in its row.
    ejection: Option<(Duration, u32)>,
}

#[derive(Debug, Clone, Copy)]
struct Attempt {
    at: Duration,
    /// The call that failed.
    failed: Option<CallId>,
}

impl Outliers {
    /// Nobody was asked yet.
    pub fn new(policy: OutlierPolicy) -> Self {
        Self { policy, records: BTreeMap::new() }
    }

    /// Obeys another policy from now on. An ejection that began lasts as long as it said.
    pub fn set_policy(&mut self, policy: OutlierPolicy) {
        self.policy = policy;
    }

    /// A provider took a call that was sent at `sent`.
    pub fn record_success(&mut self, provider: &ProviderId, sent: Duration, now: Duration) {
        self.note(provider, None, sent, now);
    }

    /// A provider failed with a call. `others` are those that could take its calls: switched on,
    /// and with closed breakers; those of them that are ejected are passed over. Blame for how long
    /// the provider is ejected, where this ejects it.
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

    /// How long a provider is still left out.
    pub fn ejected_for(&self, provider: &ProviderId, now: Duration) -> Option<Duration> {
        let (until, _) = self.records.get(provider)?.ejection?;
        until.checked_sub(now).filter(|left| !left.is_zero())
    }

    /// False where the attempt does not count: it was sent before its provider came back.
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

/// The lower end of the Wilson interval of a share.
fn lowest_share(failures: usize, attempts: usize) -> f64 {
    if attempts == 0 {
        return 0.0;
    }
    let (count, share) = (attempts as f64, failures as f64 / attempts as f64);
    let square = QUANTILE * QUANTILE;
    let middle = share + square / (2.0 * count);
    let spread = QUANTILE * (share * (1.0 - share) / count + square / (4.0 * count * count)).sqrt();
    (middle - spread) / (1.0 + square / count)
}
