//! Computes what to write, independent of the database.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, value::RawValue};
use switchboard_core::{
    Attempt, AttemptId, AttemptState, Call, CallId, CallRequest, Raw, Result, ValidCall,
};
use switchboard_journal::{
    Denied, DuplicateOf, Identity, NewCall, Published, Settlement, created, details,
    holds_concurrency, identity, settlement,
    state::{Effect, Fact},
};

use crate::{
    feed::EventRow,
    key::{Domain, HashKey},
    refusal,
    row::{self, AttemptRow, attempt_row, escape, micros, whole},
};

/// The maximum nesting of a provider's response; a deeper one is stored as text. JSON is read to a
/// depth of 128, and a response is stored inside other JSON.
const DEEPEST: usize = 100;

/// The row of a new call.
#[derive(Debug)]
pub(crate) struct NewCallRow {
    pub(crate) id: CallId,
    pub(crate) call: Call,
    pub(crate) to_hash: [u8; 32],
    pub(crate) task_hash: [u8; 32],
    pub(crate) request_hash: [u8; 32],
    /// The hash of the caller's or the row's key. The two kinds never have the same hash.
    pub(crate) key: Option<String>,
    /// The call is a row of a batch: the same key, person and task is the same call, whatever else
    /// differs.
    pub(crate) is_row: bool,
    pub(crate) request: String,
    pub(crate) body: String,
    pub(crate) content: String,
    pub(crate) at: i64,
    /// When a call with the same person and task is a duplicate; `None` if the caller allows it.
    pub(crate) duplicates: Option<Duplicates>,
    /// What programs outside are told.
    pub(crate) published: EventRow,
}

/// The times, in microseconds, that decide which earlier calls make this one a duplicate, like
/// [`DuplicateOf::counts`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Duplicates {
    /// Calls that were received or rang after this time are duplicates,
    pub(crate) after: i64,
    /// if they were received before this time.
    pub(crate) before: i64,
    /// Calls that may still ring are duplicates if they were received after this time.
    pub(crate) open_after: i64,
}

impl NewCallRow {
    pub(crate) fn new(mut new: NewCall, key: &HashKey) -> Result<Self> {
        new.at = whole(new.at);
        let request: &ValidCall = &new.request;
        let as_json = |asked: &CallRequest| {
            serde_json::to_value(asked)
                .map_err(|source| refusal::unreadable("a request that was to be written", source))
        };
        let (asked, compared) = (request.to_request(), details(request));
        let json = as_json(&asked)?;
        let request_hash = if compared == asked {
            key.json(Domain::Request, &json)
        } else {
            key.json(Domain::Request, &as_json(&compared)?)
        };
        let call = new.received();
        let at = micros(new.at);
        let span = |span: Duration| i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        Ok(Self {
            id: new.id,
            to_hash: key.person(&request.to),
            task_hash: key.hash(Domain::Task, request.task.as_bytes()),
            request_hash,
            key: request.key.as_ref().map(|its| key.call_key(its)),
            is_row: request.batch.is_some(),
            request: row::request(json)?,
            body: row::body(&call)?,
            content: row::content(&call)?,
            at,
            duplicates: (!request.is_meant_again()).then(|| Duplicates {
                after: at.saturating_sub(span(new.duplicates)),
                before: at.saturating_add(span(new.duplicates)),
                open_after: at.saturating_sub(span(DuplicateOf::REMEMBERED)),
            }),
            published: EventRow::new(&created(&call))?,
            call,
        })
    }
}

/// The changes of one write.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) call: Call,
    pub(crate) effects: Vec<Effect>,
    pub(crate) body: String,
    /// `calls.content`, if it changed.
    pub(crate) content: Option<String>,
    pub(crate) provider_call_id: Option<String>,
    pub(crate) updated_at: i64,
    /// The changed and new attempts, in order, so that an attempt is proven not placed before the
    /// next one is inserted.
    pub(crate) attempts: Vec<Written>,
    /// The calls at providers that this call now owns: provider and id.
    pub(crate) owned: Vec<(String, String)>,
    /// The settlements of holds and slots, in order.
    pub(crate) settlements: Vec<Settlement>,
    /// The attempts whose concurrency slots are released.
    pub(crate) released: Vec<AttemptId>,
    pub(crate) events: Vec<Event>,
    /// What programs outside are told.
    pub(crate) published: Vec<EventRow>,
    pub(crate) at: i64,
}

/// A change to the row of an attempt.
#[derive(Debug)]
pub(crate) enum Written {
    New { row: AttemptRow, position: i64 },
    Changed(AttemptRow),
}

/// A row of `events`.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) attempt: Option<AttemptId>,
    pub(crate) kind: String,
    pub(crate) content: Option<String>,
    pub(crate) at: i64,
}

impl Change {
    /// Applies the facts with the same pure functions as the journal in memory.
    pub(crate) fn new(before: &Call, facts: Vec<Fact>, at: Timestamp) -> Result<Self> {
        let at = whole(at);
        let owner = |call: &Call| call.provider.clone().zip(call.provider_call_id.clone());
        let known = owner(before);
        let mut call = before.clone();
        let (mut effects, mut owned, mut settlements, mut events) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut published = Published::default();
        for mut fact in facts {
            settle(&mut fact);
            let (kind, content) = split(&fact)?;
            let settles = settlement(&fact);
            effects.extend_from_slice(published.apply(&mut call, fact, at)?);
            settlements.extend(settles.filter(|settles| holds_good(&call, *settles)));
            owned.extend(owner(&call).filter(|now| known.as_ref() != Some(now)));
            events.push(Event {
                attempt: call.attempts.last().map(|last| last.id),
                kind,
                content,
                at: micros(at),
            });
        }
        owned.dedup();
        let owned = owned
            .into_iter()
            .map(|(provider, id)| (provider.as_str().to_owned(), escape(id.as_str())));
        Ok(Self {
            effects,
            body: row::body(&call)?,
            content: (!row::same_content(before, &call))
                .then(|| row::content(&call))
                .transpose()?,
            provider_call_id: call.provider_call_id.as_ref().map(|id| escape(id.as_str())),
            updated_at: micros(call.updated_at),
            attempts: written(before, &call)?,
            owned: owned.collect(),
            settlements,
            released: released(before, &call),
            events,
            published: EventRow::all(&published.into_events(&call))?,
            at: micros(at),
            call,
        })
    }

    /// The attempt that the reservations of the write are for.
    pub(crate) fn last(&self) -> Option<&Attempt> {
        self.call.attempts.last()
    }
}

/// Rejects facts that only the owner of a call may write.
pub(crate) fn permit(facts: &[Fact], owns: bool) -> Result<()> {
    if !owns && facts.iter().any(Fact::requires_ownership) {
        return Err(Denied::NotOwner.into());
    }
    Ok(())
}

/// The rows of changed attempts. Only the last attempt can be in doubt.
fn written(before: &Call, after: &Call) -> Result<Vec<Written>> {
    let doubts = |call: &Call, position: usize| match call.attempts.len() == position + 1 {
        true => identity(call),
        false => Identity::Known,
    };
    let mut rows = Vec::new();
    for (position, attempt) in after.attempts.iter().enumerate() {
        let now = doubts(after, position);
        match before.attempts.get(position) {
            None => rows.push(Written::New {
                row: attempt_row(attempt, now)?,
                position: i64::try_from(position).unwrap_or(i64::MAX),
            }),
            Some(then) if then != attempt || doubts(before, position) != now => {
                rows.push(Written::Changed(attempt_row(attempt, now)?));
            }
            Some(_) => {}
        }
    }
    Ok(rows)
}

/// The attempts that held concurrency slots until now, or started and ended within this write.
fn released(before: &Call, after: &Call) -> Vec<AttemptId> {
    let inside = |position: usize| before.attempts.get(position).is_none_or(holds_concurrency);
    let attempts = after.attempts.iter().enumerate();
    attempts
        .filter(|(position, attempt)| !holds_concurrency(attempt) && inside(*position))
        .map(|(_, attempt)| attempt.id)
        .collect()
}

/// True if the settlement still applies: a late proof does not override the state of the attempt.
fn holds_good(call: &Call, settlement: Settlement) -> bool {
    match settlement {
        Settlement::Bill { .. } => true,
        Settlement::Nothing { attempt, .. } => {
            let mut attempts = call.attempts.iter();
            attempts.any(|one| one.id == attempt && one.state == AttemptState::NotPlaced)
        }
    }
}

/// Normalises a fact to what it will be when it is read back.
fn settle(fact: &mut Fact) {
    match fact {
        Fact::Intended(attempt) => {
            attempt.created_at = whole(attempt.created_at);
            attempt.sent_at = attempt.sent_at.map(whole);
            attempt.ended_at = attempt.ended_at.map(whole);
            attempt.repeated_at = attempt.repeated_at.map(whole);
        }
        Fact::Redialled(_, then) => *then = whole(*then),
        Fact::Answered(_, call) | Fact::Reported(call) | Fact::NotDialled(_, call) => {
            flatten(&mut call.raw)
        }
        Fact::Transcribed(transcript) => flatten(&mut transcript.raw),
        Fact::Recorded(recording) => flatten(&mut recording.raw),
        _ => {}
    }
}

fn flatten(raw: &mut Raw) {
    if !readable(raw.value()) {
        *raw = Raw::new(Value::String(raw.value().to_string()));
    }
}

/// False for values that nest so deeply that they could be written but not read.
pub(crate) fn readable(value: &Value) -> bool {
    shallower(value, DEEPEST)
}

fn shallower(value: &Value, than: usize) -> bool {
    let Some(left) = than.checked_sub(1) else {
        return false;
    };
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
        Value::Array(items) => items.iter().all(|item| shallower(item, left)),
        Value::Object(fields) => fields.values().all(|field| shallower(field, left)),
    }
}

/// Splits a fact into its kind and its content.
fn split(fact: &Fact) -> Result<(String, Option<String>)> {
    let unwritable = |source| crate::refusal::unreadable("a fact that was to be written", source);
    let mut value = serde_json::to_value(fact).map_err(unwritable)?;
    let kind = value["kind"].as_str().unwrap_or_default().to_owned();
    let content = match value["content"].take() {
        Value::Null => None,
        content => Some(content.to_string()),
    };
    Ok((kind, content))
}

/// A fact as it is read.
#[derive(Serialize)]
struct Joined<'a> {
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a RawValue>,
}

/// Joins kind and content to a fact. `None` for the first event of a call, which is not a fact and
/// is derived from the call's row.
pub(crate) fn join(kind: &str, content: Option<&str>) -> Result<Option<Fact>> {
    if kind == RECEIVED {
        return Ok(None);
    }
    let unreadable =
        |source| crate::refusal::unreadable(format_args!("an event of the kind {kind:?}"), source);
    // Read as text: by way of a value, each event would be built twice.
    let content = content.map(serde_json::from_str::<&RawValue>).transpose().map_err(unreadable)?;
    let text = serde_json::to_string(&Joined { kind, content }).map_err(unreadable)?;
    serde_json::from_str(&text).map(Some).map_err(unreadable)
}

/// The kind of the first event of a call, used by the history queries.
const RECEIVED: &str = "received";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use switchboard_core::Transcript;

    use super::*;

    #[test]
    fn an_answer_of_any_depth_can_be_read_back() {
        for depth in [1, 98, 99, 100, 126] {
            let text = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
            let answer: Value = serde_json::from_str(&text).unwrap();
            let mut fact = Fact::Transcribed(Transcript {
                entries: Vec::new(),
                raw: Raw::new(answer.clone()),
            });
            settle(&mut fact);
            let (kind, content) = split(&fact).unwrap();
            let Some(Fact::Transcribed(back)) = join(&kind, content.as_deref()).unwrap() else {
                panic!("{kind}");
            };
            let expected = if depth < DEEPEST { answer } else { Value::String(text) };
            assert_eq!(back.raw.into_value(), expected, "{depth}");
        }
    }
}
