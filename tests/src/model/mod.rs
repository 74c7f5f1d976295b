//! A model of the calling protocol, explored whole: every order in which processes, journal,
//! network and providers can act.
//!
//! Tests show what happens on the ways that somebody thought of. The law that nobody's phone rings
//! because of a fault of ours has to hold on all of them: a request that arrives after its sender
//! has crashed and started again, a process that wakes up after another one has taken its call
//! over, a list that leaves the call out. The logic is the router's own
//! [`step`](switchboard::journal::state::step), called by the journal of the model for every event;
//! what is modelled is only the world around it. A checker that finds nothing proves little until
//! it has found something, so eight faults are sown, one at a time, and each has to ring a phone
//! twice.
//!
//! | to find | look at |
//! |---|---|
//! | the table of models | [`VARIANTS`] |
//! | how much may go wrong, and which fault is sown | [`Setup`], [`Bounds`], [`Fault`] |
//! | running one, and what it says | [`check`], [`Verdict`] |
//! | what has to hold | [`properties`] |
//! | the journal around the state machine | `ledger.rs` |
//! | processes, requests, telephones | `world.rs`; what they may do, `protocol.rs`; what that does, `step.rs` |
//!
//! Time is an order of events: a deadline or a life time ends by a step of its own, at any moment
//! that the assumptions of `calls.md`, section 3, allow. That each run comes to an end is shown by
//! a rank that every step has to raise, and that no run ends too early by looking for a step of our
//! own in each world where an accepted call is not settled: the checker's "eventually" would miss
//! ways that join.
//!
//! Not modelled: cancelling, an operator's decision, several calls to one person (the journal's
//! lock on the callee keeps them apart), calls in a list that are not ours, and what the engine
//! makes of an answer before it is an event.

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
