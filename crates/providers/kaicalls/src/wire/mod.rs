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
mod analytics;
mod call;
mod content;
mod discovery;
mod eval;
mod event;
mod key;
mod lead;
mod list;
mod moment;
mod number;
mod run;
mod sign_up;
mod sms;
mod webhook;
mod workspace;

pub use account::{BusinessBalance, Health, UsageRow};
pub use agent::{Agent, AgentVersion};
pub use analytics::{
    AgentAnalytics, BusinessAnalytics, CallAnalytics, Dashboard, Funnel, WeeklyReport,
};
pub use call::{Call, QualityDimensions};
pub use content::{Recording, Transcript};
pub use discovery::Capabilities;
pub use eval::{Eval, EvalRun};
pub use event::{EventDelivery, EventRecord, Redelivery};
pub use key::{Acknowledgement, ApiKey};
pub use lead::{Lead, LeadAudit};
pub use list::Listing;
pub use moment::Moment;
pub use number::Number;
pub use run::{CommunicationAttempt, CommunicationJob, CommunicationRun, RunCheck, RunPreview};
pub use sign_up::NewAccount;
pub use sms::{SentSms, SmsConversation, SmsMessage};
pub use webhook::{WebhookEvent, WebhookSubscription};
pub use workspace::Workspace;
