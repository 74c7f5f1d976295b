//! Tests of reports, guardrails and the statistics behind them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod guardrails;
mod made;
mod reports;
mod sequential;
#[path = "../../../router/tests/it/support/mod.rs"]
mod support;
