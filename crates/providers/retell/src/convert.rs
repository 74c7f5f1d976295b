//! From Retell's terms to neutral ones. Nothing is guessed: what cannot be read is absent, with the
//! raw answer kept beside it.

use rust_decimal::Decimal;
use serde_json::Value;
use switchboard_core::{
    Agent, AgentId, AgentVersion, Cost, Currency, Direction, OwnedNumber, PhoneNumber,
    ProviderCall, ProviderCallId, ProviderId, TrustedReasons, UsageRecord,
};
use switchboard_http::{bill, is_code, millis, usable_id};
use url::Url;

use crate::{
    order::REFERENCE,
    reasons,
    state::{CallFacts, state},
    wire,
};

/// Reads `inbound` or `outbound`; any other word is unknown.
pub(crate) fn direction(word: &str) -> Option<Direction> {
    match word {
        "inbound" => Some(Direction::Inbound),
        "outbound" => Some(Direction::Outbound),
        _ => None,
    }
}

/// The reference that a call was placed with.
pub(crate) fn reference(call: &wire::Call) -> Option<String> {
    let reference = call.metadata.as_ref()?.get(REFERENCE)?.as_str()?;
    (!reference.is_empty()).then(|| reference.to_owned())
}

/// US cents as money.
fn cents(cents: Decimal) -> Option<Cost> {
    bill(cents.checked_div(Decimal::ONE_HUNDRED)?, Currency::USD)
}

fn number(text: Option<&String>) -> Option<PhoneNumber> {
    PhoneNumber::parse(text?).ok()
}

/// What a call cost, as far as the record says.
pub(crate) fn cost(call: &wire::Call) -> Option<Cost> {
    call.call_cost.as_ref()?.combined_cost.and_then(cents)
}

/// A call; `None` where the answer has no id.
///
/// Retell reports no time of creation: `created_at` is when the call began, and a call that did not
/// begin has none. The cost of a call that is not over is incomplete and left out.
pub(crate) fn call(
    provider: &ProviderId,
    trusted: &TrustedReasons,
    call: wire::Call,
) -> Option<ProviderCall> {
    let state = state(CallFacts::of(&call), trusted);
    let mut report = ProviderCall::new(
        provider.clone(),
        ProviderCallId::from(usable_id(call.call_id.clone())?),
        state,
        call.call_status.clone().unwrap_or_default(),
    );
    let reason = call.disconnection_reason.as_deref();
    report.direction = call.direction.as_deref().and_then(direction);
    report.to = number(call.to_number.as_ref());
    report.reference = reference(&call);
    report.opted_out = reason == Some(reasons::OPTED_OUT);
    report.next_steps = (reason == Some(reasons::WANTS_CALLBACK))
        .then(|| "The callee asked to be called back.".to_owned());
    report.created_at = call.start_timestamp.map(wire::Moment::timestamp);
    report.duration = call.duration_ms.and_then(millis);
    report.cost = cost(&call).filter(|_| state.is_over());
    let over = state.is_over() && state.outcome() != Some(switchboard_core::Outcome::Completed);
    report.failure_code = reason.filter(|code| over && is_code(code)).map(str::to_owned);
    report.agent = call.agent_id.map(AgentId::from);
    report.summary = call.call_analysis.and_then(|analysis| analysis.call_summary);
    report.recording_url = call.recording_url.and_then(|url| Url::parse(&url).ok());
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
    let repeated = answer.to_number.take_if(|text| text == to.e164()).is_some();
    let mut placed = call(provider, trusted, answer)?;
    if repeated {
        placed.to = Some(to);
    }
    Some(placed)
}

/// An agent; `None` where the answer has no id.
pub(crate) fn agent(provider: &ProviderId, agent: wire::Agent) -> Option<Agent> {
    Some(Agent {
        provider: provider.clone(),
        id: AgentId::from(usable_id(agent.agent_id)?),
        name: agent.agent_name,
        built_in: false,
        phone_number: None,
        created_at: None,
        raw: agent.raw,
    })
}

/// A version of an agent.
pub(crate) fn version(version: wire::Agent) -> AgentVersion {
    AgentVersion {
        version: version.version.map(|number| number.to_string()),
        created_at: None,
        raw: version.raw,
    }
}

/// A number. Its agent is the one of its outbound calls, if there is exactly one.
pub(crate) fn owned_number(provider: &ProviderId, answer: wire::Number) -> OwnedNumber {
    let mut agents = answer.outbound_agents.unwrap_or_default().into_iter();
    let agent = match (agents.next(), agents.next()) {
        (Some(only), None) => usable_id(only.agent_id).map(AgentId::from),
        (Some(_), Some(_)) | (None, _) => None,
    };
    OwnedNumber {
        provider: provider.clone(),
        id: None,
        number: number(answer.phone_number.as_ref()),
        agent,
        created_at: None,
        raw: answer.raw,
    }
}

/// The record of what a call cost; `None` for a call without a cost.
pub(crate) fn usage(provider: &ProviderId, call: wire::Call) -> Option<UsageRecord> {
    call.raw.value().get("call_cost").filter(|cost| !Value::is_null(cost))?;
    let id = usable_id(call.call_id.clone());
    Some(UsageRecord {
        provider: provider.clone(),
        id: id.clone(),
        at: call.start_timestamp.map(wire::Moment::timestamp),
        what: Some("call".to_owned()),
        call: id.map(ProviderCallId::from),
        cost: cost(&call),
        raw: call.raw,
    })
}
