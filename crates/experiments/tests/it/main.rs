//! What experiments show, and when a guardrail stops an arm.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod analysis;
mod guardrails;
mod made;
mod reports;
#[path = "../../../router/tests/it/support/mod.rs"]
mod support;
