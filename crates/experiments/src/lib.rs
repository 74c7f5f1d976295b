//! What an A/B test between providers shows: statistics that hold at every look, and reports.
//!
//! | file | its one reason |
//! |---|---|
//! | `analysis/` | sequential tests and confidence sequences |
//! | `people.rs` | what happened to each person, from the calls |
//! | `report.rs`, `words.rs` | what the experiment shows |
//! | `watch.rs` | when an arm is stopped by its guardrail |

pub mod analysis;
mod people;
mod report;
mod watch;
mod words;

pub use people::{Known, People, Person};
pub use report::{ALPHA, ArmReport, Points, Report, Share, Versus};
pub use watch::{Breach, Watch, breaches};
