//! The typed client, one file for each group of endpoints.
//!
//! | group | source |
//! |---|---|
//! | [`Calls`], [`Agents::list`] and [`Agents::get`], [`Numbers`], [`Keys`], [`Account`] | document 004 |
//! | the rest of [`Agents`], [`PhoneNumbers`], [`Recordings`], [`Transcripts`], [`Webhooks`], [`health`](crate::KaiCallsClient::health) | official Python SDK 0.1.0 |
//!
//! What the SDK shows beyond these (leads, sms, workspaces, analytics, evals, events, communication runs, discovery) has no type here yet:
//! [`KaiCallsClient::request`](crate::KaiCallsClient::request) reaches it. A new group is a file beside these and a method on the client.

mod account;
mod agents;
mod calls;
mod content;
mod keys;
mod numbers;
pub(crate) mod parameters;
mod webhooks;

pub use account::{Account, UsageQuery};
pub use agents::{Agents, CreateAgent, UpdateAgent, VersionQuery};
pub use calls::{CallQuery, Calls, CreateCall};
pub use content::{Recordings, TranscriptQuery, Transcripts};
pub(crate) use keys::Session;
pub use keys::{CreateKey, Keys};
pub use numbers::{AssignNumber, AvailableQuery, NumberQuery, Numbers, PhoneNumbers};
pub use webhooks::{CreateWebhook, Webhooks};
