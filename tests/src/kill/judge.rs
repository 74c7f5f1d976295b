//! What the providers wrote down against what the ledger says.
//!
//! The law has two sides: nobody rings twice, and no call is lost. A call is also lost where the
//! ledger tells something else of it than the telephone network would: that it was refused though
//! it rang, that it is over though no phone rang, or that it is another call.

use std::collections::{BTreeMap, BTreeSet};

use switchboard::{Call, CallId, CallStatus};
use switchboard_testkit::Ring;

use crate::kill::{Row, RowKind};

/// What was found when a loop was over.
#[derive(Debug, Default)]
pub struct Facts {
    /// The table.
    pub rows: Vec<Row>,
    /// Every phone that rang.
    pub rings: Vec<Ring>,
    /// Every call of the ledger.
    pub calls: Vec<Call>,
    /// The numbers of the rows that were rejected.
    pub rejected: BTreeSet<String>,
}

/// One thing that may not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The number, as the table has it.
    pub to: String,
    /// The call of the ledger, where there is one.
    pub call: Option<CallId>,
    /// What is wrong.
    pub what: String,
}

/// What came of the comparison.
#[derive(Debug, Default)]
pub struct Judged {
    /// Rings beyond the first, of each person.
    pub duplicate_rings: usize,
    /// Calls that are not what the ledger says, or nowhere.
    pub lost_calls: usize,
    /// Calls that nobody knows of whether they rang: an honest answer.
    pub indeterminate: usize,
    /// Calls that were in doubt at some time.
    pub doubted: usize,
    /// What is behind the first two.
    pub faults: Vec<Fault>,
}

/// Compares.
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
    // The ids of calls sort by the time at which they were made.
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
            // A row whose call was refused may be tried again as another call: the last one is the
            // row's.
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
    call.attempts.iter().any(|attempt| {
        attempt.error.as_ref().and_then(|error| error.code.as_deref()) == Some("restart")
    })
}

/// What the ledger says of the call that the phone does not.
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

/// A call that was refused, and of which the provider knows no ring.
fn never_rang(call: &Call, rang: &[&Ring]) -> bool {
    let theirs = call.provider_call_id.as_ref().map(|id| id.as_str());
    call.status == CallStatus::Refused
        && !rang.iter().any(|ring| Some(ring.call_id.as_str()) == theirs)
}

/// The call that the ledger names, where it names one, has to be one of those that rang this phone.
fn another(call: &Call, rang: &[&Ring]) -> Option<String> {
    let theirs = call.provider_call_id.as_ref()?.as_str();
    let ours = rang.iter().any(|ring| ring.call_id == theirs);
    (!ours).then(|| format!("is said to be {theirs}, which rang somebody else"))
}
