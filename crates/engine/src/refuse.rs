//! The end of a call that no provider takes.

use jiff::Timestamp;
use switchboard_core::{CallFailure, CallId, ErrorKind, Result, ValidCall};
use switchboard_journal::{Write, state::Fact};
use switchboard_router::PlanRecord;

use crate::{events::CallEventKind, shared::Shared};

/// Nobody will place it.
pub(crate) async fn refuse(inner: &Shared, id: CallId, fault: CallFailure) -> Result<()> {
    let (event, fact) = refusal(fault);
    inner.record(id, fact).await?;
    inner.report(id, || event);
    Ok(())
}

/// The end of a call that nobody places, as an event and as a fact.
fn refusal(fault: CallFailure) -> (CallEventKind, Fact) {
    if fault.kind == ErrorKind::Expired {
        (CallEventKind::Expired(fault.clone()), Fact::Expired(fault))
    } else {
        (CallEventKind::Refused(fault.clone()), Fact::Refused(fault))
    }
}

/// The same where no provider could take it in time: the plan that held then is kept beside it.
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

/// The end of a call that was not begun in time.
pub(crate) fn expired(request: &ValidCall, give_up: Timestamp) -> CallFailure {
    let why = match request.window.closes {
        Some(_) => "the call's window closed before a provider could take it",
        None => "the call was not begun within the time that calls wait",
    };
    CallFailure {
        kind: ErrorKind::Expired,
        message: format!("{why}, which was over at {give_up:.0}: nothing is sent any more"),
    }
}
