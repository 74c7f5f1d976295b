//! Answers: objects in which every field is optional and unknown fields are kept.
//!
//! Each type serializes to the object as received and lists the names that it looks for (`FIELDS`).
//! A field of another type than the documented one is `None` in its field and kept in `raw`. The
//! secret URLs of a live call are in no `raw`.

mod assistant;
mod call;
mod list;
mod monitor;
mod number;

pub use assistant::Assistant;
pub use call::{Analysis, Artifact, Call, Customer, Message, Overrides, SubscriptionLimits};
pub use list::Listing;
pub use monitor::Monitor;
pub(crate) use monitor::without_control;
pub use number::Number;
