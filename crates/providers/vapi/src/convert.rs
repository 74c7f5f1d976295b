//! From Vapi's terms to neutral ones. Nothing is guessed: what cannot be read is absent, with the
//! raw answer kept beside it.

use std::time::Duration;

use serde_json::Value;
use switchboard_core::{
    Agent, AgentId, Cost, Currency, NumberId, Outcome, OwnedNumber, PhoneNumber, ProviderCall,
    ProviderCallId, ProviderId, TrustedReasons,
};
use switchboard_http::{bill, is_code, usable_id};
use url::Url;

use crate::{
    order::REFERENCE,
    state::{CallFacts, state},
    wire,
};

/// The references in a record: of its metadata, its name, and the customer's external id.
pub(crate) fn references(call: &wire::Call) -> [Option<&str>; 3] {
    let metadata = call.assistant_overrides.as_ref().and_then(|over| over.metadata.as_ref());
    let customer = call.customer.as_ref();
    [
        metadata.and_then(|metadata| metadata.get(REFERENCE)).and_then(|text| text.as_str()),
        call.name.as_deref(),
        customer.and_then(|customer| customer.external_id.as_deref()),
    ]
    .map(|reference| reference.filter(|text| !text.is_empty()))
}

/// The reference that a call was placed with.
pub(crate) fn reference(call: &wire::Call) -> Option<String> {
    references(call).into_iter().flatten().next().map(str::to_owned)
}

/// From the start to the end of the call.
pub(crate) fn duration(call: &wire::Call) -> Option<Duration> {
    let lasted = call.ended_at?.duration_since(call.started_at?);
    lasted.try_into().ok()
}

fn number(text: Option<&String>) -> Option<PhoneNumber> {
    PhoneNumber::parse(text?).ok()
}

/// What a call cost, as far as the record says. It may grow for some time after the end.
fn cost(call: &wire::Call) -> Option<Cost> {
    bill(call.cost?, Currency::USD)
}

/// A call; `None` where the answer has no id. The cost of a call that is not over is incomplete and
/// left out.
pub(crate) fn call(
    provider: &ProviderId,
    trusted: &TrustedReasons,
    call: wire::Call,
) -> Option<ProviderCall> {
    let state = state(CallFacts::of(&call), trusted);
    let mut report = ProviderCall::new(
        provider.clone(),
        ProviderCallId::from(usable_id(call.id.clone())?),
        state,
        call.status.clone().unwrap_or_default(),
    );
    report.to = number(call.customer.as_ref().and_then(|customer| customer.number.as_ref()));
    report.reference = reference(&call);
    report.created_at = call.created_at;
    report.duration = duration(&call);
    report.cost = cost(&call).filter(|_| state.is_over());
    let over = state.is_over() && state.outcome() != Some(Outcome::Completed);
    report.failure_code = call.ended_reason.filter(|code| over && is_code(code));
    report.agent = call.assistant_id.map(AgentId::from);
    report.summary = call.analysis.and_then(|analysis| analysis.summary);
    report.recording_url = call.artifact.as_ref().and_then(recording_url);
    report.raw = call.raw;
    Some(report)
}

/// A call that was just placed to `to`. If the answer repeats the number, it is not parsed again.
pub(crate) fn placed(
    provider: &ProviderId,
    trusted: &TrustedReasons,
    to: PhoneNumber,
    mut answer: wire::Call,
) -> Option<ProviderCall> {
    let customer = answer.customer.as_mut();
    let repeated =
        customer.and_then(|customer| customer.number.take_if(|text| text == to.e164())).is_some();
    let mut placed = call(provider, trusted, answer)?;
    if repeated {
        placed.to = Some(to);
    }
    Some(placed)
}

/// An assistant; `None` where the answer has no id.
pub(crate) fn agent(provider: &ProviderId, assistant: wire::Assistant) -> Option<Agent> {
    Some(Agent {
        provider: provider.clone(),
        id: AgentId::from(usable_id(assistant.id)?),
        name: assistant.name,
        built_in: false,
        phone_number: None,
        created_at: assistant.created_at,
        raw: assistant.raw,
    })
}

/// A number.
pub(crate) fn owned_number(provider: &ProviderId, answer: wire::Number) -> OwnedNumber {
    OwnedNumber {
        provider: provider.clone(),
        id: usable_id(answer.id).map(NumberId::from),
        number: number(answer.number.as_ref()),
        agent: usable_id(answer.assistant_id).map(AgentId::from),
        created_at: answer.created_at,
        raw: answer.raw,
    }
}

/// The address of the whole sound: the one that works without the key for some time if there is
/// one, or else the private one.
pub(crate) fn recording_url(artifact: &wire::Artifact) -> Option<Url> {
    let fields = artifact.raw.value().as_object()?;
    let is_signed = |name: &&String| {
        let kind = name.strip_prefix("presigned").and_then(|rest| rest.strip_suffix("Url"));
        let kind = kind.unwrap_or_default().to_ascii_lowercase();
        ["recording", "mono", "stereo"].iter().any(|word| kind.contains(word))
            && !["video", "customer", "assistant"].iter().any(|word| kind.contains(word))
    };
    let signed = fields.keys().filter(is_signed).filter_map(|name| fields[name].as_str());
    let address = |text: &str| Url::parse(text).ok();
    signed.chain(fields.get("recordingUrl").and_then(Value::as_str)).find_map(address)
}
