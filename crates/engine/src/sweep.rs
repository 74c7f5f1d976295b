//! The engine's regular sweep of a shared journal: takes over calls of dead processes, and reads
//! what other processes wrote and learned. Beside it, the heartbeat.

use std::sync::Arc;

use crate::{
    learn, news, reconcile,
    shared::Shared,
    take_up::{pending_webhooks, sweep},
    trials,
};

/// What other processes learned is read once in this many sweeps.
const LEARN_EVERY: u32 = 20;

/// Starts the sweep and the heartbeat, which run as long as the engine exists.
pub(crate) fn start(inner: &Arc<Shared>) {
    beat(inner);
    let weak = Arc::downgrade(inner);
    inner.spawn(async move {
        let mut round = 0_u32;
        loop {
            let Some((clock, pause)) = weak
                .upgrade()
                .map(|strong| (Arc::clone(&strong.clock), strong.timings().sweep_every))
            else {
                return;
            };
            clock.sleep(pause).await;
            let Some(inner) = weak.upgrade() else { return };
            let swept = match sweep(&inner).await {
                Ok(recovered) if recovered.calls > 0 => pending_webhooks(&inner).await,
                Ok(_) => Ok(()),
                Err(error) => Err(error),
            };
            if let Err(error) = swept {
                tracing::error!(%error, "the journal could not be swept");
            }
            if let Err(error) = news::sweep(&inner).await {
                tracing::error!(%error, "what other processes wrote could not be read");
            }
            reconcile::clear_resolved_doubts(&inner).await;
            let trials = async {
                trials::catch_up(&inner).await?;
                trials::guard(&inner).await
            };
            if let Err(error) = trials.await {
                tracing::error!(%error, "decisions on experiments could not be read");
            }
            round = round.wrapping_add(1);
            if round.is_multiple_of(LEARN_EVERY)
                && let Err(error) = learn::catch_up(&inner).await
            {
                tracing::error!(%error, "what other processes learned could not be read");
            }
        }
    });
}

/// Says regularly that this process lives. A sweep may take longer than others wait for that: if
/// thousands of calls were left by another process, this one would lose them again while it takes
/// them up, and so would the next.
fn beat(inner: &Arc<Shared>) {
    let weak = Arc::downgrade(inner);
    inner.spawn(async move {
        loop {
            let Some((clock, pause)) = weak
                .upgrade()
                .map(|strong| (Arc::clone(&strong.clock), strong.timings().sweep_every))
            else {
                return;
            };
            clock.sleep(pause).await;
            let Some(inner) = weak.upgrade() else { return };
            if let Err(error) = inner.journal.beat(inner.now()).await {
                tracing::error!(%error, "the journal could not be told that this process lives");
            }
        }
    });
}
