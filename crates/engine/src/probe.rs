//! A breaker half opens with a read, never with a call.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Weak},
    time::Duration,
};

use futures::{FutureExt, StreamExt, stream::FuturesUnordered};
use switchboard_core::{CallFilter, Clock, PageRequest, ProviderId};

use crate::{domain::Domain, health::is_nobody_there, provider::ProviderRuntime, shared::Shared};

/// What a read showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// It worked.
    Works,
    /// It did not, and somebody answered: the platform is there.
    Answers,
    /// Nobody was there.
    Nobody,
}

/// Reads one call of a provider's list when its breaker allows it, until a read works.
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

/// Sleeps, and then finds the provider as the configuration that holds now has it: its address and
/// its key may be new.
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

/// Reads through the providers of a failure domain when its breaker allows it, until one of them is
/// read. A key that is refused shows that somebody answers, so that a platform of which nothing
/// worse is seen counts as well.
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
            // All at once: one that hangs does not keep the others from being read.
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
                seen.contains(&Seen::Works) || !seen.is_empty() && !seen.contains(&Seen::Nobody);
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
    let one = PageRequest { limit: Some(1), cursor: None };
    let filter = CallFilter::default();
    match AssertUnwindSafe(runtime.provider.calls().list(&filter, &one)).catch_unwind().await {
        Ok(Ok(_)) => Seen::Works,
        Ok(Err(error)) if is_nobody_there(&error) => Seen::Nobody,
        // A backend that panics has shown nothing.
        Ok(Err(_)) => Seen::Answers,
        Err(_) => Seen::Nobody,
    }
}
