//! A/B tests between providers or agent profiles: statistics that stay valid however often one
//! looks, and reports about them.
//!
//! | file | purpose |
//! |---|---|
//! | `sequential/` | sequential tests and confidence sequences |
//! | `cohort.rs` | what happened to each person, read from their calls |
//! | `report.rs`, `sentences.rs` | the results of an experiment, as numbers and in sentences |
//! | `watch.rs` | which arms have to be stopped because they break a guardrail |

mod cohort;
mod report;
mod sentences;
pub mod sequential;
mod watch;

pub use cohort::{Cohort, CompletedCalls, Participant};
pub use report::{ALPHA, ArmComparison, ArmReport, Points, Report, SplitCheck};
pub use watch::{Breach, Watch, breaches};
