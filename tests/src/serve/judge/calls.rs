//! No phone rang twice, and no accepted call is lost.

use std::collections::HashMap;

use switchboard::Call;
use switchboard_testkit::Ring;

use crate::{
    kill::{Facts, Row, RowKind, judge},
    serve::callers::{Granted, Wish},
};

/// What was found.
#[derive(Debug, Default)]
pub struct CallsJudged {
    /// Rings beyond the first, per person.
    pub duplicate_rings: usize,
    /// Accepted calls that are missing, and calls that never settle or contradict the ledger or the
    /// client.
    pub lost_calls: usize,
    /// Clients that gave up, because they were not answered.
    pub given_up: usize,
    /// Calls of which nobody knows what became of them.
    pub indeterminate: usize,
    /// What is wrong, without numbers.
    pub faults: Vec<String>,
}

/// Compares what clients were told with the ledger, and the ledger with the phones that rang. Each
/// wish is for another person, so that a person's phone may ring once.
pub fn judge_calls(
    wishes: &[Wish],
    granted: &[Granted],
    calls: &[Call],
    rings: Vec<Ring>,
) -> CallsJudged {
    let row = |wish: &Wish| Row { to: wish.to.clone(), tag: wish.tag, kind: RowKind::Good };
    let by_number: HashMap<&str, &Call> = calls.iter().map(|call| (call.to.e164(), call)).collect();
    let to: HashMap<usize, &str> =
        wishes.iter().map(|wish| (wish.number, wish.to.as_str())).collect();
    // Nobody said that these were accepted, and they were not: their phones may not ring.
    let unaccepted = granted.iter().filter(|one| one.gave_up && one.id.is_none());
    let unaccepted = unaccepted.filter_map(|one| to.get(&one.number).copied());
    let unaccepted = unaccepted.filter(|to| !by_number.contains_key(to)).map(str::to_owned);
    let facts = Facts {
        rows: wishes.iter().map(row).collect(),
        rings,
        calls: calls.to_vec(),
        rejected: unaccepted.collect(),
    };
    let found = judge(&facts);
    let mut judged = CallsJudged {
        duplicate_rings: found.duplicate_rings,
        lost_calls: found.lost_calls,
        given_up: granted.iter().filter(|one| one.gave_up).count(),
        indeterminate: found.indeterminate,
        faults: found
            .faults
            .iter()
            .map(|fault| format!("{:?} {}", fault.call.map(|id| id.to_string()), fault.what))
            .collect(),
    };
    if judged.given_up > 0 {
        judged.faults.push(format!("{} clients were not answered and gave up", judged.given_up));
    }
    for one in granted {
        let call = to.get(&one.number).and_then(|to| by_number.get(to));
        let wrong = match (&one.wrong, &one.id, call) {
            (Some(wrong), _, _) => Some(wrong.clone()),
            (None, Some(id), Some(call)) if *id == call.id.to_string() => None,
            (None, None, _) if one.gave_up => None,
            (None, id, call) => Some(format!(
                "was told to be {id:?} and is {:?} in the ledger",
                call.map(|call| call.id.to_string())
            )),
        };
        if let Some(wrong) = wrong {
            judged.lost_calls += 1;
            judged.faults.push(format!("wish {} {wrong}", one.number));
        }
    }
    judged
}
