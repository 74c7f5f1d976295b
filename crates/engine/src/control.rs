//! Changing and reading calls that were placed.

use std::sync::Arc;

use switchboard_core::{
    Call, CallFailure, CallId, CallStatus, Error, ErrorKind, ProviderCallId, Recording, Result,
    Transcript,
};
use switchboard_journal::{
    WriteError,
    state::{Fact, Resolution, Verdict, may_resolve},
};

use crate::{lane::Lane, reconcile, shared::Engine};

/// What became of a call that was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelled {
    /// Nothing had been sent, and nothing is.
    NothingSent,
    /// Its provider has it and took the request to end it. The call's record says how it ends.
    ProviderAsked,
}

impl Engine {
    /// Takes a call back. Where nothing was sent, nothing is sent any more, whoever has the call;
    /// where a provider has it, the provider is asked to cancel it, or to hang up where its phone
    /// rings already.
    ///
    /// # Errors
    /// `Conflict` where it is over, or is being sent and no provider's id of it is known;
    /// `Unsupported` where its provider cannot; whatever the provider answers.
    pub async fn cancel(&self, id: CallId) -> Result<Cancelled> {
        let call = self.get(id).await?;
        if call.status.is_settled() && call.status != CallStatus::Indeterminate {
            return Err(Error::new(
                ErrorKind::Conflict,
                format!("the call {id} is {}: there is nothing to take back", call.status),
            ));
        }
        let fault = CallFailure {
            kind: ErrorKind::Withdrawn,
            message: "taken back before anything was sent".to_owned(),
        };
        // The journal decides: it takes the fact only while nothing of the call has left.
        match self.inner.record(id, Fact::Withdrawn(fault)).await {
            Ok(_) => {
                self.inner.waiting.shake();
                return Ok(Cancelled::NothingSent);
            }
            // Something was sent, or another process says how the call stands.
            Err(WriteError::Denied(_)) => {}
            Err(WriteError::Rejected(error)) if error.kind() == ErrorKind::Conflict => {}
            Err(error @ (WriteError::Rejected(_) | WriteError::Unavailable(_))) => {
                return Err(error.into());
            }
        }
        let call = self.get(id).await?;
        let (lane, theirs) = self.at_provider(&call)?;
        let control = control(&lane)?;
        match control.cancel(&theirs).await {
            Ok(()) => {}
            // It rings already.
            Err(error) if error.kind() == ErrorKind::Conflict => control.stop(&theirs).await?,
            Err(error) => return Err(error),
        }
        Ok(Cancelled::ProviderAsked)
    }

    /// Ends a doubt by an operator's word, which is kept with the call. The call moves on, or ends,
    /// as the word says. Give the provider's id with an end where it is known; else the provider is
    /// asked once, and a call that is provably this one is taken.
    ///
    /// # Errors
    /// `Conflict` unless the call is in doubt, `Indeterminate` or `Stalled`; `InvalidRequest` for
    /// an empty note or name; `NotFound`; `Journal`.
    pub async fn resolve(&self, id: CallId, mut resolution: Resolution) -> Result<Call> {
        for (field, text) in [("by", &resolution.by), ("note", &resolution.note)] {
            if text.trim().is_empty() {
                return Err(Error::invalid(
                    field,
                    "is empty: an audit needs to know who decided, and on what grounds",
                ));
            }
        }
        let call = self.get(id).await?;
        let settled_already = || {
            Error::new(
                ErrorKind::Conflict,
                format!(
                    "the call {id} is {}: nothing about it is in doubt that this would settle",
                    call.status
                ),
            )
        };
        let last = call
            .attempts
            .last()
            .filter(|_| may_resolve(&call, &resolution.verdict))
            .ok_or_else(settled_already)?;
        if matches!(resolution.verdict, Verdict::Ended(_)) && resolution.call.is_none() {
            resolution.call = reconcile::only_candidate(&self.inner, &call).await;
        }
        let recorded = self.inner.record(id, Fact::Resolved(last.id, resolution)).await?;
        reconcile::follow_known(&self.inner, &recorded.call).await;
        reconcile::forget_what_is_told_apart(&self.inner).await;
        self.get(id).await
    }

    /// Hangs up a call that is under way.
    ///
    /// # Errors
    /// `Conflict` where no provider's id of it is known; `Unsupported` where its provider cannot;
    /// whatever the provider answers.
    pub async fn stop(&self, id: CallId) -> Result<()> {
        let (lane, theirs) = self.at_provider(&self.get(id).await?)?;
        control(&lane)?.stop(&theirs).await
    }

    /// What was said. Kept with the call.
    ///
    /// # Errors
    /// `Conflict` where no provider's id of it is known; whatever the provider answers.
    pub async fn transcript(&self, id: CallId) -> Result<Transcript> {
        let (lane, theirs) = self.at_provider(&self.get(id).await?)?;
        lane.read_turn(&*self.inner.clock).await;
        let transcript = lane.provider.calls().transcript(&theirs).await?;
        self.inner.record(id, Fact::Transcribed(transcript.clone())).await?;
        Ok(transcript)
    }

    /// Where the sound is. Kept with the call.
    ///
    /// # Errors
    /// `Conflict` where no provider's id of it is known; whatever the provider answers.
    pub async fn recording(&self, id: CallId) -> Result<Recording> {
        let (lane, theirs) = self.at_provider(&self.get(id).await?)?;
        lane.read_turn(&*self.inner.clock).await;
        let recording = lane.provider.calls().recording(&theirs).await?;
        self.inner.record(id, Fact::Recorded(recording.clone())).await?;
        Ok(recording)
    }

    /// The lane and the provider's id: the proven one, or the one that a list showed while the
    /// answer is still open.
    fn at_provider(&self, call: &Call) -> Result<(Arc<Lane>, ProviderCallId)> {
        let last = call.attempts.last().filter(|last| last.state.is_live());
        let provider = call.provider.as_ref().or(last.map(|last| &last.provider));
        let theirs =
            call.provider_call_id.as_ref().or(last.and_then(|last| last.provider_call_id.as_ref()));
        match (provider.and_then(|provider| self.inner.lane(provider)), theirs) {
            (Some(lane), Some(theirs)) => Ok((lane, theirs.clone())),
            _ => Err(Error::new(
                ErrorKind::Conflict,
                format!(
                    "the call {} is {} and no provider's id of it is known",
                    call.id, call.status
                ),
            )),
        }
    }
}

fn control(lane: &Lane) -> Result<&dyn switchboard_core::CallControl> {
    lane.provider.call_control().ok_or_else(|| {
        Error::new(ErrorKind::Unsupported, "this provider cannot change a call that was placed")
            .with_provider(lane.id.clone())
    })
}
