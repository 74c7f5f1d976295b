//! Converts a selection to the condition of a query. All words come from closed sets, never from
//! outside.

use switchboard_core::CallStatus;
use switchboard_journal::{
    Selection,
    server::{COUNTED, COUNTS_AT_MOST},
};

/// All statuses in which a call is not settled.
pub(crate) const UNSETTLED: [CallStatus; 5] = [
    CallStatus::Received,
    CallStatus::Scheduled,
    CallStatus::Admitted,
    CallStatus::Attempting,
    CallStatus::InProgress,
];

/// The statuses in which a call of a dead process needs a new owner: it is not settled, or its
/// agent is in doubt.
pub(crate) const NEEDS_OWNER: &str =
    "status IN ('received', 'scheduled', 'admitted', 'attempting', 'in_progress', 'indeterminate')";

/// The statuses in which a call holds its callee, in the words of PostgreSQL's index
/// `one_call_per_person`, because the planner only uses the index for the same condition.
pub(crate) const HOLDS_CALLEE: &str =
    "status IN ('admitted', 'attempting', 'in_progress', 'indeterminate', 'stalled')";

/// What no row of a selection lacks: what was erased is no call any more, and does not fill a page,
/// which would then seem to be the last one.
const IS_THERE: &str = "to_number IS NOT NULL";

/// The condition on the rows of a selection. The index `calls_by_status` omits closed calls, and is
/// only used if the query does too.
pub(crate) fn condition(selection: &Selection) -> String {
    if selection.statuses.is_empty() {
        return IS_THERE.to_owned();
    }
    let words: Vec<String> =
        selection.statuses.iter().map(|status| format!("'{}'", status.as_str())).collect();
    let among = format!("status IN ({})", words.join(", "));
    if selection.takes(CallStatus::Closed) {
        format!("{IS_THERE} AND {among}")
    } else {
        format!("{IS_THERE} AND {among} AND status <> 'closed'")
    }
}

/// The query that counts calls: one column for each of [`COUNTED`], each from a range of the index
/// `calls_by_status`.
pub(crate) fn counts() -> String {
    let count = |status: CallStatus| {
        format!(
            "(SELECT count(*) FROM (SELECT 1 FROM calls WHERE status = '{}' AND status <> 'closed' LIMIT {COUNTS_AT_MOST}) AS counted)",
            status.as_str()
        )
    };
    format!("SELECT {}", COUNTED.map(count).join(", "))
}

/// The maximum number of rows.
pub(crate) fn limit(selection: &Selection) -> i64 {
    selection.limit.map_or(i64::MAX, i64::from)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_words_of_the_law_are_those_of_the_state_machine() {
        let all = [
            CallStatus::Received,
            CallStatus::Scheduled,
            CallStatus::Admitted,
            CallStatus::Attempting,
            CallStatus::InProgress,
            CallStatus::Closed,
            CallStatus::Refused,
            CallStatus::NeedsApproval,
            CallStatus::Indeterminate,
            CallStatus::Stalled,
        ];
        for status in all {
            assert_eq!(
                HOLDS_CALLEE.contains(&format!("'{status}'")),
                status.holds_callee(),
                "{status}"
            );
            assert_eq!(UNSETTLED.contains(&status), !status.is_settled(), "{status}");
            let needs_owner = !status.is_settled() || status == CallStatus::Indeterminate;
            assert_eq!(NEEDS_OWNER.contains(&format!("'{status}'")), needs_owner, "{status}");
        }
        assert!(include_str!("postgres/migrations/0001_ledger.sql").contains(HOLDS_CALLEE));
        // The last migration that creates them.
        let schema = include_str!("sqlite/migrations/0004_lighter_acceptance.sql");
        let made = |what: &str| schema.split_once(what).unwrap().1.split_once(';').unwrap().0;
        let [states, held, over] =
            ["TABLE new_calls", "INDEX one_call_per_person", "INDEX calls_over"].map(made);
        for status in all {
            let named = format!("status = '{status}'");
            assert!(states.contains(&named), "{status}");
            assert_eq!(held.contains(&named), status.holds_callee(), "{status}");
            let may_be_erased = status.is_settled() && !status.holds_callee();
            assert_eq!(over.contains(&named), may_be_erased, "{status}");
        }
    }
}
