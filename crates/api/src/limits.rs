//! Limits on requests: by key, and by address for wrong keys.
//!
//! They protect the server. Limits on calls are the engine's: a call above them waits.

use std::{
    collections::HashMap,
    net::IpAddr,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock as GovernorClock, Reference},
    middleware::StateInformationMiddleware,
    nanos::Nanos,
    state::{InMemoryState, NotKeyed},
};
use parking_lot::Mutex;
use serde_json::json;
use switchboard::{
    Clock,
    journal::server::{KeyId, KeyLimits},
};

use crate::{
    caller::Caller,
    problem::{Code, Problem, Result},
    settings::RequestLimits,
};

/// Wrong keys that one address may send in a minute.
const WRONG_A_MINUTE: u32 = 20;
const MINUTE: Duration = Duration::from_secs(60);
/// With more entries than this, those that are not needed are thrown out.
const MANY: usize = 4_096;

/// Our clock, as governor wants one.
#[derive(Debug, Clone)]
struct Uptime(Arc<dyn Clock>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Moment(u64);

impl std::ops::Add<Nanos> for Moment {
    type Output = Moment;

    fn add(self, nanos: Nanos) -> Moment {
        Moment(self.0.saturating_add(nanos.as_u64()))
    }
}

impl Reference for Moment {
    fn duration_since(&self, earlier: Self) -> Nanos {
        Nanos::from(self.0.saturating_sub(earlier.0))
    }

    fn saturating_sub(&self, duration: Nanos) -> Self {
        Moment(self.0.saturating_sub(duration.as_u64()))
    }
}

impl GovernorClock for Uptime {
    type Instant = Moment;

    fn now(&self) -> Moment {
        Moment(u64::try_from(self.0.uptime().as_nanos()).unwrap_or(u64::MAX))
    }
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, Uptime, StateInformationMiddleware>;

fn limiter(per_minute: u32, clock: &Arc<dyn Clock>) -> Limiter {
    let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
    RateLimiter::direct_with_clock(quota, Uptime(Arc::clone(clock))).with_middleware()
}

/// What is left of a limit, for the headers of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Left {
    /// How much there is in a window; of requests, in this process.
    pub(crate) quota: u32,
    /// How long the window is.
    pub(crate) window: Duration,
    /// How much is left.
    pub(crate) remaining: u32,
    /// How long until the whole quota is there again.
    pub(crate) full_in: Duration,
}

/// What one key uses.
#[derive(Debug)]
struct Use {
    quota: u32,
    limiter: Limiter,
    requests: Arc<AtomicU32>,
    streams: Arc<AtomicU32>,
}

/// What every key uses.
#[derive(Debug)]
pub(crate) struct Limits {
    clock: Arc<dyn Clock>,
    usual: RequestLimits,
    keys: Mutex<HashMap<KeyId, Use>>,
}

/// One request of a key, counted while this exists.
#[derive(Debug)]
pub struct RequestPermit(Arc<AtomicU32>);

/// One event stream of a key, counted while this exists.
#[derive(Debug)]
pub struct StreamPermit(Arc<AtomicU32>);

impl Drop for RequestPermit {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Drop for StreamPermit {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl StreamPermit {
    /// Counts an event stream of the process.
    pub(crate) fn of_process(open: &Arc<AtomicU32>, limit: u32) -> Result<Self> {
        if take(open, limit) {
            return Ok(Self(Arc::clone(open)));
        }
        let detail = "this server has as many streams open as it may";
        Err(Problem::new(Code::TooManyStreams, detail).retry_after(MINUTE))
    }
}

/// Counts one more, if there are fewer than `limit`.
fn take(counter: &AtomicU32, limit: u32) -> bool {
    let more = |now: u32| (now < limit).then_some(now + 1);
    counter.fetch_update(Ordering::SeqCst, Ordering::SeqCst, more).is_ok()
}

impl Limits {
    pub(crate) fn new(usual: RequestLimits, clock: Arc<dyn Clock>) -> Self {
        Self { clock, usual, keys: Mutex::default() }
    }

    /// The limits of a key.
    pub(crate) fn of(&self, key: &KeyLimits) -> RequestLimits {
        RequestLimits {
            requests_per_minute: key.requests_per_minute.unwrap_or(self.usual.requests_per_minute),
            concurrent_requests: key.concurrent_requests.unwrap_or(self.usual.concurrent_requests),
            streams: key.streams.unwrap_or(self.usual.streams),
        }
    }

    /// Counts a request. The quota is divided by the number of processes.
    pub(crate) fn request(&self, caller: &Caller, processes: u32) -> (Left, Result<RequestPermit>) {
        let limits = self.of(&caller.key().limits);
        let quota = (limits.requests_per_minute / processes.max(1)).max(1);
        let mut keys = self.keys.lock();
        let used = self.used(&mut keys, caller.id(), Some(quota));
        let (remaining, early) = match used.limiter.check() {
            Ok(state) => (state.remaining_burst_capacity(), None),
            Err(early) => (0, Some(early.wait_time_from(Uptime(Arc::clone(&self.clock)).now()))),
        };
        let full_in = MINUTE.mul_f64(f64::from(quota - remaining.min(quota)) / f64::from(quota));
        let left = Left { quota, window: MINUTE, remaining, full_in };
        let permit = match early {
            Some(wait) => Err(quota_exceeded("requests").retry_after(wait)),
            None if take(&used.requests, limits.concurrent_requests) => {
                Ok(RequestPermit(Arc::clone(&used.requests)))
            }
            None => Err(quota_exceeded("concurrent_requests").retry_after(Duration::from_secs(1))),
        };
        (left, permit)
    }

    /// Counts an event stream.
    pub(crate) fn stream(&self, caller: &Caller) -> Result<StreamPermit> {
        let limits = self.of(&caller.key().limits);
        let mut keys = self.keys.lock();
        let used = self.used(&mut keys, caller.id(), None);
        if take(&used.streams, limits.streams) {
            return Ok(StreamPermit(Arc::clone(&used.streams)));
        }
        let detail = format!("the key has {} streams open, as many as it may", limits.streams);
        Err(Problem::new(Code::TooManyStreams, detail).retry_after(MINUTE))
    }

    /// What a key uses, with this quota if one is given.
    fn used<'a>(
        &self,
        keys: &'a mut HashMap<KeyId, Use>,
        id: &KeyId,
        quota: Option<u32>,
    ) -> &'a mut Use {
        if keys.len() >= MANY && !keys.contains_key(id) {
            // A key that has its whole quota and no request is as good as new.
            keys.retain(|_, used| {
                Arc::strong_count(&used.requests) > 1
                    || Arc::strong_count(&used.streams) > 1
                    || used.is_in_use()
            });
        }
        let used = keys.entry(id.clone()).or_insert_with(|| {
            let quota = quota.unwrap_or(self.usual.requests_per_minute);
            let limiter = limiter(quota, &self.clock);
            Use { quota, limiter, requests: Arc::default(), streams: Arc::default() }
        });
        if let Some(quota) = quota.filter(|quota| *quota != used.quota) {
            used.divide_anew(quota, limiter(quota, &self.clock));
        }
        used
    }
}

impl Use {
    /// Takes another quota, because there are more processes now, or fewer. What was used of the
    /// former one stays used: otherwise each process that starts or ends would be worth another
    /// quota.
    fn divide_anew(&mut self, quota: u32, limiter: Limiter) {
        let spent = match self.limiter.check() {
            Ok(state) => self.quota.saturating_sub(state.remaining_burst_capacity() + 1),
            Err(_) => self.quota,
        };
        if let Some(spent) = NonZeroU32::new(spent.min(quota)) {
            // It is within the new quota, which nothing was taken of.
            let _ = limiter.check_n(spent);
        }
        (self.quota, self.limiter) = (quota, limiter);
    }

    /// True if its quota is not whole. Takes one request from it.
    fn is_in_use(&self) -> bool {
        self.limiter.check().map_or(true, |state| state.remaining_burst_capacity() + 1 < self.quota)
    }
}

fn quota_exceeded(policy: &str) -> Problem {
    let detail = format!("the key has used up its quota of {policy}");
    Problem::new(Code::RateLimited, detail).with("violated-policies", json!([policy]))
}

/// Wrong keys by address.
#[derive(Debug)]
pub(crate) struct WrongKeys {
    clock: Arc<dyn Clock>,
    by_address: Mutex<HashMap<IpAddr, (Duration, u32)>>,
}

impl WrongKeys {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, by_address: Mutex::default() }
    }

    /// # Errors
    /// `rate_limited` if this address sent too many wrong keys within a minute. Even a right one is
    /// not looked at then.
    pub(crate) fn check(&self, from: Option<IpAddr>) -> Result<()> {
        let now = self.clock.uptime();
        let by_address = self.by_address.lock();
        match from.and_then(|from| by_address.get(&from)) {
            Some((since, count))
                if *count >= WRONG_A_MINUTE && now.saturating_sub(*since) < MINUTE =>
            {
                let wait = MINUTE.saturating_sub(now.saturating_sub(*since));
                let detail = "this address sent too many keys that do not exist";
                Err(Problem::new(Code::RateLimited, detail)
                    .with("violated-policies", json!(["wrong_keys"]))
                    .retry_after(wait))
            }
            _ => Ok(()),
        }
    }

    /// Counts a wrong key.
    pub(crate) fn count(&self, from: Option<IpAddr>) {
        let Some(from) = from else {
            return;
        };
        let now = self.clock.uptime();
        let mut by_address = self.by_address.lock();
        if by_address.len() >= MANY {
            by_address.retain(|_, (since, _)| now.saturating_sub(*since) < MINUTE);
        }
        let (since, count) = by_address.entry(from).or_insert((now, 0));
        if now.saturating_sub(*since) >= MINUTE {
            (*since, *count) = (now, 0);
        }
        *count += 1;
    }
}
