//! Splitting people between ways to call them, and telling which is better without fooling oneself.
//!
//! | file | its one reason |
//! |---|---|
//! | `define.rs` | what an experiment is |
//! | `check.rs` | which definitions make no sense |
//! | `assign.rs` | who is in which arm, as a pure function |
//! | `lives.rs` | what was decided since: started, grown, stopped |
//! | `guard.rs` | when an arm is stopped by itself |
//!
//! No call is ever made twice to compare: a mirrored call would ring a second time.

mod assign;
mod check;
mod define;
mod guard;
mod lives;

pub use assign::{Part, Seat, part};
pub(crate) use check::check;
pub use define::{Arm, Experiment, Group, HOLDOUT, Start, Way};
pub use guard::{Bound, GuardMetric, Guardrail};
pub use lives::{Change, Life, Lives, Stage, Step};
