//! The facts about a call, where they are kept: in a ledger.

use jiff::Timestamp;
use switchboard::{CallId, Switchboard, core::AttemptId, router::PlanRecord};

use crate::{
    problem::{Code, Problem, Result},
    wire::ErasedPerson,
};

/// One fact in words.
#[derive(Debug)]
pub(super) struct FactText {
    pub(super) position: i64,
    pub(super) at: Timestamp,
    pub(super) attempt: Option<AttemptId>,
    pub(super) event: &'static str,
    pub(super) by: String,
    pub(super) proof: Option<String>,
    pub(super) detail: String,
    pub(super) plan: Option<PlanRecord>,
}

fn not_kept() -> Problem {
    Problem::new(Code::Unsupported, "calls are kept in memory here: only a ledger keeps each fact")
}

/// Every fact about a call, oldest first. The caller has made sure that the call is theirs.
#[cfg(feature = "ledger")]
pub(super) async fn of(switchboard: &Switchboard, id: CallId) -> Result<Vec<FactText>> {
    use switchboard::history::{describe, plan};

    let ledger = switchboard.ledger().ok_or_else(not_kept)?;
    let entries = ledger.history(id).await?;
    let text = |entry: &switchboard::ledger::Entry| {
        let text = describe(entry);
        FactText {
            position: entry.seq,
            at: entry.at,
            attempt: entry.attempt,
            event: text.event,
            by: text.by,
            proof: text.evidence,
            detail: text.details,
            plan: plan(entry).cloned(),
        }
    };
    Ok(entries.iter().map(text).collect())
}

/// Without a ledger, no fact is kept.
#[cfg(not(feature = "ledger"))]
pub(super) async fn of(_: &Switchboard, _: CallId) -> Result<Vec<FactText>> {
    Err(not_kept())
}

/// Destroys the data of a person. Returns what lost its content.
#[cfg(feature = "ledger")]
pub(super) async fn erase(
    switchboard: &Switchboard,
    person: &switchboard::PhoneNumber,
    at: Timestamp,
) -> Result<ErasedPerson> {
    let ledger = switchboard.ledger().ok_or_else(nothing_to_erase)?;
    let erased = ledger.erase(person, at).await?;
    Ok(ErasedPerson { calls: erased.calls, facts: erased.events, batch_rows: erased.batch_rows })
}

/// Without a ledger, nothing outlives the process.
#[cfg(not(feature = "ledger"))]
pub(super) async fn erase(
    _: &Switchboard,
    _: &switchboard::PhoneNumber,
    _: Timestamp,
) -> Result<ErasedPerson> {
    Err(nothing_to_erase())
}

fn nothing_to_erase() -> Problem {
    Problem::new(Code::Unsupported, "calls are kept in memory here: they end with the process")
}
