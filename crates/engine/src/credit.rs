//! An account that is out of credit: it takes no call until a pause ends or a read shows credit.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures::FutureExt;
use switchboard_core::{Balance, CallId};

use crate::{events::CallEventKind, lane::Lane, shared::Inner};

/// A provider refused a call because its account is out of credit.
pub(crate) fn refused(inner: &Arc<Inner>, id: CallId, lane: &Lane) {
    let Some(pause) = lane.out_of_credit() else {
        return;
    };
    inner.report(id, || CallEventKind::OutOfCredit { provider: lane.id.clone(), lasts: pause });
    let (weak, clock, provider) =
        (Arc::downgrade(inner), Arc::clone(&inner.clock), lane.id.clone());
    inner.spawn(async move {
        // Once, half way: a balance that was wrong once is not asked again and again.
        clock.sleep(pause / 2).await;
        let lane = weak.upgrade().and_then(|inner| inner.lane(&provider));
        if let Some(lane) = lane
            && shows_credit(&lane).await
        {
            tracing::info!(%provider, "a read shows credit");
            lane.has_credit();
        } else {
            clock.sleep(pause - pause / 2).await;
        }
        if let Some(inner) = weak.upgrade() {
            inner.waiting.look();
        }
    });
}

async fn shows_credit(lane: &Lane) -> bool {
    let Some(usage) = lane.provider.usage() else {
        return false;
    };
    let balances = AssertUnwindSafe(usage.balances()).catch_unwind().await;
    let has_some =
        |balance: &Balance| balance.credits_remaining.is_some_and(|credits| credits.micros() > 0);
    balances.is_ok_and(|balances| balances.is_ok_and(|balances| balances.iter().any(has_some)))
}
