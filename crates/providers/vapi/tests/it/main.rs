//! The Vapi backend.
//!
//! One program for all of them: each file is a module.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod account;
mod config;
mod conformance;
mod documentation;
mod lists;
mod placing;
mod properties;
mod raw;
mod reading;
mod requests;
mod secrets;
mod states;
mod support;
mod trace;
mod webhooks;
