//! Replays: the policy that ran gives what it gave, and another one says only what can be known.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../../../engine/tests/it/support/mod.rs"]
mod support;

mod as_it_was;
mod other;
mod scribe;
