//! What KaiCalls answers: objects whose every field is optional and whose unknown fields are kept.
//!
//! The names of fields come from document 004 where it shows an answer. For the larger surface, which only the official SDK shows and
//! whose answers no document describes, several likely names are read and the raw object is the reference.

mod account;
mod agent;
mod call;
mod content;
mod key;
mod list;
mod number;
pub(crate) mod read;
mod webhook;

pub use account::{BusinessBalance, Health, UsageRow};
pub use agent::{Agent, AgentVersion};
pub use call::Call;
pub use content::{Recording, Transcript};
pub use key::{Acknowledgement, ApiKey};
pub use list::Listing;
pub use number::Number;
pub use read::Moment;
pub use webhook::{WebhookEvent, WebhookSubscription};
