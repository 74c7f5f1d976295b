//! Compares what clients, followers and receivers saw with the ledger and with the phones that rang.
//!
//! | file | purpose |
//! |---|---|
//! | `calls.rs` | no phone rang twice, no accepted call is lost |
//! | `events.rs` | no event is lost or invented, each is in its place, and was delivered |
//! | `limits.rs` | limits hold over all processes |
//! | `told.rs` | a call, and its events, made again of its facts |

mod calls;
mod events;
mod limits;
mod told;

pub use calls::{CallsJudged, judge_calls};
pub use events::{EventsJudged, Feed, judge_events, not_taken};
pub use limits::{Arrived, Limit, judge_limits};
pub use told::{Told, told};
