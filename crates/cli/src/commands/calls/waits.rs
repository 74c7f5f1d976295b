//! What a waiting call waits for, and until when, as far as the ledger says.

use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard::{
    Call, CallStatus, Journal, ValidCall,
    core::{RuleVerdict, text::mask},
    ledger::Entry,
    router::ReadingRecord,
};

use crate::{
    commands::calls::{
        due::{Due, is_waiting},
        plan,
    },
    failure::Outcome,
    local::Local,
};

/// What a call waits for.
#[derive(Debug)]
pub(super) struct Waits {
    why: String,
    /// The earliest time at which that may change, where it is known.
    until: Option<Timestamp>,
}

impl Waits {
    /// Reads what a call waits for. `None` if it does not wait, or if nothing in the ledger says why.
    pub(super) async fn read(
        journal: &dyn Journal,
        call: &Call,
        request: Option<&ValidCall>,
        history: &[Entry],
        now: Timestamp,
    ) -> Outcome<Option<Self>> {
        if !is_waiting(call) {
            return Ok(None);
        }
        let known = Self::for_a_time(call, request, now)
            .or_else(|| Self::for_the_rules(call, now))
            .or_else(|| Self::for_a_provider(history, now));
        match known {
            Some(known) => Ok(Some(known)),
            None => Self::for_the_callee(journal, call).await,
        }
    }

    fn for_a_time(call: &Call, request: Option<&ValidCall>, now: Timestamp) -> Option<Self> {
        let due = Due::of(call, request).filter(|due| due.timestamp() > now)?;
        Some(Self { why: due.why().to_owned(), until: Some(due.timestamp()) })
    }

    fn for_the_rules(call: &Call, now: Timestamp) -> Option<Self> {
        let decision = call.decision.as_ref().filter(|one| one.verdict == RuleVerdict::Wait)?;
        let until = decision.wait_until.filter(|until| *until > now)?;
        let rules: Vec<String> =
            decision.stops().map(|stop| format!("{}: {}", stop.rule, stop.why())).collect();
        Some(Self { why: rules.join("; "), until: Some(until) })
    }

    fn for_a_provider(history: &[Entry], now: Timestamp) -> Option<Self> {
        let plan = history.iter().rev().find_map(plan::of)?;
        if !plan.candidates.is_empty() || plan.rejected.is_empty() {
            return None;
        }
        let why: Vec<String> =
            plan.rejected.iter().map(|one| format!("{}: {}", one.provider, one.why)).collect();
        let until = plan.readings.iter().filter_map(|reading| free_at(reading, now)).min();
        Some(Self { why: why.join("; "), until })
    }

    /// A person gets one call at a time of each tenant.
    async fn for_the_callee(journal: &dyn Journal, call: &Call) -> Outcome<Option<Self>> {
        let open = journal.unfinished().await?;
        let same = open.iter().find(|other| {
            other.id != call.id
                && (&other.tenant, other.to) == (&call.tenant, call.to)
                && matches!(
                    other.status,
                    CallStatus::Admitted | CallStatus::Attempting | CallStatus::InProgress
                )
        });
        Ok(same.map(|other| Self {
            why: format!("its callee has another call, {} ({})", other.id, other.status),
            until: None,
        }))
    }

    /// On one line.
    pub(super) fn describe(&self, local: &Local) -> String {
        let why = mask(&self.why);
        match self.until {
            Some(until) => format!("{why}; until {}", local.whole(until)),
            None => why,
        }
    }

    /// As JSON.
    pub(super) fn json(&self) -> Value {
        json!({"why": self.why, "until": self.until})
    }
}

/// When a provider may take calls again that could take none.
fn free_at(reading: &ReadingRecord, now: Timestamp) -> Option<Timestamp> {
    let full = [reading.headroom, reading.concurrency];
    let full = full.into_iter().flatten().filter(|room| room.free == 0);
    let frees = full.filter_map(|room| room.frees_at);
    let pauses = [
        reading.probe_at,
        reading.domain_probe_at,
        reading.ejected_until,
        reading.paused_until,
        reading.out_of_credit_until,
    ];
    // All of them keep it from calls, so that the last one counts.
    let pauses = pauses.into_iter().flatten().chain(frees);
    pauses.chain(reading.numbers_full.values().copied()).filter(|at| *at > now).max()
}
