//! A model of the calling protocol, explored completely: every order in which processes, journal,
//! network and providers can act.
//!
//! Tests only cover the sequences that somebody thought of. That nobody's phone rings because of a
//! fault of ours must hold for all of them: a request that arrives after its sender crashed and
//! restarted, a process that wakes up after another one took over its call, a list that omits the
//! call. The logic is the real [`step`](switchboard::journal::state::step), called by the journal
//! of the model for every event; only the environment is modelled. A checker that finds nothing
//! proves little, so faults are injected, one at a time, and each must make a phone ring twice, or
//! ring against a wish.
//!
//! | to find | look at |
//! |---|---|
//! | the table of models | [`VARIANTS`] |
//! | how much may go wrong, and which fault is injected | [`Setup`], [`Bounds`], [`Fault`] |
//! | running a model, and its result | [`check`], [`Verdict`] |
//! | the properties | [`properties`] |
//! | the journal around the state machine | `ledger.rs` |
//! | processes, requests, telephones | `world.rs`; possible steps: `protocol.rs`; their effects: `step.rs` |
//!
//! Time is an order of events: a deadline or a lifetime ends with a step of its own, whenever the
//! assumptions allow it. That every run terminates is shown by a rank that every step must
//! increase. That no run ends too early is shown by requiring a step of our own processes in each
//! state where an accepted call is not settled, because the checker's "eventually" misses paths
//! that join.
//!
//! Not modelled: cancelling, operator decisions, several calls to one person (the callee lock of
//! the journal separates them), calls of others in lists, and how the engine converts responses to
//! events.

mod action;
mod check;
mod ledger;
pub mod properties;
mod protocol;
mod setup;
mod step;
mod variants;
mod world;

pub use check::{Failure, Verdict, check};
pub use setup::{Bounds, Fault, OnUnknown, Setup, Writes};
pub use variants::{VARIANTS, Variant};
