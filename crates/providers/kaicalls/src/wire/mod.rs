//! What KaiCalls answers: objects whose every field is optional and whose unknown fields are kept.
//!
//! The names of fields come from document 004 where it shows an answer. For the larger surface,
//! which only the official SDK shows and whose answers no document describes, several likely names
//! are read and the raw object is the reference.
//!
//! Each type serialises to the object as it came, lists the names it looks for (`FIELDS`) and tells
//! which it found (`found`). Secrets are the exception: they leave the raw object.

mod account;
mod agent;
mod call;
mod content;
mod discovery;
mod event;
mod key;
mod list;
mod number;
pub(crate) mod read;
mod run;
mod webhook;

pub use account::{BusinessBalance, Health, UsageRow};
pub use agent::{Agent, AgentVersion};
pub use call::{Call, QualityDimensions};
pub use content::{Recording, Transcript};
pub use discovery::Capabilities;
pub use event::{EventDelivery, EventRecord, Redelivery};
pub use key::{Acknowledgement, ApiKey};
pub use list::Listing;
pub use number::Number;
pub use read::Moment;
pub use run::{CommunicationAttempt, CommunicationJob, CommunicationRun, RunCheck, RunPreview};
pub use webhook::{WebhookEvent, WebhookSubscription};
