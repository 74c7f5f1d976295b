//! The KaiCalls backend.
//!
//! One program for all of them: each file is a module.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod calls;
mod conformance;
mod documentation;
mod documented_examples;
mod errors;
mod events;
mod extras;
mod ids;
mod properties;
mod provider;
mod runs;
mod secrets;
mod simulator;
mod support;
mod suppressions;
mod typed;
mod walks;
mod webhooks;
mod words;
