//! Accounts that are out of credit get no calls until a pause ends or a read shows credit.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures::FutureExt;
use switchboard_core::{Balance, CallId};

use crate::{events::CallEventKind, provider::ProviderRuntime, shared::Shared};

/// A provider refused a call because its account is out of credit.
pub(crate) fn refused(inner: &Arc<Shared>, id: CallId, runtime: &ProviderRuntime) {
    let Some(pause) = runtime.out_of_credit() else {
        return;
    };
    inner.report(id, || CallEventKind::OutOfCredit { provider: runtime.id.clone(), lasts: pause });
    let (weak, clock, provider) =
        (Arc::downgrade(inner), Arc::clone(&inner.clock), runtime.id.clone());
    inner.spawn(async move {
        // Read the balance only once, half way through the pause: it may be wrong, so it is not
        // polled.
        clock.sleep(pause / 2).await;
        let runtime = weak.upgrade().and_then(|inner| inner.runtime(&provider));
        if let Some(runtime) = runtime
            && shows_credit(&runtime).await
        {
            tracing::info!(%provider, "a read shows credit");
            runtime.has_credit();
        } else {
            clock.sleep(pause - pause / 2).await;
        }
        if let Some(inner) = weak.upgrade() {
            inner.waiting.look();
        }
    });
}

async fn shows_credit(runtime: &ProviderRuntime) -> bool {
    let Some(usage) = runtime.provider.usage() else {
        return false;
    };
    let balances = AssertUnwindSafe(usage.balances()).catch_unwind().await;
    let has_some =
        |balance: &Balance| balance.credits_remaining.is_some_and(|credits| credits.micros() > 0);
    balances.is_ok_and(|balances| balances.is_ok_and(|balances| balances.iter().any(has_some)))
}
