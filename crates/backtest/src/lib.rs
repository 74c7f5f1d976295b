//! Replays past calls through another policy: what would it have done?
//!
//! Each past call is planned again by the other policy, in the order of time, with the state that
//! the providers had at that moment and with the call's own random number. Rate limits, concurrency
//! limits and budgets of the other policy start empty. Nothing is sent, and nothing is changed.
//!
//! | file | purpose |
//! |---|---|
//! | `past.rs` | a past call, reduced to what a replay needs |
//! | `settings.rs` | what a replay needs besides the policy and the calls |
//! | `agenda.rs` | the queue of events, in the order of time |
//! | `known.rs` | the state of the providers at a moment, as far as it was recorded |
//! | `reservations.rs` | rate limits, concurrency limits and budgets of the other policy |
//! | `progress.rs` | how far one ring has come in the replay |
//! | `step.rs` | one step of a ring: which provider is asked, and what follows |
//! | `backtest.rs` | takes calls in, one after the other |
//! | `replay.rs` | runs all events |
//! | `tally.rs` | sums of the past and of the replay |
//! | `summary.rs` | turns the sums into a report |
//! | `report.rs` | the contents of a report |
//! | `caveats.rs` | what no replay can know, in sentences |
//!
//! # What it knows, and what it does not
//!
//! If the replay asks a provider that was also asked in the past, the answer is known: the same
//! refusal, the same call with its bill, or the same doubt. A provider that was not asked has not
//! answered. What the call would have cost there is an estimate, at the price of the other policy's
//! deck for the duration of the past call. How many such calls succeed there is a measured rate
//! with its confidence interval, never a single number.
//!
//! A ring whose new plan equals the recorded one repeats what happened, unless a limit or a budget
//! of the other policy prevents it. So replaying the policy that really ran reproduces the sums of
//! the ledger to the last millionth. If it did not, no other policy's result could be trusted.

mod agenda;
mod backtest;
mod caveats;
mod known;
mod past;
mod progress;
mod replay;
mod report;
mod reservations;
mod settings;
mod step;
mod summary;
mod tally;

pub use backtest::Backtest;
pub use past::PastCall;
pub use report::{
    CostChange, Expectation, Fit, Level, LimitKind, LimitReached, Line, Move, Outcomes, Refusals,
    RejectionCount, Report, Side, Sides, SpecialCases, Waits,
};
pub use settings::BacktestSettings;

use switchboard_router::Policy;

/// Replays calls through another policy. A pure function: the same arguments give the same report.
/// The order of the calls does not matter.
///
/// For calls that need not all be in memory there is [`Backtest`].
pub fn backtest(policy: &Policy, calls: &[PastCall], settings: &BacktestSettings) -> Report {
    let mut in_order: Vec<&PastCall> = calls.iter().collect();
    in_order.sort_by_key(|call| (call.created_at, call.id));
    let mut backtest = Backtest::new(policy, settings);
    in_order.into_iter().for_each(|call| backtest.add(call.clone()));
    backtest.report()
}
