//! Vapi, as a typed client and as a Switchboard provider.
//!
//! Vapi answers a placing request at once with a queued call and reports the rest by webhook or when
//! asked. It takes no idempotency key, so a placing request is never repeated; the id of our attempt
//! goes with it as the name of the call and in its metadata, and comes back with every record, so a
//! call whose placing was in doubt is found by it. Everything here follows from two rules: a placing
//! request is sent once, and what a record does not say is not guessed.
//!
//! The official SDKs repeat a placing request on their own after some failures, which rings a phone
//! twice: this crate does not use them.
//!
//! | to find | look at |
//! |---|---|
//! | the provider for the router | [`Vapi`], [`VapiConfig`] |
//! | the typed client, and raw requests | [`VapiClient`], [`api`], [`RawRequest`] |
//! | answers | [`wire`] |
//! | what a refusal means | [`VapiCodes`] |
//! | statuses, and why calls ended | [`state`], [`reasons`] |
//! | how webhooks are checked | [`WebhookCheck`] |
//!
//! The facts come from Vapi's OpenAPI document and the pages of its documentation, as of 2026-08-20.

mod account;
mod agents;
pub mod api;
mod calls;
mod client;
mod codes;
mod config;
mod content;
mod control;
mod convert;
mod events;
mod guard;
mod inspect;
mod listing;
mod numbers;
mod order;
mod page;
mod provider;
pub mod reasons;
mod record;
mod signature;
mod state;
mod trace;
mod webhook_check;
mod webhooks;
pub mod wire;

pub use client::VapiClient;
pub use codes::VapiCodes;
pub use config::VapiConfig;
pub use provider::Vapi;
pub use state::{CallFacts, state};
pub use switchboard_http::{Answer, Method, Network, Proxy, RawRequest, RootCertificates};
pub use webhook_check::{Algorithm, Encoding, HmacCheck, WebhookCheck};
