//! KaiCalls, as a typed client and as a Switchboard provider.
//!
//! KaiCalls answers `201 queued` at once and reports the end by webhook or when asked. It has no
//! idempotency key, and its records do not show the callee. Everything here follows from two rules:
//! a placing request is sent once, and what a record does not say is not guessed.
//!
//! | to find | look at |
//! |---|---|
//! | the provider for the router | [`KaiCalls`], [`KaiCallsConfig`] |
//! | the typed client, and raw requests | [`KaiCallsClient`], [`api`], [`RawRequest`] |
//! | answers | [`wire`] |
//! | what a refusal means | [`KaiCallsCodes`] |
//! | status words | [`state`] |
//!
//! The facts come from KaiCalls' reference, document 004 of `docs/provider-notes.md`, and, where an
//! item says so, from the official Python SDK 0.1.0, which has more endpoints.

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
mod inspect;
mod listing;
mod numbers;
mod provider;
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
pub use switchboard_http::{Answer, Method, Network, Proxy, RawRequest, RootCertificates};
