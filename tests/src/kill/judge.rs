//! Compares the records of the providers with the ledger.
//!
//! No phone may ring twice, and no call may be lost. A call also counts as lost if the ledger
//! contradicts the telephone network: it says refused but the phone rang, it says ended but no
//! phone rang, or it has the id of another call.

use std::collections::{BTreeMap, BTreeSet};

use switchboard::{Call, CallId, CallStatus, core::AttemptError};
use switchboard_testkit::Ring;

use crate::kill::{Row, RowKind};

/// The records at the end of a loop.
#[derive(Debug, Default)]
pub struct Facts {
    /// The rows of the table.
    pub rows: Vec<Row>,
    /// All rings.
    pub rings: Vec<Ring>,
    /// All calls of the ledger.
    pub calls: Vec<Call>,
    /// The phone numbers of rejected rows.
    pub rejected: BTreeSet<String>,
}

/// A violation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The phone number, as written in the table.
    pub to: String,
    /// The call in the ledger, if there is one.
    pub call: Option<CallId>,
    /// A description of the violation.
    pub what: String,
}

/// The result of the comparison.
#[derive(Debug, Default)]
pub struct Judged {
    /// Rings beyond the first, per person.
    pub duplicate_rings: usize,
    /// Calls that are missing or contradict the ledger.
    pub lost_calls: usize,
    /// Calls whose result is unknown, which is not a violation.
    pub indeterminate: usize,
    /// Calls that were in doubt at some time.
    pub doubted: usize,
    /// The violations behind the first two counts.
    pub faults: Vec<Fault>,
}

/// Compares the records with the ledger.
pub fn judge(facts: &Facts) -> Judged {
    let mut judged = Judged::default();
    let mut rings: BTreeMap<&str, Vec<&Ring>> = BTreeMap::new();
    for ring in &facts.rings {
        rings.entry(&ring.to).or_default().push(ring);
    }
    let mut calls: BTreeMap<&str, Vec<&Call>> = BTreeMap::new();
    for call in &facts.calls {
        calls.entry(call.to.e164()).or_default().push(call);
    }
    // Ids of calls sort by creation time.
    calls.values_mut().for_each(|calls| calls.sort_by_key(|call| call.id));
    let twins: BTreeSet<&str> = facts
        .rows
        .iter()
        .filter(|row| row.kind == RowKind::Twin)
        .map(|row| row.to.as_str())
        .collect();
    let good: BTreeMap<&str, &Row> = facts
        .rows
        .iter()
        .filter(|row| row.kind == RowKind::Good)
        .map(|row| (row.to.as_str(), row))
        .collect();
    for (to, rang) in &rings {
        let allowed = usize::from(good.contains_key(to));
        if rang.len() > allowed {
            judged.duplicate_rings += rang.len() - allowed;
            let call = calls.get(to).and_then(|calls| calls.first());
            judged.faults.push(fault(
                to,
                call.copied(),
                format!("rang {} times, may ring {allowed} times", rang.len()),
            ));
        }
    }
    for to in good.keys() {
        let rang = rings.get(to).map(Vec::as_slice).unwrap_or_default();
        let wrong = match calls.get(to).map(Vec::as_slice).unwrap_or_default() {
            [] if rang.is_empty() && facts.rejected.contains(*to) => None,
            [] => Some(fault(
                to,
                None,
                format!("is neither a call of the ledger nor rejected, and rang {} times", rang.len()),
            )),
            // A row whose call was refused may be retried as another call: the last one counts.
            [refused @ .., call] if refused.iter().all(|call| never_rang(call, rang)) => {
                judged.indeterminate += usize::from(call.status == CallStatus::Indeterminate);
                judged.doubted += usize::from(was_in_doubt(call));
                let told_off = facts.rejected.contains(*to) && !twins.contains(to) && !rang.is_empty();
                contradiction(call, rang)
                    .or_else(|| told_off.then(|| "is among the rejected rows although it rang".to_owned()))
                    .map(|what| fault(to, Some(call), what))
            }
            [call, ..] => Some(fault(
                to,
                Some(call),
                "is more than one call of the ledger, and not because the earlier ones were refused".to_owned(),
            )),
        };
        judged.lost_calls += usize::from(wrong.is_some());
        judged.faults.extend(wrong);
    }
    for (to, calls) in calls.iter().filter(|(to, _)| !good.contains_key(*to)) {
        judged.lost_calls += calls.len();
        judged.faults.push(fault(
            to,
            calls.first().copied(),
            "no row asks for this call".to_owned(),
        ));
    }
    judged
}

fn fault(to: &str, call: Option<&Call>, what: String) -> Fault {
    Fault { to: to.to_owned(), call: call.map(|call| call.id), what }
}

fn was_in_doubt(call: &Call) -> bool {
    let restarted = |error: &AttemptError| error.is_restart();
    call.attempts.iter().any(|attempt| attempt.error.as_ref().is_some_and(restarted))
}

/// How the ledger contradicts the rings of a call.
fn contradiction(call: &Call, rang: &[&Ring]) -> Option<String> {
    let status = call.status;
    match status {
        CallStatus::Received
        | CallStatus::Scheduled
        | CallStatus::Admitted
        | CallStatus::Attempting
        | CallStatus::InProgress => {
            Some(format!("is {status} although nobody works on it any more"))
        }
        CallStatus::Refused | CallStatus::NeedsApproval if !rang.is_empty() => {
            Some(format!("is {status} although the phone rang"))
        }
        CallStatus::Closed | CallStatus::Stalled if rang.is_empty() => {
            Some(format!("is {status} although no phone rang"))
        }
        CallStatus::Closed | CallStatus::Stalled => another(call, rang),
        CallStatus::Refused | CallStatus::NeedsApproval | CallStatus::Indeterminate => None,
    }
}

/// True for a refused call without a ring.
fn never_rang(call: &Call, rang: &[&Ring]) -> bool {
    let theirs = call.provider_call_id.as_ref().map(|id| id.as_str());
    call.status == CallStatus::Refused
        && !rang.iter().any(|ring| Some(ring.call_id.as_str()) == theirs)
}

/// The provider call id in the ledger, if there is one, must belong to a ring of this phone.
fn another(call: &Call, rang: &[&Ring]) -> Option<String> {
    let theirs = call.provider_call_id.as_ref()?.as_str();
    let ours = rang.iter().any(|ring| ring.call_id == theirs);
    (!ours).then(|| format!("is said to be {theirs}, which rang somebody else"))
}
