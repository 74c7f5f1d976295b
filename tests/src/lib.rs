//! Helpers for the tests that span several crates: phone numbers, two simulated providers with the
//! real backends, and the binary.
//!
//! | to find | look at |
//! |---|---|
//! | numbers that are reserved for fiction | [`callee`] |
//! | both simulators with one ring ledger, and accounts at them | [`Sims`] |
//! | the platforms of voice agents, each with its simulator and its backend | [`platforms`] |
//! | addresses that never respond: dead ports, listeners that close | [`dead`] |
//! | a configuration with both providers | [`config`] |
//! | a receiver of webhooks | [`Receiver`] |
//! | waiting for a condition, with a timeout | [`wait`] |
//! | the program `switchboard` | [`binary`] |
//! | fuzzing of responses, webhooks and ledgers | [`fuzz`] |
//! | real processes, killed while they place calls (Unix) | `kill` |
//! | a model checker for the calling protocol | [`model`] |
//! | simulated power loss | [`power`] |
//! | the router in simulated worlds, one for each seed | [`simulate`] |
//! | the program with misbehaving providers (Unix) | `rude` |
//! | what these two loops share (Unix) | `loops` |
//! | servers that are killed while clients use the network API (Unix) | `serve` |
//! | the documented errors of each provider | [`placing_faults`] |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a test that fails"
)]

pub mod binary;
mod callees;
pub mod config;
pub mod dead;
pub mod fuzz;
#[cfg(unix)]
pub mod kill;
#[cfg(unix)]
pub mod loops;
pub mod model;
pub mod placing_faults;
pub mod platforms;
pub mod power;
mod receiver;
#[cfg(unix)]
pub mod rude;
#[cfg(unix)]
pub mod serve;
mod sims;
pub mod simulate;

pub mod wait;

pub use callees::{callee, request};
pub use platforms::Platform;
pub use receiver::Receiver;
pub use sims::{KAICALLS_PATH, KALLYAI_PATH, Sims, Which};
