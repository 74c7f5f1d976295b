//! Cancelling, stopping, resolving and reading calls.

use std::sync::Arc;

use switchboard_core::{
    Call, CallFailure, CallId, CallStatus, Error, ErrorKind, ProviderCallId, Recording, Result,
    Transcript,
};
use switchboard_journal::{
    WriteError,
    state::{Fact, Resolution, Verdict, may_resolve},
};

use crate::{provider::ProviderRuntime, reconcile, review, shared::Shared};

/// The result of cancelling a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelled {
    /// Nothing had been sent, and nothing will be.
    NothingSent,
    /// The provider has the call and accepted the request to end it. The call's record will show
    /// how it ends.
    ProviderAsked,
}

pub(crate) async fn cancel(inner: &Arc<Shared>, id: CallId) -> Result<Cancelled> {
    let call = inner.call(id).await?;
    if call.status.is_settled() && call.status != CallStatus::Indeterminate {
        return Err(Error::new(
            ErrorKind::Conflict,
            format!("the call {id} is {}: there is nothing to cancel", call.status),
        ));
    }
    if withdraw(inner, id).await? {
        return Ok(Cancelled::NothingSent);
    }
    let call = inner.call(id).await?;
    let (runtime, theirs) = at_provider(inner, &call)?;
    let (cancels, stops) = (runtime.provider.cancels(), runtime.provider.stops());
    let cancelled = match cancels {
        Some(cancels) => cancels.cancel(&theirs).await,
        None => Err(unable(&runtime, "cancel")),
    };
    match (cancelled, stops) {
        (Ok(()), _) => {}
        // The phone is already ringing, or the provider has one way to end a call.
        (Err(error), Some(stops)) if ends_otherwise(&error) => stops.stop(&theirs).await?,
        (Err(error), _) => return Err(error),
    }
    Ok(Cancelled::ProviderAsked)
}

/// Returns false if something of the call was sent.
pub(crate) async fn withdraw(inner: &Arc<Shared>, id: CallId) -> Result<bool> {
    let fault = CallFailure {
        kind: ErrorKind::Withdrawn,
        message: "taken back before anything was sent".to_owned(),
    };
    // The journal decides: it accepts this fact only while nothing of the call was sent.
    match inner.record(id, Fact::Withdrawn(fault)).await {
        Ok(_) => {
            inner.waiting.requeue_all();
            Ok(true)
        }
        // Something was sent, or the call is over.
        Err(WriteError::Denied(_)) => Ok(false),
        Err(WriteError::Rejected(error)) if error.kind() == ErrorKind::Conflict => Ok(false),
        Err(error @ (WriteError::Rejected(_) | WriteError::Unavailable(_))) => Err(error.into()),
    }
}

pub(crate) async fn resolve(
    inner: &Arc<Shared>,
    id: CallId,
    mut resolution: Resolution,
) -> Result<Call> {
    for (field, text) in [("by", &resolution.by), ("note", &resolution.note)] {
        if text.trim().is_empty() {
            return Err(Error::invalid(
                field,
                "is empty: an audit needs to know who decided, and why",
            ));
        }
    }
    let call = inner.call(id).await?;
    let settled_already = || {
        Error::new(
            ErrorKind::Conflict,
            format!("the call {id} is {}: it has no doubt that this would resolve", call.status),
        )
    };
    let last = call
        .attempts
        .last()
        .filter(|_| may_resolve(&call, &resolution.verdict))
        .ok_or_else(settled_already)?;
    if matches!(resolution.verdict, Verdict::Ended(_)) && resolution.call.is_none() {
        resolution.call = reconcile::only_candidate(inner, &call).await;
    }
    let recorded = inner.record(id, Fact::Resolved(last.id, resolution)).await?;
    reconcile::follow_known(inner, &recorded.call).await;
    reconcile::clear_resolved_doubts(inner).await;
    inner.call(id).await
}

pub(crate) async fn stop(inner: &Arc<Shared>, id: CallId) -> Result<()> {
    let (runtime, theirs) = at_provider(inner, &inner.call(id).await?)?;
    let stops = runtime.provider.stops().ok_or_else(|| unable(&runtime, "hang up"))?;
    stops.stop(&theirs).await
}

pub(crate) async fn transcript(inner: &Arc<Shared>, id: CallId) -> Result<Transcript> {
    let (runtime, theirs) = at_provider(inner, &inner.call(id).await?)?;
    runtime.read_turn(&*inner.clock).await;
    let transcripts = runtime.provider.transcripts();
    let transcripts = transcripts.ok_or_else(|| unable(&runtime, "show the transcript of"))?;
    let transcript = transcripts.transcript(&theirs).await?;
    inner.record(id, Fact::Transcribed(transcript.clone())).await?;
    review::record(inner, id, &transcript).await?;
    Ok(transcript)
}

pub(crate) async fn recording(inner: &Arc<Shared>, id: CallId) -> Result<Recording> {
    let (runtime, theirs) = at_provider(inner, &inner.call(id).await?)?;
    runtime.read_turn(&*inner.clock).await;
    let recordings = runtime.provider.recordings();
    let recordings = recordings.ok_or_else(|| unable(&runtime, "show the recording of"))?;
    let recording = recordings.recording(&theirs).await?;
    inner.record(id, Fact::Recorded(recording.clone())).await?;
    Ok(recording)
}

/// The provider's runtime, and its id for the call: the proven one, or a tentative one from its
/// list while the placing request is still unanswered.
fn at_provider(inner: &Arc<Shared>, call: &Call) -> Result<(Arc<ProviderRuntime>, ProviderCallId)> {
    let last = call.attempts.last().filter(|last| last.state.is_live());
    let provider = call.provider.as_ref().or(last.map(|last| &last.provider));
    let theirs =
        call.provider_call_id.as_ref().or(last.and_then(|last| last.provider_call_id.as_ref()));
    match (provider.and_then(|provider| inner.runtime(provider)), theirs) {
        (Some(runtime), Some(theirs)) => Ok((runtime, theirs.clone())),
        _ => Err(Error::new(
            ErrorKind::Conflict,
            format!(
                "the call {} is {} and the provider's id for it is not known",
                call.id, call.status
            ),
        )),
    }
}

/// True if a call that could not be cancelled may still be hung up.
fn ends_otherwise(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Conflict | ErrorKind::Unsupported)
}

fn unable(runtime: &ProviderRuntime, to: &str) -> Error {
    Error::new(ErrorKind::Unsupported, format!("this provider cannot {to} a call"))
        .with_provider(runtime.id.clone())
}
