//! The CALL-E backend.
//!
//! One program for all of them: each file is a module.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod config;
mod conformance;
mod documentation;
mod placing;
mod properties;
mod raw;
mod reading;
mod requests;
mod secrets;
mod support;
mod webhooks;
