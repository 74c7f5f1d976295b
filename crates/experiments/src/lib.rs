//! A/B tests between providers or agent profiles: statistics that stay valid however often one
//! looks, and reports about them.
//!
//! | file | purpose |
//! |---|---|
//! | `sequential/` | sequential tests and confidence sequences |
//! | `cohort.rs` | what happened to each person, read from their calls |
//! | `results.rs`, `sentences.rs` | the contents of a report: numbers, and sentences about them |
//! | `report.rs` | computes a report |
//! | `watch.rs` | which arms have to be stopped because they break a guardrail |

mod cohort;
mod report;
mod results;
mod sentences;
pub mod sequential;
mod watch;

pub use cohort::{Cohort, CompletedCalls, Participant};
pub use report::ALPHA;
pub use results::{ArmComparison, ArmReport, Points, Report, SplitCheck};
pub use watch::{Breach, Watch, breaches};
