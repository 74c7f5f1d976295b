//! The typed client, one file for each group of endpoints. The sources are listed in
//! `docs/provider-notes.md`.
//!
//! | group | source |
//! |---|---|
//! | [`Calls`], [`Agents::list`] and [`Agents::get`], [`Numbers`], [`Keys`], [`Account`] | document 004 |
//! | the rest of [`Agents`], [`PhoneNumbers`], [`Recordings`], [`Transcripts`], [`Webhooks`], [`Events`], [`CommunicationRuns`], [`Discovery`], [`health`](crate::KaiCallsClient::health) | official Python SDK 0.1.0 |
//!
//! The SDK's other endpoints (leads, sms, workspaces, analytics, evals, signup) serve no part of
//! the neutral contract and have no types here;
//! [`KaiCallsClient::request`](crate::KaiCallsClient::request) reaches them. To add a group, add a
//! file beside these and a method on the client.
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
//! once, and the error's [delivery](switchboard_core::PlaceError::delivery) says what the failure
//! proves.

mod account;
mod agents;
mod calls;
mod content;
mod discovery;
mod events;
mod filters;
mod keys;
mod numbers;
pub(crate) mod parameters;
mod runs;
mod webhooks;

pub use account::{Account, UsageQuery};
pub use agents::{Agents, CreateAgent, UpdateAgent, VersionQuery};
pub use calls::{CallQuery, Calls, CreateCall};
pub use content::{Recordings, TranscriptQuery, Transcripts};
pub use discovery::Discovery;
pub use events::{BackfillEvents, EventQuery, Events, ReplayEvents};
pub use filters::Filters;
pub(crate) use keys::Session;
pub use keys::{CreateKey, Keys};
pub use numbers::{AssignNumber, AvailableQuery, NumberQuery, Numbers, PhoneNumbers};
pub use runs::{CommunicationRuns, RunBody, RunQuery};
pub use webhooks::{CreateWebhook, Webhooks};
