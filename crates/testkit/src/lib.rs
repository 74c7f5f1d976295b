//! Simulated providers of phone calls, and a record of which phones they rang.
//!
//! A test of "nobody's phone rings because of a fault of ours" needs an independent record of which
//! phones rang, so the code under test cannot be the one to keep it. The simulated provider keeps
//! it: a real HTTP server on a real socket, written only from the provider's reference documents.
//! It shares no code with the backends that talk to it, so that a mistake of theirs cannot cancel
//! out against the same mistake here.
//!
//! | to find | look at |
//! |---|---|
//! | the simulated KallyAI | [`SimKallyAi`] |
//! | the simulated KaiCalls | [`SimKaiCalls`] |
//! | the simulated Retell | [`SimRetell`] |
//! | the simulated CALL-E | [`SimCallE`] |
//! | the simulated Vapi | [`SimVapi`] |
//! | the simulated Telnyx | [`SimTelnyx`] |
//! | any of them, chosen while the program runs | [`SimKind`], [`Simulator`] |
//! | what all have in common, and how to set them up | [`SimHandle`], [`SimConfig`] |
//! | which phone rang, when, for which request | [`RingLedger`] |
//! | misleading responses and broken connections | [`fault`] |
//! | well-formed responses that no client may believe, repeat or print | [`rude`] |
//! | the conformance suite for backends | [`conformance`] |
//! | what the tests of every backend need | [`backend`] |
//! | how long a simulated call takes and how it ends | [`calls`] |
//! | a PostgreSQL server that goes away again (feature `postgres`, Unix) | `PostgresServer` |
//!
//! No simulator is connected to a telephone network. Every response has the header `X-Simulated:
//! true`, and `/health` says so too, so that they cannot be mistaken for the real service.

pub mod backend;
mod calle;
pub mod calls;
pub mod clock;
mod config;
pub mod conformance;
mod countries;
pub mod fault;
mod host;
mod instructed;
mod kaicalls;
mod kallyai;
#[cfg(all(feature = "postgres", unix))]
mod postgres;
mod retell;
mod ring;
pub mod rude;
mod simulator;
mod telnyx;
mod vapi;

/// Calling rules for phones that nobody has, as a table of an operator's own: the hours, holidays and
/// caps that are this product's policy warn, and stop nothing, so that no test depends on the time
/// of day.
pub const OPEN_RULES: &str = include_str!("open_rules.tsv");

pub use calle::SimCallE;
pub use clock::VirtualClock;
pub use config::{KeyRepeat, KeyReplay, OverLimit, Shape, SimConfig, VapiSignature, WebhookBody};
pub use host::{RequestRecord, SimHandle, WebhookAttempt};
pub use kaicalls::SimKaiCalls;
pub use kallyai::SimKallyAi;
#[cfg(all(feature = "postgres", unix))]
pub use postgres::PostgresServer;
pub use retell::SimRetell;
pub use ring::{Ring, RingLedger};
pub use simulator::{SimKind, Simulator};
pub use telnyx::SimTelnyx;
pub use vapi::SimVapi;
