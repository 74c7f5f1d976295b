//! Answers: objects in which every field is optional and unknown fields are kept.
//!
//! Each type serializes to the object as received and lists the names that it looks for (`FIELDS`).
//! A field of another type than the documented one is `None` in its field and kept in `raw`.

mod account;
mod assistant;
mod call;
mod conversation;
mod event;
mod list;
mod number;

pub use account::Balance;
pub use assistant::Assistant;
pub use call::Call;
pub use conversation::{Conversation, DownloadUrls, Insight, Message, Recording};
pub use event::{CostPart, EventPayload, HistoryRow, WebhookEvent};
pub use list::{Listing, Meta, Wrapped};
pub use number::{Number, NumberOrder};
