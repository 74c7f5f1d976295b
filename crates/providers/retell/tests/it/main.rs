//! The Retell backend.
//!
//! One program for all of them: each file is a module.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod account;
mod conformance;
mod placing;
mod reading;
mod requests;
mod states;
mod support;
mod webhooks;
