//! Reading calls and waiting for them.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use switchboard::{Call, CallId, CallStatus, ValidCall, engine::WaitReason};

use crate::{
    Service,
    caller::{Allowed, Caller, CallsRead, ScopeName},
    problem::{Problem, Result},
    wire::{self, View, WaitsFor},
};

/// A call that a caller may see, with its request and what is known beside.
#[derive(Debug, Clone)]
pub struct CallRecord {
    /// The call.
    pub call: Call,
    /// Its request.
    pub request: Arc<ValidCall>,
    /// The pseudonym of the person.
    pub tag: Option<String>,
    /// Why it does not move.
    pub waits_for: Option<WaitsFor>,
}

impl CallRecord {
    /// The call as this caller may see it.
    pub fn seen_by(&self, caller: &Caller) -> wire::Call {
        let view = View {
            content: caller.has(ScopeName::CallsContent),
            tag: self.tag.clone(),
            waits_for: self.waits_for.clone(),
        };
        wire::Call::new(&self.call, &self.request, &view)
    }
}

/// What to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// A provider has the call, or none takes it.
    Decided,
    /// Nothing more happens to it on its own.
    Settled,
}

impl Service {
    /// A call of the caller's tenant.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn call(&self, by: Allowed<'_, CallsRead>, id: CallId) -> Result<CallRecord> {
        self.find_call(by, id).await
    }

    /// The same when it is decided or settled, or as it stands when the time is over.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn call_when(
        &self,
        by: Allowed<'_, CallsRead>,
        id: CallId,
        until: Until,
        at_most: Duration,
    ) -> Result<CallRecord> {
        let found = self.find_call(by, id).await?;
        let call = self.wait_for(found.call, until, at_most).await;
        Ok(self.record(call, found.request))
    }

    /// A call that the caller's tenant has, whatever the scope. The person is still known: the
    /// calls of somebody who was erased are not there.
    pub(crate) async fn find_call<S>(&self, by: Allowed<'_, S>, id: CallId) -> Result<CallRecord> {
        match self.store().find_one(id, by.tenant()).await? {
            Some((call, Some(request))) => Ok(self.record(call, request)),
            Some((_, None)) | None => Err(Problem::not_found("call")),
        }
    }

    pub(crate) fn record(&self, call: Call, request: Arc<ValidCall>) -> CallRecord {
        let engine = self.switchboard().engine();
        let tag = engine.tag(&call.to);
        let waits_for = waits_for(&call, &request, engine.waits_for(call.id));
        CallRecord { call, request, tag, waits_for }
    }

    /// Waits for a call, at most for this long. Returns it as it stands then.
    pub(crate) async fn wait_for(&self, call: Call, until: Until, at_most: Duration) -> Call {
        let engine = self.switchboard().engine();
        let changed = async {
            match until {
                Until::Decided => engine.decided(call.id).await,
                Until::Settled => engine.wait(call.id).await,
            }
        };
        let changed = tokio::select! {
            biased;
            changed = changed => changed,
            () = self.clock().sleep(at_most) => engine.get(call.id).await,
        };
        // It cannot be read any more: what was known before is still true.
        changed.unwrap_or(call)
    }
}

/// Why a call does not move. Why it waits for a limit or a provider is known to the process that
/// drives it.
fn waits_for(call: &Call, request: &ValidCall, reason: Option<WaitReason>) -> Option<WaitsFor> {
    let waits = |reason: &str, until: Option<Timestamp>| {
        Some(WaitsFor { reason: reason.to_owned(), until: until.map(Into::into) })
    };
    if call.status.is_settled() {
        return None;
    }
    match (call.status, call.redial_at) {
        (CallStatus::Scheduled, Some(at)) => return waits("redial", Some(at)),
        (CallStatus::Scheduled, None) => return waits("window", request.window.opens),
        _ => {}
    }
    let (reason, until) = waits_for_reason(&reason?);
    waits(reason, until)
}

/// The words of [`waits_for_reason`].
pub const WAIT_REASONS: [&str; 6] =
    ["busy_callee", "caller_limit", "agent_limit", "provider_limit", "no_room", "other"];

/// Why a call waits for a limit or a provider, as one of [`WAIT_REASONS`], and until when if that is
/// known.
pub fn waits_for_reason(reason: &WaitReason) -> (&'static str, Option<Timestamp>) {
    let until = match reason {
        WaitReason::NoCapacity(until) => Some(*until),
        _ => None,
    };
    (reason.as_str(), until)
}
