//! A simulated world for each seed: the real router, over a journal, providers and a telephone
//! network in which everything goes wrong.
//!
//! The model of [`crate::model`] shows that the protocol is right; this shows that the program
//! keeps to it. One thread, virtual time and chance that follows from the seed: a seed gives the
//! same world, step for step, in every run, and a trace's hash proves it. The ledger of rings is
//! written by the simulated telephone network alone, so that what the product believes is held
//! against what happened.
//!
//! | to find | look at |
//! |---|---|
//! | running a seed, and what it says | [`simulate`], [`Report`] |
//! | what goes wrong, and in which states of a call it can | [`Fault`], [`Stage`], [`Counters`] |
//! | what has to hold | [`Property`], `check.rs` |
//! | what a seed means | `plan.rs`, `wish.rs` |
//! | who makes things go wrong | `director.rs` |
//! | processes that are stopped and killed | `process.rs`; their journal, `journal.rs`; who starts and uses them, `staff.rs` |
//! | the providers | `network.rs` for what is true; for what a process sees of it, `provider.rs`, `place.rs`, `reads.rs` |
//!
//! Simulated time runs until nothing more happens: some minutes of calls in most worlds, days in
//! some.
//!
//! What is not simulated: sockets and bytes (the tests over HTTP do that), a journal that loses
//! what it has synced, and time zones.

mod check;
mod counters;
mod director;
mod fault;
mod journal;
mod network;
mod place;
mod plan;
mod process;
mod provider;
mod random;
mod reads;
mod run;
mod staff;
mod stage;
mod trace;
mod wish;
mod world;

pub use check::{Breach, Property};
pub use counters::Counters;
pub use fault::Fault;
pub use run::{Report, Settings, Sown, simulate};
pub use stage::Stage;
