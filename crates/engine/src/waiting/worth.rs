//! Whether waiting can succeed, and reporting why a call waits.

use jiff::Timestamp;
use switchboard_core::{CallId, Error, ErrorKind, Result};
use switchboard_router::{Plan, Scope};

use super::request::WaitRequest;
use crate::{events::WaitReason, shared::Shared};

/// Returns an error if waiting cannot succeed.
///
/// # Errors
/// `NoProvider` if no provider can take the call before it is given up, with every provider's
/// reason; `RateLimited` if the limits of `crowded`, its tenant or its agent profile, prevent it
/// until then.
pub(super) fn check(
    asks: &WaitRequest<'_>,
    plan: &Plan,
    crowded: Option<&Scope>,
    now: Timestamp,
) -> Result<()> {
    let soonest = if plan.candidates.is_empty() { plan.clears_at() } else { Some(now) };
    if now < asks.give_up && soonest.is_some_and(|soonest| soonest <= asks.give_up) {
        return Ok(());
    }
    let no_provider = plan.to_error();
    if soonest.is_none() {
        return Err(no_provider);
    }
    if asks.request.window.closes.is_some_and(|closes| closes <= now) {
        let why = format!(
            "the call's window closed before a provider could take it: {}",
            no_provider.message()
        );
        return Err(Error::new(ErrorKind::NoProvider, why).with_field("not_after"));
    }
    match crowded {
        Some(scope) => {
            let why =
                format!("{scope} has as many calls as its limits allow, and none ended in time");
            Err(Error::new(ErrorKind::RateLimited, why).with_code("concurrency_full"))
        }
        None => Err(no_provider),
    }
}

/// Reports why a call waits.
pub(super) fn report(inner: &Shared, id: CallId, plan: &Plan, crowded: Option<&Scope>) {
    let clears_at = plan.clears_at().filter(|_| plan.candidates.is_empty());
    let reason = match (crowded, clears_at) {
        (Some(scope), _) => WaitReason::Limit(scope.clone()),
        (None, Some(at)) => WaitReason::NoCapacity(at),
        (None, None) => WaitReason::InLine,
    };
    inner.report_wait(id, reason);
}
