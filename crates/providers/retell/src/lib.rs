//! Retell, as a typed client and as a Switchboard provider.
//!
//! Retell answers a placing request at once with a registered call and reports the rest by webhook
//! or when asked. Its requests take an idempotency key and metadata that come back with every
//! record, so a call whose placing was in doubt is found by our own id. Everything here follows
//! from two rules: a placing request is sent once, and what a record does not say is not guessed.
//!
//! | to find | look at |
//! |---|---|
//! | the provider for the router | [`Retell`], [`RetellConfig`] |
//! | the typed client, and raw requests | [`RetellClient`], [`api`], [`RawRequest`] |
//! | answers | [`wire`] |
//! | what a refusal means | [`RetellCodes`] |
//! | statuses, and why calls ended | [`state`], [`reasons`] |
//!
//! The facts come from Retell's OpenAPI document of 2026-10-04 and the pages of
//! `docs.retellai.com`, as of 2026-11-29.

mod account;
mod agents;
pub mod api;
mod calls;
mod client;
mod codes;
mod config;
mod content;
mod convert;
mod events;
mod guard;
mod inspect;
mod listing;
mod numbers;
mod order;
mod provider;
pub mod reasons;
mod record;
mod signature;
mod state;
mod task;
mod trace;
mod usage;
mod webhooks;
pub mod wire;

pub use client::RetellClient;
pub use codes::RetellCodes;
pub use config::{RetellConfig, VersionSelector};
pub use provider::Retell;
pub use state::{CallFacts, state};
pub use switchboard_http::{Answer, Method, Network, Proxy, RawRequest, RootCertificates};
