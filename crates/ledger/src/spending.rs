//! What both databases read of the cost of calls.

use std::time::Duration;

use serde::Deserialize;
use switchboard_core::{CallId, Money, Result, seconds};
use switchboard_journal::server::{UsageQuery, UsageSums};
use uuid::Uuid;

use crate::{
    refusal::unreadable,
    row::{micros, moment},
};

/// The statuses of calls that wait, in the words of the index `calls_waiting`.
pub(crate) const WAITS: &str = "status IN ('received', 'scheduled', 'admitted')";

/// The columns of [`Priced`].
pub(crate) const PRICED: &str = "id, created_at, provider, body";

/// The columns of a call that its cost is read from.
pub(crate) struct Priced {
    pub(crate) id: Uuid,
    pub(crate) created_at: i64,
    pub(crate) provider: Option<String>,
    pub(crate) body: String,
}

/// What the sums need of `calls.body`.
#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    cost: Option<Money>,
    #[serde(with = "seconds::option", default)]
    duration: Option<Duration>,
}

impl Priced {
    /// Adds the call, if it was received in the period.
    pub(crate) fn add_to(&self, sums: &mut UsageSums, query: &UsageQuery) -> Result<()> {
        if self.created_at < micros(query.from) || self.created_at >= micros(query.until) {
            return Ok(());
        }
        let what = || format!("the call {}", CallId::new(self.id));
        let body: Body =
            serde_json::from_str(&self.body).map_err(|source| unreadable(what(), source))?;
        let at = moment(self.created_at, what())?;
        sums.add(at, self.provider.as_deref(), body.duration, body.cost);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use switchboard_core::CallStatus;

    use super::*;

    #[test]
    fn the_calls_that_wait_are_those_of_the_index_and_of_the_state_machine() {
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
            assert_eq!(WAITS.contains(&format!("'{status}'")), status.is_waiting(), "{status}");
        }
        let index = format!("INDEX calls_waiting ON calls (tenant) WHERE {WAITS};");
        for migration in [
            include_str!("postgres/migrations/0009_spending.sql"),
            include_str!("sqlite/migrations/0010_spending.sql"),
        ] {
            assert!(migration.contains(&index), "the planner only uses it for the same words");
        }
    }
}
