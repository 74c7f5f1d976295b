//! What other processes wrote to this one's calls: evidence of one that was paused while its calls
//! were taken over, a webhook that another received, an operator's word.
//!
//! The journal keeps it as news until it was acted on here, and every sweep asks for it. So a
//! change that this process did not make itself reaches it within a sweep, whoever made it, and
//! whatever became of them since.

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

/// What has become of a piece of news.
enum Heard {
    /// Nothing is left to do.
    Done,
    /// Somebody here is at work on the call. It is looked at again, in case they do not see what
    /// was written.
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

/// Somebody wanted to send a call on that was on its way, and is not any more.
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
        // Whoever ends a call that nobody sent leaves nothing to do.
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

/// Does what the call's state asks of the process that has it: the same that a process does which
/// takes it over, and what is left to do where it is over. `ended`: another process saw its last
/// ring end.
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
        // It moved on meanwhile: what did that is news again, or this process's own work.
        Err(error) if error.kind() == ErrorKind::Conflict => {
            tracing::debug!(call = %call.id, %error, "the call moved on meanwhile");
            Ok(())
        }
        acted => acted,
    }
}

/// A call is over: its bill is waited for, and it rings again where its caller asked for that.
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
