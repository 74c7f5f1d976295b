//! Reports the result of an attempt to the provider's breaker, to the breaker of its failure
//! domain, and to outlier detection.

use std::{sync::Arc, time::Duration};

use switchboard_core::{CallId, PlaceError, ProviderId};

use crate::{
    events::CallEventKind,
    health::{Blame, blame},
    probe,
    provider::ProviderRuntime,
    shared::Shared,
};

/// The provider accepted a call that was sent at `sent` (monotonic clock).
pub(crate) fn worked(
    inner: &Shared,
    runtime: &ProviderRuntime,
    sent: Duration,
    accepted_in: Option<Duration>,
) {
    runtime.record_success(sent, accepted_in);
    for domain in &runtime.domains {
        domain.record_success(sent);
    }
    inner.config().outliers.lock().record_success(&runtime.id, sent, inner.clock.uptime());
}

/// An attempt that was sent at `sent` (monotonic clock) failed.
pub(crate) fn failed(
    inner: &Arc<Shared>,
    id: CallId,
    runtime: &Arc<ProviderRuntime>,
    failed: &PlaceError,
    sent: Duration,
) {
    let (blame, now) = (blame(failed), inner.clock.uptime());
    if runtime.record_failure(blame, sent, now) {
        inner.report(id, || CallEventKind::BreakerOpened { provider: runtime.id.clone() });
        probe::start(inner, runtime);
    }
    match blame {
        Blame::AgainstPlatform => {
            for domain in &runtime.domains {
                if domain.record_failure(sent, now) {
                    let name = domain.name.clone();
                    inner.report(id, || CallEventKind::DomainBreakerOpened { domain: name });
                    probe::start_domain(inner, domain);
                }
            }
            compare(inner, id, runtime, sent, now);
        }
        Blame::AgainstProvider => compare(inner, id, runtime, sent, now),
        Blame::Answered | Blame::Nothing => {}
    }
}

fn compare(inner: &Shared, id: CallId, runtime: &ProviderRuntime, sent: Duration, now: Duration) {
    let config = inner.config();
    let others: Vec<&ProviderId> = config
        .policy
        .providers
        .iter()
        .zip(&config.runtimes)
        .filter(|(one, other)| one.enabled && other.is_closed(now))
        .map(|(_, other)| &other.id)
        .collect();
    let mut outliers = config.outliers.lock();
    if let Some(pause) = outliers.record_failure(&runtime.id, id, sent, now, others) {
        runtime.eject(now.saturating_add(pause));
        drop(outliers);
        let provider = runtime.id.clone();
        inner.report(id, || CallEventKind::Ejected { provider, lasts: pause });
    }
}
