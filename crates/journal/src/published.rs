//! Which events the facts of a call make for programs outside.
//!
//! The events are thin: which call, where it stands, and what a fact adds that anybody may read. No
//! phone number, nothing that was said, and no provider's own words.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use switchboard_core::{
    Attempt, AttemptId, AttemptState, Call, CallFailure, CallStatus, Delivery, Refusal, Result,
    RuleVerdict, text::one_line,
};

use crate::{
    server::{FeedEvent, derived_id},
    state::{Effect, Fact, State, apply},
};

/// An event about a call that a fact may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CallEvent {
    Scheduled,
    /// A call that was scheduled or admitted has to wait by the calling rules.
    WaitsAgain,
    Placed,
    AttemptFailed,
    RedialScheduled,
    Ended,
    Refused,
    NeedsApproval,
    Withdrawn,
    Indeterminate,
    Stalled,
    Resolved,
    Billed,
    Transcribed,
    Recorded,
    Flagged,
    Alarm,
}

/// The events that a fact may make, in their order. Which of them it does make depends on what it
/// changes: a provider's answer places a call, ends it, or says what is known already.
const fn may_make(fact: &Fact) -> &'static [CallEvent] {
    use CallEvent as E;
    match fact {
        // Steps between two events: who has to know where a call stands reads it.
        Fact::Admitted { .. }
        | Fact::Planned(_)
        | Fact::Intended(_)
        | Fact::Claimed(_)
        | Fact::Sent(_)
        | Fact::Repeated(_)
        | Fact::TentativeMatch(..)
        | Fact::Reconciling(_) => &[],
        Fact::Scheduled => &[E::Scheduled],
        Fact::Decided(_) => &[E::WaitsAgain],
        Fact::Refused(_) | Fact::Expired(_) => &[E::Refused, E::Ended],
        Fact::Withdrawn(_) => &[E::Withdrawn, E::Ended],
        Fact::Answered(..) | Fact::Reported(_) | Fact::Traced(..) => {
            &[E::Placed, E::Ended, E::Alarm]
        }
        Fact::Failed { .. } | Fact::NotDialled(..) => {
            &[E::AttemptFailed, E::Placed, E::NeedsApproval, E::Refused, E::Ended, E::Alarm]
        }
        Fact::Abandoned(_) | Fact::AssumedNotPlaced(_) => {
            &[E::AttemptFailed, E::Refused, E::Ended, E::Alarm]
        }
        Fact::Resolved(..) => &[E::Resolved, E::Placed, E::Refused, E::Ended],
        Fact::Redialled(..) => &[E::RedialScheduled],
        Fact::GaveUp(_) => &[E::Indeterminate],
        Fact::Overdue => &[E::Stalled],
        Fact::Billed(..) => &[E::Billed],
        Fact::Disbelieved(..) => &[E::Alarm],
        Fact::Transcribed(_) => &[E::Transcribed],
        Fact::Recorded(_) => &[E::Recorded],
        Fact::Flagged(_) => &[E::Flagged],
    }
}

/// What an event takes from its fact, because the call does not tell it.
#[derive(Debug, Default)]
struct Content {
    /// The attempt that was billed.
    billed: Option<AttemptId>,
    /// The operator who decided.
    by: Option<String>,
}

impl Content {
    fn of(fact: &Fact) -> Self {
        match fact {
            Fact::Billed(attempt, _, _) => Self { billed: Some(*attempt), by: None },
            Fact::Resolved(_, resolution) => {
                Self { billed: None, by: Some(one_line(&resolution.by)) }
            }
            _ => Self::default(),
        }
    }
}

/// Applies the facts of one write to a call, and collects the events that they make.
///
/// A journal writes them in the transaction that writes the facts.
#[derive(Debug, Default)]
pub struct Published {
    events: Vec<FeedEvent>,
}

impl Published {
    /// Like [`apply`].
    ///
    /// # Errors
    /// The same as for [`apply`].
    pub fn apply(
        &mut self,
        call: &mut Call,
        fact: Fact,
        at: Timestamp,
    ) -> Result<&'static [Effect]> {
        let (before, revision) = (State::of(call), call.revision);
        let (may_make, content) = (may_make(&fact), Content::of(&fact));
        let effects = apply(call, fact, at)?;
        if call.revision != revision {
            let after = State::of(call);
            let made = may_make.iter().filter(|event| event.happened(call, before, after, effects));
            self.events.extend(made.map(|event| event.about(call, &content, at)));
        }
        Ok(effects)
    }

    /// The events of the write, in order. A ring whose end leads to another ring by the same write
    /// has not ended the call.
    pub fn into_events(self, call: &Call) -> Vec<FeedEvent> {
        let mut events = self.events;
        if call.status != CallStatus::Closed {
            events.retain(|event| event.kind != CallEvent::Ended.kind());
        }
        events
    }
}

/// The event of a call that was recorded.
pub fn created(call: &Call) -> FeedEvent {
    event(call, "call.created", Map::new(), call.created_at)
}

/// An event about a call that no fact makes, with what it says beside where the call stands.
/// Whoever makes the same one gets the same id.
pub fn call_event(call: &Call, kind: &'static str, more: Value, at: Timestamp) -> FeedEvent {
    event(call, kind, fields(more), at)
}

impl CallEvent {
    const fn kind(self) -> &'static str {
        match self {
            Self::Scheduled | Self::WaitsAgain => "call.scheduled",
            Self::Placed => "call.placed",
            Self::AttemptFailed => "call.attempt_failed",
            Self::RedialScheduled => "call.redial_scheduled",
            Self::Ended => "call.ended",
            Self::Refused => "call.refused",
            Self::NeedsApproval => "call.needs_approval",
            Self::Withdrawn => "call.withdrawn",
            Self::Indeterminate => "call.indeterminate",
            Self::Stalled => "call.stalled",
            Self::Resolved => "call.resolved",
            Self::Billed => "call.billed",
            Self::Transcribed => "call.transcribed",
            Self::Recorded => "call.recorded",
            Self::Flagged => "call.flagged",
            Self::Alarm => "call.alarm",
        }
    }

    fn happened(self, call: &Call, before: State, after: State, effects: &[Effect]) -> bool {
        let status = |status| before.status != status && after.status == status;
        let attempt = |state| before.attempt != Some(state) && after.attempt == Some(state);
        match self {
            Self::Scheduled => status(CallStatus::Scheduled),
            Self::WaitsAgain => after.status != CallStatus::Received && waits_until(call).is_some(),
            Self::Placed => attempt(AttemptState::Placed),
            Self::AttemptFailed => {
                attempt(AttemptState::NotPlaced) || attempt(AttemptState::Unknown)
            }
            Self::Ended => status(CallStatus::Closed),
            Self::Refused | Self::Withdrawn => status(CallStatus::Refused),
            Self::NeedsApproval => status(CallStatus::NeedsApproval),
            Self::Indeterminate => status(CallStatus::Indeterminate),
            Self::Stalled => status(CallStatus::Stalled),
            Self::Alarm => effects.contains(&Effect::Alarm),
            Self::RedialScheduled
            | Self::Resolved
            | Self::Billed
            | Self::Transcribed
            | Self::Recorded
            | Self::Flagged => true,
        }
    }

    fn about(self, call: &Call, content: &Content, at: Timestamp) -> FeedEvent {
        let last = call.attempts.last();
        let more = match self {
            Self::Scheduled | Self::WaitsAgain => call
                .redial_at
                .max(waits_until(call))
                .map_or_else(Map::new, |until| fields(json!({ "until": until }))),
            Self::Placed => fields(json!({ "attempt": last.map(|last| last.id) })),
            Self::AttemptFailed => last.map(failure).unwrap_or_default(),
            Self::RedialScheduled => fields(json!({
                "redial_at": call.redial_at,
                "ring": last.map_or(0, |last| last.ring).saturating_add(1),
                "outcome": last.and_then(|last| last.outcome),
            })),
            Self::Ended => fields(json!({
                "duration_seconds": call.duration.map(|duration| duration.as_secs_f64()),
            })),
            Self::Refused | Self::NeedsApproval | Self::Withdrawn | Self::Indeterminate => {
                fields(json!({ "fault": call.fault.as_ref().map(kind_of) }))
            }
            Self::Resolved => fields(json!({ "by": content.by })),
            Self::Billed => fields(json!({ "attempt": content.billed, "cost": call.cost })),
            Self::Flagged => fields(json!({ "flags": call.flags })),
            Self::Stalled | Self::Transcribed | Self::Recorded | Self::Alarm => Map::new(),
        };
        event(call, self.kind(), more, at)
    }
}

/// Until when the calling rules make the call wait.
fn waits_until(call: &Call) -> Option<Timestamp> {
    let decision = call.decision.as_ref()?;
    decision.wait_until.filter(|_| decision.verdict == RuleVerdict::Wait)
}

/// How an attempt failed, in words of ours.
fn failure(last: &Attempt) -> Map<String, Value> {
    // Only a claimed attempt is sent.
    let delivery = match last.state {
        AttemptState::NotPlaced => last.delivery.unwrap_or(Delivery::NotSent),
        AttemptState::Intent
        | AttemptState::Claimed
        | AttemptState::Sent
        | AttemptState::Placed
        | AttemptState::Unknown
        | AttemptState::Reconciling => last.delivery.unwrap_or(Delivery::Unknown),
    };
    let refusal: Option<Refusal> = match delivery {
        Delivery::Refused(refusal) => Some(refusal),
        Delivery::NotSent | Delivery::Placed | Delivery::Unknown => None,
    };
    fields(json!({
        "attempt": last.id,
        "delivery": delivery.as_str(),
        "refusal": refusal,
        "code": last.error.as_ref().map(|error| error.kind.as_str()),
    }))
}

/// A failure without its message, which is for people.
fn kind_of(fault: &CallFailure) -> Value {
    json!({ "kind": fault.kind.as_str() })
}

fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    }
}

fn event(
    call: &Call,
    kind: &'static str,
    mut data: Map<String, Value>,
    at: Timestamp,
) -> FeedEvent {
    let stands = json!({
        "id": call.id,
        "revision": call.revision,
        "status": call.status.as_str(),
        "outcome": call.outcome,
        "provider": call.provider,
        "ring": call.attempts.last().map_or(0, |last| last.ring),
        "settled": call.status.is_settled(),
    });
    data.insert("call".to_owned(), stands);
    let id = derived_id(
        at,
        &[call.id.as_uuid().as_bytes(), &call.revision.to_be_bytes(), kind.as_bytes()],
    );
    FeedEvent::new(id, kind, at, Value::Object(data)).of_tenant(call.tenant.clone()).about(call.id)
}
