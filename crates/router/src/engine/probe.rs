//! A breaker half opens with a read, never with a call.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures::FutureExt;
use switchboard_core::{CallFilter, PageRequest};

use crate::{
    engine::{
        lane::{Lane, until},
        shared::Inner,
    },
    health::BreakerState,
};

/// Reads one call of the list when the breaker allows it, until a read works.
pub(crate) fn start(inner: &Arc<Inner>, lane: &Arc<Lane>) {
    let (weak, lane) = (Arc::downgrade(inner), Arc::clone(lane));
    inner.spawn(async move {
        while let BreakerState::Open { probe_at } = lane.breaker() {
            let Some(clock) = weak.upgrade().map(|strong| Arc::clone(&strong.clock)) else {
                return;
            };
            clock.sleep(until(clock.now(), probe_at)).await;
            lane.read_turn(&*clock).await;
            let one = PageRequest {
                limit: Some(1),
                cursor: None,
            };
            let filter = CallFilter::default();
            let answer = AssertUnwindSafe(lane.provider.calls().list(&filter, &one)).catch_unwind().await;
            let worked = matches!(answer, Ok(Ok(_)));
            tracing::info!(provider = %lane.id, worked, "probed with a read");
            lane.probed(worked, clock.now());
        }
    });
}
