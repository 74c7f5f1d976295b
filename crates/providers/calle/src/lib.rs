//! CALL-E, as a typed client and as a Switchboard provider.
//!
//! CALL-E takes a number and a task in words; there is no agent to make first. It prepares the task
//! before it answers, which takes up to 25 seconds, and has no list of calls. So a call whose placing
//! was in doubt is found by one repeat of the same request under its idempotency key, or by the
//! webhook of its own address.
//!
//! | to find | look at |
//! |---|---|
//! | the provider for the router | [`CallE`], [`CallEConfig`] |
//! | the typed client, and raw requests | [`CallEClient`], [`api`], [`RawRequest`] |
//! | answers | [`wire`] |
//! | what a refusal means | [`CallECodes`] |
//! | statuses and outcomes | [`state()`] |
//!
//! The facts come from the package `calle-ai` 1.0.1 and CALL-E's published guides and OpenAPI
//! document, as of 2026-11-29.

mod account;
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
mod order;
mod provider;
mod record;
mod state;
mod webhooks;
pub mod wire;

pub use client::CallEClient;
pub use codes::CallECodes;
pub use config::CallEConfig;
pub use provider::CallE;
pub use state::state;
pub use switchboard_http::{Answer, Method, Network, Proxy, RawRequest, RootCertificates};
