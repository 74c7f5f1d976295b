//! From CALL-E's terms to neutral ones. Nothing is guessed: what cannot be read is absent, with the
//! raw answer kept beside it.

use serde_json::Value;
use switchboard_core::{PhoneNumber, ProviderCall, ProviderCallId, ProviderId};
use switchboard_http::{is_code, usable_id};

use crate::{order::REFERENCE, state::state, wire};

/// The reference that a call was placed with.
pub(crate) fn reference(call: &wire::Call) -> Option<String> {
    let reference = call.metadata.as_ref()?.get(REFERENCE)?.as_str()?;
    (!reference.is_empty()).then(|| reference.to_owned())
}

/// A call; `None` where the answer has no id. CALL-E reports neither a duration nor a cost.
pub(crate) fn call(provider: &ProviderId, call: wire::Call) -> Option<ProviderCall> {
    let mut report = ProviderCall::new(
        provider.clone(),
        ProviderCallId::from(usable_id(call.id.clone())?),
        state(call.status.as_deref().unwrap_or_default(), call.call_outcome.as_deref()),
        call.status.clone().unwrap_or_default(),
    );
    report.to = call.phone.as_ref().and_then(|text| PhoneNumber::parse(text).ok());
    report.reference = reference(&call);
    report.task = call.task;
    report.created_at = call.created_at;
    report.failure_code = call.error.and_then(|error| {
        [error.detail_code, error.code].into_iter().flatten().find(|code| is_code(code))
    });
    let summary = call.result.as_ref().and_then(|result| result.get("summary"));
    report.summary = summary.and_then(Value::as_str).map(str::to_owned);
    report.raw = call.raw;
    Some(report)
}
