//! Handling of webhooks: the address is checked before the body is looked at, and the body is only a
//! hint. The call is read at the provider before anything is written down.

use std::sync::Arc;

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

pub(crate) async fn receive_webhook(
    inner: &Arc<Shared>,
    path: &str,
    webhook: IncomingWebhook,
) -> Result<()> {
    let stranger =
        || Error::new(ErrorKind::Unauthorized, "this address was not given out, or has expired");
    let hooks = inner.hooks.as_ref().ok_or_else(stranger)?;
    let (provider, attempt) = hooks.read(path, webhook.received_at).ok_or_else(stranger)?;
    if webhook.body.len() > LARGEST_BODY {
        return Err(Error::invalid(
            "body",
            format!("has {} bytes: at most {LARGEST_BODY} are taken", webhook.body.len()),
        ));
    }
    let runtime = inner.runtime(&provider).ok_or_else(stranger)?;
    let id = inner.journal.call_of(attempt).await?.ok_or_else(stranger)?;
    let receiver = runtime
        .provider
        .webhooks()
        .and_then(|webhooks| webhooks.receiver())
        .ok_or_else(stranger)?;
    let calls = receiver
        .receive(&webhook)?
        .into_iter()
        .filter(|event| matches!(event.kind, EventKind::Call(_)))
        .filter_map(|event| event.call)
        .collect();
    let letter =
        StoredWebhook { attempt, body: webhook.body.to_vec(), calls, at: webhook.received_at };
    let (told, answer) = oneshot::channel();
    let strong = Arc::clone(inner);
    // On a task of its own: a provider that hangs up leaves no call between a write and what
    // follows from it.
    inner.spawn(async move {
        let handled = async {
            if !strong.halt_on_journal_error(strong.journal.store_webhook(&letter).await)? {
                return Ok(());
            }
            handle(&strong, &runtime, id, &letter).await
        };
        // Nobody listening is fine.
        let _ = told.send(handled.await);
    });
    let stopped = |_| stopping("the engine was stopped before the webhook was handled");
    answer.await.map_err(stopped)?
}

/// A webhook that was kept and not handled by a process that is gone.
pub(crate) async fn handle_again(inner: &Arc<Shared>, letter: StoredWebhook) {
    let handled = async {
        let Some(id) = inner.journal.call_of(letter.attempt).await? else {
            return inner
                .halt_on_journal_error(inner.journal.mark_handled(&letter, inner.now()).await);
        };
        let call = inner.journal.get(id).await?;
        let attempt =
            call.and_then(|call| call.attempts.into_iter().find(|one| one.id == letter.attempt));
        match attempt.and_then(|attempt| inner.runtime(&attempt.provider)) {
            Some(runtime) => handle(inner, &runtime, id, &letter).await,
            None => {
                inner.halt_on_journal_error(inner.journal.mark_handled(&letter, inner.now()).await)
            }
        }
    };
    if let Err(error) = handled.await {
        tracing::warn!(attempt = %letter.attempt, %error, "a webhook that was kept could not be handled");
    }
}

/// Reads every call that the webhook names, and writes down what that read says.
async fn handle(
    inner: &Arc<Shared>,
    runtime: &Arc<ProviderRuntime>,
    id: CallId,
    letter: &StoredWebhook,
) -> Result<()> {
    for theirs in &letter.calls {
        hint(inner, runtime, id, letter.attempt, theirs).await?;
    }
    inner.halt_on_journal_error(inner.journal.mark_handled(letter, inner.now()).await)
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
        tracing::warn!(call = %id, "a webhook names another call than its attempt has: it is left out");
        return Ok(());
    }
    if tried.state == AttemptState::NotPlaced {
        tracing::error!(call = %id, %attempt, "a webhook speaks of an attempt that was taken as proven silent: look at this call");
        inner.report(id, || CallEventKind::Alarm {
            reason: "a webhook reports an attempt that was proven not to have rung",
        });
        return Ok(());
    }
    if call.attempts.last().is_none_or(|last| last.id != attempt) {
        // A ring that is over: nothing of it is open any more.
        return Ok(());
    }
    runtime.read_turn(&*inner.clock).await;
    let report = follow::read(runtime, theirs).await?;
    if report.to.is_some_and(|to| to != call.to) {
        tracing::warn!(call = %id, "a webhook names a call to somebody else: it is left out");
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
