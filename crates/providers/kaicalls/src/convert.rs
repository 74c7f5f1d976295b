//! From KaiCalls' terms to neutral ones.

use std::time::Duration;

use jiff::Timestamp;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use switchboard_core::{
    Agent, AgentId, AgentVersion, Balance, Cost, Currency, Direction, Money, NumberId, Outcome,
    OwnedNumber, PhoneNumber, ProviderCall, ProviderCallId, ProviderId, ProviderState,
    Subscription, UsageRecord,
};
use switchboard_http::usable_id;
use url::Url;

use crate::wire;

/// Known status words, in lower case and with `_` for `-`: those of document 004, of the official
/// SDK, and of its public pages.
const STATES: [(&str, ProviderState); 14] = [
    ("scheduled", ProviderState::Scheduled),
    ("queued", ProviderState::Queued),
    ("ringing", ProviderState::Ringing),
    ("in_progress", ProviderState::InProgress),
    ("started", ProviderState::InProgress),
    ("forwarding", ProviderState::InProgress),
    ("completed", ProviderState::Ended(Outcome::Completed)),
    ("ended", ProviderState::Ended(Outcome::Completed)),
    ("failed", ProviderState::Ended(Outcome::Failed)),
    ("no_answer", ProviderState::Ended(Outcome::NoAnswer)),
    ("busy", ProviderState::Ended(Outcome::Busy)),
    ("voicemail", ProviderState::Ended(Outcome::Voicemail)),
    ("canceled", ProviderState::Ended(Outcome::Cancelled)),
    ("cancelled", ProviderState::Ended(Outcome::Cancelled)),
];

/// Reads a status word. An unknown one is not final.
pub fn state(word: &str) -> ProviderState {
    let word = word.trim().to_ascii_lowercase().replace('-', "_");
    STATES
        .iter()
        .find(|(known, _)| *known == word)
        .map_or(ProviderState::Unrecognised, |(_, state)| *state)
}

/// Reads `inbound` or `outbound`; any other word is unknown.
pub(crate) fn direction(word: &str) -> Option<Direction> {
    let known = [("inbound", Direction::Inbound), ("outbound", Direction::Outbound)];
    known
        .into_iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(word.trim()))
        .map(|(_, direction)| direction)
}

/// Cents as money. Document 004 names cents and no currency; prices are published in US dollars.
pub(crate) fn cents(cents: Decimal) -> Option<Cost> {
    let dollars = cents.checked_div(Decimal::ONE_HUNDRED)?.round_dp(6);
    Money::new(dollars, Currency::USD).ok().map(Cost::Money)
}

/// Seconds as a duration; `None` for a negative number.
pub(crate) fn seconds(seconds: Decimal) -> Option<Duration> {
    let millis = seconds.checked_mul(Decimal::ONE_THOUSAND)?.round().to_u64()?;
    Some(Duration::from_millis(millis))
}

/// The time in whole seconds: cursors and limits are sent without fractions, as in the documents.
pub(crate) fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

fn number(text: Option<&String>) -> Option<PhoneNumber> {
    PhoneNumber::parse(text?).ok()
}

/// A call; `None` where the answer has no id.
pub(crate) fn call(provider: &ProviderId, call: wire::Call) -> Option<ProviderCall> {
    let status_word = call.status.unwrap_or_default();
    let mut report = ProviderCall::new(
        provider.clone(),
        ProviderCallId::from(usable_id(call.id)?),
        state(&status_word),
        status_word,
    );
    report.direction = call.direction.as_deref().and_then(direction);
    report.to = number(call.to.as_ref());
    report.agent = call.agent_id.map(AgentId::from);
    report.lead_id = call.lead_id;
    report.created_at = call.created_at.and_then(|at| at.timestamp());
    report.duration = call.duration.and_then(seconds);
    report.summary = call.summary;
    report.failure_code = call.error.filter(|code| is_code(code));
    report.recording_url = call.recording_url.and_then(|url| Url::parse(&url).ok());
    report.cost = call.cost_cents.and_then(cents);
    report.raw = call.raw;
    Some(report)
}

/// A word such as `no_answer`; prose may hold names and numbers.
fn is_code(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-' | b'.'))
}

/// A call that was just placed to `to`. If the answer repeats the number, it is not parsed again.
pub(crate) fn placed(
    provider: &ProviderId,
    to: PhoneNumber,
    mut answer: wire::Call,
) -> Option<ProviderCall> {
    let repeated = answer.to.take_if(|text| text == to.e164()).is_some();
    let mut placed = call(provider, answer)?;
    if repeated {
        placed.to = Some(to);
    }
    Some(placed)
}

/// An agent; `None` where the answer has no id.
pub(crate) fn agent(provider: &ProviderId, agent: wire::Agent) -> Option<Agent> {
    Some(Agent {
        provider: provider.clone(),
        id: AgentId::from(usable_id(agent.id)?),
        name: agent.name,
        built_in: false,
        phone_number: number(agent.phone_number.as_ref()),
        created_at: agent.created_at.and_then(|at| at.timestamp()),
        raw: agent.raw,
    })
}

/// A saved version of an agent.
pub(crate) fn version(version: wire::AgentVersion) -> AgentVersion {
    AgentVersion {
        version: version.version.map(|number| number.to_string()),
        created_at: version.created_at.and_then(|at| at.timestamp()),
        raw: version.raw,
    }
}

/// A number.
pub(crate) fn owned_number(provider: &ProviderId, answer: wire::Number) -> OwnedNumber {
    OwnedNumber {
        provider: provider.clone(),
        number: number(answer.phone_number.as_ref()),
        id: usable_id(answer.id).map(NumberId::from),
        agent: answer.agent_id.map(AgentId::from),
        created_at: answer.created_at.and_then(|at| at.timestamp()),
        raw: answer.raw,
    }
}

/// The balance of a business. KaiCalls has neither credits nor a period.
pub(crate) fn balance(provider: &ProviderId, business: wire::BusinessBalance) -> Balance {
    Balance {
        provider: provider.clone(),
        account: business.business_id,
        plan: None,
        status: business.subscription_status,
        credits_remaining: None,
        credits_used: None,
        minutes_used: business.minutes_used,
        phone_numbers: business.phone_numbers.and_then(|count| u32::try_from(count).ok()),
        period_start: None,
        period_end: None,
        raw: business.raw,
    }
}

/// A row of the usage log.
pub(crate) fn usage(provider: &ProviderId, row: wire::UsageRow) -> UsageRecord {
    let what = match (row.method, row.endpoint) {
        (Some(method), Some(endpoint)) => Some(format!("{method} {endpoint}")),
        (Some(word), None) | (None, Some(word)) => Some(word),
        (None, None) => None,
    };
    UsageRecord {
        provider: provider.clone(),
        id: row.id,
        at: row.created_at.and_then(|at| at.timestamp()),
        what,
        call: usable_id(row.call_id).map(ProviderCallId::from),
        cost: row.cost_cents.and_then(cents),
        raw: row.raw,
    }
}

/// A webhook subscription; its id is empty if the answer has none.
pub(crate) fn subscription(order: wire::WebhookSubscription) -> Subscription {
    Subscription {
        id: usable_id(order.id).unwrap_or_default(),
        url: order.webhook_url.and_then(|url| Url::parse(&url).ok()),
        events: order.events.unwrap_or_default(),
        secret: order.secret,
        raw: order.raw,
    }
}
