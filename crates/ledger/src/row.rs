//! Conversion of calls to and from rows: columns for what the schema constrains and what an erasure
//! destroys, JSON for the rest.

use std::{collections::BTreeMap, fmt::Display, time::Duration};

use jiff::Timestamp;
use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, IntoDeserializer, value::Error as WordError},
};
use serde_json::{Map, Value};
use switchboard_core::{
    AgentId, Assignment, Attempt, AttemptError, AttemptId, BatchName, Call, CallFailure, CallFlag,
    CallId, CallRequest, Cost, Country, Delivery, Error, Evidence, Money, Outcome, PhoneNumber,
    PhoneNumberError, ProfileName, ProviderCallId, ProviderId, Raw, Recording, Result,
    RuleDecision, TenantId, Transcript, ValidCall, seconds,
};
use switchboard_journal::{Identity, StoredWebhook};
use switchboard_router::BudgetHold;
use uuid::Uuid;

use crate::{key::says_nothing, refusal::unreadable};

/// A row of `calls`, without the columns that only indexes use.
#[derive(Debug)]
pub(crate) struct CallRow {
    pub(crate) id: Uuid,
    pub(crate) tenant: String,
    pub(crate) to_number: Option<String>,
    pub(crate) country: String,
    pub(crate) status: String,
    pub(crate) outcome: Option<String>,
    pub(crate) provider: Option<String>,
    pub(crate) provider_call_id: Option<String>,
    pub(crate) body: String,
    pub(crate) content: Option<String>,
    /// The epoch of the process that owns the call.
    pub(crate) epoch: i64,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

/// A row of `attempts`, without its call.
#[derive(Debug)]
pub(crate) struct AttemptRow {
    pub(crate) id: Uuid,
    pub(crate) ring: i64,
    pub(crate) provider: String,
    pub(crate) agent: Option<String>,
    pub(crate) provider_call_id: Option<String>,
    pub(crate) state: String,
    /// Derived from the call and only used by queries.
    pub(crate) doubt: i64,
    pub(crate) idempotency_key: Uuid,
    pub(crate) body: String,
    pub(crate) created_at: i64,
    pub(crate) sent_at: Option<i64>,
    pub(crate) ended_at: Option<i64>,
    pub(crate) repeated_at: Option<i64>,
}

/// `calls.body`: data that does not identify the person.
#[derive(Serialize, Deserialize)]
struct Body {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent: Option<ProfileName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    batch: Option<BatchName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    experiment: Option<Assignment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    redial_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decision: Option<Box<RuleDecision>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    flags: Vec<CallFlag>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fault: Option<CallFailure>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    estimated_cost: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cost: Option<Money>,
    #[serde(with = "seconds::option", default, skip_serializing_if = "Option::is_none")]
    duration: Option<Duration>,
    /// Calls that an earlier version recorded have none.
    #[serde(default)]
    revision: u64,
}

/// `calls.content`: the content of the call and the response of the provider.
#[derive(Serialize, Deserialize, Default)]
struct Content {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next_steps: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    transcript: Option<Transcript>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recording: Option<Recording>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    metadata: BTreeMap<String, String>,
    /// In an array of one, because a response can be `null`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    raw: Option<[Raw; 1]>,
}

/// `attempts.body`.
#[derive(Serialize, Deserialize)]
struct AttemptBody {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent_version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delivery: Option<Delivery>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<AttemptError>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    estimated_cost: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cost: Option<Cost>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    billed: Option<Money>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    evidence: Vec<Evidence>,
}

/// Microseconds since 1970.
pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// Truncates a time to the precision of the ledger.
pub(crate) fn whole(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

/// Escapes NUL, which PostgreSQL cannot store in text but a provider's id may contain.
pub(crate) fn escape(id: &str) -> String {
    id.replace('\\', "\\\\").replace('\0', "\\0")
}

pub(crate) fn unescape(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    let mut rest = id.chars();
    while let Some(c) = rest.next() {
        out.push(match c {
            '\\' if rest.next() == Some('0') => '\0',
            c => c,
        });
    }
    out
}

pub(crate) fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|source| unreadable("a value that was to be written", source))
}

pub(crate) fn read<T: DeserializeOwned>(text: &str, what: impl Display) -> Result<T> {
    serde_json::from_str(text).map_err(|source| unreadable(what, source))
}

pub(crate) fn word<T: DeserializeOwned>(word: &str, what: impl Display) -> Result<T> {
    let deserializer: serde::de::value::StrDeserializer<'_, WordError> = word.into_deserializer();
    T::deserialize(deserializer).map_err(|source| unreadable(what, source))
}

pub(crate) fn moment(micros: i64, what: impl Display) -> Result<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|source| unreadable(what, source))
}

/// `calls.body` of a call.
pub(crate) fn body(call: &Call) -> Result<String> {
    json(&Body {
        agent: call.agent.clone(),
        batch: call.batch.clone(),
        experiment: call.experiment.clone(),
        redial_at: call.redial_at,
        decision: call.decision.clone(),
        flags: call.flags.clone(),
        fault: call.fault.clone(),
        estimated_cost: call.estimated_cost,
        cost: call.cost,
        duration: call.duration,
        revision: call.revision,
    })
}

/// `calls.content` of a call.
pub(crate) fn content(call: &Call) -> Result<String> {
    json(&Content {
        summary: call.summary.clone(),
        next_steps: call.next_steps.clone(),
        transcript: call.transcript.clone(),
        recording: call.recording.clone(),
        metadata: call.metadata.clone(),
        raw: call.raw.clone().map(|raw| [raw]),
    })
}

/// True if both have the same `calls.content`.
pub(crate) fn same_content(one: &Call, other: &Call) -> bool {
    one.summary == other.summary
        && one.next_steps == other.next_steps
        && one.transcript == other.transcript
        && one.recording == other.recording
        && one.metadata == other.metadata
        && one.raw == other.raw
}

/// The row of an attempt.
pub(crate) fn attempt_row(attempt: &Attempt, doubt: Identity) -> Result<AttemptRow> {
    Ok(AttemptRow {
        id: attempt.id.as_uuid(),
        ring: attempt.ring.into(),
        provider: attempt.provider.as_str().to_owned(),
        agent: attempt.agent.as_ref().map(|agent| escape(agent.as_str())),
        provider_call_id: attempt.provider_call_id.as_ref().map(|id| escape(id.as_str())),
        state: attempt.state.as_str().to_owned(),
        doubt: match doubt {
            Identity::Known => 0,
            Identity::Pending => 1,
            Identity::InDoubt => 2,
        },
        idempotency_key: attempt.idempotency_key,
        body: json(&AttemptBody {
            agent_version: attempt.agent_version.clone(),
            delivery: attempt.delivery,
            error: attempt.error.clone(),
            outcome: attempt.outcome,
            estimated_cost: attempt.estimated_cost,
            cost: attempt.cost,
            billed: attempt.billed,
            evidence: attempt.evidence.clone(),
        })?,
        created_at: micros(attempt.created_at),
        sent_at: attempt.sent_at.map(micros),
        ended_at: attempt.ended_at.map(micros),
        repeated_at: attempt.repeated_at.map(micros),
    })
}

impl AttemptRow {
    fn read(self) -> Result<Attempt> {
        let id = AttemptId::new(self.id);
        let what = format_args!("the attempt {id}").to_string();
        let body: AttemptBody = read(&self.body, &what)?;
        let created_at = moment(self.created_at, &what)?;
        let provider = ProviderId::new(self.provider);
        let mut attempt = Attempt::new(id, provider, self.idempotency_key, created_at);
        attempt.ring = u32::try_from(self.ring).map_err(|source| unreadable(&what, source))?;
        attempt.agent = self.agent.map(|agent| AgentId::from(unescape(&agent)));
        attempt.agent_version = body.agent_version;
        attempt.repeated_at = self.repeated_at.map(|at| moment(at, &what)).transpose()?;
        attempt.state = word(&self.state, &what)?;
        attempt.provider_call_id =
            self.provider_call_id.map(|id| ProviderCallId::from(unescape(&id)));
        attempt.delivery = body.delivery;
        attempt.error = body.error;
        attempt.outcome = body.outcome;
        attempt.estimated_cost = body.estimated_cost;
        attempt.cost = body.cost;
        attempt.billed = body.billed;
        attempt.sent_at = self.sent_at.map(|at| moment(at, &what)).transpose()?;
        attempt.ended_at = self.ended_at.map(|at| moment(at, &what)).transpose()?;
        attempt.evidence = body.evidence;
        Ok(attempt)
    }
}

impl CallRow {
    /// Converts the row to a call, or `None` if it was erased.
    pub(crate) fn read(self, attempts: Vec<AttemptRow>) -> Result<Option<Call>> {
        let id = CallId::new(self.id);
        let what = format_args!("the call {id}").to_string();
        let (Some(number), Some(content)) = (self.to_number, self.content) else {
            return Ok(None);
        };
        let body: Body = read(&self.body, &what)?;
        let country: Country = word(&self.country, &what)?;
        let content: Content = read(&content, &what)?;
        let to = restore(&number, country, &what)?;
        let created_at = moment(self.created_at, &what)?;
        let mut call = Call::new(id, TenantId::from(self.tenant), to, created_at);
        call.country = country;
        call.agent = body.agent;
        call.batch = body.batch;
        call.status = word(&self.status, &what)?;
        call.outcome = self.outcome.map(|outcome| word(&outcome, &what)).transpose()?;
        call.provider = self.provider.map(ProviderId::new);
        call.provider_call_id = self.provider_call_id.map(|id| ProviderCallId::from(unescape(&id)));
        call.experiment = body.experiment;
        call.redial_at = body.redial_at;
        call.decision = body.decision;
        call.flags = body.flags;
        call.attempts = attempts.into_iter().map(AttemptRow::read).collect::<Result<_>>()?;
        call.fault = body.fault;
        call.estimated_cost = body.estimated_cost;
        call.cost = body.cost;
        call.duration = body.duration;
        call.summary = content.summary;
        call.next_steps = content.next_steps;
        call.transcript = content.transcript;
        call.recording = content.recording;
        call.metadata = content.metadata;
        call.updated_at = moment(self.updated_at, &what)?;
        call.revision = body.revision;
        call.raw = content.raw.map(|[raw]| raw);
        Ok(Some(call))
    }
}

/// `calls.request`: the request as JSON, without the number, which has its own column, and without
/// empty fields.
pub(crate) fn request(request: Value) -> Result<String> {
    match request {
        Value::Object(fields) => json(
            &fields
                .into_iter()
                .filter(|(name, value)| name != "to" && !says_nothing(value))
                .collect::<Map<_, _>>(),
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Ok("{}".to_owned())
        }
    }
}

/// Restores a number as it was accepted, even if it is no longer valid.
fn restore(number: &str, country: Country, what: &str) -> Result<PhoneNumber> {
    PhoneNumber::restore(number, country).ok_or_else(|| unreadable(what, PhoneNumberError::NotE164))
}

/// A placeholder that is valid in every version, used while the rest of a stored request is
/// validated.
const ANYBODY: &str = "+442079460018";

/// Reads the request of a call to this number in this country.
pub(crate) fn read_request(
    id: CallId,
    number: &str,
    country: &str,
    request: &str,
) -> Result<ValidCall> {
    let what = format_args!("the request of the call {id}").to_string();
    let country = word(country, &what)?;
    let request: CallRequest = read(request, &what)?;
    let callback = request.callback_number.as_deref();
    let callback_number = callback.map(|number| restore(number, country, &what)).transpose()?;
    let request = request.with(|call| {
        call.to = ANYBODY.to_owned();
        call.callback_number = None;
    });
    let mut valid = request.revalidate().map_err(|source: Error| unreadable(&what, source))?;
    valid.to = restore(number, country, &what)?;
    valid.callback_number = callback_number;
    Ok(valid)
}

/// A budget of a hold, as stored in `holds.budgets`.
#[derive(Serialize, Deserialize)]
pub(crate) struct Counted {
    pub(crate) name: String,
    /// The start of the period in microseconds since 1970.
    pub(crate) period: i64,
}

/// `holds.budgets` of a hold.
pub(crate) fn counted(hold: &BudgetHold) -> Result<String> {
    let budgets = hold
        .budgets
        .iter()
        .map(|budget| Counted { name: escape(&budget.name), period: micros(budget.period) });
    json(&budgets.collect::<Vec<_>>())
}

/// Reads the budgets of a hold.
pub(crate) fn read_counted(budgets: &str, attempt: AttemptId) -> Result<Vec<Counted>> {
    read(budgets, format_args!("the hold of the attempt {attempt}"))
}

/// `inbox.calls` of a webhook.
pub(crate) fn named(webhook: &StoredWebhook) -> Result<String> {
    json(&webhook.calls)
}

/// Reads a stored webhook.
pub(crate) fn read_webhook(
    attempt: Uuid,
    body: Vec<u8>,
    calls: &str,
    received: i64,
) -> Result<StoredWebhook> {
    let attempt = AttemptId::new(attempt);
    let what = format_args!("a webhook of the attempt {attempt}").to_string();
    Ok(StoredWebhook { attempt, body, calls: read(calls, &what)?, at: moment(received, &what)? })
}

/// Converts a number of a row for the journal.
pub(crate) fn number(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// Converts a number to read on from for the database.
pub(crate) fn after(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
