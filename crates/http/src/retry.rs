//! When a harmless request is sent again.
//!
//! Retries multiply load exactly when a provider has least to spare, so three things limit them: a
//! number, a deadline, and a budget over all requests of the client. The order in [`Retries::wait`]
//! matters: first whether the backoff still offers a retry (returning a wait after it ran out would
//! never end), then the deadline, and the budget last, so that only retries that happen are
//! charged.

use std::{
    future::Future,
    hash::{BuildHasher, RandomState},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use backon::{ExponentialBuilder, Retryable};
use switchboard_core::{Delivery, Error, ErrorKind, PlaceError};
use tokio::time::Instant;
use tower::retry::budget::{Budget, TpsBudget};

use crate::RetryPolicy;

/// Bounds of the wait after a 429 without `Retry-After`.
const RATE_LIMITED: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// The retries of one client.
#[derive(Debug)]
pub(crate) struct Retries {
    policy: RetryPolicy,
    budget: TpsBudget,
    chance: Chance,
}

impl Retries {
    pub(crate) fn new(policy: RetryPolicy) -> Self {
        let seed = policy.seed.unwrap_or_else(|| RandomState::new().hash_one(0_u8));
        Self {
            policy,
            budget: TpsBudget::new(Duration::from_secs(10), 1, 0.1),
            chance: Chance(AtomicU64::new(seed)),
        }
    }

    /// Calls `attempt` until it succeeds, fails in a way that `may_retry` does not allow, or a
    /// limit is reached.
    pub(crate) async fn run<T, F, Fut>(
        &self,
        may_retry: fn(&PlaceError) -> bool,
        attempt: F,
    ) -> Result<T, PlaceError>
    where
        F: FnMut() -> Fut + Send,
        Fut: Future<Output = Result<T, PlaceError>> + Send,
        T: Send,
    {
        self.budget.deposit();
        let deadline = Instant::now() + self.policy.deadline;
        let backoff = ExponentialBuilder::new()
            .with_factor(2.0)
            .with_min_delay(self.policy.min_delay)
            .with_max_delay(self.policy.max_delay)
            .with_max_times(self.policy.retries);
        attempt
            .retry(backoff)
            .sleep(tokio::time::sleep)
            .when(may_retry)
            .adjust(|failed, offered| self.wait(failed.error(), offered, deadline))
            .notify(|failed, wait| {
                tracing::debug!(
                    operation = failed.error().operation(),
                    error = failed.kind().as_str(),
                    wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                    "sending again"
                );
            })
            .await
    }

    fn wait(
        &self,
        error: &Error,
        offered: Option<Duration>,
        deadline: Instant,
    ) -> Option<Duration> {
        let ceiling = offered?;
        let wait = match (error.retry_after(), error.kind()) {
            (Some(asked), _) => asked + self.chance.between(Duration::ZERO, ceiling),
            (None, ErrorKind::RateLimited) => {
                let (shortest, longest) = RATE_LIMITED;
                self.chance.between(shortest, (shortest + ceiling * 5).min(longest))
            }
            (None, _) => self.chance.between(Duration::ZERO, ceiling),
        };
        let in_time = Instant::now() + wait < deadline;
        (in_time && self.budget.withdraw()).then_some(wait)
    }
}

/// A read may be retried after failures that may be temporary.
pub(crate) fn read_may_retry(failed: &PlaceError) -> bool {
    matches!(
        failed.kind(),
        ErrorKind::Connect
            | ErrorKind::Timeout
            | ErrorKind::Transport
            | ErrorKind::Provider
            | ErrorKind::RateLimited
    )
}

/// A write may be retried only if no byte of it was sent.
pub(crate) fn write_may_retry(failed: &PlaceError) -> bool {
    failed.delivery() == Delivery::NotSent
        && matches!(failed.kind(), ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport)
}

/// A small random number generator (splitmix64): jitter has to be spread, not secret.
#[derive(Debug)]
struct Chance(AtomicU64);

impl Chance {
    fn between(&self, shortest: Duration, longest: Duration) -> Duration {
        let mut x = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^= x >> 31;
        let share = (x >> 40) as f64 / (1_u64 << 24) as f64;
        shortest + longest.saturating_sub(shortest).mul_f64(share)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Fails as scripted, then succeeds; answers when each try began.
    async fn run(policy: RetryPolicy, script: Vec<Error>) -> (Result<(), Error>, Vec<Duration>) {
        let (retries, began) = (Retries::new(policy), Instant::now());
        let script = Mutex::new(script.into_iter());
        let tries = Mutex::new(Vec::new());
        let outcome = retries
            .run(read_may_retry, || async {
                tries.lock().unwrap().push(began.elapsed());
                script
                    .lock()
                    .unwrap()
                    .next()
                    .map_or(Ok(()), |error| Err(PlaceError::unknown(error)))
            })
            .await
            .map_err(PlaceError::into_error);
        (outcome, tries.into_inner().unwrap())
    }

    fn limited() -> Error {
        Error::new(ErrorKind::RateLimited, "slow down")
    }

    fn seeded(seed: u64) -> RetryPolicy {
        RetryPolicy { seed: Some(seed), ..RetryPolicy::default() }
    }

    #[tokio::test(start_paused = true)]
    async fn a_retry_waits_at_least_as_long_as_the_provider_asked() {
        let (outcome, tries) =
            run(seeded(1), vec![limited().with_retry_after(Duration::from_secs(7))]).await;
        outcome.unwrap();
        assert_eq!(tries.len(), 2);
        assert!(
            tries[1] >= Duration::from_secs(7) && tries[1] < Duration::from_secs(8),
            "{tries:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_past_the_deadline_is_not_begun() {
        let (outcome, tries) =
            run(seeded(1), vec![limited().with_retry_after(Duration::from_secs(61))]).await;
        assert_eq!(outcome.unwrap_err().retry_after(), Some(Duration::from_secs(61)));
        assert_eq!(tries, [Duration::ZERO]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_retry_after_of_nothing_still_ends() {
        let (outcome, tries) =
            run(seeded(1), (0..99).map(|_| limited().with_retry_after(Duration::ZERO)).collect())
                .await;
        outcome.unwrap_err();
        assert_eq!(tries.len(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_word_a_rate_limit_waits_a_second_at_least() {
        for seed in 0..50 {
            let (_, tries) = run(seeded(seed), vec![limited(), limited()]).await;
            assert!(
                tries[1] >= Duration::from_secs(1) && tries[2] - tries[1] >= Duration::from_secs(1),
                "{tries:?}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_jitter_is_full_and_repeats_with_its_seed() {
        let mut firsts = Vec::new();
        for seed in 0..200 {
            let fail = || {
                vec![Error::new(ErrorKind::Provider, "no"), Error::new(ErrorKind::Provider, "no")]
            };
            let (_, tries) = run(seeded(seed), fail()).await;
            assert!(
                tries[1] <= Duration::from_millis(200)
                    && tries[2] - tries[1] <= Duration::from_millis(400),
                "{tries:?}"
            );
            assert_eq!(run(seeded(seed), fail()).await.1, tries);
            firsts.push(tries[1]);
        }
        assert!(firsts.iter().min().unwrap() < &Duration::from_millis(20), "{firsts:?}");
        assert!(firsts.iter().max().unwrap() > &Duration::from_millis(180), "{firsts:?}");
    }
}
