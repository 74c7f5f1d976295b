//! Which providers are asked to take a call, in which order: a pure function of the call, the
//! policy, the readings and the time.
//!
//! It does no I/O, reads no clock and draws no random numbers of its own: the same arguments give
//! the same plan, so a plan can be explained, stored and replayed.
//!
//! | file | purpose |
//! |---|---|
//! | `reading.rs` | the input: the state of each provider at this moment |
//! | `decide.rs` | the decision: candidates in order, and rejected providers |
//! | `rejection.rs` | the reasons |
//! | `display.rs` | a plan as sentences and as JSON for people |
//! | `record.rs` | a plan as it is stored with its call |

mod decide;
mod display;
mod reading;
mod record;
mod rejection;

pub use decide::{Candidate, Plan, Rejected, plan};
pub use reading::{Reading, Snapshot, may_be_same_agent};
pub use record::{CandidateRecord, PlanRecord, ReadingRecord, RejectedRecord};
pub use rejection::{RankReason, Rejection};
