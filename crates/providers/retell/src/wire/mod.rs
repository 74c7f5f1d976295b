//! Answers: objects in which every field is optional and unknown fields are kept.
//!
//! Each type serializes to the object as received and lists the names that it looks for (`FIELDS`).
//! A field of another type than the documented one is `None` in its field and kept in `raw`.

mod agent;
mod call;
mod concurrency;
mod list;
mod moment;
mod number;

pub use agent::Agent;
pub use call::{Analysis, Call, CallCost, Utterance, Word};
pub use concurrency::Concurrency;
pub use list::Listing;
pub use moment::Moment;
pub use number::{Number, OutboundAgent};
