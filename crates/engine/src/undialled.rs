//! Calls that a provider accepted and never dialled, by its own record: the attempt counts as not
//! placed, and what follows is what follows a refusal for the same reason.

use std::{sync::Arc, time::Duration};

use switchboard_core::{
    AttemptId, AttemptState, CallId, CallStatus, ErrorKind, ProviderCall, Refusal,
};
use switchboard_journal::{WriteError, state::Fact};

use crate::{
    credit,
    events::{AfterFailure, CallEventKind},
    provider::ProviderRuntime,
    shared::Shared,
};

/// How long a provider rests that had accepted a call and had no capacity for it. Records do not
/// say for how long.
const REST: Duration = Duration::from_secs(15);

/// Records that the call was never dialled, and continues with the next provider.
pub(crate) async fn note(
    inner: &Arc<Shared>,
    runtime: &Arc<ProviderRuntime>,
    call: CallId,
    attempt: AttemptId,
    report: ProviderCall,
    refusal: Refusal,
) {
    let theirs = report.id.clone();
    let error = report.failure_code.clone().unwrap_or_else(|| report.status_word.clone());
    let recorded = match inner.record(call, Fact::NotDialled(attempt, Box::new(report))).await {
        Ok(recorded) => recorded.call,
        Err(error) => {
            // Another process has recorded it and gone on.
            if matches!(&error, WriteError::Rejected(error) if error.kind() == ErrorKind::Conflict)
            {
                runtime.unwatch(&theirs);
            }
            tracing::warn!(%call, %error, "a report was not recorded");
            return;
        }
    };
    if runtime.unwatch(&theirs).is_none() {
        return;
    }
    let tried = recorded.attempts.iter().find(|one| one.id == attempt);
    if tried.is_none_or(|one| one.state != AttemptState::NotPlaced) {
        // Its record had said before that the phone rings: the ring is over, and nothing follows.
        if let Some(outcome) = recorded.outcome {
            inner.report(call, || CallEventKind::Ended { provider: runtime.id.clone(), outcome });
        }
        return;
    }
    match refusal {
        Refusal::RateLimited => runtime.pause(REST),
        Refusal::Quota => credit::refused(inner, call, runtime),
        Refusal::ThisProvider | Refusal::NeedsApproval | Refusal::Everyone => {}
    }
    inner.report(call, || CallEventKind::NotPlaced {
        provider: runtime.id.clone(),
        error,
        next: match refusal {
            Refusal::RateLimited => AfterFailure::Pause(REST),
            Refusal::Quota => AfterFailure::WaitForCredit,
            Refusal::ThisProvider | Refusal::NeedsApproval | Refusal::Everyone => {
                AfterFailure::Next
            }
        },
    });
    if recorded.status == CallStatus::Attempting {
        inner.resume(&recorded);
    }
}
