//! Probes providers whose breaker is open. A breaker half-opens with a read, never with a call.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Weak},
    time::Duration,
};

use futures::{FutureExt, StreamExt, stream::FuturesUnordered};
use switchboard_core::{Clock, ProviderId};

use crate::{domain::Domain, health::is_unanswered, provider::ProviderRuntime, shared::Shared};

/// The result of a probing read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// The read succeeded.
    Works,
    /// The read failed, but there was an answer: the platform is up.
    Answers,
    /// There was no answer.
    NoAnswer,
}

/// Reads one call of the provider's list whenever its breaker allows a probe, until a read
/// succeeds.
pub(crate) fn start(inner: &Arc<Shared>, runtime: &Arc<ProviderRuntime>) {
    let (weak, id) = (Arc::downgrade(inner), runtime.id.clone());
    let Some(mut wait) = runtime.time_until_probe(inner.clock.uptime()) else {
        return;
    };
    inner.spawn(async move {
        loop {
            let Some((clock, runtime)) = after(&weak, wait, &id).await else {
                return;
            };
            let worked = look(&runtime, &*clock).await == Seen::Works;
            tracing::info!(provider = %id, worked, "probed with a read");
            match runtime.record_probe(worked, clock.uptime()) {
                Some(next) => wait = next,
                None => return,
            }
        }
    });
}

/// Sleeps, and then gets the provider's current runtime: a reload may have changed its address or
/// its key.
async fn after(
    inner: &Weak<Shared>,
    wait: Duration,
    id: &ProviderId,
) -> Option<(Arc<dyn Clock>, Arc<ProviderRuntime>)> {
    let clock = Arc::clone(&inner.upgrade()?.clock);
    clock.sleep(wait).await;
    let runtime = inner.upgrade()?.runtime(id)?;
    Some((clock, runtime))
}

/// Reads through the providers of a failure domain whenever its breaker allows a probe, until it
/// counts as working again: one read succeeded, or every provider at least answered. A refused key
/// is an answer too: it shows that the platform is up.
pub(crate) fn start_domain(inner: &Arc<Shared>, domain: &Arc<Domain>) {
    let (weak, domain) = (Arc::downgrade(inner), Arc::clone(domain));
    let Some(mut wait) = domain.time_until_probe(inner.clock.uptime()) else {
        return;
    };
    inner.spawn(async move {
        loop {
            let Some(clock) = weak.upgrade().map(|strong| Arc::clone(&strong.clock)) else {
                return;
            };
            clock.sleep(wait).await;
            let Some(riders) = weak.upgrade().map(|strong| strong.config().riders(&domain)) else {
                return;
            };
            // All at once, so that a hanging provider does not delay the others.
            let mut looks: FuturesUnordered<_> =
                riders.iter().map(|runtime| look(runtime, &*clock)).collect();
            let mut seen = Vec::with_capacity(riders.len());
            while let Some(one) = looks.next().await {
                seen.push(one);
                if one == Seen::Works {
                    break;
                }
            }
            let worked =
                seen.contains(&Seen::Works) || !seen.is_empty() && !seen.contains(&Seen::NoAnswer);
            tracing::info!(domain = domain.name, worked, "probed with reads");
            match domain.record_probe(worked, clock.uptime()) {
                Some(next) => wait = next,
                None => return,
            }
        }
    });
}

async fn look(runtime: &ProviderRuntime, clock: &dyn Clock) -> Seen {
    runtime.read_turn(clock).await;
    match AssertUnwindSafe(runtime.provider.look()).catch_unwind().await {
        Ok(Ok(())) => Seen::Works,
        Ok(Err(error)) if is_unanswered(&error) => Seen::NoAnswer,
        // Any other error is an answer; a panic shows nothing.
        Ok(Err(_)) => Seen::Answers,
        Err(_) => Seen::NoAnswer,
    }
}
