//! The KallyAI backend.
//!
//! One program for all of them: each file is a module.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod answers;
mod conformance;
mod feed;
mod ids;
mod placing;
mod reading;
mod refusals;
mod requests;
mod rows;
mod secrets;
mod sections;
mod support;
mod surface;
mod tokens;
mod walks;
mod words;
