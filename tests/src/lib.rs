//! What the tests across rooms share: callees that are nobody's, two simulated providers behind the
//! real backends, and the binary.
//!
//! | to find | look at |
//! |---|---|
//! | numbers that are kept for fiction | [`callee`] |
//! | both simulators with one ring ledger, and the accounts at them | [`Sims`] |
//! | providers that never answer: dead ports, doors that close | [`dead`] |
//! | a configuration file over both, and its router | [`config`] |
//! | a receiver of webhooks | [`Receiver`] |
//! | waiting for what has no event, with an end to it | [`wait`] |
//! | the program `switchboard` as it is built | [`binary`] |
//! | answers that nobody expects | [`fuzz`] |
//! | real processes, killed while they place calls (Unix) | `kill` |
//! | the calling protocol, explored whole | [`model`] |
//! | what is left of a ledger when the power goes | [`power`] |
//! | the router in simulated worlds, one for each seed | [`simulate`] |
//! | the program driven through a provider that is rude (Unix) | `rude` |
//! | how each provider says that something is wrong | [`placing_faults`] |
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
pub mod model;
pub mod placing_faults;
pub mod power;
mod receiver;
#[cfg(unix)]
pub mod rude;
mod sims;
pub mod simulate;

pub mod wait;

pub use callees::{callee, request};
pub use receiver::Receiver;
pub use sims::{KAICALLS_PATH, KALLYAI_PATH, Sims, Which};
