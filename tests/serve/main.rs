//! `switchboard serve` from outside: keys that repeat, keys that are revoked, quotas over replicas,
//! the end of a process, abuse, what must not be shown, and forged webhooks.
//!
//! A program of its own, because its tests start many processes and measure memory. `http-loop` kills
//! these processes; here they live.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod abuse;
mod canaries;
mod ending;
mod hooks;
mod judge;
mod keys;
mod quota;
mod replacing;
mod start;
mod support;
