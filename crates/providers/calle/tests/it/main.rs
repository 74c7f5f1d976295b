//! Tests of the CALL-E backend.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

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
