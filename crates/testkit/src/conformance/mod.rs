//! The conformance suite: what every backend has to do.
//!
//! The suite drives a backend through the core traits and compares what it claims with what a
//! [`Harness`] knows, above all which phones rang. A harness may excuse checks with a reason; they
//! are reported as such.
//!
//! ```no_run
//! # async fn example(
//! #     provider: &dyn switchboard_core::Provider,
//! #     harness: &dyn switchboard_testkit::conformance::Harness,
//! #     clock: &dyn switchboard_core::Clock,
//! # ) {
//! let report = switchboard_testkit::conformance::run(provider, harness, clock).await;
//! assert!(report.passed(), "{report}");
//! # }
//! ```

mod abilities;
mod harness;
mod placing;
mod reading;
mod report;
mod run;
mod suite;

pub use harness::{Harness, PlacingFault};
pub use report::{Check, Report, Verdict};
pub use run::run;
