//! Experiments: who is in which arm, what becomes of them, when an arm is stopped, and what the
//! calls show.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

#[path = "../support/mod.rs"]
mod support;

mod assignment;
mod definitions;
mod guardrails;
mod lives;
mod made;
mod processes;
mod reports;
mod split;
