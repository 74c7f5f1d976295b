//! Who shall take a call: a pure function from the call, the policy, the readings and the time.
//!
//! No I/O, no clock, no chance of its own: the same arguments give the same plan, so that a plan
//! can be explained, journaled and replayed.

mod make;
mod reason;
mod record;
mod show;
mod snapshot;

pub use make::{Candidate, Plan, Rejected, plan};
pub use reason::{Chosen, Rejection};
pub use record::{CandidateRecord, PlanRecord, ReadingRecord, RejectedRecord};
pub use snapshot::may_be_one;
pub use snapshot::{Reading, Snapshot};
