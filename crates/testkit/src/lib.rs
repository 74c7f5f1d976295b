//! Simulated providers of phone calls, and the truth about which phones they rang.
//!
//! A test of "nobody's phone rings because of a fault of ours" needs somebody who knows whether a
//! phone rang, and that can never be the code under test. Here it is the simulated provider: a real
//! HTTP server on a real socket, written from the provider's own reference documents and from
//! nothing else. No line is shared with the backends that talk to it, so that a mistake of theirs
//! cannot cancel out against the same mistake here.
//!
//! | to find | look at |
//! |---|---|
//! | the simulated KallyAI | [`SimKallyAi`] |
//! | the simulated KaiCalls | [`SimKaiCalls`] |
//! | what both have in common, and how to set them up | [`SimHandle`], [`SimConfig`] |
//! | which phone rang, when, for which request | [`RingLedger`] |
//! | answers that lie, and connections that break | [`fault`] |
//! | answers in the right shape that no client may believe, repeat or print | [`rude`] |
//! | what every backend has to do | [`conformance`] |
//! | how long a simulated call takes and how it ends | [`calls`] |
//! | a PostgreSQL server that goes away again (feature `postgres`, Unix) | `PostgresServer` |
//!
//! There is no telephone behind any of this. Every answer carries the header `X-Simulated: true`
//! and `/health` says so in words: nothing here can be mistaken for the real service.

pub mod calls;
pub mod clock;
mod config;
pub mod conformance;
mod countries;
pub mod fault;
mod host;
mod kaicalls;
mod kallyai;
#[cfg(all(feature = "postgres", unix))]
mod postgres;
mod ring;
pub mod rude;

pub use clock::VirtualClock;
pub use config::{KeyReplay, Shape, SimConfig, WebhookBody};
pub use host::{RequestRecord, SimHandle};
pub use kaicalls::{SimKaiCalls, WebhookAttempt};
pub use kallyai::SimKallyAi;
#[cfg(all(feature = "postgres", unix))]
pub use postgres::PostgresServer;
pub use ring::{Ring, RingLedger};
