//! What another policy would have done with the calls that were made.
//!
//! Each past call is planned again: by the other policy, at its own moment, with the providers as
//! they were then and with its own chance, in the order of time, against windows, rooms and budgets
//! of the other policy that begin empty. Nothing is sent, and nothing is changed.
//!
//! | file | why it is there |
//! |---|---|
//! | `past.rs` | a call that was made, cut down to what a replay needs |
//! | `settings.rs` | what a replay needs beside the policy and the calls |
//! | `moment.rs` | what comes next, in the order of time |
//! | `state.rs` | the providers as they were at a moment, as far as anybody knows |
//! | `shelf.rs` | slots, rooms and budgets of the other policy |
//! | `ring.rs` | one ring on its way through the other policy |
//! | `walk.rs` | who is asked next, and what comes of it |
//! | `replay.rs` | all of them, in the order of time |
//! | `tally.rs` | sums of then and now |
//! | `sums.rs` | from them to a report |
//! | `report.rs` | what comes out |
//! | `honest.rs` | what no replay can know, in words |
//!
//! # What it knows, and what it does not
//!
//! Where the replay asks a provider that was asked then, it knows the answer: the same refusal, the
//! same call with its bill, or the same doubt. A provider that was not asked then has said nothing.
//! What the call would have cost there is an estimate, at the price of the other policy's deck for
//! the duration of then, and how often such calls come to a good end there is a measured rate with
//! its interval, never a point.
//!
//! A ring whose plan comes out as it was goes as it went, unless a limit or a budget of the other
//! policy stands in its way. The policy that really ran therefore gives the ledger's own sums to
//! the last millionth: if it did not, no other policy's result could be believed.

mod honest;
mod moment;
mod past;
mod replay;
mod report;
mod ring;
mod settings;
mod shelf;
mod state;
mod sums;
mod tally;
mod walk;

pub use past::PastCall;
pub use report::{
    Apart, Barrier, CostChange, Expectation, Fit, Level, Line, Met, Move, Obstacle, Outcomes,
    Refusals, Report, Side, Sides, Waits,
};
pub use settings::BacktestSettings;

use switchboard_router::Policy;

/// Replays calls through another policy. Pure: the same arguments give the same report. The order
/// of the calls does not matter.
pub fn backtest(policy: &Policy, calls: &[PastCall], settings: &BacktestSettings) -> Report {
    replay::run(policy, calls, settings)
}
