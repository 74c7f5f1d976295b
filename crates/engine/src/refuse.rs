//! Refusing calls that no provider takes.

use jiff::Timestamp;
use switchboard_core::{CallFailure, CallId, ErrorKind, Result, ValidCall};
use switchboard_journal::{Write, state::Fact};
use switchboard_router::PlanRecord;

use crate::{events::CallEventKind, shared::Shared};

/// Records that the call will not be placed.
pub(crate) async fn refuse(inner: &Shared, id: CallId, fault: CallFailure) -> Result<()> {
    let (event, fact) = refusal(fault);
    inner.record(id, fact).await?;
    inner.report(id, || event);
    Ok(())
}

/// The event and the fact for a call that will not be placed.
fn refusal(fault: CallFailure) -> (CallEventKind, Fact) {
    if fault.kind == ErrorKind::Expired {
        (CallEventKind::Expired(fault.clone()), Fact::Expired(fault))
    } else {
        (CallEventKind::Refused(fault.clone()), Fact::Refused(fault))
    }
}

/// Like [`refuse`], but also stores the last plan, which shows why no provider could take the call.
pub(crate) async fn refuse_by(
    inner: &Shared,
    id: CallId,
    fault: CallFailure,
    plan: PlanRecord,
) -> Result<()> {
    let (event, end) = refusal(fault);
    let facts = vec![Fact::Planned(Box::new(plan)), end];
    inner.write(id, Write { facts, ..Write::default() }).await?;
    inner.report(id, || event);
    Ok(())
}

/// The failure of a call that was not started in time.
pub(crate) fn expired(request: &ValidCall, give_up: Timestamp) -> CallFailure {
    let why = match request.window.closes {
        Some(_) => "the call's window closed before a provider could take it",
        None => "the call could not be started within the longest waiting time",
    };
    CallFailure {
        kind: ErrorKind::Expired,
        message: format!("{why}, which ended at {give_up:.0}: nothing is sent any more"),
    }
}
