//! The engine through its public interface: mock providers, virtual time, and the ring that must not happen twice.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../support/mod.rs"]
mod support;

mod breaker;
mod busy;
mod control;
mod delivery;
mod doubt;
mod follow;
mod journal_fails;
mod law;
mod limits;
mod storm;
mod synchronous;
mod webhooks;
