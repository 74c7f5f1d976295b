//! Telnyx, as a typed client and as a Switchboard provider.
//!
//! Telnyx is carrier and agent in one. A Dial command with an assistant is answered at once; how the
//! call goes on is told by events, which webhooks deliver and a history keeps. A read of the call
//! itself says only whether it is alive. So a state here is read from the events of the call, and a
//! call whose placing was in doubt is found by the text that went with it and comes back in every
//! event.
//!
//! | to find | look at |
//! |---|---|
//! | the provider for the router | [`Telnyx`], [`TelnyxConfig`] |
//! | the typed client, and raw requests | [`TelnyxClient`], [`api`], [`RawRequest`] |
//! | answers | [`wire`] |
//! | what a refusal means | [`TelnyxCodes`] |
//! | why calls ended | [`causes`] |
//!
//! The facts come from the package `telnyx` 4.189.0, which is generated from Telnyx' OpenAPI document,
//! and the pages of `developers.telnyx.com`, as of 2026-11-29.

mod account;
mod agents;
pub mod api;
mod calls;
pub mod causes;
mod client;
mod codes;
mod config;
mod content;
mod convert;
mod course;
mod events;
mod guard;
mod history;
mod inspect;
mod listing;
mod numbers;
mod order;
mod provider;
mod reference;
mod signature;
mod trace;
mod usage;
mod webhooks;
pub mod wire;

pub use client::TelnyxClient;
pub use codes::TelnyxCodes;
pub use config::TelnyxConfig;
pub use provider::Telnyx;
pub use switchboard_http::{Answer, Method, Network, Proxy, RawRequest, RootCertificates};
