//! Webhooks. The address is checked before the body is parsed, and the body is only a hint: the
//! call is read from the provider before anything is recorded about it.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use switchboard_core::{
    AttemptId, AttemptState, CallId, Error, ErrorKind, EventKind, IncomingWebhook, Proof,
    ProviderCallId, Result,
};
use switchboard_journal::{StoredWebhook, state::Fact};
use tokio::sync::oneshot;

use crate::{
    events::CallEventKind,
    follow::{self, PlacedCall},
    place_request,
    provider::ProviderRuntime,
    shared::Shared,
    shutdown::stopping,
};

const LARGEST_BODY: usize = 64 * 1024;

/// How long to wait before a stored webhook that could not be handled is handled again. After the
/// last time it is left for the next process; until then the call is polled as every other.
const AGAIN: [Duration; 3] =
    [Duration::from_secs(5), Duration::from_secs(30), Duration::from_secs(300)];

/// A webhook that passed all checks.
struct Checked {
    runtime: Arc<ProviderRuntime>,
    call: CallId,
    stored: StoredWebhook,
}

/// True if this address was issued and has not expired. Reads nothing.
pub(crate) fn is_issued(inner: &Shared, path: &str, now: Timestamp) -> bool {
    inner.hooks.as_ref().is_some_and(|hooks| hooks.read(path, now).is_some())
}

/// Checks the address, the size and the signature.
async fn check(inner: &Arc<Shared>, path: &str, webhook: IncomingWebhook) -> Result<Checked> {
    let unauthorized =
        || Error::new(ErrorKind::Unauthorized, "this address was never issued, or has expired");
    let hooks = inner.hooks.as_ref().ok_or_else(unauthorized)?;
    let (provider, attempt) = hooks.read(path, webhook.received_at).ok_or_else(unauthorized)?;
    if webhook.body.len() > LARGEST_BODY {
        return Err(Error::invalid(
            "body",
            format!("has {} bytes: at most {LARGEST_BODY} are accepted", webhook.body.len()),
        ));
    }
    let runtime = inner.runtime(&provider).ok_or_else(unauthorized)?;
    let call = inner.journal.call_of(attempt).await?.ok_or_else(unauthorized)?;
    let receiver = runtime
        .provider
        .webhooks()
        .and_then(|webhooks| webhooks.receiver())
        .ok_or_else(unauthorized)?;
    let calls = receiver
        .receive(&webhook)?
        .into_iter()
        .filter(|event| matches!(event.kind, EventKind::Call(_)))
        .filter_map(|event| event.call)
        .collect();
    let stored =
        StoredWebhook { attempt, body: webhook.body.to_vec(), calls, at: webhook.received_at };
    Ok(Checked { runtime, call, stored })
}

/// Returns when the webhook is stored. It is handled afterwards.
pub(crate) async fn accept_webhook(
    inner: &Arc<Shared>,
    path: &str,
    webhook: IncomingWebhook,
) -> Result<()> {
    let Checked { runtime, call, stored } = check(inner, path, webhook).await?;
    let (result, answer) = oneshot::channel();
    let strong = Arc::clone(inner);
    // A task of its own from the first write on, as in `receive_webhook`.
    inner.spawn(async move {
        let kept = strong.halt_on_journal_error(strong.journal.store_webhook(&stored).await);
        let is_new = matches!(kept, Ok(true));
        // An error only means that the caller no longer waits.
        let _ = result.send(kept.map(|_| ()));
        if !is_new {
            return;
        }
        for pause in AGAIN {
            match handle(&strong, &runtime, call, &stored).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(%call, %error, "a stored webhook could not be handled yet");
                }
            }
            strong.clock.sleep(pause).await;
        }
        handle_again(&strong, stored).await;
    });
    answer.await.map_err(not_handled)?
}

fn not_handled(_: oneshot::error::RecvError) -> Error {
    stopping("the engine was stopped before the webhook was handled")
}

/// Returns when the webhook is handled.
pub(crate) async fn receive_webhook(
    inner: &Arc<Shared>,
    path: &str,
    webhook: IncomingWebhook,
) -> Result<()> {
    let Checked { runtime, call, stored } = check(inner, path, webhook).await?;
    let (result, answer) = oneshot::channel();
    let strong = Arc::clone(inner);
    // Runs as a task of its own, so that a provider that closes the connection cannot interrupt it
    // between a write and what follows from that.
    inner.spawn(async move {
        let handled = async {
            if !strong.halt_on_journal_error(strong.journal.store_webhook(&stored).await)? {
                return Ok(());
            }
            handle(&strong, &runtime, call, &stored).await
        };
        // An error only means that the caller no longer waits.
        let _ = result.send(handled.await);
    });
    answer.await.map_err(not_handled)?
}

/// Handles a stored webhook that a dead process had not handled.
pub(crate) async fn handle_again(inner: &Arc<Shared>, stored: StoredWebhook) {
    let handled = async {
        let Some(id) = inner.journal.call_of(stored.attempt).await? else {
            return inner
                .halt_on_journal_error(inner.journal.mark_handled(&stored, inner.now()).await);
        };
        let call = inner.journal.get(id).await?;
        let attempt =
            call.and_then(|call| call.attempts.into_iter().find(|one| one.id == stored.attempt));
        match attempt.and_then(|attempt| inner.runtime(&attempt.provider)) {
            Some(runtime) => handle(inner, &runtime, id, &stored).await,
            None => {
                inner.halt_on_journal_error(inner.journal.mark_handled(&stored, inner.now()).await)
            }
        }
    };
    if let Err(error) = handled.await {
        tracing::warn!(attempt = %stored.attempt, %error, "a stored webhook could not be handled");
    }
}

/// Reads every call that the webhook names, and records the results.
async fn handle(
    inner: &Arc<Shared>,
    runtime: &Arc<ProviderRuntime>,
    id: CallId,
    stored: &StoredWebhook,
) -> Result<()> {
    for theirs in &stored.calls {
        hint(inner, runtime, id, stored.attempt, theirs).await?;
    }
    inner.halt_on_journal_error(inner.journal.mark_handled(stored, inner.now()).await)
}

async fn hint(
    inner: &Arc<Shared>,
    runtime: &Arc<ProviderRuntime>,
    id: CallId,
    attempt: AttemptId,
    theirs: &ProviderCallId,
) -> Result<()> {
    let Some(call) = inner.journal.get(id).await? else {
        return Ok(());
    };
    let Some(tried) = call.attempts.iter().find(|one| one.id == attempt) else {
        return Ok(());
    };
    if tried.provider_call_id.as_ref().is_some_and(|known| known != theirs)
        && tried.state == AttemptState::Placed
    {
        tracing::warn!(call = %id, "a webhook names a different call than its attempt has: it is ignored");
        return Ok(());
    }
    let is_known = tried.provider_call_id.as_ref() == Some(theirs);
    if tried.was_never_dialled() && is_known {
        runtime.read_turn(&*inner.clock).await;
        if !follow::read(runtime, theirs).await?.state.shows_a_ring() {
            return Ok(());
        }
    }
    if tried.state == AttemptState::NotPlaced {
        tracing::error!(call = %id, %attempt, "a webhook reports an attempt that was proven not to have rung: look at this call");
        inner.report(id, || CallEventKind::Alarm {
            reason: "a webhook reports an attempt that was proven not to have rung",
        });
        return Ok(());
    }
    if call.attempts.last().is_none_or(|last| last.id != attempt) {
        // Belongs to an earlier attempt, which is settled.
        return Ok(());
    }
    runtime.read_turn(&*inner.clock).await;
    let report = follow::read(runtime, theirs).await?;
    if report.to.is_some_and(|to| to != call.to) {
        tracing::warn!(call = %id, "a webhook names a call to a different number: it is ignored");
        return Ok(());
    }
    let since = tried.sent_at.unwrap_or(call.created_at);
    if call.provider_call_id.is_none() {
        inner.record(id, Fact::Traced(attempt, theirs.clone(), Proof::Webhook)).await?;
        runtime.settled(attempt);
        let longest = place_request::longest(inner, runtime, id).await;
        let placed = PlacedCall { call: id, attempt, theirs: theirs.clone(), since, longest };
        follow::watch(inner, runtime, placed);
    }
    follow::note(inner, runtime, id, attempt, since, report).await;
    Ok(())
}
