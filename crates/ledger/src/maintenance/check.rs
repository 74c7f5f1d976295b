//! Checks that calls match their events.
//!
//! The row of a call is a summary of its events. Both are written in one transaction, so they
//! agree. If they do not, the ledger is damaged, was changed by hand or was written by a faulty
//! version, and relying on the row could make a phone ring again.
//!
//! After an erasure or a sweep removed content, the events cannot be applied any more. Their kinds
//! are still there, so the check is whether events of these kinds in this order can lead to the
//! state of the call.

use std::{collections::HashSet, sync::Arc};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use switchboard_core::{
    AttemptState, Call, CallId, CallStatus, Outcome, ValidCall, text::one_line,
};
use switchboard_journal::{
    NewCall, identity,
    state::{Event, State, Step, apply, step},
};

use crate::{
    history::Entry,
    key::HashKey,
    maintenance::{ERASED, PARTS},
    row::attempt_row,
};

/// The maximum number of problems that are listed, and of rows per rule.
pub(crate) const MOST: usize = 1_000;

/// The result of a check.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Check {
    /// The number of calls, including erased ones.
    pub calls: u64,
    /// The number of attempts.
    pub attempts: u64,
    /// The number of events, including the first event of each call.
    pub events: u64,
    /// The number of calls per status.
    pub by_status: Vec<(CallStatus, u64)>,
    /// The problems, at most the first thousand.
    pub problems: Vec<Problem>,
}

/// How far a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckProgress {
    /// What is being checked.
    pub step: CheckStep,
    /// How many calls of this step are checked, out of `of`; zero in the steps that say nothing of how
    /// far they are.
    pub done: u64,
    /// How many calls there are; zero as long as it is not known.
    pub of: u64,
}

/// What a check looks at, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CheckStep {
    /// The file: its pages, its indexes, and that its tables are as they were made.
    File,
    /// What must hold between rows.
    Rules,
    /// Each call, with its events.
    Calls,
}

/// Is told how far a check is.
pub(crate) type Tell<'a> = &'a (dyn Fn(CheckProgress) + Send + Sync);

/// An inconsistency. The description contains no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Problem {
    /// The call that it is about, if it is about one.
    pub call: Option<CallId>,
    /// A description of the problem.
    pub what: String,
}

impl Check {
    /// True if there are no problems.
    pub fn is_consistent(&self) -> bool {
        self.problems.is_empty()
    }

    /// Adds the first event of each call, which is derived from its row.
    pub(crate) fn received(&mut self) {
        self.events += self.calls;
    }

    /// Records the number of calls with this status.
    pub(crate) fn counted(&mut self, status: &str, calls: u64) {
        match word(status) {
            Some(status) => self.by_status.push((status, calls)),
            None => self
                .found(None, format!("{calls} calls are in the state {status:?}, which is none")),
        }
    }

    pub(crate) fn found(&mut self, call: Option<CallId>, what: impl Into<String>) {
        let what = match self.problems.len().cmp(&MOST) {
            std::cmp::Ordering::Less => what.into(),
            std::cmp::Ordering::Equal => "there is more than is listed here".to_owned(),
            std::cmp::Ordering::Greater => return,
        };
        self.problems.push(Problem { call, what });
    }

    /// True if no more problems are listed.
    pub(crate) fn is_full(&self) -> bool {
        self.problems.len() > MOST
    }
}

/// The state of a call according to its row.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    pub(crate) status: String,
    pub(crate) outcome: Option<String>,
    /// The state of the last attempt.
    pub(crate) attempt: Option<String>,
    /// `attempts.doubt` of the last attempt.
    pub(crate) doubt: Option<i64>,
    pub(crate) to_hash: Vec<u8>,
    /// Whether `to_number`, `request` and `content` are present.
    pub(crate) personal: [bool; 3],
}

/// A call as read from the ledger.
#[derive(Debug)]
pub(crate) struct Sheet {
    pub(crate) standing: Standing,
    /// `None` if the call was erased.
    pub(crate) call: Option<Call>,
    pub(crate) request: Option<Arc<ValidCall>>,
    pub(crate) history: Vec<Entry>,
}

impl Sheet {
    /// The problems of the call, in a ledger with this key.
    pub(crate) fn problems(&self, key: &HashKey) -> Vec<String> {
        let mut problems = Vec::new();
        let Some((first, rest)) = self.history.split_first() else {
            return vec!["has no history".to_owned()];
        };
        let erased = self.standing.personal == [false; 3];
        if !erased && self.standing.personal != [true; 3] {
            problems.push("was erased in part".to_owned());
        }
        if erased != self.history.iter().any(|entry| entry.kind == ERASED) {
            problems
                .push("its events and its row do not agree on whether it was erased".to_owned());
        }
        if let Some(call) = &self.call {
            if self.standing.to_hash != key.person(&call.to) {
                problems.push("stands for another person than its number".to_owned());
            }
            let last = call.attempts.last().and_then(|last| attempt_row(last, identity(call)).ok());
            if self.standing.doubt != last.map(|last| last.doubt) {
                problems.push("is wrong about whether its agent is in doubt".to_owned());
            }
        }
        match (&self.call, &self.request) {
            (Some(call), Some(request)) if rest.iter().all(says_all) => {
                problems.extend(replay(call, request, first, rest))
            }
            _ => problems.extend(self.reachable(rest)),
        }
        problems
    }

    /// Returns a problem if events of these kinds cannot lead to the state of the row.
    fn reachable(&self, events: &[Entry]) -> Option<String> {
        let mut states = HashSet::from([State::RECEIVED]);
        for entry in events {
            // An unknown kind was written by a newer version, so nothing can be checked.
            let kinds = possible(&entry.kind)?;
            states = states.into_iter().flat_map(|state| after(state, &kinds)).collect();
            if states.is_empty() {
                return Some(format!(
                    "the event {} ({}) cannot have happened to it",
                    entry.seq, entry.kind
                ));
            }
        }
        let status: Option<CallStatus> = word(&self.standing.status);
        let outcome: Option<Outcome> = self.standing.outcome.as_deref().and_then(word);
        let attempt: Option<AttemptState> = self.standing.attempt.as_deref().and_then(word);
        let stands = |state: &State| {
            Some(state.status) == status && state.outcome == outcome && state.attempt == attempt
        };
        (!states.iter().any(stands))
            .then(|| format!("is {}, and its events do not lead there", self.standing.status))
    }
}

/// True for an event with all its content, or whose content is only in columns that are compared
/// without it.
fn says_all(entry: &Entry) -> bool {
    entry.fact.is_some() || is_about_content(&entry.kind)
}

fn is_about_content(kind: &str) -> bool {
    matches!(kind, "transcribed" | "recorded") || is_audit(kind)
}

fn is_audit(kind: &str) -> bool {
    kind == ERASED || PARTS.iter().any(|part| part.kind() == kind)
}

/// Compares the call that results from the events with the one in the row.
fn replay(call: &Call, request: &Arc<ValidCall>, first: &Entry, rest: &[Entry]) -> Option<String> {
    let new = NewCall::new(call.id, Arc::clone(request), first.at);
    let mut again = new.received();
    for entry in rest {
        let Some(fact) = entry.fact.clone() else {
            continue;
        };
        if apply(&mut again, fact, entry.at).is_err() {
            return Some(format!(
                "the event {} ({}) cannot have happened to it",
                entry.seq, entry.kind
            ));
        }
    }
    // Earlier versions stored some details with phone numbers that are masked now.
    let row = with_masked_details(call);
    let mut again = with_masked_details(&again);
    // Earlier versions did not count.
    if row.revision < again.revision {
        again.revision = row.revision;
    }
    if again == row {
        return None;
    }
    let swept = rest.iter().any(|entry| entry.fact.is_none());
    let (Ok(Value::Object(row)), Ok(Value::Object(events))) =
        (serde_json::to_value(&row), serde_json::to_value(&again))
    else {
        return Some("cannot be written as JSON".to_owned());
    };
    let differ: Vec<&str> = row
        .iter()
        .filter(|(name, value)| events.get(*name) != Some(*value))
        .map(|(name, _)| name.as_str())
        .filter(|name| !(swept && matches!(*name, "transcript" | "recording" | "raw")))
        .collect();
    (!differ.is_empty()).then(|| format!("is not what its events say ({})", differ.join(", ")))
}

fn with_masked_details(call: &Call) -> Call {
    let mut call = call.clone();
    for evidence in call.attempts.iter_mut().flat_map(|attempt| &mut attempt.evidence) {
        evidence.detail = one_line(&evidence.detail);
    }
    call
}

fn word<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(Value::from(word)).ok()
}

fn after(state: State, events: &Kinds) -> Vec<State> {
    let moved = events.events.iter().filter_map(move |event| match step(state, *event) {
        Step::To(next, _) => Some(next),
        Step::Stays(_) => Some(state),
        Step::Illegal => None,
    });
    moved.chain(events.may_stay.then_some(state)).collect()
}

/// The possible effects of an event of some kind.
struct Kinds {
    events: Vec<Event>,
    may_stay: bool,
}

fn possible(kind: &str) -> Option<Kinds> {
    let ended = || Outcome::ALL.map(Event::End).into_iter();
    let one = |event| Some((vec![event], false));
    let (events, may_stay) = match kind {
        "scheduled" => one(Event::Schedule),
        "admitted" => one(Event::Admit),
        "refused" | "expired" | "withdrawn" => one(Event::Refuse),
        "intended" => one(Event::Intend),
        "claimed" => one(Event::Claim),
        "sent" => one(Event::Send),
        "traced" => one(Event::Place),
        "reconciling" => one(Event::Reconcile),
        "gave_up" => one(Event::GiveUp),
        "overdue" => one(Event::Overdue),
        "redialled" => one(Event::Redial),
        "abandoned" | "assumed_not_placed" | "fenced" => one(Event::NotPlace),
        // What was taken for placed and reached no phone is taken back.
        "resolved" => {
            let decided = [Event::NotPlace, Event::Place, Event::Retract];
            Some((ended().chain(decided).collect(), false))
        }
        "answered" => Some((ended().chain([Event::Place]).collect(), false)),
        // Reports about a ring that has ended change nothing.
        "reported" => Some((ended().chain([Event::Progress]).collect(), true)),
        // It may have said before that the phone rings; or the call has moved on.
        "not_dialled" => Some((ended().chain([Event::NotDial]).collect(), true)),
        "failed" => {
            Some((vec![Event::NotPlace, Event::AwaitApproval, Event::Place, Event::Doubt], false))
        }
        "tentative_match" | "glimpsed" | "repeated" | "billed" | "disbelieved" | "planned"
        | "decided" | "flagged" => Some((Vec::new(), true)),
        kind if is_about_content(kind) => Some((Vec::new(), true)),
        _ => None,
    }?;
    Some(Kinds { events, may_stay })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use switchboard_journal::state::Fact;

    use super::*;

    #[test]
    fn every_kind_of_event_is_known() {
        // The error names all of them.
        let error = serde_json::from_str::<Fact>(r#"{"kind": "nonsense"}"#).unwrap_err();
        let error = error.to_string();
        let (_, kinds) = error.split_once("expected one of").unwrap();
        let kinds: Vec<&str> = kinds.split('`').skip(1).step_by(2).collect();
        assert!(kinds.contains(&"withdrawn") && kinds.len() > 20, "{kinds:?}");
        for kind in kinds {
            assert!(possible(kind).is_some(), "{kind}");
        }
    }
}
