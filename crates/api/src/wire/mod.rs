//! The types of requests and answers, with their schemas.
//!
//! They are types of their own: the library's JSON holds what providers answered. Every field of an
//! answer is always there; what is not known is null, never zero.
//!
//! | file | purpose |
//! |---|---|
//! | `call.rs`, `attempt.rs` | a call and its attempts |
//! | `new_call.rs` | a request to place a call |
//! | `words.rs` | the closed enums |
//! | `value.rs` | money and times |
//! | `me.rs` | the caller's own key |
//! | `problem.rs` | the schema of problems |

mod attempt;
mod call;
mod me;
mod new_call;
mod problem;
mod value;
mod words;

pub use attempt::{Attempt, AttemptError, Evidence};
pub use call::{Call, Experiment, Fault, View, WaitsFor, etag, revision};
pub use me::{KeyLimits, Me};
pub use new_call::{Appointment, BatchCall, NewCall, Redial};
pub use problem::ProblemBody;
pub use value::{Money, Time};
pub use words::{AttemptState, CallStatus, Delivery, Outcome, Refusal};
