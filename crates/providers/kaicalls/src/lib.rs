//! KaiCalls, as a typed client and as a Switchboard provider.
//!
//! KaiCalls answers `201 queued` at once and tells the end by webhook or when asked. It takes no
//! idempotency key and its records do not show the callee. So everything here follows from two
//! rules: the request that places a call is sent once, and what a record does not say is not
//! guessed.
//!
//! | to find | look at |
//! |---|---|
//! | settings of an account | [`KaiCallsConfig`] |
//! | the provider for the router | [`KaiCalls`] |
//! | the typed client, and the raw way out | [`KaiCallsClient`], [`api`], [`RawRequest`] |
//! | what KaiCalls answers | [`wire`] |
//! | what a failure means | [`KaiCallsCodes`] |
//! | status words | [`state`] |
//!
//! Sources: the provider's reference (document 004) and, where an item says so, the official Python
//! SDK 0.1.0, which shows a larger surface.

mod account;
mod agents;
pub mod api;
mod calls;
mod client;
mod codes;
mod config;
mod content;
mod context;
mod convert;
mod events;
mod feed;
mod guard;
mod listing;
mod numbers;
mod provider;
mod raw;
mod record;
mod signature;
mod trace;
mod usage;
mod webhooks;
pub mod wire;

pub use client::KaiCallsClient;
pub use codes::KaiCallsCodes;
pub use config::{KaiCallsConfig, LimitsConfig, SessionCredential, WebhookConfig};
pub use convert::state;
pub use provider::KaiCalls;
pub use raw::RawRequest;
pub use switchboard_http::{Answer, Method};
