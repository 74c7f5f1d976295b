//! What other processes wrote to this process's calls: evidence from a process that was paused
//! while its calls were taken over, a webhook that another process received, an operator's
//! decision.
//!
//! The journal keeps such changes as news until this process has acted on them, and every sweep
//! reads the news. So a change made by another process is seen within one sweep, even if that
//! process has died since.

use std::sync::Arc;

use futures::{StreamExt, stream};
use switchboard_core::{AttemptState, Call, CallId, CallStatus, ErrorKind, Result};
use switchboard_journal::News;

use crate::{
    provider::Unbilled,
    reconcile, redial,
    shared::Shared,
    take_up::{self, AT_ONCE},
};

/// Whether a piece of news was dealt with.
enum Heard {
    /// Nothing is left to do.
    Done,
    /// Something in this process is working on the call. Look again later, in case it does not see
    /// the change.
    Later,
}

/// Acts on what was written to this process's calls since the last time.
pub(crate) async fn sweep(inner: &Arc<Shared>) -> Result<()> {
    let news = inner.journal.news().await?;
    if news.is_empty() {
        return Ok(());
    }
    let mut heard = stream::iter(news)
        .map(|one| async move { hear(inner, &one).await.map(|heard| (one, heard)) })
        .buffered(AT_ONCE);
    let mut acted = Vec::new();
    while let Some(one) = heard.next().await {
        match one? {
            (news, Heard::Done) => acted.push(news),
            (_, Heard::Later) => {}
        }
    }
    if acted.is_empty() {
        return Ok(());
    }
    inner.halt_on_journal_error(inner.journal.acted(&acted).await)
}

/// Looks at a call again, on a task of its own.
pub(crate) fn look_again_soon(inner: &Arc<Shared>, id: CallId) {
    let strong = Arc::clone(inner);
    inner.spawn(async move { look_again(&strong, id).await });
}

/// Something tried to continue a call while it was being worked on; that work has ended now.
async fn look_again(inner: &Arc<Shared>, id: CallId) {
    let looked = match inner.journal.get(id).await {
        Ok(Some(call)) => act(inner, &call, false).await,
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = looked {
        inner.leave(id, &error);
    }
}

async fn hear(inner: &Arc<Shared>, news: &News) -> Result<Heard> {
    let Some(call) = inner.journal.get(news.call).await? else {
        return Ok(Heard::Done);
    };
    inner.notice(&call);
    if inner.in_progress.drives(call.id) {
        // A call that ended without being sent leaves nothing to do.
        return Ok(match call.status {
            CallStatus::Refused | CallStatus::NeedsApproval => Heard::Done,
            CallStatus::Received
            | CallStatus::Scheduled
            | CallStatus::Admitted
            | CallStatus::Attempting
            | CallStatus::InProgress
            | CallStatus::Closed
            | CallStatus::Indeterminate
            | CallStatus::Stalled => Heard::Later,
        });
    }
    if inner.in_progress.wake_search(call.id) && !reconcile::is_open(&call) {
        return Ok(Heard::Later);
    }
    act(inner, &call, news.ended).await?;
    Ok(Heard::Done)
}

/// Does what the call's state requires of its owner: the same as when a call is taken over, and the
/// remaining work if the call is over. `ended`: another process recorded the end of its last ring.
async fn act(inner: &Arc<Shared>, call: &Call, ended: bool) -> Result<()> {
    let acted = match call.status {
        CallStatus::Received
        | CallStatus::Scheduled
        | CallStatus::Admitted
        | CallStatus::Attempting
        | CallStatus::InProgress
        | CallStatus::Indeterminate => take_up::take_up(inner, call).await,
        CallStatus::Closed => over(inner, call, ended).await,
        CallStatus::Refused | CallStatus::NeedsApproval | CallStatus::Stalled => Ok(()),
    };
    match acted {
        // The call changed meanwhile. That change is news again, or this process made it itself.
        Err(error) if error.kind() == ErrorKind::Conflict => {
            tracing::debug!(call = %call.id, %error, "the call moved on meanwhile");
            Ok(())
        }
        acted => acted,
    }
}

/// Handles a call that is over: awaits its bill, and redials if the caller asked for it.
async fn over(inner: &Arc<Shared>, call: &Call, ended: bool) -> Result<()> {
    let Some(last) = call.attempts.last() else {
        return Ok(());
    };
    if let (Some(runtime), Some(theirs)) = (inner.runtime(&last.provider), &last.provider_call_id)
        && last.state == AttemptState::Placed
    {
        runtime.unwatch(theirs);
        if last.cost.is_some() {
            runtime.billed(theirs);
        } else if runtime.provider.usage().is_some() {
            let since = last.sent_at.unwrap_or(last.created_at);
            runtime.await_bill(theirs.clone(), Unbilled::new(call.id, last.id, since));
        }
    }
    if ended {
        redial::after(inner, call).await?;
    }
    Ok(())
}
