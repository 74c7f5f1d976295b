//! Answers: objects in which every field is optional and unknown fields are kept.
//!
//! Field names come from document 004 if it shows the answer. For the endpoints that only the
//! official SDK has, whose answers are not documented, several likely names are read and the raw
//! object is authoritative.
//!
//! Each type serializes to the object as received, lists the names that it looks for (`FIELDS`) and
//! reports which it found (`found`). Secrets are the exception: they are removed from the raw
//! object.

mod account;
mod agent;
mod call;
mod content;
mod discovery;
mod event;
mod key;
mod list;
mod moment;
mod number;
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
pub use moment::Moment;
pub use number::Number;
pub use run::{CommunicationAttempt, CommunicationJob, CommunicationRun, RunCheck, RunPreview};
pub use webhook::{WebhookEvent, WebhookSubscription};
