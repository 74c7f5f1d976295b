//! A/B tests: people are split between providers or agent profiles.
//!
//! | file | purpose |
//! |---|---|
//! | `definition.rs` | what an experiment consists of |
//! | `validate.rs` | rejects invalid definitions |
//! | `assignment.rs` | which arm a person is in, as a pure function |
//! | `states.rs` | what was decided since then: started, ramped, stopped |
//! | `guardrail.rs` | when an arm is stopped automatically |
//!
//! The results are computed by the crate `switchboard-experiments`. No call is ever made twice for
//! a comparison: a mirrored call would ring a second time.

mod assignment;
mod definition;
mod guardrail;
mod states;
mod validate;

pub use assignment::{Allocation, Enrollment, enroll};
pub use definition::{Arm, Experiment, Group, HOLDOUT, Start, Treatment};
pub use guardrail::{Bound, GuardMetric, Guardrail};
pub use states::{Change, ExperimentState, ExperimentStates, Stage, Transition};
pub(crate) use validate::validate;
