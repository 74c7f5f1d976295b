//! The typed client, one file for each group of endpoints. The sources are listed in
//! `docs/provider-notes.md`.
//!
//! | group | source |
//! |---|---|
//! | [`Calls`], [`Agents::list`] and [`Agents::get`], [`Numbers`], [`Keys`], [`Account`] | document 004 |
//! | the rest of [`Agents`], [`PhoneNumbers`], [`Recordings`], [`Transcripts`], [`Webhooks`], [`Events`], [`CommunicationRuns`], [`Discovery`], [`Leads`], [`Sms`], [`Workspaces`], [`Analytics`], [`Evals`], [`SignUps`], [`health`](crate::KaiCallsClient::health) | official Python SDK 0.1.0 |
//!
//! [`KaiCallsClient::request`](crate::KaiCallsClient::request) reaches any other endpoint. To add a
//! group, add a file beside these and a method on the client.
//!
//! # Errors
//!
//! Of every request: `Configuration`, `InvalidRequest` and `Connect` with nothing sent;
//! `Unauthorized` (401 `unauthorized`), `Forbidden` (403 `forbidden`: the key lacks the scope),
//! `NotFound` (404 `not_found`), `InvalidRequest` (400 `invalid_request`), `RateLimited` (429
//! `rate_limited`), `Provider` (500 `internal_error` and every other 5xx), `Timeout`, `Transport`,
//! and `Decode` with the JSON path for an answer of another shape. An error keeps the provider's
//! code and text, known or not.
//!
//! A *read* is retried after failures that may be temporary. A *write* is retried only if no byte
//! of it was sent. What *places calls* ([`Calls::create`], [`CommunicationRuns::create`]) is sent
//! once, as is a text message ([`Sms::send`]), and the error's [delivery](switchboard_core::PlaceError::delivery) says what the failure
//! proves.

mod account;
mod agents;
mod analytics;
mod calls;
mod content;
mod discovery;
mod evals;
mod events;
mod filters;
mod keys;
mod leads;
mod numbers;
pub(crate) mod parameters;
mod runs;
mod sign_up;
mod sms;
mod webhooks;
mod workspaces;

pub use account::{Account, UsageQuery};
pub use agents::{Agents, CreateAgent, UpdateAgent, VersionQuery};
pub use analytics::{
    AgentAnalyticsQuery, Analytics, BusinessAnalyticsQuery, CallAnalyticsQuery, DashboardQuery,
    FunnelQuery,
};
pub use calls::{CallQuery, Calls, CreateCall};
pub use content::{Recordings, TranscriptQuery, Transcripts};
pub use discovery::Discovery;
pub use evals::{CreateEval, EvalQuery, EvalRunQuery, Evals, RunEval, UpdateEval};
pub use events::{BackfillEvents, EventQuery, Events, ReplayEvents};
pub use filters::Filters;
pub(crate) use keys::Session;
pub use keys::{CreateKey, Keys};
pub use leads::{CreateLead, LeadAuditQuery, LeadQuery, Leads, UpdateLead};
pub use numbers::{AssignNumber, AvailableQuery, NumberQuery, Numbers, PhoneNumbers};
pub use runs::{CommunicationRuns, RunBody, RunQuery};
pub use sign_up::{SignUp, SignUps};
pub use sms::{SendSms, Sms, SmsConversationQuery, SmsMessageQuery, UpdateSmsPrompt};
pub use webhooks::{CreateWebhook, Webhooks};
pub use workspaces::{CreateWorkspace, UpdateWorkspace, Workspaces};
